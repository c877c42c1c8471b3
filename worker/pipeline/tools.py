"""What a run works with: the record cache, the providers in use, the gateway, a clock, and policy."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from worker.domain.calibration import UNCALIBRATED, Calibration
from worker.domain.claim import Claim
from worker.domain.hitrate import Tally
from worker.domain.job import Job
from worker.domain.provider import Gateway, Off, Provider
from worker.domain.silence import Silence
from worker.domain.subject import Subject


@runtime_checkable
class JobGateway(Gateway, Protocol):
    """The gateway as one job sees it, with the money this run has spent so far."""

    @property
    def provider_micros(self) -> int:
        """Micros charged by providers in this run."""

    @property
    def llm_micros(self) -> int:
        """Micros charged by LLMs in this run."""

    @property
    def spent_micros(self) -> int:
        """Micros charged in all runs of the job: what its cap counts."""


class HitRates(Protocol):
    """Experience with providers, shared by all runs."""

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """Counts by provider name, and by provider and segment (``worker.domain.segment.levels``)."""

    def note(
        self, provider: str, segment: str, *, hit: bool, wanted: Iterable[str], found: Iterable[str], micros: int
    ) -> None:
        """Count one lookup that was answered, at every level of its segment. Never waits."""


class Silences(Protocol):
    """Negative knowledge by (workspace, subject key). Best effort: neither method raises for an outage."""

    async def get(self, workspace: str, subject: str) -> tuple[Silence, ...]:
        """Who had nothing to say."""

    async def put(self, workspace: str, subject: str, silences: Sequence[Silence]) -> None:
        """Remember more."""


#: (workspace, subject, fields, observed_after) -> the claims held about any of those fields.
Lookup = Callable[[str, Subject, frozenset[str], datetime | None], Awaitable[tuple[Claim, ...]]]


#: (workspace, subject key) pairs -> all claims about each, and who had nothing to say; for pricing many jobs.
LookUp = Callable[[Sequence[tuple[str, str]]], Awaitable[Sequence[tuple[tuple[Claim, ...], tuple[Silence, ...]]]]]


def utc_now() -> datetime:
    """The current time, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """How runs are steered.

    ``order`` lists stages or provider names in the order in which they are asked; ``*`` stands for all the others;
    without it those are not asked. Empty means the roster's own order, ``("auto",)`` the best expected gain per cent.
    The LLM is asked last unless it is listed. ``most_micros_a_field`` is what an expected field may cost with ``auto``.
    ``snooze_s`` is how long a job sleeps when nobody says how long to wait.
    """

    order: tuple[str, ...] = ()
    snooze_s: float = 300.0
    most_micros_a_field: float | None = None


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything a run may use; composed once per process.

    Without ``silences`` everybody is asked again,
    without ``rates`` nothing is learned about providers. ``suppressed`` tells of (workspace, subject keys) whether
    somebody asked not to be processed. ``refresh`` adds an entry to the lowest lane, for ``allowStale``; without it
    the option waits for fresh values like any job. ``look_up`` reads about many subjects at once.
    """

    claims: Lookup
    roster: Sequence[Provider]
    gateway: Callable[[Job], JobGateway]
    off: Sequence[Off] = ()
    now: Callable[[], datetime] = utc_now
    policy: Policy = Policy()
    silences: Silences | None = None
    rates: HitRates | None = None
    calibration: Calibration = UNCALIBRATED
    suppressed: Callable[[str, Iterable[str]], bool] | None = None
    refresh: Callable[[Mapping[str, str]], Awaitable[None]] | None = None
    look_up: LookUp | None = None
