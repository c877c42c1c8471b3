"""The hot copy of answers in Redis, and the leases on questions, batched over coroutines. Shell.

PostgreSQL holds the truth; all of this may be lost at any time. Keys, one Redis Cluster slot:
``<namespace>:{answers}:a:<workspace>:<provider>:<operation>:<digest>`` an answer, with a life;
``...:f:...`` the lease on the same question, with a life; ``...:order``, ``...:size`` the byte budget's bookkeeping.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from time import monotonic
from typing import Any
from urllib.parse import quote

import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.cache.answer_codec import decode, encode, milliseconds
from worker.cache.single_flight import lease_ms, new_token
from worker.domain.ledger import AnswerKey, StoredAnswer
from worker.grouping import Grouped

logger = logging.getLogger(__name__)

Begin = tuple[AnswerKey, int, int, str]
Finish = tuple[AnswerKey, str, StoredAnswer | None, bool]

_PAUSE_S = 1.0
#: What ``answers_finish.lua`` is told about a question.
_NO_ANSWER, _ANSWER, _COPY, _NO_COPY = range(4)


@cache
def _verb(name: str) -> str:
    return resources.files("worker.cache").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


class AnswerCache:
    """Hot copies and leases. ``redis`` must give bytes (``decode_responses=False``).

    ``budget_bytes`` bounds all hot copies together, ``largest_bytes`` a single one, ``life_s`` its life. When Redis
    is away everything is a miss and leases are given freely: answers are still found in PostgreSQL, and equal
    questions of one process still asked once.
    """

    def __init__(
        self,
        redis: "Redis",
        namespace: str = "enrichd",
        *,
        budget_bytes: int = 64 * 2**20,
        largest_bytes: int = 256 * 2**10,
        life_s: float = 3600.0,
    ) -> None:
        self._prefix = f"{namespace}:{{answers}}"
        self._largest_bytes = largest_bytes
        self._budget_bytes = budget_bytes
        self._life_ms = int(life_s * 1000)
        self._begin_verb = redis.register_script(_verb("answers_begin"))
        self._finish_verb = redis.register_script(_verb("answers_finish"))
        self._redis = redis
        self._beginner: Grouped[Begin, bytes | int] = Grouped(self._begin_batch, most=200, tick_s=0.002)
        self._finisher: Grouped[Finish, None] = Grouped(self._finish_batch, most=200, tick_s=0.01)
        self._away_until = 0.0

    async def begin(self, key: AnswerKey, observed_after: datetime | None, call_s: float) -> StoredAnswer | str | None:
        """The answer to a question; or a token: ask, within ``call_s`` seconds; or None: somebody else is asking."""
        earliest = 0 if observed_after is None else milliseconds(observed_after)
        token = new_token()
        found = await self._beginner.submit((key, earliest, lease_ms(call_s), token))
        if isinstance(found, bytes):
            return decode(found) or token
        return token if found else None

    def finish(self, key: AnswerKey, token: str, answer: StoredAnswer | None, *, again: bool = False) -> None:
        """Give a lease back, soon. The answer, if there is one, becomes hot when others wait for it, or with ``again``
        (it was asked for before)."""
        self._finisher.forget((key, token, answer, again))

    async def put(self, key: AnswerKey, answer: StoredAnswer) -> None:
        """Make an answer hot that came by itself; what was hot before is gone on return."""
        await self._finisher.submit((key, "", answer, True))

    async def forget(self, keys: Iterable[AnswerKey]) -> None:
        """Delete hot copies (erasure). Raises Redis's errors: what must be gone may not quietly stay."""
        names = [f"{self._prefix}:a:{self._name(key)}" for key in keys]
        for start in range(0, len(names), 500):
            await self._redis.delete(*names[start : start + 500])

    async def drain(self) -> None:
        """Wait until all leases and answers handed in have been sent."""
        await self._finisher.drain()

    def _name(self, key: AnswerKey) -> str:
        workspace = key.workspace
        if not (workspace.isalnum() and workspace.isascii()):
            workspace = quote(workspace, "", "utf-8", "replace")
        return f"{workspace}:{key.provider}:{key.operation}:{key.digest[:20].hex()}"

    async def _begin_batch(self, batch: list[Begin]) -> Sequence[bytes | int]:
        questions = [(self._name(key), earliest, lease, token) for key, earliest, lease, token in batch]
        replies = await self._run(self._begin_verb, [self._prefix, orjson.dumps(questions)])
        return [1] * len(batch) if replies is None else replies

    async def _finish_batch(self, batch: list[Finish]) -> Sequence[None]:
        wanted = await self._send(batch)
        if wanted:
            await self._send([(*batch[place][:3], True) for place in wanted])
        return [None] * len(batch)

    async def _send(self, batch: list[Finish]) -> list[int]:
        now = milliseconds(datetime.now(UTC))
        questions, copies = [], []
        for key, token, answer, with_copy in batch:
            step, life_ms = _NO_ANSWER if answer is None else _ANSWER, 0
            if answer is not None and with_copy:
                life_ms = min(self._life_ms, milliseconds(answer.expires_at) - now)
                copy = encode(answer) if life_ms > 0 else b""
                step = _COPY if 0 < len(copy) <= self._largest_bytes else _NO_COPY
                if step == _COPY:
                    copies.append(copy)
            questions.append((self._name(key), token, step, life_ms))
        wanted = await self._run(
            self._finish_verb, [self._prefix, self._budget_bytes, orjson.dumps(questions), *copies]
        )
        return wanted or []

    async def _run(self, verb: Any, args: list[Any]) -> Any:
        """The verb's reply, or None while Redis is away (asked again after a second at the earliest)."""
        now = monotonic()
        if now < self._away_until:
            return None
        try:
            return await verb([f"{self._prefix}:order"], args)
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = now + _PAUSE_S
            logger.warning("answers.redis_away", extra={"error_class": type(error).__name__})
            return None
