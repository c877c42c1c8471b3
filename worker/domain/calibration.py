"""Calibrated confidence: what a provider's own confidence turned out to mean on labelled pages. Pure.

Per provider a curve in log-odds (Platt's, with a shift per field and per kind of evidence) maps confidence as claimed
to the share of such claims that were right. With few cases every part of a curve stays near "as claimed"; curves are
strictly monotone, so of two claims the surer one stays the surer one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import exp, log
from typing import Any, Final

from worker.domain.claim import Claim

VERSION: Final = 2
#: No curve reaches these: a small sample proves neither impossibility nor certainty.
LEAST: Final = 0.01
MOST: Final = 0.99
#: Standard deviations within which the parts of a curve are expected before any case was seen.
_SLOPE_SPREAD: Final = 0.5
_SHIFT_SPREAD: Final = 1.5
_PART_SPREAD: Final = 0.6
_SLOPES: Final = (0.2, 5.0)
_SWEEPS: Final = 80
_STILL: Final = 1e-6
#: What claims rest on, by how their evidence's path begins.
_KINDS: Final = {
    "json-ld": "structured", "microdata": "structured", "rdfa": "structured", "api": "answer", "a[": "link",
    "data-cfemail": "link", "meta": "head", "title": "head", "url": "address",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """One judged claim: who claimed which field on what evidence with what confidence, and whether it was right."""

    provider: str
    field: str
    confidence: float
    right: bool
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Curve:
    """One provider's curve: ``most`` times the logistic function of slope * log-odds + shift + its parts' shifts."""

    slope: float = 1.0
    shift: float = 0.0
    most: float = MOST
    fields: Mapping[str, float] = field(default_factory=dict)
    kinds: Mapping[str, float] = field(default_factory=dict)

    def at(self, name: str, kind: str, confidence: float) -> float:
        """The calibrated confidence of a claim about a field on a kind of evidence."""
        shift = self.shift + self.fields.get(name, 0.0) + self.kinds.get(kind, 0.0)
        return max(LEAST, self.most * _logistic(self.slope * _log_odds(confidence) + shift))


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves by provider; without one a provider is believed as far as it claims."""

    curves: Mapping[str, Curve] = field(default_factory=dict)
    samples: int = 0

    def adjust(self, provider: str, name: str, confidence: float, kind: str = "") -> float:
        """The calibrated confidence of a claim."""
        curve = self.curves.get(provider)
        return confidence if curve is None else curve.at(name, kind, confidence)

    def of(self, claim: Claim) -> float:
        """The calibrated confidence of a claim as its provider made it."""
        if claim.provider not in self.curves:
            return claim.confidence
        return self.adjust(claim.provider, claim.field, claim.confidence, kind_of(claim))

    def as_json(self) -> dict[str, Any]:
        """A JSON object that ``from_json`` reads back to an equal calibration."""
        return {
            "version": VERSION,
            "samples": self.samples,
            "curves": {
                provider: {"slope": curve.slope, "shift": curve.shift, "most": curve.most,
                           "fields": dict(sorted(curve.fields.items())), "kinds": dict(sorted(curve.kinds.items()))}
                for provider, curve in sorted(self.curves.items())
            },
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        """Read ``as_json``'s shape. Raises ValueError when it is not one, or turns confidence upside down."""
        if not isinstance(data, Mapping) or data.get("version") != VERSION:
            found = data.get("version") if isinstance(data, Mapping) else type(data).__name__
            raise ValueError(f"calibration version {found!r}, expected {VERSION}")
        try:
            curves = {str(provider): _curve(one) for provider, one in data["curves"].items()}
            return cls(curves, int(data.get("samples", 0)))
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"not a calibration: {problem}") from problem


#: Confidence as claimed.
UNCALIBRATED: Final = Calibration()


def _curve(data: Mapping[str, Any]) -> Curve:
    curve = Curve(
        float(data["slope"]),
        float(data["shift"]),
        float(data["most"]),
        {str(name): float(shift) for name, shift in data.get("fields", {}).items()},
        {str(kind): float(shift) for kind, shift in data.get("kinds", {}).items()},
    )
    if not 0 < curve.slope <= 100 or not LEAST <= curve.most <= 1:
        raise ValueError("not a calibration: a curve must rise, and stay within 0 and 1")
    return curve


def kind_of(claim: Claim) -> str:
    """What a claim rests on: ``text`` of a page, a ``link``, ``structured`` data, an API's ``answer``, ...

    >>> from datetime import UTC, datetime
    >>> kind_of(Claim("company_name", "Acme", "pdl", "pdl", 0.95, datetime.now(UTC)))
    'none'
    """
    if claim.inferred:
        return "inferred"
    if not claim.evidence:
        return "none"
    first = claim.evidence[0]
    return next((kind for start, kind in _KINDS.items() if first.path.startswith(start)), "text")


def _logistic(x: float) -> float:
    return 1.0 / (1.0 + exp(-x)) if x >= 0 else exp(x) / (1.0 + exp(x))


def _log_odds(confidence: float) -> float:
    bounded = min(max(confidence, 0.001), 0.999)
    return log(bounded / (1.0 - bounded))


def fit(samples: Iterable[Sample], most: Mapping[str, float] | None = None) -> Calibration:
    """A calibration from judged claims; ``most`` bounds single providers' curves below ``MOST``.

    Maximum a posteriori of a logistic regression (Platt, 1999) with normal priors around "as claimed", found by
    Newton's method one coefficient at a time.
    """
    held = list(samples)
    groups: dict[str, list[Sample]] = {}
    for sample in held:
        groups.setdefault(sample.provider, []).append(sample)
    bounds = most or {}
    curves = {name: replace(_fitted(some), most=bounds.get(name, MOST)) for name, some in groups.items()}
    return Calibration(curves, len(held))


@dataclass(slots=True)
class _Case:
    """Equal cases: their log-odds as claimed, how many there were, how many of them right, and the fit so far."""

    log_odds: float
    count: int = 0
    right: int = 0
    score: float = 0.0


def _fitted(samples: Iterable[Sample]) -> Curve:
    cases: dict[tuple[str, str, float], _Case] = {}
    for sample in samples:
        key = (sample.field, sample.kind, round(sample.confidence, 3))
        case = cases.setdefault(key, _Case(_log_odds(key[2])))
        case.count += 1
        case.right += sample.right
        case.score = case.log_odds
    every = list(cases.values())
    by_field: dict[str, list[_Case]] = {}
    by_kind: dict[str, list[_Case]] = {}
    for (name, kind, _), case in cases.items():
        by_field.setdefault(name, []).append(case)
        by_kind.setdefault(kind, []).append(case)
    slope, shift = 1.0, 0.0
    fields, kinds = dict.fromkeys(by_field, 0.0), dict.fromkeys(by_kind, 0.0)
    for _ in range(_SWEEPS):
        moved = _step(every, shift, 0.0, _SHIFT_SPREAD)
        shift += moved
        stretch = _step(every, slope, 1.0, _SLOPE_SPREAD, bounds=_SLOPES, along=True)
        slope += stretch
        moved = max(abs(moved), abs(stretch))
        for parts, grouped in ((fields, by_field), (kinds, by_kind)):
            for name, some in grouped.items():
                step = _step(some, parts[name], 0.0, _PART_SPREAD)
                parts[name] += step
                moved = max(moved, abs(step))
        if moved < _STILL:
            break
    return Curve(round(slope, 4), round(shift, 4), MOST, _rounded(fields), _rounded(kinds))


def _step(
    cases: Iterable[_Case], value: float, expected: float, spread: float,
    *, bounds: tuple[float, float] = (-20.0, 20.0), along: bool = False,
) -> float:  # fmt: skip
    """One Newton step of a coefficient, at most 1 wide; ``along`` for the slope. The cases' scores move with it."""
    held = list(cases)
    pull, curvature = (expected - value) / spread**2, 1.0 / spread**2
    for case in held:
        weight = case.log_odds if along else 1.0
        p = _logistic(case.score)
        pull += weight * (case.right - case.count * p)
        curvature += weight * weight * case.count * p * (1.0 - p)
    step = min(max(pull / curvature, -1.0), 1.0)
    step = min(max(value + step, bounds[0]), bounds[1]) - value
    for case in held:
        case.score += step * (case.log_odds if along else 1.0)
    return step


def _rounded(parts: Mapping[str, float]) -> dict[str, float]:
    return {name: round(shift, 4) for name, shift in parts.items() if abs(shift) >= 0.0001}


@dataclass(frozen=True, slots=True)
class Bin:
    """Values whose confidence lies between two bounds: how many, how sure on average, how many right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def reliability(judged: Iterable[tuple[float, bool]], bins: int = 10) -> tuple[tuple[Bin, ...], float]:
    """The reliability table of (confidence, right) pairs, and its expected calibration error.

    The error is the mean distance between confidence and accuracy, weighted by count (Naeini et al., AAAI 2015).
    """
    held = list(judged)
    found = []
    error = 0.0
    for number in range(bins):
        low, high = number / bins, (number + 1) / bins
        inside = [pair for pair in held if low < pair[0] <= high or (number == 0 and pair[0] == 0.0)]
        if not inside:
            continue
        confidence = sum(pair[0] for pair in inside) / len(inside)
        accuracy = sum(pair[1] for pair in inside) / len(inside)
        error += len(inside) / len(held) * abs(confidence - accuracy)
        found.append(Bin(low, high, len(inside), confidence, accuracy))
    return tuple(found), error
