"""The best value for money: which provider brings most of what is missing per cent. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from worker.domain.fields import IDENTIFIERS
from worker.domain.hitrate import Odds, Tally, expected
from worker.domain.provider import Provider
from worker.pipeline.plan import SAMPLES, Situation, affordable, askable

#: What a free lookup counts as costing, in micros: time is not free, and two free ones still compare.
_EFFORT_MICROS: Final = 100.0
#: What a field that another provider may bring later is worth now.
_LATER: Final = 0.5


def best_value(
    providers: Iterable[Provider],
    now: Situation,
    tallies: Mapping[str, Tally],
    most_micros_a_field: float | None = None,
) -> Provider | None:
    """The provider with the highest expected number of filled fields per price; None when none is worth it.

    ``most_micros_a_field`` is what one expected field may cost.
    """
    if not now.open:
        return None
    left = [provider for provider in askable(providers, now) if affordable(provider, now)]
    odds = {provider.name: expected(provider, tallies, now.segment) for provider in left}
    best: tuple[float, str] | None = None
    chosen = None
    for provider in left:
        if provider.cannot(now.subject) is not None:
            continue
        gain = gain_of(provider, left, now, odds)
        price = odds[provider.name].micros
        if gain <= 0 or (most_micros_a_field is not None and price > most_micros_a_field * gain):
            continue
        rank = (gain / (price + _EFFORT_MICROS), provider.name)
        if best is None or rank[0] > best[0]:
            best, chosen = rank, provider
    return chosen


def gain_of(provider: Provider, others: Iterable[Provider], now: Situation, odds: Mapping[str, Odds]) -> float:
    """How many open fields a lookup is expected to fill, now or by what it lets others find."""
    own = odds[provider.name]
    gain = sum(own.chance(name) for name in provider.gives & now.open)
    new = (provider.gives & IDENTIFIERS) - now.subject.identifiers.keys()
    if not new:
        return gain
    imagined = now.subject.knowing({name: SAMPLES[name] for name in new})
    later = [
        sum(odds[other.name].chance(name) for name in other.gives & now.open - provider.gives)
        for other in others
        if other is not provider and other.cannot(now.subject) is not None and other.cannot(imagined) is None
    ]
    return gain + _LATER * max((own.chance(name) for name in new), default=0.0) * max(later, default=0.0)
