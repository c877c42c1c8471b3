"""The main job, stage by stage: cache, plan and gather until nothing is missing, LLM for the rest, result."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Final

import msgspec

from worker.domain.fields import IDENTIFIERS, field_names
from worker.domain.finding import Outcome
from worker.domain.freshness import is_human
from worker.domain.identity import aliases, strong_identifiers
from worker.domain.job import Job, ResultStatus
from worker.domain.kind import Kind
from worker.domain.provider import Provider
from worker.domain.record import record_of
from worker.domain.result import Result, Stage
from worker.domain.subject import Entity
from worker.domain.suppression import SUPPRESSED, keys_of
from worker.domain.verdict import Cancelled, Report, Retry, Snooze
from worker.pipeline.admit import context_for, human_claims
from worker.pipeline.checks import TO_BE_CHECKED
from worker.pipeline.dry_run import dry_run, is_dry
from worker.pipeline.ending import gaps_of, status_of, verdict_of
from worker.pipeline.gather import counted, gather
from worker.pipeline.own_data import handed_through
from worker.pipeline.plan import AUTO, LLM, Situation, in_order, next_provider, why_not
from worker.pipeline.run import Run
from worker.pipeline.stale import refresh_entry, served_stale, wants_stale
from worker.pipeline.tools import Tools
from worker.pipeline.value import best_value

_ALL: Final = {entity: frozenset(field_names(entity)) for entity in Entity}


async def enrich(job: Job, kind: Kind, tools: Tools) -> Report:
    """Run one job and say how it ended; nothing is written here.

    Raises MalformedEntry for a job without a subject, QueueUnavailable and StoreUnavailable from below.
    """
    if is_suppressed(job, kind, tools):
        now = tools.now()
        return Report(Cancelled(SUPPRESSED), now, now, scrub=True)
    if is_dry(job):
        return await dry_run(job, kind, tools)
    run = Run.begin(job, kind, tools, in_order(tools.roster, tools.policy.order, kind.stages))
    take_known(run)
    await check_cache(run)
    if await serve_stale(run):
        return report_of(run)
    run.check()
    await gather_until_filled(run)
    await fall_back(run)
    await remember_silences(run)
    return report_of(run)


def is_suppressed(job: Job, kind: Kind, tools: Tools) -> bool:
    """Whether the job's subject asked not to be processed: then nobody is asked and nothing is kept."""
    return tools.suppressed is not None and tools.suppressed(job.workspace, keys_of(kind.subject(job)))


def take_known(run: Run) -> None:
    """What the producer already knows, typed by people: it outranks machines and is not bought again."""
    if not run.job.known:
        return
    at = run.job.first_pickup_at or run.started_at
    admitted = human_claims(run.job.known, run.subject, at, context_for(run.subject, (), at))
    run.learn(admitted.claims, admitted.identifiers)
    for name, reason in admitted.refused.items():
        run.refused[name] = reason
        run.notes.append(f"known value of {name} refused: {reason}")


async def check_cache(run: Run) -> None:
    """Everything already known about the subject joins the record; any part of what is required is a gain."""
    began = perf_counter()
    wanted = _ALL[run.subject.entity]
    age_limit = run.observed_after if run.job.skip_cache else None
    claims = await run.tools.claims(run.job.workspace, run.subject, wanted, age_limit)
    claims = tuple(c for c in claims if age_limit is None or c.observed_at >= age_limit or is_human(c))
    if run.tools.silences is not None:
        held = await run.tools.silences.get(run.job.workspace, run.subject.key)
        run.silences = {one.provider: one for one in held}
    best = record_of(claims, run.started_at)
    run.learn(
        claims,
        {name: value.value for name, value in best.items() if name in IDENTIFIERS and isinstance(value.value, str)},
        new=False,
    )
    open_fields = run.standing().open
    found = tuple(name for name in run.job.required if name in best and name not in open_fields)
    run.stages.append(
        Stage("cache", duration_ms=(perf_counter() - began) * 1000, fields_found=found,
              outcome="hit" if found else "miss", reused=bool(found))
    )  # fmt: skip
    if found:
        run.say(f"Cache: {counted(len(found), 'field')} of {len(run.job.required)} known")


async def serve_stale(run: Run) -> bool:
    """On request, old values are answer enough, and are asked for again in a job of their own."""
    if run.tools.refresh is None or not wants_stale(run.job) or not served_stale(run):
        return False
    await run.tools.refresh(refresh_entry(run))
    run.notes.append(f"stale, being refreshed: {', '.join(run.standing().open)}")
    run.accept_stale()
    return True


async def gather_until_filled(run: Run) -> None:
    """Stage after stage, each fed with what the earlier ones found, until nothing is open or nobody is left to ask."""
    stages = [provider for provider in run.providers if provider.stage != LLM]
    while (provider := choose(run, stages)) is not None:
        await gather(run, provider)


def choose(run: Run, providers: Sequence[Provider]) -> Provider | None:
    """Whom to ask next: the next in line, or with ``auto`` the best value for money."""
    policy = run.tools.policy
    if AUTO not in policy.order:
        return next_provider(providers, run.situation())
    tallies = run.tools.rates.tallies if run.tools.rates else {}
    return best_value(providers, run.situation(), tallies, policy.most_micros_a_field)


async def fall_back(run: Run) -> None:
    """The LLM, for the gaps only, over the text that the stages have read."""
    for model in [provider for provider in run.providers if provider.stage == LLM]:
        checks = model.validate is not None and bool(model.gives & run.unchecked().keys())
        if not checks and not model.gives & missing_for(model, run).open:
            continue
        if not run.pages:
            for reader in _free_readers(run):
                await gather(run, reader)
        if next_provider([model], missing_for(model, run)) is not None:
            await gather(run, model)
        if checks and model.gives & run.unchecked().keys():
            await gather(run, model, checking=True)


def missing_for(model: Provider, run: Run) -> Situation:
    """The situation without what only waits for a word, when the model has a way of its own to check that."""
    now = run.situation()
    return now if model.validate is None else replace(now, open=now.open - run.unchecked().keys())


async def remember_silences(run: Run) -> None:
    """Who had nothing to say is not asked the same again for a while, whichever key the next job comes by."""
    if run.tools.silences is None or not run.silenced:
        return
    for key in aliases(strong_identifiers(run.subject, run.held)):
        await run.tools.silences.put(run.job.workspace, key, run.silenced)


def _free_readers(run: Run) -> Iterator[Provider]:
    """Stages that bring text and cost nothing: asked again, from answers, when all facts came from the cache."""
    for provider in run.providers:
        silence = run.silences.get(provider.name)
        barred = provider.name in run.findings or (silence is not None and silence.outcome is Outcome.BLOCKED)
        reads = provider.stage == "website" and not provider.max_micros and not barred
        if reads and run.subject.entity in provider.entities and provider.cannot(run.subject) is None:
            yield provider


def report_of(run: Run) -> Report:
    """The run's verdict with all it has learned, ready to be settled."""
    standing = run.standing()
    missing = {name: why for name, why in standing.open.items() if why != TO_BE_CHECKED}
    now = run.tools.now()
    situation = run.situation()
    skipped = {p.name: why_not(p, situation) for p in run.providers if p.name not in run.findings}
    stages = (*run.stages, *_skipped_stages(run, skipped))
    result = Result(
        status=status_of(run.job.required, missing, standing.record),
        data={name: value.as_json() for name, value in standing.record.items()},
        gaps=gaps_of(missing, run.providers, run.findings, skipped, run.refused, run.subject, situation.silent),
        stages=stages,
        provider_micros=run.gateway.provider_micros,
        llm_micros=run.gateway.llm_micros,
        timestamp=now,
        notes=tuple(run.notes),
        checks=run.checked(),
    )
    verdict = verdict_of(result, run.providers, run.findings, now, run.tools.policy.snooze_s)
    if run.kind.hands_through and isinstance(verdict, Retry | Snooze):
        named, since = run.kind.subject(run.job), run.job.first_pickup_at or run.started_at
        verdict = msgspec.structs.replace(verdict, fallback=handed_through(result, named, run.findings, since))
    if result.status is not ResultStatus.SUCCESS:
        run.say(f"Open: {', '.join(f'{gap.field} ({gap.why})' for gap in result.gaps)}", "warning")
    return Report(
        verdict=verdict,
        started_at=run.started_at,
        finished_at=now,
        subject=run.subject,
        claims=tuple(run.learned),
        stages=stages,
        logs=tuple(run.logs),
        provider_micros=run.gateway.provider_micros,
        llm_micros=run.gateway.llm_micros,
    )


def _skipped_stages(run: Run, skipped: dict[str, str]) -> Iterator[Stage]:
    """One line per provider that was not asked, and per provider that is off and would have been in its place."""
    for provider in run.providers:
        if provider.name in skipped:
            yield Stage(provider.stage, provider.name, skipped=skipped[provider.name])
    for off in run.tools.off:
        if (not run.kind.stages or off.stage in run.kind.stages) and not _stage_in_use(run, off.stage):
            yield Stage(off.stage, off.name, skipped=off.reason)


def _stage_in_use(run: Run, stage: str) -> bool:
    return any(provider.stage == stage for provider in run.providers)
