"""What a worker knows beside its jobs, opened together: records in two tiers, silences, hit rates, suppressions."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import asyncpg
from redis.asyncio import Redis

from worker.cache.changes import RecordChanges
from worker.cache.hit_rates import HitRateBook
from worker.cache.keys import RecordKeys
from worker.cache.memory import MemoryTier
from worker.cache.records import Loaded, LoadMany, RecordCache
from worker.cache.silences import SilenceCache
from worker.domain.claim import Claim
from worker.domain.silence import Silence
from worker.services.service import Loop
from worker.services.suppression import REFRESH_S, SuppressionList
from worker.store.claims import load_record, load_records
from worker.store.suppressions import Suppressions


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What ``Tools`` needs of it: ``records.get``, ``silences``, ``rates``, ``suppressions.holds``."""

    records: RecordCache
    silences: SilenceCache
    rates: HitRateBook
    suppressions: SuppressionList
    memory: MemoryTier
    load_many: LoadMany

    async def look_up(self, wanted: Sequence[tuple[str, str]]) -> list[tuple[tuple[Claim, ...], tuple[Silence, ...]]]:
        """What is held about many (workspace, subject key) pairs, and who had nothing to say. For plans.

        Raises StoreUnavailable.
        """
        claims, silences = await asyncio.gather(
            self.records.peek(wanted, self.load_many), self.silences.get_many(wanted)
        )
        return [(claims[key], said) for key, said in zip(wanted, silences, strict=True)]


@asynccontextmanager
async def open_knowledge(
    pool: asyncpg.Pool,
    redis: Redis,
    ear: Redis,
    *,
    namespace: str,
    record_life_s: float,
    memory_bytes: int,
    exchange_s: float = 10.0,
    suppression_s: float = REFRESH_S,
) -> AsyncIterator[Knowledge]:
    """Open it and keep it current until the end. ``ear`` is a client of its own, for announcements.

    Suppressions are read before anything else may begin. Raises StoreUnavailable when they cannot be.
    """
    keys = RecordKeys(namespace)

    async def load(workspace: str, key: str) -> Loaded:
        return Loaded(*await load_record(pool, workspace, key))

    memory = MemoryTier(memory_bytes)
    held = Knowledge(
        RecordCache(redis, keys, load, life_s=record_life_s, nearby=memory),
        SilenceCache(redis, keys),
        HitRateBook(redis, keys),
        SuppressionList(Suppressions(pool)),
        memory,
        partial(load_records, pool),
    )
    await held.suppressions.run_once()
    await held.rates.run_once()
    changes = RecordChanges(ear, keys, memory)
    listening = asyncio.create_task(changes.run(), name="service:record changes")
    loops = (
        Loop("hit rates", held.rates.run_once, exchange_s),
        Loop("suppressions", held.suppressions.run_once, suppression_s),
    )
    for loop in loops:
        loop.start()
    try:
        yield held
    finally:
        changes.stop()
        for loop in loops:
            await loop.stop()
        await listening
        await held.rates.run_once()
