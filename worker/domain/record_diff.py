"""What changed between two records, and the record as it was at a time. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from worker.domain.claim import Claim, Value
from worker.domain.fields import FIELDS
from worker.domain.record import FieldValue, record_of, value_key


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: None means that it was not there, or is not there any more."""

    field: str
    before: FieldValue | None
    after: FieldValue | None

    @property
    def kind(self) -> str:
        """``added``, ``removed``, ``changed``, or ``confirmed`` when only confidence or sources moved."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "confirmed" if _same(self.field, self.before.value, self.after.value) else "changed"


def _same(field: str, one: Value, other: Value) -> bool:
    return value_key(field, one) == value_key(field, other)


def differences(before: Mapping[str, FieldValue], after: Mapping[str, FieldValue]) -> tuple[Difference, ...]:
    """The fields in which two records differ, in the catalogue's order."""
    names = [name for name in FIELDS if name in before or name in after]
    found = []
    for name in names:
        old, new = before.get(name), after.get(name)
        if (
            old is None
            or new is None
            or (old.value, old.confidence, old.sources) != (new.value, new.confidence, new.sources)
        ):
            found.append(Difference(name, old, new))
    return tuple(found)


def record_at(claims: Iterable[tuple[datetime, Claim]], moment: datetime) -> dict[str, FieldValue]:
    """The record as it was at a time, from claims with the time each was first made.

    What was first said later is left out; a statement confirmed later counts as observed when it was first made.
    """
    held = [
        claim if claim.observed_at <= moment else _as_first_made(claim, first)
        for first, claim in claims
        if first <= moment
    ]
    return record_of(held, moment)


def _as_first_made(claim: Claim, first: datetime) -> Claim:
    return Claim(
        claim.field, claim.value, claim.source, claim.provider, claim.confidence, first, claim.evidence, claim.inferred,
        claim.display,
    )  # fmt: skip
