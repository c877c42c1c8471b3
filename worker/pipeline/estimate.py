"""What jobs will cost, before anybody is paid: runs of the plan over drawn answers. Pure.

Each job is played through with the plan that would run it: whether a provider knows the subject, which fields it
brings and what it charges are drawn from experience and its uncertainty. Without experience the draws differ widely,
and so does the range; with experience they agree.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from worker.domain.fields import FIELDS, IDENTIFIERS
from worker.domain.hitrate import Odds, Tally, drawn
from worker.domain.provider import Provider
from worker.domain.segment import HIT, MISSED
from worker.domain.subject import Entity, Subject
from worker.pipeline.plan import LLM, SAMPLES, Situation, next_provider

#: Played-through worlds, each with its own drawn odds; the range leaves out none of them.
WORLDS: Final = 80
#: Jobs played through in one world; more are scaled up.
SAMPLE: Final = 200

_LEADS: Final = {entity: frozenset(name for name in IDENTIFIERS if FIELDS[name].entity is entity) for entity in Entity}

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
class Range:
    """The least, the mean and the most of the worlds that were played through."""

    low: float = 0.0
    mean: float = 0.0
    high: float = 0.0

    @classmethod
    def of(cls, worlds: Sequence[float]) -> "Range":
        """The range of some worlds' figures."""
        return cls(min(worlds), sum(worlds) / len(worlds), max(worlds)) if worlds else cls()


@dataclass(frozen=True, slots=True)
class Estimate:
    """Micros that a batch is expected to cost, and the range of what is plausible.

    ``calls`` and ``costs`` (micros) are by provider, ``filled`` by field: how many of the jobs that lack it get it.
    """

    low_micros: int
    micros: int
    high_micros: int
    calls: Mapping[str, float] = field(default_factory=dict)
    costs: Mapping[str, Range] = field(default_factory=dict)
    filled: Mapping[str, Range] = field(default_factory=dict)


@dataclass(slots=True)
class _World:
    """One plausible outside: odds drawn as they are needed, and what happened in it."""

    rng: random.Random
    tallies: Mapping[str, Tally]
    wanted: frozenset[str]
    odds: dict[tuple[str, int, str], Odds] = field(default_factory=dict)
    costs: dict[str, float] = field(default_factory=dict)
    calls: dict[str, float] = field(default_factory=dict)
    filled: dict[str, float] = field(default_factory=dict)

    def odds_of(self, provider: Provider, segment: str) -> Odds:
        """What to expect of a provider (at its price) in a segment, the same for all jobs of this world."""
        name = (provider.name, provider.max_micros, segment)
        held = self.odds.get(name)
        if held is None:
            rng = random.Random(f"{provider.name}/{self.rng.random()}")  # noqa: S311 - a simulation
            names = provider.gives & self.wanted
            held = self.odds[name] = drawn(provider, self.tallies, segment, rng, names)
        return held


def estimate(
    needs: Sequence[Need], tallies: Mapping[str, Tally], *, seed: int = 0, choose: Choose = next_provider
) -> Estimate:
    """Price a batch. Needs with nothing open cost nothing and may be left out."""
    wanting = [need for need in needs if need.open]
    if not wanting:
        return Estimate(0, 0, 0)
    jobs = sum(need.times for need in wanting)
    few = jobs <= SAMPLE
    scale = 1.0 if few else jobs / SAMPLE
    fields = frozenset[str]().union(*(need.open for need in wanting)) | IDENTIFIERS
    plan = _Plan(choose)
    worlds = []
    for number in range(WORLDS):
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - a simulation
        world = _World(dice, tallies, fields)
        every = [need for need in wanting for _ in range(need.times)] if few else _spread(wanting, jobs, world.rng)
        for need in every:
            _play(need, world, plan)
        worlds.append(world)
    totals = [sum(world.costs.values()) * scale for world in worlds]
    whole = Range.of(totals)
    return Estimate(
        int(whole.low),
        round(whole.mean),
        int(whole.high) + 1,
        {name: round(found.mean, 1) for name, found in _ranges([world.calls for world in worlds], scale).items()},
        _ranges([world.costs for world in worlds], scale),
        _ranges([world.filled for world in worlds], scale),
    )


def _ranges(worlds: Sequence[Mapping[str, float]], scale: float) -> dict[str, Range]:
    names = sorted({name for world in worlds for name in world})
    return {name: Range.of([world.get(name, 0.0) * scale for world in worlds]) for name in names}


def _spread(needs: Sequence[Need], jobs: int, rng: random.Random) -> list[Need]:
    """A sample that holds each sort of job by its share: every so many of the whole batch, from a drawn start."""
    step = jobs / SAMPLE
    chosen: list[Need] = []
    at, passed = rng.random() * step, 0
    for need in needs:
        passed += need.times
        while at < passed and len(chosen) < SAMPLE:
            chosen.append(need)
            at += step
    return chosen


class _Plan:
    """Whom the plan asks next, remembered: the same situation comes again in every world."""

    def __init__(self, choose: Choose) -> None:
        self._choose = choose
        self._known: dict[tuple[object, ...], Provider | None] = {}

    def next(self, need: Need, group: Sequence[Provider], now: Situation, *, model: bool) -> Provider | None:
        """The next provider of a group, as in the run itself."""
        name = (id(need), model, frozenset(now.subject.identifiers), now.open, now.asked, now.left_micros, now.before)
        if name not in self._known:
            self._known[name] = next_provider(group, now) if model else self._choose(group, now)
        return self._known[name]


def _play(need: Need, world: _World, plan: _Plan) -> None:
    """One job in one world: what it is charged, by whom, and what it finds."""
    subject, wanted, spent, before, rng = need.subject, need.open, 0.0, "", world.rng
    asked: frozenset[str] = frozenset()
    stages = [provider for provider in need.providers if provider.stage != LLM]
    models = [provider for provider in need.providers if provider.stage == LLM]
    for group in (stages, models):
        while True:
            left = None if need.cap_micros is None else max(0, int(need.cap_micros - spent))
            now = Situation(subject, wanted, asked, need.silent, left, before)
            chosen = plan.next(need, group, now, model=group is models)
            if chosen is None:
                break
            odds = world.odds_of(chosen, now.segment)
            asked |= {chosen.name}
            hit = rng.random() < odds.hit
            price = odds.charge(rng) if hit else odds.miss_micros
            price = price if left is None else min(price, left)
            spent += price
            world.costs[chosen.name] = world.costs.get(chosen.name, 0.0) + price
            world.calls[chosen.name] = world.calls.get(chosen.name, 0.0) + 1
            before = HIT if hit or before == HIT else MISSED
            if not hit:
                continue
            came = odds.bring(sorted(wanted & chosen.gives), rng)
            wanted = wanted - came
            leads = sorted((chosen.gives & _LEADS[subject.entity]) - subject.identifiers.keys() - came - wanted)
            found = {name for name in leads if rng.random() < odds.fields.get(name, 0.0)} | (came & IDENTIFIERS)
            subject = subject.knowing({name: SAMPLES[name] for name in found if name in SAMPLES})
    for name in need.open - wanted:
        world.filled[name] = world.filled.get(name, 0.0) + 1
