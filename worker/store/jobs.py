"""Jobs in PostgreSQL: settling batches, admitting and registering jobs. Shell."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

import asyncpg
import orjson

from worker.domain.admission import Known
from worker.domain.errors import StoreUnavailable
from worker.domain.job import JobStatus
from worker.store.kept import KeptConnections
from worker.store.pool import AWAY, Connection, connection
from worker.store.sql import query

#: A row for ``settle_jobs.sql``: column name -> JSON-ready value, NULLs left out; JSON columns as ``orjson.Fragment``.
#: ``workspace_id``, ``id``, ``run`` and ``status`` are always there.
JobRow = dict[str, Any]


#: (workspace, id) of a row.
row_key: Final[Callable[[JobRow], tuple[str, str]]] = itemgetter("workspace_id", "id")


def _all_written(tag: str, rows: Sequence[JobRow]) -> bool:
    """Whether a statement's status (``INSERT 0 50``) counts every row."""
    return int(tag.rpartition(" ")[2]) == len(rows)


@dataclass(frozen=True, slots=True)
class RunningRow:
    """A job that is about to run or running, for ``admit_jobs.sql`` and ``register_jobs.sql``."""

    workspace: str
    id: str
    kind: str
    priority: int
    generation: int
    run: int
    attempts: int
    max_attempts: int
    url: str | None
    payload: str
    entry: str
    first_pickup_at: datetime
    started_at: datetime
    created_at: datetime


class JobStore:
    """The table ``enrichment_jobs``. Every method raises StoreUnavailable while PostgreSQL is away."""

    def __init__(self, pool: asyncpg.Pool, worker_id: str) -> None:
        self._pool = pool
        self._kept = KeptConnections(pool)
        self._worker = worker_id

    async def settle(
        self, rows: Sequence[JobRow], beside: Callable[[Connection], Awaitable[None]] | None = None
    ) -> set[tuple[str, str]]:
        """Write a batch in one transaction, ``beside`` in the same one; returns the keys that were refused.

        At most one row a key. Raises asyncpg's data errors for a row that PostgreSQL will not take.
        """
        ordered = sorted(rows, key=row_key)
        text = orjson.dumps(ordered).decode()
        if beside is None:
            try:
                tag = await self._kept.execute(query("settle_jobs"), text, self._worker)
            except AWAY as error:
                raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
            if _all_written(tag, ordered):
                return set()
            async with connection(self._pool) as conn:
                return await self._refused(conn, ordered)
        async with connection(self._pool) as conn, conn.transaction():
            tag = await conn.execute(query("settle_jobs"), text, self._worker)
            await beside(conn)
            return set() if _all_written(tag, ordered) else await self._refused(conn, ordered)

    async def _refused(self, conn: Connection, rows: Sequence[JobRow]) -> set[tuple[str, str]]:
        wanted = {row_key(row): (row["run"], row["status"]) for row in rows}
        found = await conn.fetch(query("find_fences"), [key[0] for key in wanted], [key[1] for key in wanted])
        standing = {(row["workspace_id"], row["id"]): (row["run"], row["status"]) for row in found}
        # a row that says what we said was written by us before: the reply to that commit was lost
        return {key for key, said in wanted.items() if standing.get(key) != said}

    async def admit(self, rows: Sequence[RunningRow]) -> list[Known | None]:
        """Register jobs that are new, and tell what stands for the others (None: it is new), in input order."""
        async with connection(self._pool) as conn:
            found = await conn.fetch(
                query("admit_jobs"),
                [row.workspace for row in rows],
                [row.id for row in rows],
                [row.kind for row in rows],
                [row.priority for row in rows],
                [row.generation for row in rows],
                [row.run for row in rows],
                [row.attempts for row in rows],
                [row.url for row in rows],
                [row.payload for row in rows],
                [row.entry for row in rows],
                [row.first_pickup_at for row in rows],
                [row.created_at for row in rows],
                self._worker,
            )
        return [_known(row) for row in found]

    async def reopen(self, rows: Sequence[RunningRow]) -> set[tuple[str, str]]:
        """Make ended jobs' rows those of the next jobs of their ids; gives the keys that were ours to take."""
        ordered = sorted(rows, key=_running_key)
        async with connection(self._pool) as conn:
            taken = await conn.fetch(
                query("reopen_jobs"),
                *_columns(ordered),
                self._worker,
            )
        return {(row["workspace_id"], row["id"]) for row in taken}

    async def register(self, rows: Sequence[RunningRow]) -> None:
        """Write or refresh the rows of running jobs. At most one row a key."""
        ordered = sorted(rows, key=_running_key)
        async with connection(self._pool) as conn:
            await conn.execute(
                query("register_jobs"),
                *_columns(ordered),
                [row.started_at for row in ordered],
                self._worker,
                [row.created_at for row in ordered],
            )

    async def ping(self) -> None:
        """Raise StoreUnavailable when PostgreSQL does not answer."""
        async with connection(self._pool, wait_s=5) as conn:
            await conn.execute("SELECT 1")


def _columns(rows: Sequence[RunningRow]) -> list[list[Any]]:
    """What ``reopen_jobs.sql`` and ``register_jobs.sql`` begin with: an array a column."""
    return [
        [row.workspace for row in rows],
        [row.id for row in rows],
        [row.kind for row in rows],
        [row.priority for row in rows],
        [row.generation for row in rows],
        [row.run for row in rows],
        [row.attempts for row in rows],
        [row.max_attempts for row in rows],
        [row.url for row in rows],
        [row.payload for row in rows],
        [row.entry for row in rows],
        [row.first_pickup_at for row in rows],
    ]


def _running_key(row: RunningRow) -> tuple[str, str]:
    return row.workspace, row.id


def _known(row: asyncpg.Record) -> Known | None:
    if row["fresh"] or row["status"] is None:
        return None
    return Known(
        status=JobStatus(row["status"]),
        generation=row["generation"],
        run=row["run"],
        attempts=row["attempts"],
        entry=row["entry"],
        completed_at=row["completed_at"],
        next_run_at=row["next_run_at"],
        first_pickup_at=row["first_pickup_at"],
        result=row["result"],
    )
