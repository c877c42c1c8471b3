"""Jobs that have to be published (again), dead letters, retention. Shell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from worker.store.pool import connection
from worker.store.sql import query


@dataclass(frozen=True, slots=True)
class OpenJob:
    """An open row: enough to tell whether Redis still knows it, and to publish it."""

    workspace: str
    id: str
    job_type: str
    status: str
    priority: int
    generation: int
    attempts: int
    payload: dict[str, Any]
    entry: str | None
    url: str | None
    next_run_at: datetime | None
    first_pickup_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadJob:
    """A dead letter as PostgreSQL keeps it."""

    workspace: str
    id: str
    job_type: str
    error_class: str | None
    error_message: str | None
    attempts: int
    worker_id: str | None
    completed_at: datetime | None
    payload: Any


class Upkeep:
    """Raises StoreUnavailable while PostgreSQL is away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def unpublished(self, most: int) -> list[OpenJob]:
        """Pending rows that no entry carries: inserted by a producer, or set to run again."""
        return await self._open("unpublished_jobs", most)

    async def overdue(self, running_s: float, waiting_s: float, most: int) -> list[OpenJob]:
        """Open rows that should have moved on: running ones untouched for ``running_s``, others for ``waiting_s``."""
        return await self._open("overdue_jobs", running_s, waiting_s, most)

    async def _open(self, name: str, *args: Any) -> list[OpenJob]:
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query(name), *args)
        return [
            OpenJob(
                row["workspace_id"], row["id"], row["job_type"], row["status"], row["priority"], row["generation"],
                row["attempts"], _object(row["payload"]), row["entry"], row["url"], row["next_run_at"],
                row["first_pickup_at"],
            )
            for row in rows
        ]  # fmt: skip

    async def published(self, keys: Sequence[tuple[str, str]], entries: Sequence[str]) -> None:
        """Note which entry carries each job now."""
        async with connection(self._pool) as conn:
            workspaces, ids = [key[0] for key in keys], [key[1] for key in keys]
            await conn.execute(query("note_published"), workspaces, ids, list(entries))

    async def touch(self, keys: Sequence[tuple[str, str]]) -> None:
        """Leave rows alone for another while: Redis knows them."""
        async with connection(self._pool) as conn:
            await conn.execute(query("touch_jobs"), [key[0] for key in keys], [key[1] for key in keys])

    async def set_to_run_again(
        self, statuses: Sequence[str], keys: Sequence[tuple[str, str]] | None, *, workspace: str | None, most: int
    ) -> list[tuple[str, str]]:
        """Ended jobs become pending, attempts anew, ready to be published; returns their keys."""
        async with connection(self._pool) as conn:
            rows = await conn.fetch(
                query("run_again"),
                list(statuses),
                [key[0] for key in keys] if keys is not None else None,
                [key[1] for key in keys] if keys is not None else None,
                workspace,
                most,
            )
        return [(row["workspace_id"], row["id"]) for row in rows]

    async def cancel(self, keys: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Cancel open jobs that nobody runs; returns the keys that were."""
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("cancel_jobs"), [key[0] for key in keys], [key[1] for key in keys])
        return [(row["workspace_id"], row["id"]) for row in rows]

    async def dead(self, *, workspace: str | None, most: int) -> list[DeadJob]:
        """Dead letters, newest first."""
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("dead_jobs"), workspace, most)
        return [
            DeadJob(
                row["workspace_id"], row["id"], row["job_type"], row["error_class"], row["error_message"],
                row["attempts"], row["worker_id"], row["completed_at"], _object(row["payload"]),
            )
            for row in rows
        ]  # fmt: skip

    async def purge_dead(
        self, keys: Sequence[tuple[str, str]] | None, *, workspace: str | None, before: datetime | None
    ) -> int:
        """Delete dead letters; returns how many."""
        async with connection(self._pool) as conn:
            tag: str = await conn.execute(
                query("purge_dead"),
                [key[0] for key in keys] if keys is not None else None,
                [key[1] for key in keys] if keys is not None else None,
                workspace,
                before,
            )
        return int(tag.rsplit(" ", 1)[1])

    async def prune(self, retention_s: float, most: int) -> int:
        """Delete ended jobs older than ``retention_s``, at most ``most``; mark silent workers as lost."""
        async with connection(self._pool) as conn:
            tag: str = await conn.execute(query("prune_jobs"), retention_s, most)
            await conn.execute(query("mark_lost_workers"))
        return int(tag.rsplit(" ", 1)[1])

    async def find(self, job_id: str, workspace: str | None = None) -> list[asyncpg.Record]:
        """Whole rows by id, in every workspace unless one is named."""
        async with connection(self._pool) as conn:
            return list(await conn.fetch(query("find_job"), job_id, workspace))


def _object(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    value = orjson.loads(text)
    return value if isinstance(value, dict) else {}
