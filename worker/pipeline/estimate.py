"""What jobs will cost, before anybody is paid: runs of the plan over drawn answers. Pure.

Each job is played through with the plan that would run it: whether a provider knows the subject, which fields it
brings and what it charges are drawn from experience and its uncertainty. Without experience the draws differ widely,
and so does the range; with experience they agree.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from worker.domain.fields import IDENTIFIERS
from worker.domain.hitrate import Odds, Tally, drawn
from worker.domain.provider import Provider
from worker.domain.subject import Subject
from worker.pipeline.plan import LLM, SAMPLES, Situation, next_provider

#: Played-through worlds, each with its own drawn odds; the range leaves out none of them.
WORLDS: Final = 40
#: Jobs played through in one world; more are scaled up.
SAMPLE: Final = 250

Choose = Callable[[Sequence[Provider], Situation], Provider | None]


@dataclass(frozen=True, slots=True)
class Need:
    """One job as the estimate sees it: a subject, the fields it still lacks, whom it may ask, what it may spend.

    ``times`` is how many jobs of a batch are alike in all of this.
    """

    subject: Subject
    open: frozenset[str]
    providers: tuple[Provider, ...]
    cap_micros: int | None = None
    times: int = 1
    silent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Micros that a batch is expected to cost, and the range of what is plausible; calls by provider."""

    low_micros: int
    micros: int
    high_micros: int
    calls: Mapping[str, float] = field(default_factory=dict)


def estimate(
    needs: Sequence[Need], tallies: Mapping[str, Tally], *, seed: int = 0, choose: Choose = next_provider
) -> Estimate:
    """Price a batch. Needs with nothing open cost nothing and may be left out."""
    wanting = [need for need in needs if need.open]
    if not wanting:
        return Estimate(0, 0, 0)
    jobs = sum(need.times for need in wanting)
    totals: list[float] = []
    calls: dict[str, float] = {}
    for world in range(WORLDS):
        rng = random.Random(f"{seed}/{world}")  # noqa: S311 - a simulation
        roster = {provider.name: provider for need in wanting for provider in need.providers}
        odds = {name: drawn(provider, tallies.get(name), rng) for name, provider in sorted(roster.items())}
        sample = wanting if jobs <= SAMPLE else rng.choices(wanting, [need.times for need in wanting], k=SAMPLE)
        scale = 1.0 if jobs <= SAMPLE else jobs / SAMPLE
        spent = 0.0
        for need in sample:
            times = need.times if jobs <= SAMPLE else 1
            for _ in range(times):
                cost, asked = _play(need, odds, rng, choose)
                spent += cost
                for name in asked:
                    calls[name] = calls.get(name, 0.0) + scale / WORLDS
        totals.append(spent * scale)
    totals.sort()
    mean = sum(totals) / len(totals)
    return Estimate(int(totals[0]), round(mean), int(totals[-1]) + 1, {name: round(n, 1) for name, n in calls.items()})


def _play(need: Need, odds: Mapping[str, Odds], rng: random.Random, choose: Choose) -> tuple[float, list[str]]:
    """One job in one world: (micros charged, providers asked)."""
    subject, wanted, spent = need.subject, need.open, 0.0
    asked: list[str] = []
    stages = [provider for provider in need.providers if provider.stage != LLM]
    models = [provider for provider in need.providers if provider.stage == LLM]
    for group in (stages, models):
        while True:
            left = None if need.cap_micros is None else max(0, int(need.cap_micros - spent))
            now = Situation(subject, wanted, frozenset(asked), need.silent, left)
            chosen = choose(group, now) if group is stages else next_provider(group, now)
            if chosen is None:
                break
            chance = odds[chosen.name]
            asked.append(chosen.name)
            if rng.random() >= chance.hit:
                spent += min(chance.miss_micros, left) if left is not None else chance.miss_micros
                continue
            spent += min(chance.hit_micros, left) if left is not None else chance.hit_micros
            came = {name for name in chosen.gives if rng.random() < chance.fields.get(name, 0.0)}
            wanted = wanted - came
            subject = subject.knowing({name: SAMPLES[name] for name in came & IDENTIFIERS})
    return spent, asked
