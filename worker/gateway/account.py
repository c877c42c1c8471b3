"""Provider accounts as values: options, permits, refusals, and what a process knows of an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

import msgspec
from aiolimiter import AsyncLimiter

from worker.domain.call import Limit
from worker.domain.finding import Outcome
from worker.domain.lane import Lane
from worker.gateway.breaker import BreakerPolicy, Health, Trouble
from worker.gateway.limits import Pace, effective, pace_for


@dataclass(frozen=True, slots=True)
class AccountOptions:
    """``limits`` are the operator's own, by provider (``*``: all others), never exceeded whatever is documented.

    ``hold_s`` is how long a call waits in place for its turn; beyond that the job is told when to come back.
    ``processes`` share a limit while Redis is away.
    """

    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    hold_s: float = 5.0
    processes: int = 1
    breaker: BreakerPolicy = field(default_factory=BreakerPolicy)


class Permit(msgspec.Struct, frozen=True, gc=False):
    """Send at ``send_at``, and no later than ``latest`` (``time.monotonic``, as ``given_at``). ``epoch`` is checked
    again when that was waited for; it is empty for accounts without limits."""

    send_at: float
    given_at: float
    latest: float = inf
    epoch: bytes = b""
    probe: bool = False


class Refusal(msgspec.Struct, frozen=True, gc=False):
    """Not now. ``retry_after_s`` is when it is worth asking again; a job that snoozes until then has its turn."""

    outcome: Outcome
    reason: str
    retry_after_s: float


@dataclass(slots=True)
class Place:
    """What this process knows of one bucket of one account."""

    provider: str
    account: str
    bucket: str
    keys: list[str]
    documented: tuple[Limit, ...]
    operators: tuple[Limit, ...]
    health: Health
    learned: str = ""
    pace: Pace | None = None
    epoch: bytes = b""
    believed_until: float = 0.0
    looking: bool = False
    eased_until: float = 0.0
    seeds: tuple[int, ...] = ()
    share: AsyncLimiter | None = None
    local_trip: tuple[float, Trouble, str] | None = None

    def doubt(self) -> None:
        """Something has happened to the account: believe nothing that was heard before."""
        self.believed_until = self.eased_until = 0.0

    def adopt(self, learned: str) -> None:
        """Take over what the account's headers said, to this process or another."""
        self.learned = learned
        self.pace = pace_for(effective(self.documented, learned_limits(learned), self.operators))
        self.share = None


class Asked(msgspec.Struct, frozen=True):
    """A request for a turn. ``probe_s`` is how long it may take, should it be the breaker's probe."""

    place: Place
    ticket: str
    lane: Lane
    probe_s: float


def learned_limits(text: str) -> dict[float, int]:
    """``60:1000,3600:200`` as windows (seconds) and counts; empty text as none.

    >>> learned_limits("60:1000,1:5")
    {60.0: 1000, 1.0: 5}
    """
    pairs = (part.split(":") for part in text.split(",") if part)
    return {float(window): int(count) for window, count in pairs}


def learned_text(limits: Sequence[Limit]) -> str:
    """The inverse, in one spelling.

    >>> learned_text([Limit(1000, 60.0), Limit(5, 1.0)])
    '1:5,60:1000'
    """
    return ",".join(f"{limit.window_s:g}:{limit.count}" for limit in sorted(limits, key=lambda one: one.window_s))
