"""How old a claim may be: fresh within its field's life, worth less and less afterwards."""

from datetime import datetime, timedelta
from typing import Final

from worker.domain.claim import Claim
from worker.domain.fields import FIELDS
from worker.domain.fields.field import DAY_S

#: The source and provider of values that a person typed (``known`` in an entry, ``enrichd record set``).
HUMAN: Final = "human"
KNOWN: Final = "known"
#: For fields that a plugin brought and the catalogue does not know.
_DEFAULT_TTL_S: Final = 90 * DAY_S


def ttl_s(field: str) -> float:
    """Seconds for which a value of this field stays fresh."""
    known = FIELDS.get(field)
    return known.ttl_s if known else _DEFAULT_TTL_S


def is_human(claim: Claim) -> bool:
    """Whether a person typed it: such a value neither ages nor gives way to machines."""
    return claim.source == HUMAN


def is_fresh(claim: Claim, now: datetime, observed_after: datetime | None = None) -> bool:
    """Whether a claim may be used without asking again.

    ``observed_after`` is what a job asked for (``skipCache``, ``refreshOlderThan``); human values pass it.
    """
    if is_human(claim):
        return True
    if observed_after is not None and claim.observed_at < observed_after:
        return False
    return now - claim.observed_at <= timedelta(seconds=ttl_s(claim.field))


def faded(claim: Claim, now: datetime | None) -> float:
    """The claim's confidence at ``now``: whole while fresh, halved every half-life of its field afterwards."""
    if now is None or is_human(claim):
        return claim.confidence
    over = (now - claim.observed_at).total_seconds() - ttl_s(claim.field)
    if over <= 0:
        return claim.confidence
    known = FIELDS.get(claim.field)
    half_life = known.half_life_s if known else 3 * _DEFAULT_TTL_S
    return float(claim.confidence * 0.5 ** (over / half_life))
