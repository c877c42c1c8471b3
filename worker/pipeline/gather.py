"""Gather: ask one provider, and take in what it says. A provider that fails is one failed stage."""

import traceback
from dataclasses import replace
from time import perf_counter
from typing import Final

import structlog

from worker.domain.claim import Claim
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.fields import IDENTIFIERS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Provider
from worker.domain.result import Stage
from worker.domain.silence import LIVES_S, silence_after
from worker.domain.suppression import keys_of_claim
from worker.pipeline.admit import Admitted, admit
from worker.pipeline.plan import LLM
from worker.pipeline.run import Run

_log = structlog.get_logger("worker.pipeline")
_LABELS: Final = {"linkedin": "LinkedIn", "website": "Website scraper", "llm": "LLM", "email": "Email validation"}


async def gather(run: Run, provider: Provider) -> None:
    """One stage of a run: the provider is asked for what is open, its valid claims join the record.

    Raises QueueUnavailable or StoreUnavailable, for which the run waits in place; nothing else.
    """
    began, wanted = perf_counter(), frozenset(run.standing().open) & provider.gives
    finding = await _asked(run, provider)
    record, tools = run.standing().record, run.tools
    admitted = admit(finding.claims, finding.identifiers, run.subject, record, tools.now(), tools.calibration)
    if admitted.stranger:
        finding = replace(finding, outcome=Outcome.MISS, reason=admitted.stranger, pages=())
    admitted = without_suppressed(run, admitted)
    found = frozenset(claim.field for claim in admitted.claims)
    _count(run, provider, finding, wanted, found)
    silence = silence_after(finding, wanted, found, run.subject, run.tools.now())
    run.findings[provider.name] = finding
    if silence is not None:
        run.silenced.append(silence)
    run.learn(admitted.claims, admitted.identifiers)
    run.notes.extend(note for note in admitted.notes if note not in run.notes)
    run.pages.update({(page.url, page.page_hash): page for page in finding.pages})
    for name, reason in admitted.refused.items():
        run.refused[name] = reason
        run.say(f"{label(provider.stage)} value of {name} refused: {reason}", "warning")
    stage = Stage(
        provider.stage,
        provider.name,
        duration_ms=(perf_counter() - began) * 1000,
        fields_found=tuple(sorted(found)),
        skipped=_not_sent(run, finding),
        outcome=finding.outcome.value,
        reason=finding.reason,
        cost_micros=finding.charged_micros,
        reused=finding.reused,
    )
    run.stages.append(stage)
    _tell(run, stage, admitted.claims)


def without_suppressed(run: Run, admitted: Admitted) -> Admitted:
    """An address of somebody who asked not to be processed is not found again by asking about somebody else."""
    suppressed = run.tools.suppressed
    if suppressed is None:
        return admitted
    barred = [c for c in admitted.claims if (keys := keys_of_claim(c)) and suppressed(run.job.workspace, keys)]
    if not barred:
        return admitted
    values = {claim.value for claim in barred}
    return replace(
        admitted,
        claims=tuple(claim for claim in admitted.claims if claim not in barred),
        identifiers={name: value for name, value in admitted.identifiers.items() if value not in values},
    )


def _count(run: Run, provider: Provider, finding: Finding, wanted: frozenset[str], found: frozenset[str]) -> None:
    """Experience for later plans; a used-again answer was counted when it was bought."""
    if run.tools.rates is None or finding.reused or finding.outcome not in LIVES_S:
        return
    counted_fields = wanted | (provider.gives & IDENTIFIERS)
    hit = finding.outcome is Outcome.HIT
    run.tools.rates.note(provider.name, hit=hit, wanted=counted_fields, found=found, micros=finding.charged_micros)


async def _asked(run: Run, provider: Provider) -> Finding:
    ask = Ask(
        workspace=run.job.workspace,
        subject=run.subject,
        fields=frozenset(run.standing().open),
        claims=tuple(sorted(run.held, key=lambda claim: (claim.field, claim.source, claim.provider, str(claim.value)))),
        min_confidence=run.job.min_confidence,
        observed_after=run.observed_after,
        pages=tuple(run.pages.values()),
    )
    try:
        return await provider.lookup(ask, run.gateway)
    except (QueueUnavailable, StoreUnavailable):
        raise
    except Exception as problem:  # a broken adapter costs its stage, not the job
        # Messages of other people's exceptions may quote addresses with keys in them: the place says enough.
        frame = traceback.extract_tb(problem.__traceback__)[-1]
        name = type(problem).__name__
        _log.error("provider raised", provider=provider.name, error=name, file=frame.filename, line=frame.lineno)
        return Finding(provider.name, Outcome.NONSENSE, reason=f"the adapter failed with {name}")


def _not_sent(run: Run, finding: Finding) -> str:
    if finding.outcome is Outcome.OVER_BUDGET:
        cap = run.job.max_cost_micros
        return f"over the cap of {cap / 10_000:g} cents" if cap is not None else finding.reason or "over the budget"
    if finding.outcome is Outcome.UNAVAILABLE:
        return finding.reason or "not available now"
    return ""


def label(stage: str) -> str:
    """A stage's name as people read it in logs."""
    return _LABELS.get(stage, stage.replace("_", " ").capitalize())


def counted(number: int, word: str) -> str:
    """``1 field``, ``2 fields``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _tell(run: Run, stage: Stage, claims: tuple[Claim, ...]) -> None:
    name = label(stage.name)
    if stage.skipped:
        run.say(f"{name} stage skipped: {stage.skipped}")
    elif stage.name == LLM:
        run.say(f"LLM fallback: {counted(len(stage.fields_found), 'inference')}")
    elif stage.outcome in (Outcome.HIT, Outcome.MISS):
        run.say(f"{name} stage completed: {counted(len({claim.field for claim in claims}), 'field')}")
    else:
        run.say(f"{name} stage failed: {stage.outcome}{f' ({stage.reason})' if stage.reason else ''}", "warning")
