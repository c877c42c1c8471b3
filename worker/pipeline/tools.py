"""What a run works with: the record cache, the providers in use, the gateway, a clock, and policy."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from worker.domain.claim import Claim
from worker.domain.job import Job
from worker.domain.provider import Gateway, Off, Provider
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


#: (workspace, subject, fields, observed_after) -> the claims held about any of those fields.
Lookup = Callable[[str, Subject, frozenset[str], datetime | None], Awaitable[tuple[Claim, ...]]]


def utc_now() -> datetime:
    """The current time, aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Policy:
    """How runs are steered.

    ``order`` lists stages or provider names in the order in which they are asked; ``*`` stands for all the others;
    without it those are not asked. Empty means the roster's own order. The LLM is asked last unless it is listed.
    ``snooze_s`` is how long a job sleeps when nobody says how long to wait.
    """

    order: tuple[str, ...] = ()
    snooze_s: float = 300.0


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything a run may use; composed once per process."""

    claims: Lookup
    roster: Sequence[Provider]
    gateway: Callable[[Job], JobGateway]
    off: Sequence[Off] = ()
    now: Callable[[], datetime] = utc_now
    policy: Policy = Policy()
