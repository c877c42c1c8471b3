"""Adds the demo's jobs with plain XADD, follows them on the events stream, and reads their rows."""

import json
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from redis.asyncio import Redis

from worker.demo.plan import Asked
from worker.demo.stage import QUEUE, Stage
from worker.queue.keys import Keys


class Watcher:
    """The demo's own client of both servers: a producer that reads back."""

    def __init__(self, redis: Any, database: asyncpg.Connection) -> None:
        self._redis = redis
        self._database = database
        self._keys = Keys(QUEUE)
        self._since = "0-0"

    async def add(self, wave: Sequence[Asked]) -> dict[str, Asked]:
        """XADD each entry; the ids of the jobs to what was asked."""
        return {
            f"{asked.stream}/{(await self._redis.xadd(asked.stream, dict(asked.fields))).decode()}": asked
            for asked in wave
        }

    async def ended(self, jobs: Mapping[str, Asked]) -> AsyncIterator[tuple[str, str]]:
        """(job id, how it ended) of each of these jobs, as they end."""
        left = set(jobs)
        while left:
            for name, how in await self._events():
                # An entry that could not be read has no name of its own; its row tells which one it was.
                for job_id in {name} & left if name else await self._dead(left):
                    left.discard(job_id)
                    yield job_id, how

    async def _events(self) -> list[tuple[str, str]]:
        """(job name, event) of what came since the last look."""
        found: list[tuple[str, str]] = []
        for _, entries in await self._redis.xread({self._keys.events: self._since}, block=1000) or ():
            for entry_id, event in entries:
                self._since = entry_id.decode()
                found.extend((name.decode(), how.decode()) for name, how in event.items())
        return found

    async def _dead(self, jobs: Collection[str]) -> list[str]:
        query = "SELECT id FROM enrichment_jobs WHERE status = 'dead_letter' AND id = ANY($1::text[])"
        return [row["id"] for row in await self._database.fetch(query, list(jobs))]

    async def rows(self, jobs: Mapping[str, Asked]) -> list[dict[str, Any]]:
        """The jobs' rows in PostgreSQL, in the order they were asked."""
        found = await self._database.fetch(
            "SELECT * FROM enrichment_jobs WHERE workspace_id = 'default' AND id = ANY($1::text[])", list(jobs)
        )
        by_id = {row["id"]: {**row, "result": json.loads(row["result"]) if row["result"] else {}} for row in found}
        return [by_id[job_id] for job_id in jobs if job_id in by_id]


@asynccontextmanager
async def open_watcher(stage: Stage) -> AsyncIterator[Watcher]:
    """Connect to both servers."""
    redis = Redis.from_url(stage.redis_url, protocol=2)
    database = await asyncpg.connect(stage.database_url)
    try:
        yield Watcher(redis, database)
    finally:
        await database.close()
        await redis.aclose()
