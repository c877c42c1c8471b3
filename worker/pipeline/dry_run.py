"""Dry runs: what a job would cost and whom it would ask, without asking anybody."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Final

from worker.domain.claim import Claim
from worker.domain.fields import FIELDS, IDENTIFIERS
from worker.domain.freshness import is_human
from worker.domain.gaps import Standing, standing
from worker.domain.hitrate import Tally
from worker.domain.identity import aliases
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.money import cents
from worker.domain.provider import Provider
from worker.domain.record import merge, record_of
from worker.domain.result import Result, Stage
from worker.domain.silence import Silence
from worker.domain.subject import Subject
from worker.domain.suppression import keys_of
from worker.domain.verdict import Done, Report
from worker.pipeline.admit import context_for, human_claims
from worker.pipeline.checks import TO_BE_CHECKED, given_to, waiting
from worker.pipeline.ending import gaps_of, status_of
from worker.pipeline.estimate import Choose, Estimate, Need, estimate
from worker.pipeline.plan import AUTO, Situation, in_order, next_provider, why_not
from worker.pipeline.run import age_limit
from worker.pipeline.tools import Tools
from worker.pipeline.value import best_value

#: Jobs of a batch whose records are looked up at a time.
_LOOKED_UP_TOGETHER: Final = 500

Held = tuple[tuple[Claim, ...], tuple[Silence, ...]]
#: A workspace's tools for a while: its providers are open meanwhile.
ToolsOf = Callable[[str], AbstractAsyncContextManager[Tools]]


@dataclass(frozen=True, slots=True)
class Priced:
    """A batch, priced: jobs that would ask somebody, those answered by what is known, those that repeat another's, and
    those about somebody who asked not to be processed. ``open`` counts by field the subjects that lack it.
    """

    estimate: Estimate
    jobs: int
    known: int
    repeated: int
    open: Mapping[str, int] = field(default_factory=dict)
    suppressed: int = 0

    @property
    def asking(self) -> int:
        """How many jobs would ask somebody."""
        return self.jobs - self.known - self.repeated - self.suppressed


@dataclass(slots=True)
class _Sum:
    """A batch as it is read: one need a subject, whatever many jobs want of it."""

    needs: list[Need] = field(default_factory=list)
    places: dict[tuple[object, ...], int] = field(default_factory=dict)
    ids: set[tuple[str, str]] = field(default_factory=set)
    jobs: int = 0
    known: int = 0
    repeated: int = 0
    suppressed: int = 0

    def add(self, job: Job, kind: Kind, need: Need) -> None:
        """Count a job, together with the others about its subject: the second finds what the first one bought."""
        if not need.open:
            self.known += 1
            return
        if job.explicit_id and (job.workspace, job.id) in self.ids:
            self.repeated += 1
            return
        self.ids.add((job.workspace, job.id))
        if job.skip_cache:
            self.needs.append(need)
            return
        names = [(job.workspace, kind.stages, key) for key in aliases(need.subject)]
        place = next((self.places[name] for name in names if name in self.places), len(self.needs))
        self.places.update({name: place for name in names if name not in self.places})
        if place == len(self.needs):
            self.needs.append(need)
            return
        held = self.needs[place]
        if need.open <= held.open:
            self.repeated += 1
            return
        self.needs[place] = _both(held, need)


def _both(one: Need, other: Need) -> Need:
    """Two jobs about one subject as one need."""
    caps = (one.cap_micros, other.cap_micros)
    return replace(
        one,
        subject=one.subject.knowing(other.subject.identifiers),
        open=one.open | other.open,
        cap_micros=None if caps[0] is None or caps[1] is None else caps[0] + caps[1],
        silent={name: said for name, said in one.silent.items() if name in other.silent},
    )


async def price(
    jobs: Iterable[tuple[Job, Kind]], tools: Tools, tools_of: ToolsOf | None = None, *, seed: int = 0
) -> Priced:
    """Price jobs together: a second job about the same subject finds what the first one bought.

    ``tools_of`` gives the tools of a workspace's jobs, where they are others. Raises StoreUnavailable when the records
    or a workspace's keys cannot be looked at.
    """
    total = _Sum()
    theirs: dict[str, Tools] = {}
    source = iter(jobs)
    while batch := list(islice(source, _LOOKED_UP_TOGETHER)):
        total.jobs += len(batch)
        if tools_of is not None:
            for workspace in {job.workspace for job, _ in batch} - theirs.keys():
                # Nobody is asked: what providers say of themselves holds when they are closed, too.
                async with tools_of(workspace) as own:
                    theirs[workspace] = own
        named = [(job, kind, kind.subject(job)) for job, kind in batch]
        allowed = [about for about in named if not _is_suppressed(about[0], about[2], tools)]
        total.suppressed += len(batch) - len(allowed)
        for (job, kind, subject), held in zip(allowed, await _held(allowed, tools), strict=True):
            total.add(job, kind, _judged(job, kind, subject, theirs.get(job.workspace, tools), *held)[0])
    tallies = tools.rates.tallies if tools.rates else {}
    priced = estimate(_sorts(total.needs), tallies, seed=seed, choose=_choice(tools))
    wanting = Counter(name for need in total.needs for name in need.open)
    return Priced(priced, total.jobs, total.known, total.repeated, dict(wanting), total.suppressed)


def _is_suppressed(job: Job, subject: Subject, tools: Tools) -> bool:
    return tools.suppressed is not None and tools.suppressed(job.workspace, keys_of(subject))


def _sorts(needs: Iterable[Need]) -> list[Need]:
    """Needs that are alike in all that the plan looks at, as one with a count."""
    first: dict[tuple[object, ...], Need] = {}
    times: Counter[tuple[object, ...]] = Counter()
    for need in needs:
        could = tuple((one.name, one.max_micros, one.cannot(need.subject) is None) for one in need.providers)
        alike = (frozenset(need.subject.identifiers), need.open, need.cap_micros, frozenset(need.silent), could)
        first.setdefault(alike, need)
        times[alike] += 1
    return [replace(need, times=times[alike]) for alike, need in first.items()]


async def _held(jobs: Sequence[tuple[Job, Kind, Subject]], tools: Tools) -> Sequence[Held]:
    """What is known about the subjects of some jobs: the cache is read, nobody is asked."""
    if tools.look_up is not None:
        return await tools.look_up([(job.workspace, subject.key) for job, _, subject in jobs])
    return [await _held_about(job, subject, tools) for job, _, subject in jobs]


async def _held_about(job: Job, subject: Subject, tools: Tools) -> Held:
    wanted = frozenset(name for name, known in FIELDS.items() if known.entity is subject.entity)
    claims = await tools.claims(job.workspace, subject, wanted, None)
    silences = await tools.silences.get(job.workspace, subject.key) if tools.silences else ()
    return claims, silences


def _judged(
    job: Job, kind: Kind, subject: Subject, tools: Tools, held: tuple[Claim, ...], silences: tuple[Silence, ...]
) -> tuple[Need, Standing]:
    """What a job lacks, given what is known."""
    now = tools.now()
    limit = age_limit(job, now)
    if job.skip_cache and limit is not None:
        held = tuple(claim for claim in held if claim.observed_at >= limit or is_human(claim))
    typed = human_claims(job.known, subject, now, context_for(subject, (), now))
    claims = merge(held, typed.claims)
    best = record_of(claims, now)
    found = {name: str(value.value) for name, value in best.items() if name in IDENTIFIERS}
    subject = subject.knowing(typed.identifiers).knowing(found)
    stands = standing(claims, job.required, now, min_confidence=job.min_confidence, observed_after=limit)
    if given := given_to(job, subject.entity, claims, stands):
        stands = replace(stands, open={**waiting(given, claims, now, limit), **stands.open})
    providers = in_order(tools.roster, tools.policy.order, kind.stages)
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
    subject = kind.subject(job)
    need, stands = _judged(job, kind, subject, tools, *await _held_about(job, subject, tools))
    priced = estimate([need], tools.rates.tallies if tools.rates else {}, choose=_choice(tools))
    stages = tuple(
        Stage(provider.stage, provider.name, skipped=_would(provider, priced, need)) for provider in need.providers
    )
    low, mean, high = (cents(micros) for micros in (priced.low_micros, priced.micros, priced.high_micros))
    asked = {stage.provider: stage.skipped for stage in stages}
    missing = {name: why for name, why in stands.open.items() if why != TO_BE_CHECKED}
    result = Result(
        status=status_of(job.required, missing, stands.record),
        data={name: value.as_json() for name, value in stands.record.items()},
        gaps=gaps_of(missing, need.providers, {}, asked, {}, need.subject, need.silent),
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
