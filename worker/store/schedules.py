"""The table ``enrichment_schedules``. Shell."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from worker.domain.recurrence import CatchUp, Rule
from worker.store.pool import Connection, connection
from worker.store.sql import query


@dataclass(frozen=True, slots=True)
class Schedule:
    """A recurring job. ``entry`` is what is added at each turn."""

    workspace: str
    name: str
    rule: Rule
    entry: Mapping[str, str]
    next_at: datetime
    priority: int = 3
    catch_up: CatchUp = CatchUp.ONCE
    paused: bool = False
    last_at: datetime | None = None


class Turn:
    """Due schedules, locked for this transaction."""

    def __init__(self, conn: Connection, due: Sequence[Schedule]) -> None:
        self._conn = conn
        self.due = due

    async def advance(self, schedule: Schedule, next_at: datetime, ran_at: datetime | None) -> None:
        """Note the next turn, and the one that ran."""
        await self._conn.execute(query("schedule_advance"), schedule.workspace, schedule.name, next_at, ran_at)


class Schedules:
    """Raises StoreUnavailable while PostgreSQL is away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @asynccontextmanager
    async def turn(self, now: datetime, most: int) -> AsyncIterator[Turn]:
        """Schedules whose turn has come and that no other worker is firing; committed at the end."""
        async with connection(self._pool) as conn, conn.transaction():
            rows = await conn.fetch(query("schedules_due"), now, most)
            yield Turn(conn, [_schedule(row) for row in rows])

    async def next_turn(self) -> datetime | None:
        """When the next schedule is due."""
        async with connection(self._pool) as conn:
            found: datetime | None = await conn.fetchval(query("schedule_next"))
            return found

    async def save(self, schedule: Schedule) -> None:
        """Add a schedule, or replace the one of that name."""
        async with connection(self._pool) as conn:
            await conn.execute(
                query("schedule_save"),
                schedule.workspace,
                schedule.name,
                schedule.rule.cron,
                schedule.rule.every_s,
                schedule.rule.time_zone,
                schedule.priority,
                orjson.dumps(dict(schedule.entry)).decode(),
                schedule.catch_up.value,
                schedule.next_at,
            )

    async def list(self, workspace: str | None = None) -> Sequence[Schedule]:
        """All schedules, in the order of their next turns."""
        async with connection(self._pool) as conn:
            return [_schedule(row) for row in await conn.fetch(query("schedule_list"), workspace)]

    async def pause(self, workspace: str, name: str, *, paused: bool) -> bool:
        """Pause or resume one. False when there is none of that name."""
        async with connection(self._pool) as conn:
            tag: str = await conn.execute(query("schedule_pause"), workspace, name, paused)
            return tag == "UPDATE 1"

    async def remove(self, workspace: str, name: str) -> bool:
        """Remove one. False when there is none of that name."""
        async with connection(self._pool) as conn:
            tag: str = await conn.execute(query("schedule_remove"), workspace, name)
            return tag == "DELETE 1"


def _schedule(row: asyncpg.Record) -> Schedule:
    return Schedule(
        workspace=row["workspace_id"],
        name=row["name"],
        rule=Rule(row["cron"], row["every_s"], row["time_zone"]),
        entry={name: str(value) for name, value in orjson.loads(row["entry"]).items()},
        next_at=row["next_at"],
        priority=row["priority"],
        catch_up=CatchUp(row["catch_up"]),
        paused=row["paused"],
        last_at=row["last_at"],
    )
