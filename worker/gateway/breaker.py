"""When a provider account is left alone: pure decisions over its last outcomes.

One failing call says little; half of the last calls failing says that the provider is down. Refused credentials and a
spent quota say so at once. The state that follows is shared in Redis (``lua/trip.lua``, ``lua/close.lua``).
"""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec

from worker.domain.finding import Outcome
from worker.domain.lane import Lane


class Trouble(StrEnum):
    """Why a breaker is open."""

    FAILING = "failing"
    BLOCKED = "blocked"
    CREDENTIALS = "credentials"
    QUOTA = "quota"


#: What a call refused by an open breaker is told.
REFUSAL = {
    Trouble.FAILING: Outcome.UNAVAILABLE,
    Trouble.BLOCKED: Outcome.UNAVAILABLE,
    Trouble.CREDENTIALS: Outcome.BAD_CREDENTIALS,
    Trouble.QUOTA: Outcome.QUOTA_EXHAUSTED,
}

_FAILURES = frozenset({Outcome.TRANSIENT, Outcome.NONSENSE})
_NEUTRAL = frozenset({Outcome.THROTTLED, Outcome.OVER_BUDGET, Outcome.UNAVAILABLE})


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """``window`` outcomes are looked at, ``least`` of them at least; open from ``share`` of failures on.

    Seconds open, at first and at most: each opening in a row doubles. Quota and credentials have their own.
    ``ahead_s`` is how long before all others one call comes back, to probe.
    """

    window: int = 20
    least: int = 5
    share: float = 0.5
    open_s: float = 15.0
    longest_open_s: float = 600.0
    blocked_s: float = 1800.0
    credentials_s: float = 900.0
    quota_s: float = 3600.0
    longest_quota_s: float = 86_400.0
    ahead_s: float = 5.0


class Trip(msgspec.Struct, frozen=True, gc=False):
    """Open the breaker for ``lasts_s``, at most ``longest_s`` when it happens again and again."""

    trouble: Trouble
    lasts_s: float
    longest_s: float


def behind_s(ahead_s: float, lane: Lane, chance: float) -> float:
    """How many seconds after the one that may probe a refused call comes back: once that is through, and spread over as
    long again, urgent lanes first. ``chance`` is a draw from 0 to 1.

    >>> behind_s(5.0, Lane.PRIORITY, 0.0), behind_s(5.0, Lane.BATCH, 1.0)
    (5.0, 10.0)
    """
    return ahead_s * (1.0 + (lane - 1 + chance) / len(Lane))


@dataclass
class Health:
    """What one process saw of an account."""

    policy: BreakerPolicy = field(default_factory=BreakerPolicy)
    _failed: deque[bool] = field(default_factory=deque)

    def saw(self, outcome: Outcome, retry_after_s: float | None = None, *, probe: bool = False) -> Trip | None:
        """Take an outcome in; a Trip when the breaker has to open because of it."""
        policy = self.policy
        if outcome is Outcome.BAD_CREDENTIALS:
            return Trip(Trouble.CREDENTIALS, policy.credentials_s, policy.longest_quota_s)
        if outcome is Outcome.QUOTA_EXHAUSTED:
            lasts_s = min(retry_after_s or policy.quota_s, policy.longest_quota_s)
            return Trip(Trouble.QUOTA, lasts_s, max(lasts_s, policy.quota_s))
        if outcome is Outcome.BLOCKED:
            return Trip(Trouble.BLOCKED, policy.blocked_s, policy.longest_quota_s)
        if outcome in _NEUTRAL:
            return None
        self._failed.append(outcome in _FAILURES)
        while len(self._failed) > policy.window:
            self._failed.popleft()
        if not self._failed[-1]:
            return None
        failures = sum(self._failed)
        if probe or (len(self._failed) >= policy.least and failures >= policy.share * len(self._failed)):
            self._failed.clear()
            return Trip(Trouble.FAILING, policy.open_s, policy.longest_open_s)
        return None
