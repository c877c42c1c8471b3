"""What the consumer and the settler stand on, as they see it."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from worker.domain.admission import Known
from worker.domain.claim import Claim
from worker.domain.job import Delivery, Job
from worker.domain.kind import Kind
from worker.domain.subject import Subject
from worker.domain.verdict import Report
from worker.queue.queue import Entry, Letter, Settlement
from worker.services.run import Run
from worker.services.settling import Settled
from worker.store.jobs import JobRow, RunningRow
from worker.store.pool import Connection

ClaimsBatch = Sequence[tuple[str, Subject, tuple[Claim, ...]]]
#: Writes claims inside the settling transaction; returns them under each subject's canonical key.
SaveClaims = Callable[[Connection, ClaimsBatch], Awaitable[ClaimsBatch]]


class ConsumerQueue(Protocol):
    """What the consumer asks of the queue."""

    async def wait(self, block_ms: int) -> list[tuple[int, str]]:
        """Block for an entry."""

    async def pull(
        self, budget: int, held: Sequence[tuple[int, str]] = (), number: int = 0
    ) -> tuple[bool, list[Entry]]:
        """Read new entries."""

    def delivered(self, number: int, entry_id: str) -> Delivery:
        """The delivery of an entry that ``wait`` has read."""

    async def park(self, delivery: Delivery, place: str) -> bool:
        """Move one owned entry to a parking place."""

    async def ensure_groups(self) -> None:
        """Make missing groups again."""


class Admitter(Protocol):
    """What admission asks of PostgreSQL."""

    async def admit(self, rows: Sequence[RunningRow]) -> list[Known | None]:
        """Register jobs, and tell what stood."""

    async def reopen(self, rows: Sequence[RunningRow]) -> set[tuple[str, str]]:
        """Make ended jobs' rows those of the next jobs of their ids; the keys of those taken."""


class Submit(Protocol):
    """Where ended runs go."""

    def submit(self, run: Run, report: Report) -> None:
        """A run with a report."""

    def submit_settled(self, item: Settled) -> None:
        """What has been decided without one."""


Execute = Callable[[Job, Kind], Awaitable[Report]]


class SettleQueue(Protocol):
    """What settling asks of the queue."""

    async def settle(self, items: Sequence[Settlement]) -> int:
        """Acknowledge; returns how many were not ours."""

    async def turn(self, items: Sequence[Settlement], budget: int, number: int) -> tuple[Exception | None, list[Entry]]:
        """Acknowledge, and bring new entries along: (what went wrong with the former, the latter)."""

    async def bury(self, letter: Letter) -> bool:
        """Move one entry to the dead letters."""

    async def ensure_groups(self) -> None:
        """Make missing groups again."""


class SettleStore(Protocol):
    """What settling asks of PostgreSQL."""

    async def settle(
        self, rows: Sequence[JobRow], beside: Callable[[Connection], Awaitable[None]] | None = None
    ) -> set[tuple[str, str]]:
        """Write a batch; returns refused keys."""


class Intake(Protocol):
    """Who takes the entries that a settling brings along."""

    def ask(self, frees: int) -> tuple[int, int]:
        """How many to bring when so many slots become free, and the number of that pull; (0, 0) for none."""

    def brought(self, budget: int, entries: Sequence[Entry]) -> None:
        """What came of asking for ``budget``."""
