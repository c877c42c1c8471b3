"""What experience says about providers: how often they know a subject, which fields they then bring, what they charge.

Counts with a prior: the fewer were asked, the nearer to it. A provider's fields come together, so a hit comes first and
its fields with it, often all that were wanted at once. Experience is kept at four levels (``worker.domain.segment``):
the provider's, that with companies or with people, that with those of whom as much is known, and that after the same
word from others; each level is the prior of the one below it.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Final

from worker.domain.provider import Provider
from worker.domain.segment import levels

#: Beta priors (successes, failures): before anything is known, every second lookup hits, and brings a field in 7 of 10.
HIT_PRIOR: Final = (1.0, 1.0)
FIELD_PRIOR: Final = (1.4, 0.6)
#: Lookups that the price prior counts for.
_PRICE_PRIOR: Final = 1.0
#: Lookups that a provider's other fields count for in one of them.
_ALIKE: Final = 2.0
#: Lookups that the wider level counts for in a narrower one.
_WIDER: Final = 8.0
#: Stands among the fields for "all that was wanted": how often a hit left nothing open that the provider gives.
EVERY: Final = "*"
#: Squares of charges are counted in this many micros, so that millions of them fit into a counter.
_SQUARE_UNIT: Final = 100
_LLM: Final = "llm"


@dataclass(slots=True)
class Tally:
    """Counts of one provider. ``fields`` maps a field to (times it was wanted of a hit, times it came); ``*`` is all
    that was wanted of a hit at once. ``hit_squares`` sums the squares of charges, in hundreds of micros.
    """

    asks: int = 0
    hits: int = 0
    hit_micros: int = 0
    miss_micros: int = 0
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    hit_squares: int = 0

    def add(self, *, hit: bool, wanted: Iterable[str], found: Iterable[str], micros: int) -> None:
        """Count one lookup that was answered: ``found`` of what was ``wanted`` is open no more."""
        self.asks += 1
        if not hit:
            self.miss_micros += micros
            return
        self.hits += 1
        self.hit_micros += micros
        self.hit_squares += (micros // _SQUARE_UNIT) ** 2
        brought, asked_for = frozenset(found), frozenset(wanted)
        for name in asked_for:
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
            self.hit_squares + other.hit_squares,
        )
        for name, (asked, came) in other.fields.items():
            held = total.fields.get(name, (0, 0))
            total.fields[name] = (held[0] + asked, held[1] + came)
        return total

    def as_counts(self) -> dict[str, int]:
        """Flat counters that add up; ``from_counts`` is the inverse."""
        flat = {name: getattr(self, name) for name in _COUNTERS}
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
        return cls(**{name: counts.get(name, 0) for name in _COUNTERS}, fields=fields)


_COUNTERS: Final = ("asks", "hits", "hit_micros", "miss_micros", "hit_squares")


@dataclass(frozen=True, slots=True)
class Odds:
    """What to expect of one provider: chances in 0..1, charges in micros per lookup, their spread beside the mean.

    ``every`` is how likely a hit is to bring all that is wanted of it; None when nothing tells.
    """

    hit: float
    fields: Mapping[str, float]
    hit_micros: float
    miss_micros: float
    spread_micros: float = 0.0
    every: float | None = None

    @property
    def micros(self) -> float:
        """The expected charge of one lookup."""
        return self.hit * self.hit_micros + (1 - self.hit) * self.miss_micros

    def chance(self, name: str) -> float:
        """How likely one lookup is to bring a field."""
        return self.hit * self.fields.get(name, 0.0)

    def together(self, wanted: Iterable[str]) -> float:
        """How likely a hit is to bring all of these, no less and no more than their own chances allow.

        >>> Odds(1.0, {"a": 0.8, "b": 0.9}, 0, 0, every=0.95).together(["a", "b"])
        0.8
        """
        chances = [self.fields.get(name, 0.0) for name in wanted]
        if not chances:
            return 1.0
        alone = 1.0
        for chance in chances:
            alone *= chance
        least, most = max(0.0, 1 - sum(1 - chance for chance in chances)), min(chances)
        return min(most, max(least, alone if self.every is None else self.every))

    def bring(self, wanted: Iterable[str], rng: random.Random) -> set[str]:
        """The fields that a hit brings this time: all of them together, or each by its own remaining chance."""
        names = list(wanted)
        all_at_once = self.together(names)
        if rng.random() < all_at_once:
            return set(names)
        rest = 1 - all_at_once
        return {name for name in names if rng.random() < (self.fields.get(name, 0.0) - all_at_once) / rest}

    def charge(self, rng: random.Random) -> float:
        """What a hit costs this time: as dear as hits were, with their spread."""
        if self.spread_micros < 1 or self.hit_micros < 1:
            return self.hit_micros
        shape = (self.hit_micros / self.spread_micros) ** 2
        return rng.gammavariate(shape, self.hit_micros / shape)


def expected(provider: Provider, tallies: Mapping[str, Tally], segment: str = "") -> Odds:
    """The mean expectation, prior and experience together. Without experience a hit costs the full price."""
    return _odds(provider, tallies, segment, sorted(provider.gives), _Mean())


def drawn(
    provider: Provider, tallies: Mapping[str, Tally], segment: str, rng: random.Random, names: Iterable[str] = ()
) -> Odds:
    """One plausible expectation, drawn from what is uncertain: wide without experience, narrow with much of it.

    ``names`` are the fields that matter, all of the provider's by default.
    """
    return _odds(provider, tallies, segment, sorted(names or provider.gives), _Draw(rng))


class _Mean:
    """Takes the middle of what is plausible."""

    def beta(self, successes: float, failures: float) -> float:
        return successes / (successes + failures)

    def hit_price(self, provider: Provider) -> float:
        return float(provider.max_micros)

    def miss_price(self, provider: Provider) -> float:
        return 0.0 * provider.max_micros

    def price(self, mean: float, error: float) -> float:
        return max(0.0, mean + 0.0 * error)


class _Draw(_Mean):
    """Draws from what is plausible."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng

    def beta(self, successes: float, failures: float) -> float:
        return self._rng.betavariate(max(successes, 0.02), max(failures, 0.02))

    def hit_price(self, provider: Provider) -> float:
        """Most hits cost the full price; a model's depends on how much it reads."""
        if provider.stage == _LLM:
            return provider.max_micros * self._rng.uniform(0.02, 0.7)
        return provider.max_micros * (1.0 if self._rng.random() < 0.7 else self._rng.random())

    def miss_price(self, provider: Provider) -> float:
        """Some charge for looking, most only for finding."""
        if provider.stage == _LLM:
            return self.hit_price(provider)
        return provider.max_micros * self._rng.choice((0.0, 0.0, 1.0))

    def price(self, mean: float, error: float) -> float:
        return max(0.0, self._rng.gauss(mean, error)) if error else mean


def _odds(provider: Provider, tallies: Mapping[str, Tally], segment: str, names: Iterable[str], taken: _Mean) -> Odds:
    widest, *narrower = [tallies.get(name) or Tally() for name in levels(provider.name, segment)]
    hit = taken.beta(widest.hits + HIT_PRIOR[0], widest.asks - widest.hits + HIT_PRIOR[1])
    usual = _usual(widest, taken)
    fields = {name: _came(widest, name, _ALIKE * usual, _ALIKE * (1 - usual), taken) for name in names}
    every = _came(widest, EVERY, *FIELD_PRIOR, taken) if EVERY in widest.fields else None
    misses, spread = widest.asks - widest.hits, _spread(widest)
    mean = (widest.hit_micros + _PRICE_PRIOR * taken.hit_price(provider)) / (widest.hits + _PRICE_PRIOR)
    hit_micros = taken.price(mean, spread / sqrt(widest.hits + _PRICE_PRIOR))
    miss_micros = (widest.miss_micros + _PRICE_PRIOR * taken.miss_price(provider)) / (misses + _PRICE_PRIOR)
    for tally in narrower:
        if not tally.asks:
            continue
        missed = tally.asks - tally.hits
        hit = taken.beta(tally.hits + _WIDER * hit, missed + _WIDER * (1 - hit))
        fields = {
            name: _came(tally, name, _WIDER * rate, _WIDER * (1 - rate), taken) if name in tally.fields else rate
            for name, rate in fields.items()
        }
        if every is not None and EVERY in tally.fields:
            every = _came(tally, EVERY, _WIDER * every, _WIDER * (1 - every), taken)
        hit_micros = (tally.hit_micros + _WIDER * hit_micros) / (tally.hits + _WIDER)
        miss_micros = (tally.miss_micros + _WIDER * miss_micros) / (missed + _WIDER)
    return Odds(hit, fields, hit_micros, miss_micros, spread, every)


def _usual(tally: Tally, taken: _Mean) -> float:
    """How often a field comes, whichever it is: what to think of one that was seldom wanted."""
    counts = [counted for name, counted in tally.fields.items() if name != EVERY]
    asked, came = sum(asked for asked, _ in counts), sum(came for _, came in counts)
    return taken.beta(came + FIELD_PRIOR[0], asked - came + FIELD_PRIOR[1])


def _came(tally: Tally, name: str, for_it: float, against: float, taken: _Mean) -> float:
    asked, came = tally.fields.get(name, (0, 0))
    return taken.beta(came + for_it, asked - came + against)


def _spread(tally: Tally) -> float:
    """The standard deviation of what hits were charged, in micros."""
    if tally.hits < 2:
        return 0.0
    mean = tally.hit_micros / tally.hits
    return sqrt(max(0.0, tally.hit_squares * _SQUARE_UNIT**2 / tally.hits - mean * mean))
