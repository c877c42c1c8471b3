"""Adds recurring jobs when their turn comes, once however many workers there are. Shell.

A turn's job has an id made of the schedule and the time, so a worker that dies between adding and noting the turn
leads to the same job added twice, which is one job.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Protocol

import structlog

from worker.domain.lane import Lane
from worker.domain.recurrence import due
from worker.queue.keys import Keys
from worker.services.failpoint import failpoint
from worker.store.schedules import Schedule, Turn

log = structlog.get_logger("worker")

BATCH = 100


class Publishing(Protocol):
    """What firing asks of the queue."""

    keys: Keys

    async def publish(self, entries: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
        """Add entries."""


class Turns(Protocol):
    """What firing asks of PostgreSQL."""

    def turn(self, now: datetime, most: int) -> AbstractAsyncContextManager[Turn]:
        """Due schedules, locked."""

    async def next_turn(self) -> datetime | None:
        """When the next one is due."""


def entry_for(schedule: Schedule, at: datetime) -> dict[str, str]:
    """The entry of one turn."""
    entry = {**schedule.entry, "id": f"{schedule.name}@{at.isoformat(timespec='seconds')}"}
    if schedule.workspace != "default":
        entry["workspaceId"] = schedule.workspace
    return entry


class Recurring:
    """``run_once`` fires what is due and says when the next turn is."""

    def __init__(self, queue: Publishing, store: Turns, *, longest_s: float = 5.0) -> None:
        self._queue = queue
        self._store = store
        self._longest_s = longest_s

    async def run_once(self) -> float | None:
        """One look."""
        now = datetime.now(UTC)
        async with self._store.turn(now, BATCH) as turn:
            entries = []
            for schedule in turn.due:
                at, following = due(schedule.rule, schedule.next_at, now, schedule.catch_up)
                if at is not None:
                    lane = self._queue.keys.lanes[Lane(schedule.priority)]
                    entries.append((lane, entry_for(schedule, at)))
                await turn.advance(schedule, following, at)
            if entries:
                await self._queue.publish(entries)
                await failpoint("recurring:published")
                log.info("recurring jobs added", count=len(entries))
        if len(turn.due) == BATCH:
            return 0.0
        upcoming = await self._store.next_turn()
        if upcoming is None:
            return self._longest_s
        return min(max((upcoming - datetime.now(UTC)).total_seconds(), 0.01), self._longest_s)
