"""Findings: what one provider said when asked, claims or why it said nothing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from worker.domain.claim import Claim
from worker.domain.page import Page


class Outcome(StrEnum):
    """How a provider call ended; every documented status of every provider maps to one of these."""

    HIT = "hit"
    MISS = "miss"
    PENDING = "pending"  # the provider answers later, by webhook or poll
    THROTTLED = "throttled"
    QUOTA_EXHAUSTED = "quota_exhausted"
    BAD_CREDENTIALS = "bad_credentials"
    BAD_INPUT = "bad_input"
    SUPPRESSED = "suppressed"  # the person or company asked not to be processed
    BLOCKED = "blocked"  # robots, authwall, challenge page
    TRANSIENT = "transient"
    NONSENSE = "nonsense"  # the reply did not parse or has wrong types
    UNAVAILABLE = "unavailable"  # not asked: the breaker is open or the provider is paused
    OVER_BUDGET = "over_budget"  # not asked: the call would pass a cap


#: A gap left by these stays a gap: asking again soon would say the same.
FINAL = frozenset(
    {
        Outcome.HIT,
        Outcome.MISS,
        Outcome.BAD_INPUT,
        Outcome.SUPPRESSED,
        Outcome.BLOCKED,
        Outcome.OVER_BUDGET,
    }
)
#: A gap left by these is worth another attempt.
MOMENTARY = frozenset({Outcome.TRANSIENT, Outcome.NONSENSE})
#: A gap left by these waits for a known time, reset or key; no attempt is spent.
WAITING = frozenset(
    {
        Outcome.PENDING,
        Outcome.THROTTLED,
        Outcome.QUOTA_EXHAUSTED,
        Outcome.BAD_CREDENTIALS,
        Outcome.UNAVAILABLE,
    }
)


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One provider's word on one subject.

    ``identifiers`` are field values that lead on to other providers (a LinkedIn URL, a domain) even when nobody
    asked for them as data. ``charged_micros`` is what this run paid: 0 for an answer paid for before (``reused``).
    ``retry_at`` is the earliest useful time to ask again, for THROTTLED, PENDING and UNAVAILABLE.
    ``pages`` is the visible text that was read on the way, for stages that reason over it; never settled or cached.
    """

    provider: str
    outcome: Outcome
    claims: tuple[Claim, ...] = ()
    reason: str = ""
    charged_micros: int = 0
    reused: bool = False
    retry_at: datetime | None = None
    identifiers: Mapping[str, str] = {}
    pages: tuple[Page, ...] = ()
