"""A run: one delivery of one job, from pickup to settled. The only mutable thing that travels between services."""

import asyncio
import time
from datetime import UTC, datetime
from functools import lru_cache

from worker.domain.job import Job, run_number
from worker.domain.verdict import Report
from worker.queue.keys import job_name
from worker.queue.queue import Entry


class Run:
    """One delivery being worked on here. It holds a slot until it is settled."""

    __slots__ = (
        "cancel_asked",
        "delivery",
        "entry_ref",
        "finished",
        "flat",
        "job",
        "mark",
        "name",
        "parsed",
        "picked_at",
        "picked_s",
        "registered",
        "report",
        "started_at",
        "started_s",
        "task",
        "timed_out",
    )

    def __init__(self, entry: Entry, picked_at: datetime) -> None:
        delivery = self.delivery = entry.delivery
        #: ``<stream>/<entry id>``.
        self.entry_ref = f"{delivery.stream}/{delivery.entry_id}"
        self.flat = entry.flat
        self.mark = entry.mark
        self.picked_at = picked_at
        self.picked_s = time.monotonic()
        self.started_at = picked_at
        self.started_s = 0.0
        #: Unset until the entry is parsed.
        self.job: Job
        #: Whether the entry has become a job.
        self.parsed = False
        self.name = ""
        self.report: Report | None = None
        self.task: asyncio.Task[None] | None = None
        self.registered = False
        #: Decided without a report: only settling is left.
        self.finished = False
        self.timed_out = False
        self.cancel_asked = ""

    def is_for(self, job: Job) -> None:
        """Name the job, once it is parsed (and again when admission moves it to another generation)."""
        self.job = job
        self.parsed = True
        self.name = job_name(job.workspace, job.id)

    @property
    def number(self) -> int:
        """The fence of this run."""
        return run_number(self.job.generation if self.parsed else 0, self.delivery.count)

    @property
    def created_at(self) -> datetime:
        """When the entry was added: the time in its id."""
        return _moment(self.delivery.entry_id.partition("-")[0])


@lru_cache(1024)
def _moment(milliseconds: str) -> datetime:
    """Unix milliseconds as a time: entries that were added together share it."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
