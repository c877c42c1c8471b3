"""The table ``enrichment_workers``. Shell."""

import asyncpg

from worker.store.pool import connection
from worker.store.sql import query


class WorkerStore:
    """This worker's row. Raises StoreUnavailable while PostgreSQL is away."""

    def __init__(
        self, pool: asyncpg.Pool, *, worker: str, hostname: str, pid: int, version: str, queue: str, concurrency: int
    ) -> None:
        self._pool = pool
        self._who = (worker, hostname, pid, version, queue, concurrency)

    async def beat(self, *, status: str, in_flight: int, processed: int, failed: int) -> None:
        """Write or refresh the row."""
        async with connection(self._pool) as conn:
            await conn.execute(query("beat_worker"), *self._who, status, in_flight, processed, failed)
