"""A run: one delivery of one job, from pickup to settled. The only mutable thing that travels between services."""

import asyncio
import time
from datetime import UTC, datetime

from worker.domain.job import Delivery, Job, run_number
from worker.domain.verdict import Report
from worker.queue.keys import job_name
from worker.queue.queue import Entry


class Run:
    """One delivery being worked on here. It holds a slot until it is settled."""

    __slots__ = (
        "_job",
        "cancel_asked",
        "delivery",
        "finished",
        "flat",
        "mark",
        "name",
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
        self.delivery: Delivery = entry.delivery
        self.flat = entry.flat
        self.mark = entry.mark
        self.picked_at = picked_at
        self.picked_s = time.monotonic()
        self.started_at = picked_at
        self.started_s = 0.0
        self._job: Job | None = None
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
        self._job = job
        self.name = job_name(job.workspace, job.id)

    @property
    def parsed(self) -> bool:
        """Whether the entry has become a job."""
        return self._job is not None

    @property
    def job(self) -> Job:
        """The job. Raises AttributeError for an entry that is not parsed."""
        if self._job is None:
            message = f"{self.entry_ref} is not parsed"
            raise AttributeError(message)
        return self._job

    @property
    def entry_ref(self) -> str:
        """``<stream>/<entry id>``."""
        return f"{self.delivery.stream}/{self.delivery.entry_id}"

    @property
    def number(self) -> int:
        """The fence of this run."""
        return run_number(self._job.generation if self._job is not None else 0, self.delivery.count)

    @property
    def created_at(self) -> datetime:
        """When the entry was added: the time in its id."""
        return datetime.fromtimestamp(int(self.delivery.entry_id.partition("-")[0]) / 1000, UTC)
