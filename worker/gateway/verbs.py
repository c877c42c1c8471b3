"""The Lua verbs on accounts, and what stands in for them while Redis is away. Shell."""

import logging
from collections.abc import Awaitable, Callable
from functools import cache
from importlib import resources
from time import monotonic
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

#: What Redis raises when it cannot be asked.
AWAY = (RedisError, OSError, TimeoutError)
_PAUSE_S = 1.0


@cache
def _text(name: str) -> str:
    return resources.files("worker.gateway").joinpath("lua", f"{name}.lua").read_text(encoding="utf-8")


class Verbs:
    """Runs verbs; while Redis is away every reply is None, and it is asked again after a second at the earliest.

    ``rejoin`` is called before the first verb after an absence.
    """

    def __init__(self, redis: "Redis", rejoin: Callable[[], Awaitable[None]]) -> None:
        self._redis = redis
        self._rejoin = rejoin
        self._scripts = {
            name: redis.register_script(_text(name)) for name in ("admit", "confirm", "pause", "trip", "close")
        }
        self._away_until = 0.0
        self._was_away = False

    @property
    def away(self) -> bool:
        """Whether Redis did not answer a moment ago."""
        return monotonic() < self._away_until

    def note_away(self) -> None:
        """Redis has just not answered."""
        self._away_until = monotonic() + _PAUSE_S
        self._was_away = True
        logger.warning("accounts.redis_away")

    async def ask(self, verb: str, keys: list[str], args: list[Any]) -> Any:
        """The verb's reply. Raises what ``AWAY`` lists."""
        return await self._scripts[verb](keys, args)

    async def run(self, verb: str, keys: list[str], args: list[Any]) -> Any:
        """The verb's reply, or None while Redis is away."""
        if self.away:
            return None
        try:
            if self._was_away:
                self._was_away = False
                await self._rejoin()
            return await self.ask(verb, keys, args)
        except AWAY:
            self.note_away()
            return None

    async def run_many(self, verb: str, calls: list[tuple[list[str], list[Any]]]) -> list[Any]:
        """The replies to several runs of a verb, in one round trip; None for those that Redis did not answer."""
        if len(calls) < 2 or self._was_away or self.away:
            return [await self.run(verb, keys, args) for keys, args in calls]
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for keys, args in calls:
                    pipeline.evalsha(self._scripts[verb].sha, len(keys), *keys, *args)
                replies = await pipeline.execute(raise_on_error=False)
        except AWAY:
            self.note_away()
            return [None] * len(calls)
        # What Redis does not know yet (NOSCRIPT), or could not do just now, is asked for one by one.
        return [
            await self.run(verb, *call) if isinstance(reply, Exception) else reply
            for call, reply in zip(calls, replies, strict=True)
        ]
