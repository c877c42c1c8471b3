"""Calibrated confidence: what a provider's own confidence turned out to mean on labelled pages. Pure.

A calibration maps, per provider and where there is enough to learn from per field, confidence as claimed to the share
of claims that were right. Maps are monotone: a surer claim never becomes the less likely one.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

VERSION: Final = 1
#: Claims of one provider about one field from which a map of their own is fitted.
ENOUGH: Final = 25
#: Nothing is calibrated beyond these: a small sample proves neither impossibility nor certainty.
LEAST: Final = 0.02
MOST: Final = 0.99
#: Every fit leans on this many imagined claims that were right as often as claimed.
_LEAN: Final = 4.0
#: The name under which a provider's map for all other fields is kept.
REST: Final = "*"

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One judged claim: who claimed which field with what confidence, and whether it was right."""

    provider: str
    field: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Calibration:
    """Maps by provider and field; without one for a provider its confidence stays as claimed."""

    maps: Mapping[str, Mapping[str, tuple[Point, ...]]] = field(default_factory=dict)
    samples: int = 0

    def adjust(self, provider: str, name: str, confidence: float) -> float:
        """The calibrated confidence of a claim."""
        by_field = self.maps.get(provider)
        if not by_field:
            return confidence
        points = by_field.get(name) or by_field.get(REST)
        return confidence if not points else min(max(_on(points, confidence), LEAST), MOST)

    def as_json(self) -> dict[str, Any]:
        """A JSON object that ``from_json`` reads back to an equal calibration."""
        return {
            "version": VERSION,
            "samples": self.samples,
            "maps": {
                provider: {name: [list(point) for point in points] for name, points in sorted(by_field.items())}
                for provider, by_field in sorted(self.maps.items())
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Calibration":
        """Read ``as_json``'s shape. Raises ValueError when it is not one."""
        if data.get("version") != VERSION:
            raise ValueError(f"calibration version {data.get('version')!r}, expected {VERSION}")
        try:
            maps = {
                str(provider): {
                    str(name): tuple((float(raw), float(right)) for raw, right in points)
                    for name, points in by_field.items()
                }
                for provider, by_field in data["maps"].items()
            }
            return cls(maps, int(data.get("samples", 0)))
        except (KeyError, TypeError, AttributeError) as problem:
            raise ValueError(f"not a calibration: {problem}") from problem


#: Confidence as claimed.
UNCALIBRATED: Final = Calibration()


def _on(points: Sequence[Point], confidence: float) -> float:
    """The line through the points; beyond its ends it keeps their distance in proportion."""
    first, last = points[0], points[-1]
    if confidence <= first[0]:
        return first[1] * confidence / first[0] if first[0] else first[1]
    if confidence >= last[0]:
        room = 1.0 - last[0]
        return last[1] + (1.0 - last[1]) * (confidence - last[0]) / room if room > 0 else last[1]
    at = bisect_left(points, (confidence,))
    (x0, y0), (x1, y1) = points[at - 1], points[at]
    return y0 + (y1 - y0) * (confidence - x0) / (x1 - x0)


def fit(samples: Iterable[Sample]) -> Calibration:
    """A calibration from judged claims."""
    held = list(samples)
    groups: dict[str, dict[str, list[Sample]]] = {}
    for sample in held:
        by_field = groups.setdefault(sample.provider, {REST: []})
        by_field[REST].append(sample)
        by_field.setdefault(sample.field, []).append(sample)
    maps = {
        provider: {name: _isotonic(some) for name, some in by_field.items() if name == REST or len(some) >= ENOUGH}
        for provider, by_field in groups.items()
    }
    return Calibration(maps, len(held))


def _isotonic(samples: Iterable[Sample]) -> tuple[Point, ...]:
    """Pool adjacent violators over the distinct confidences, each leaning on what was claimed."""
    counts: dict[float, tuple[int, int]] = {}
    for sample in samples:
        asked, right = counts.get(round(sample.confidence, 3), (0, 0))
        counts[round(sample.confidence, 3)] = (asked + 1, right + sample.right)
    pools: list[tuple[float, float, list[float]]] = []
    for confidence in sorted(counts):
        asked, right = counts[confidence]
        pools.append((asked + _LEAN, right + _LEAN * confidence, [confidence]))
        while len(pools) > 1 and pools[-2][1] / pools[-2][0] >= pools[-1][1] / pools[-1][0]:
            weight, good, members = pools.pop()
            before = pools.pop()
            pools.append((before[0] + weight, before[1] + good, before[2] + members))
    return tuple((member, round(good / weight, 4)) for weight, good, members in pools for member in members)


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
