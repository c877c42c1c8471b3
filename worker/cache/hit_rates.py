"""Experience with providers, shared by all processes: counters in one Redis hash, read and added to now and then."""

from collections.abc import Iterable, Mapping
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.cache.keys import RecordKeys
from worker.domain.hitrate import Tally
from worker.domain.segment import levels

_log = structlog.get_logger("worker.cache")
_AWAY: Final = (RedisError, OSError, TimeoutError)


class HitRateBook:
    """Counts in memory; ``run_once`` exchanges them with Redis. A crash loses what was not exchanged yet."""

    def __init__(self, redis: Redis, keys: RecordKeys) -> None:
        self._redis = redis
        self._keys = keys
        self._shared: dict[str, Tally] = {}
        self._own: dict[str, Tally] = {}

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What all processes have counted, as far as it is known here, with this one's newest."""
        both = dict(self._shared)
        for provider, tally in self._own.items():
            both[provider] = tally.merged(both[provider]) if provider in both else tally
        return both

    def note(
        self, provider: str, segment: str, *, hit: bool, wanted: Iterable[str], found: Iterable[str], micros: int
    ) -> None:
        """Count one lookup that was answered, at every level of its segment."""
        asked_for, brought = frozenset(wanted), frozenset(found)
        for name in levels(provider, segment):
            self._own.setdefault(name, Tally()).add(hit=hit, wanted=asked_for, found=brought, micros=micros)

    async def run_once(self) -> None:
        """Add what was counted here, and read the sums."""
        mine, self._own = self._own, {}
        name = self._keys.hit_rates
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                for provider, tally in mine.items():
                    for counter, count in tally.as_counts().items():
                        pipe.hincrby(name, f"{provider}|{counter}", count)
                pipe.hgetall(name)
                replies = await pipe.execute()
        except _AWAY as problem:
            _log.warning("hit rates not exchanged", error=type(problem).__name__)
            for provider, tally in mine.items():
                self._own[provider] = tally.merged(self._own[provider]) if provider in self._own else tally
            return
        self._shared = _tallies(replies[-1])


def _tallies(held: Mapping[bytes, bytes]) -> dict[str, Tally]:
    counts: dict[str, dict[str, int]] = {}
    for name, value in held.items():
        provider, _, counter = name.decode("utf-8", "replace").partition("|")
        try:
            counts.setdefault(provider, {})[counter] = int(value)
        except ValueError:
            continue
    return {provider: Tally.from_counts(flat) for provider, flat in counts.items()}
