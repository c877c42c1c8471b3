"""What a worker knows beside its jobs, opened together: records in two tiers, silences, hit rates, suppressions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
from redis.asyncio import Redis

from worker.cache.changes import RecordChanges
from worker.cache.hit_rates import HitRateBook
from worker.cache.keys import RecordKeys
from worker.cache.memory import MemoryTier
from worker.cache.records import Loaded, RecordCache
from worker.cache.silences import SilenceCache
from worker.services.service import Loop
from worker.services.suppression import SuppressionList
from worker.store.claims import load_record
from worker.store.suppressions import Suppressions


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What ``Tools`` needs of it: ``records.get``, ``silences``, ``rates``, ``suppressions.holds``."""

    records: RecordCache
    silences: SilenceCache
    rates: HitRateBook
    suppressions: SuppressionList
    memory: MemoryTier


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
    suppression_s: float = 2.0,
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
