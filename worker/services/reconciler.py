"""Publishes jobs that PostgreSQL knows and Redis does not: lost ones, and rows that producers inserted. Shell.

Publishing a job twice is harmless: both entries carry the same generation, and admission lets one of them run.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, Protocol

import orjson
import structlog

from worker.domain.lane import Lane
from worker.queue.codec import milliseconds
from worker.queue.entry_fields import ATTEMPTS, FIRST_PICKUP, GENERATION, ID, INTERNAL
from worker.queue.keys import Keys, job_name
from worker.store.upkeep import OpenJob

log = structlog.get_logger("worker")

BATCH: Final = 500
#: Due times are told by workers' clocks, entry ids by Redis's.
CLOCKS_APART_MS: Final = 1_000


class PublishingQueue(Protocol):
    """What reconciling asks of the queue."""

    keys: Keys

    async def publish(self, entries: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
        """Add entries."""

    async def entries_exist(self, references: Sequence[str]) -> list[bool]:
        """Whether entries are still there."""

    async def are_delayed(self, names: Sequence[str]) -> list[bool]:
        """Whether jobs are in the delayed set."""

    async def carried(self, stream: str, since_ms: int) -> set[str]:
        """Jobs whose entries were read and are not settled."""

    async def read_through(self, stream: str) -> tuple[int, int | None]:
        """How far a lane has been read."""


class OpenJobs(Protocol):
    """What reconciling asks of PostgreSQL."""

    async def unpublished(self, most: int) -> list[OpenJob]:
        """Pending rows that no entry carries."""

    async def overdue(self, running_s: float, waiting_s: float, most: int) -> list[OpenJob]:
        """Open rows that should have moved on."""

    async def published(self, keys: Sequence[tuple[str, str]], entries: Sequence[str]) -> None:
        """Note which entry carries each job."""

    async def touch(self, keys: Sequence[tuple[str, str]]) -> None:
        """Leave rows alone for a while."""


def entry_of(job: OpenJob) -> dict[str, str]:
    """The entry that carries a row's job in its next generation."""
    fields = {name: _text(value) for name, value in job.payload.items() if value is not None and name not in INTERNAL}
    fields.setdefault("type", job.job_type)
    if job.url:
        fields.setdefault("url", job.url)
    if job.workspace != "default":
        fields["workspaceId"] = job.workspace
    if fields.get("id") != job.id:
        fields.pop("id", None)
        fields[ID] = job.id
    fields[GENERATION] = str(job.generation + 1)
    fields[ATTEMPTS] = str(job.attempts)
    if job.first_pickup_at is not None:
        fields[FIRST_PICKUP] = str(milliseconds(job.first_pickup_at))
    return fields


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()


class Reconciler:
    """``run_once`` publishes what Redis has lost. ``quiet_s`` is how long a row may stand still first."""

    def __init__(self, queue: PublishingQueue, store: OpenJobs, *, quiet_s: float) -> None:
        self._queue = queue
        self._store = store
        self._quiet_s = quiet_s
        self.flushed = False

    async def run_once(self) -> float | None:
        """One look; comes back at once while there is more."""
        fresh = await self._store.unpublished(BATCH)
        if fresh:
            await self._publish(fresh, "new rows published")
        stale = await self._store.overdue(self._quiet_s, 0.0 if self.flushed else self._quiet_s, BATCH)
        lost, known = await self._sorted_out(stale)
        if lost:
            await self._publish(lost, "jobs that Redis had lost are published again")
        if known:
            await self._store.touch([(job.workspace, job.id) for job in known])
        more = len(fresh) == BATCH or len(stale) == BATCH
        if not more:
            self.flushed = False
        return 0.05 if more else None

    async def _publish(self, jobs: Sequence[OpenJob], what: str) -> None:
        lanes = self._queue.keys.lanes
        entries = await self._queue.publish([(lanes[Lane(job.priority)], entry_of(job)) for job in jobs])
        await self._store.published([(job.workspace, job.id) for job in jobs], entries)
        log.info(what, count=len(jobs))

    async def _sorted_out(self, jobs: Sequence[OpenJob]) -> tuple[list[OpenJob], list[OpenJob]]:
        """(lost, known to Redis). A scheduled job that is due may stand in its lane, unread, under a new entry id."""
        carried = [job for job in jobs if job.status != "scheduled" and job.entry]
        there = await self._queue.entries_exist([job.entry or "" for job in carried])
        lost = [job for job, exists in zip(carried, there, strict=True) if not exists]
        known = [job for job, exists in zip(carried, there, strict=True) if exists]
        lost += [job for job in jobs if job.status != "scheduled" and not job.entry]
        scheduled = [job for job in jobs if job.status == "scheduled"]
        delayed = await self._queue.are_delayed([job_name(job.workspace, job.id) for job in scheduled])
        known += [job for job, is_delayed in zip(scheduled, delayed, strict=True) if is_delayed]
        due = [job for job, is_delayed in zip(scheduled, delayed, strict=True) if not is_delayed]
        if due:
            read = await self._read_since(min(_due_ms(job) for job in due))
            lanes = {job.priority: self._queue.keys.lanes[Lane(job.priority)] for job in due}
            reached = {priority: await self._queue.read_through(lane) for priority, lane in lanes.items()}
            for job in due:
                is_read = job_name(job.workspace, job.id) in read
                (known if is_read or _may_stand_unread(job, *reached[job.priority]) else lost).append(job)
        return lost, known

    async def _read_since(self, due_ms: int) -> set[str]:
        """Jobs that somebody has read since then and not settled, perhaps because he died; they may have been moved."""
        names: set[str] = set()
        for stream in self._queue.keys.streams:
            names |= await self._queue.carried(stream, max(due_ms - CLOCKS_APART_MS, 0))
        return names


def _may_stand_unread(job: OpenJob, last_ms: int, lag: int | None) -> bool:
    """Whether a due job's entry may come in its lane after what its group has read last."""
    return lag != 0 and last_ms != 0 and last_ms < _due_ms(job) + CLOCKS_APART_MS


def _due_ms(job: OpenJob) -> int:
    return milliseconds(job.next_run_at or datetime.now(UTC))
