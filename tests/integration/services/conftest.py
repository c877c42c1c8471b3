"""An engine on real servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.support.kinds import Execute, at_once, kind
from worker.domain.kind import Kind
from worker.services.engine import Engine, EngineOptions
from worker.services.settling import Settled

OPTIONS = EngineOptions(slots=20, block_ms=50, lease_s=1.0, heartbeat_s=0.5, shutdown_s=5.0, settle_tick_s=0.001)


class Bench:
    """A queue, its database, and engines on them."""

    def __init__(self, redis_url: str, redis: Any, pool: asyncpg.Pool) -> None:
        self.redis_url = redis_url
        self.redis = redis
        self.pool = pool
        self._changed = asyncio.Condition()
        self.settled: list[Settled] = []

    async def add(self, lane: str = "jobs", count: int = 1, **fields: Any) -> list[str]:
        """XADD ``count`` entries; returns their entry ids."""
        ids = []
        for _ in range(count):
            entry = {"type": "noop", **fields}
            ids.append((await self.redis.xadd(f"enrichment-{lane}", entry)).decode())
        return ids

    @asynccontextmanager
    async def engine(
        self, execute: Execute = at_once, kinds: Mapping[str, Kind] | None = None, **options: object
    ) -> AsyncIterator[Engine]:
        """A running engine."""
        made = Engine(
            self.redis_url,
            self.pool,
            kinds or {"noop": kind()},
            execute,
            replace(OPTIONS, **options),  # type: ignore[arg-type]
            on_settled=self._on_settled,
        )
        await made.start()
        try:
            yield made
        finally:
            await made.stop()

    def _on_settled(self, group: Sequence[Settled]) -> None:
        self.settled.extend(group)
        self._task = asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until_settled(self, count: int, timeout_s: float = 30) -> None:
        """Return when ``count`` runs have been settled by engines of this bench."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(lambda: len(self.settled) >= count)

    async def rows(self) -> Mapping[str, asyncpg.Record]:
        """All job rows by id."""
        return {row["id"]: row for row in await self.pool.fetch("SELECT * FROM enrichment_jobs")}

    async def quiet(self) -> bool:
        """Nothing is left in any lane or pending list."""
        for lane in ("priority", "high", "jobs", "low", "batch"):
            if await self.redis.xlen(f"enrichment-{lane}"):
                return False
            if (await self.redis.xpending(f"enrichment-{lane}", "enrichment-workers"))["pending"]:
                return False
        return True

    async def until(self, condition: Callable[[], Awaitable[bool]]) -> None:
        """Poll a condition that has no event of its own."""
        async with asyncio.timeout(30):
            while not await condition():  # noqa: ASYNC110 - these conditions have no event
                await asyncio.sleep(0.02)


@pytest.fixture
def bench(redis_url: str, redis_client: Redis, pg_pool: asyncpg.Pool) -> Bench:
    """Real servers for an engine."""
    return Bench(redis_url, redis_client, pg_pool)
