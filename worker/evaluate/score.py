"""Scores: found values against labelled ones, per field and per source. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from worker.domain.claim import Claim, Value
from worker.domain.fields import FIELDS, Context, InvalidValue
from worker.domain.names import fold
from worker.domain.record import FieldValue
from worker.evaluate.labels import Label

#: Texts that no two readers take down alike: half of the shorter one's words in common is agreement.
_PROSE: Final = frozenset({"company_description", "company_address", "person_headline"})
_ALIKE: Final = 0.5


@dataclass(slots=True)
class Tally:
    """Counts of one field or source: right, wrong, and how many there were to find."""

    right: int = 0
    wrong: int = 0
    found: int = 0
    gold: int = 0

    @property
    def precision(self) -> float | None:
        """Right of all judged; None when nothing was."""
        judged = self.right + self.wrong
        return self.right / judged if judged else None

    @property
    def recall(self) -> float | None:
        """Found of all there were; None when there were none."""
        return self.found / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall."""
        p, r = self.precision, self.recall
        if p is None or r is None:
            return None
        return 2 * p * r / (p + r) if p + r else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """A case that failed: what was found where something else, or nothing, was right."""

    label: str
    field: str
    found: Any
    gold: tuple[Any, ...]


@dataclass(slots=True)
class Score:
    """Everything counted over a labelled set."""

    fields: dict[str, Tally] = field(default_factory=dict)
    every: dict[str, Tally] = field(default_factory=dict)
    sources: dict[tuple[str, str], Tally] = field(default_factory=dict)
    judged: list[tuple[float, bool]] = field(default_factory=list)
    misses: list[Miss] = field(default_factory=list)
    sites: int = 0
    micros: dict[str, int] = field(default_factory=dict)

    def add(
        self,
        label: Label,
        record: Mapping[str, FieldValue],
        claims: Iterable[Claim],
        micros: Mapping[str, int] | None = None,
    ) -> None:
        """Count one site: its record, the claims behind it, and what each provider cost."""
        self.sites += 1
        for provider, cost in (micros or {}).items():
            self.micros[provider] = self.micros.get(provider, 0) + cost
        gold = {name: keys for name, values in label.gold.items() if (keys := _keys(name, values, label.country))}
        self._record(label, record, gold)
        self._every(label, record)
        self._claims(label, claims, gold)

    def _record(self, label: Label, record: Mapping[str, FieldValue], gold: Mapping[str, frozenset[str]]) -> None:
        for name in {*gold, *record}:
            shown = record.get(name)
            right = _verdict(label, name, shown.value if shown else None, gold)
            tally = self.fields.setdefault(name, Tally())
            tally.gold += name in gold
            if right is None:
                if shown is None and name in gold:
                    self.misses.append(Miss(label.id, name, None, label.gold[name]))
                continue
            tally.right += right
            tally.wrong += not right
            tally.found += right and name in gold
            if shown is not None:
                self.judged.append((shown.confidence, right))
                if not right:
                    self.misses.append(Miss(label.id, name, shown.value, label.gold.get(name, ())))

    def _every(self, label: Label, record: Mapping[str, FieldValue]) -> None:
        for name, values in label.every.items():
            gold = _keys(name, values, label.country)
            shown = record.get(name)
            found = {FIELDS[name].compare_key(shown.value)} if shown else set()
            found |= {FIELDS[name].compare_key(rival.value) for rival in shown.alternatives} if shown else set()
            tally = self.every.setdefault(name, Tally())
            tally.gold += len(gold)
            tally.found += len(found & gold)
            tally.right += len(found & gold)
            tally.wrong += len(found - gold)

    def _claims(self, label: Label, claims: Iterable[Claim], gold: Mapping[str, frozenset[str]]) -> None:
        hits: set[tuple[str, str]] = set()
        providers = set()
        for claim in claims:
            providers.add(claim.provider)
            right = _verdict(label, claim.field, claim.value, gold)
            if right is None:
                continue
            tally = self.sources.setdefault((claim.provider, claim.field), Tally())
            tally.right += right
            tally.wrong += not right
            if right and claim.field in gold:
                hits.add((claim.provider, claim.field))
        for provider in providers:
            for name in gold:
                tally = self.sources.setdefault((provider, name), Tally())
                tally.gold += 1
                tally.found += (provider, name) in hits


def verdict_on(label: Label, name: str, value: Value) -> bool | None:
    """Whether a value is right by its label; None when the label does not speak of the field."""
    keys = _keys(name, label.gold.get(name, ()), label.country)
    return _verdict(label, name, value, {name: keys} if keys else {})


def _verdict(label: Label, name: str, value: Value | None, gold: Mapping[str, frozenset[str]]) -> bool | None:
    """Whether a value is right; None when it is not judged, or not there."""
    if value is None:
        return None
    if label.outcome != "company":
        return False
    if name not in gold:
        return None
    if name in _PROSE:
        return any(_alike(str(value), str(one)) for one in label.gold[name])
    if isinstance(value, tuple):
        return all(item.casefold() in {str(one).casefold() for one in label.gold[name]} for item in value)
    return FIELDS[name].compare_key(value) in gold[name] if name in FIELDS else str(value) in gold[name]


def _alike(one: str, other: str) -> bool:
    first, second = set(fold(one).split()), set(fold(other).split())
    return len(first & second) >= _ALIKE * max(1, min(len(first), len(second)))


def _keys(name: str, values: Iterable[Any], country: str) -> frozenset[str]:
    """The comparable texts of labelled values; one that is no value of its field is left out."""
    known = FIELDS.get(name)
    if known is None:
        return frozenset(map(str, values))
    found = set()
    for value in values:
        try:
            found.add(known.compare_key(known.normalise(value, Context(region=country))))
        except InvalidValue:
            continue
    return frozenset(found)
