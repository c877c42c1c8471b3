"""Silences in Redis: one hash per subject, one field per provider. Best effort."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.cache.keys import RecordKeys
from worker.domain.clean import clean_value
from worker.domain.silence import LIVES_S, Silence

_log = structlog.get_logger("worker.cache")
_AWAY: Final = (RedisError, OSError, TimeoutError)


class SilenceCache:
    """Who had nothing to say about a subject. Errors become "nobody was asked"."""

    def __init__(self, redis: Redis, keys: RecordKeys) -> None:
        self._redis = redis
        self._keys = keys

    async def get(self, workspace: str, subject: str) -> tuple[Silence, ...]:
        """The silences remembered about a subject, by its key; some may be over."""
        try:
            held = await self._redis.hgetall(self._keys.silence(workspace, subject))
        except _AWAY as problem:
            _log.warning("silences not readable", error=type(problem).__name__)
            return ()
        return _silences(held)

    async def get_many(self, wanted: Sequence[tuple[str, str]]) -> list[tuple[Silence, ...]]:
        """The silences about many (workspace, subject key) pairs, in one round trip."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for workspace, subject in wanted:
                    pipe.hgetall(self._keys.silence(workspace, subject))
                return [_silences(held) for held in await pipe.execute()]
        except _AWAY as problem:
            _log.warning("silences not readable", error=type(problem).__name__)
            return [() for _ in wanted]

    async def put(self, workspace: str, subject: str, silences: Sequence[Silence]) -> None:
        """Remember what a run learned; the hash ends when its last silence does."""
        if not silences:
            return
        name = self._keys.silence(workspace, subject)
        held: dict[Any, Any] = {one.provider: orjson.dumps(clean_value(one.as_json())) for one in silences}
        ends_at = max(one.ends_at for one in silences)
        life_ms = min(max((ends_at - datetime.now(UTC)).total_seconds(), 1.0), max(LIVES_S.values())) * 1000
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.hset(name, mapping=held)
                pipe.pexpire(name, int(life_ms), nx=True)
                pipe.pexpire(name, int(life_ms), gt=True)
                await pipe.execute()
        except _AWAY as problem:
            _log.warning("silences not remembered", error=type(problem).__name__)


def _silences(held: Mapping[Any, Any]) -> tuple[Silence, ...]:
    found = []
    for text in held.values():
        try:
            found.append(Silence.from_json(orjson.loads(text)))
        except (ValueError, KeyError, TypeError):
            continue
    return tuple(found)
