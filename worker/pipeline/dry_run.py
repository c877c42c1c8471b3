"""Dry runs: what a job would cost and whom it would ask, without asking anybody."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from worker.domain.fields import FIELDS, IDENTIFIERS
from worker.domain.gaps import Standing, standing
from worker.domain.hitrate import Tally
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.money import cents
from worker.domain.provider import Provider
from worker.domain.record import merge, record_of
from worker.domain.result import Result, Stage
from worker.domain.verdict import Done, Report
from worker.pipeline.admit import context_for, human_claims
from worker.pipeline.ending import gaps_of, status_of
from worker.pipeline.estimate import Choose, Estimate, Need, estimate
from worker.pipeline.plan import AUTO, Situation, in_order, next_provider, why_not
from worker.pipeline.run import age_limit
from worker.pipeline.tools import Tools
from worker.pipeline.value import best_value


@dataclass(frozen=True, slots=True)
class Priced:
    """A batch, priced: jobs that would ask somebody, those answered by what is known, those that repeat another's."""

    estimate: Estimate
    jobs: int
    known: int
    repeated: int
    open: Mapping[str, int] = field(default_factory=dict)


async def price(jobs: Iterable[tuple[Job, Kind]], tools: Tools, *, seed: int = 0) -> Priced:
    """Price jobs together: a second job about the same subject finds what the first one bought.

    Raises StoreUnavailable when the records cannot be looked at.
    """
    seen: dict[tuple[str, str], frozenset[str]] = {}
    times: Counter[tuple[object, ...]] = Counter()
    first: dict[tuple[object, ...], Need] = {}
    count = known = repeated = 0
    wanting: Counter[str] = Counter()
    for job, kind in jobs:
        count += 1
        need = await need_of(job, kind, tools)
        if not need.open:
            known += 1
            continue
        place = (job.workspace, need.subject.key)
        if not job.skip_cache and need.open <= seen.get(place, frozenset()):
            repeated += 1
            continue
        seen[place] = seen.get(place, frozenset()) | need.open
        wanting.update(need.open)
        alike = (frozenset(need.subject.identifiers), need.open, need.cap_micros, frozenset(need.silent), kind.name)
        first.setdefault(alike, need)
        times[alike] += 1
    tallies = tools.rates.tallies if tools.rates else {}
    batch = [replace(need, times=times[alike]) for alike, need in first.items()]
    priced = estimate(batch, tallies, seed=seed, choose=_choice(tools))
    return Priced(priced, count, known, repeated, dict(wanting))


async def need_of(job: Job, kind: Kind, tools: Tools) -> Need:
    """What a job lacks, given what is known: the cache is read, nobody is asked."""
    return (await _looked_up(job, kind, tools))[0]


async def _looked_up(job: Job, kind: Kind, tools: Tools) -> tuple[Need, Standing]:
    now = tools.now()
    subject, limit = kind.subject(job), age_limit(job, now)
    wanted = frozenset(name for name, known in FIELDS.items() if known.entity is subject.entity)
    held = await tools.claims(job.workspace, subject, wanted, limit if job.skip_cache else None)
    typed = human_claims(job.known, subject, now, context_for(subject, (), now))
    claims = merge(held, typed.claims)
    best = record_of(claims, now)
    found = {name: str(value.value) for name, value in best.items() if name in IDENTIFIERS}
    subject = subject.knowing(typed.identifiers).knowing(found)
    stands = standing(claims, job.required, now, min_confidence=job.min_confidence, observed_after=limit)
    providers = in_order(tools.roster, tools.policy.order, kind.stages)
    silences = await tools.silences.get(job.workspace, subject.key) if tools.silences else ()
    offers = {provider.name: provider.gives for provider in providers}
    silent = {
        one.provider: one.told(now)
        for one in silences
        if one.answers(frozenset(stands.open) & offers.get(one.provider, frozenset()), subject, now, limit)
    }
    return Need(subject, frozenset(stands.open), providers, job.max_cost_micros, 1, silent), stands


def is_dry(job: Job) -> bool:
    """Whether the job only asks for its price."""
    return job.fields.get("dryRun", "").strip().lower() in {"true", "1", "yes", "on"}


async def dry_run(job: Job, kind: Kind, tools: Tools) -> Report:
    """A job's price instead of its result: what is known is shown, nobody is asked, nothing is learned."""
    started = tools.now()
    need, stands = await _looked_up(job, kind, tools)
    priced = estimate([need], tools.rates.tallies if tools.rates else {}, choose=_choice(tools))
    stages = tuple(
        Stage(provider.stage, provider.name, skipped=_would(provider, priced, need)) for provider in need.providers
    )
    low, mean, high = (cents(micros) for micros in (priced.low_micros, priced.micros, priced.high_micros))
    asked = {stage.provider: stage.skipped for stage in stages}
    result = Result(
        status=status_of(job.required, stands.open, stands.record),
        data={name: value.as_json() for name, value in stands.record.items()},
        gaps=gaps_of(stands.open, need.providers, {}, asked, {}, need.subject),
        stages=stages,
        provider_micros=0,
        llm_micros=0,
        timestamp=tools.now(),
        notes=(f"dry run: {mean:.1f} cents expected, from {low:.1f} to {high:.1f}; nobody was asked",),
    )
    return Report(Done(result), started, tools.now(), stages=stages)


def _would(provider: Provider, priced: Estimate, need: Need) -> str:
    chance = priced.calls.get(provider.name, 0.0)
    if chance <= 0:
        now = Situation(need.subject, need.open, frozenset(), need.silent, need.cap_micros)
        return f"dry run: {why_not(provider, now)}"
    return f"dry run: asked in {min(chance, 1.0):.0%} of cases, for up to {cents(provider.max_micros):g} cents"


def _choice(tools: Tools) -> Choose:
    if AUTO not in tools.policy.order:
        return next_provider
    tallies = tools.rates.tallies if tools.rates else {}
    return partial(_by_value, tallies=tallies, most=tools.policy.most_micros_a_field)


def _by_value(
    providers: Sequence[Provider], now: Situation, *, tallies: Mapping[str, Tally], most: float | None
) -> Provider | None:
    return best_value(providers, now, tallies, most)
