"""What experience says about providers: how often they know a subject, which fields they then bring, what they charge.

Counts with a prior: the fewer were asked, the nearer to it. Two levels, because a provider's fields come together: a
subject it does not know brings none of them.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from worker.domain.provider import Provider

#: Beta priors (successes, failures): before anything is known, every second lookup hits, and brings a field in 7 of 10.
HIT_PRIOR: Final = (1.0, 1.0)
FIELD_PRIOR: Final = (1.4, 0.6)
#: Lookups that the price prior counts for.
_PRICE_PRIOR: Final = 1.0


@dataclass(slots=True)
class Tally:
    """Counts of one provider. ``fields`` maps a field to (times it was wanted of a hit, times it came)."""

    asks: int = 0
    hits: int = 0
    hit_micros: int = 0
    miss_micros: int = 0
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, *, hit: bool, wanted: Iterable[str], found: Iterable[str], micros: int) -> None:
        """Count one lookup that was answered."""
        self.asks += 1
        if not hit:
            self.miss_micros += micros
            return
        self.hits += 1
        self.hit_micros += micros
        brought = frozenset(found)
        for name in wanted:
            asked, came = self.fields.get(name, (0, 0))
            self.fields[name] = (asked + 1, came + (name in brought))

    def merged(self, other: "Tally") -> "Tally":
        """The sum of two tallies."""
        total = Tally(
            self.asks + other.asks,
            self.hits + other.hits,
            self.hit_micros + other.hit_micros,
            self.miss_micros + other.miss_micros,
            dict(self.fields),
        )
        for name, (asked, came) in other.fields.items():
            held = total.fields.get(name, (0, 0))
            total.fields[name] = (held[0] + asked, held[1] + came)
        return total

    def as_counts(self) -> dict[str, int]:
        """Flat counters that add up; ``from_counts`` is the inverse."""
        flat = {"asks": self.asks, "hits": self.hits, "hit_micros": self.hit_micros, "miss_micros": self.miss_micros}
        for name, (asked, came) in self.fields.items():
            flat[f"{name}/asked"] = asked
            flat[f"{name}/came"] = came
        return {name: count for name, count in flat.items() if count}

    @classmethod
    def from_counts(cls, counts: Mapping[str, int]) -> "Tally":
        """A tally from flat counters; unknown names are ignored."""
        fields: dict[str, tuple[int, int]] = {}
        for name, count in counts.items():
            field_name, _, what = name.partition("/")
            asked, came = fields.get(field_name, (0, 0))
            if what == "asked":
                fields[field_name] = (count, came)
            elif what == "came":
                fields[field_name] = (asked, count)
        head = {name: counts.get(name, 0) for name in ("asks", "hits", "hit_micros", "miss_micros")}
        return cls(**head, fields=fields)


@dataclass(frozen=True, slots=True)
class Odds:
    """What to expect of one provider: chances in 0..1, charges in micros per lookup."""

    hit: float
    fields: Mapping[str, float]
    hit_micros: float
    miss_micros: float

    @property
    def micros(self) -> float:
        """The expected charge of one lookup."""
        return self.hit * self.hit_micros + (1 - self.hit) * self.miss_micros

    def chance(self, name: str) -> float:
        """How likely one lookup is to bring a field."""
        return self.hit * self.fields.get(name, 0.0)


def expected(provider: Provider, tally: Tally | None) -> Odds:
    """The mean expectation, prior and experience together. Without experience a hit costs the full price."""
    known = tally or Tally()
    a, b = HIT_PRIOR
    c, d = FIELD_PRIOR
    misses = known.asks - known.hits
    return Odds(
        hit=(known.hits + a) / (known.asks + a + b),
        fields={
            name: (came + c) / (asked + c + d)
            for name in provider.gives
            for asked, came in (known.fields.get(name, (0, 0)),)
        },
        hit_micros=(known.hit_micros + _PRICE_PRIOR * provider.max_micros) / (known.hits + _PRICE_PRIOR),
        miss_micros=known.miss_micros / (misses + _PRICE_PRIOR),
    )


def drawn(provider: Provider, tally: Tally | None, rng: random.Random) -> Odds:
    """One plausible expectation, drawn from what is uncertain: wide without experience, narrow with much of it."""
    known = tally or Tally()
    a, b = HIT_PRIOR
    c, d = FIELD_PRIOR
    misses = known.asks - known.hits
    hit_price = _price(known.hit_micros, known.hits, provider.max_micros, rng.uniform(0.0, 1.0))
    miss_price = _price(known.miss_micros, misses, provider.max_micros, rng.choice((0.0, 0.0, 1.0)))
    return Odds(
        hit=rng.betavariate(known.hits + a, misses + b),
        fields={
            name: rng.betavariate(came + c, asked - came + d)
            for name in sorted(provider.gives)
            for asked, came in (known.fields.get(name, (0, 0)),)
        },
        hit_micros=hit_price,
        miss_micros=miss_price,
    )


def _price(micros: int, times: int, most: int, guess: float) -> float:
    """A mean charge: a guess between nothing and the highest price, giving way to experience."""
    return (micros + _PRICE_PRIOR * guess * most) / (times + _PRICE_PRIOR)
