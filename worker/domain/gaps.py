"""Gaps: which required fields are missing, stale or too uncertain, and why. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from worker.domain.claim import Claim
from worker.domain.fields.field import DAY_S
from worker.domain.freshness import is_fresh, ttl_s
from worker.domain.record import FieldValue, LazyRecord, merge


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands: the record as it may be shown, and why each open required field is open.

    ``open`` keeps the order of the required fields.
    """

    record: Mapping[str, FieldValue]
    open: Mapping[str, str]

    @property
    def filled(self) -> bool:
        """Whether every required field is present with enough confidence."""
        return not self.open


def standing(
    claims: Iterable[Claim],
    required: Iterable[str],
    now: datetime,
    *,
    min_confidence: float = 0.0,
    observed_after: datetime | None = None,
) -> Standing:
    """Judge a set of claims against what is required.

    Fresh claims decide where there are any; a stale value is shown, faded, but leaves its field open.
    """
    held = merge(claims)
    fresh = LazyRecord((claim for claim in held if is_fresh(claim, now, observed_after)), now)
    every = LazyRecord(held, now)
    record = _Preferring(fresh, every) if len(fresh) < len(every) else fresh
    reasons: dict[str, str] = {}
    for name in dict.fromkeys(required):
        value = fresh.get(name)
        if value is None:
            old = record.get(name)
            reasons[name] = "missing" if old is None else _stale(name, old.observed_at, now)
        elif value.confidence < min_confidence:
            reasons[name] = f"below the confidence asked for: {value.confidence:.2f} of {min_confidence:.2f}"
    return Standing(record, reasons)


class _Preferring(Mapping[str, FieldValue]):
    """Fields of the first record where it has them, of the second where not."""

    def __init__(self, first: LazyRecord, second: LazyRecord) -> None:
        self._first = first
        self._second = second

    def __getitem__(self, name: str) -> FieldValue:
        return self._first[name] if name in self._first else self._second[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._second)

    def __len__(self) -> int:
        return len(self._second)

    def __contains__(self, name: object) -> bool:
        return name in self._second


def _stale(name: str, observed_at: datetime, now: datetime) -> str:
    days = max(0, (now - observed_at).days)
    if (now - observed_at).total_seconds() > ttl_s(name):
        return f"stale: {days} days old, good for {ttl_s(name) / DAY_S:.0f}"
    return f"older than asked for: {days} days old"
