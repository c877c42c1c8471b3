"""Gather: ask one provider, and take in what it says. A provider that fails is one failed stage."""

import traceback
from time import perf_counter
from typing import Final

import msgspec
import structlog

from worker.domain.claim import Claim
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.fields import FIELDS, IDENTIFIERS
from worker.domain.finding import Finding, Outcome
from worker.domain.hitrate import EVERY
from worker.domain.provider import Ask, Provider
from worker.domain.result import Stage
from worker.domain.segment import before_of, segment_of
from worker.domain.silence import LIVES_S, silence_after
from worker.pipeline.admit import admit
from worker.pipeline.plan import LLM
from worker.pipeline.run import Run
from worker.pipeline.suppress import without_suppressed

_log = structlog.get_logger("worker.pipeline")
_LABELS: Final = {"linkedin": "LinkedIn", "website": "Website scraper", "llm": "LLM", "email": "Email validation"}


async def gather(run: Run, provider: Provider, *, checking: bool = False) -> None:
    """One stage of a run: the provider is asked for what is open, its valid claims join the record.

    With ``checking`` it is shown the given values that wait for a word, and says what it sees of them.

    Raises QueueUnavailable or StoreUnavailable, for which the run waits in place; nothing else.
    """
    began, fields = perf_counter(), _fields(run, provider, checking=checking)
    wanted = fields & provider.gives
    finding = await _asked(run, provider, fields, checking=checking)
    record, tools = run.standing().record, run.tools
    admitted = admit(finding.claims, finding.identifiers, run.subject, record, tools.now(), tools.calibration)
    if admitted.stranger:
        finding = msgspec.structs.replace(finding, outcome=Outcome.MISS, reason=admitted.stranger, pages=())
    finding, admitted = without_suppressed(run, finding, admitted)
    found = frozenset(claim.field for claim in admitted.claims)
    segment = segment_of(run.subject, before_of(earlier.outcome for earlier in run.findings.values()))
    silence = silence_after(finding, wanted, found, run.subject, run.tools.now())
    if checking:
        run.findings.setdefault(provider.name, finding)
    else:
        run.findings[provider.name] = finding
        if silence is not None:
            run.silenced.append(silence)
    run.learn(admitted.claims, admitted.identifiers)
    if not checking:
        _count(run, provider, finding, segment, wanted, found - run.standing().open.keys())
    run.notes.extend(note for note in admitted.notes if note not in run.notes)
    run.pages.update({(page.url, page.page_hash): page for page in finding.pages})
    for name, reason in admitted.refused.items():
        run.refused[name] = reason
        run.say(f"{label(provider.stage)} value of {name} refused: {reason}", "warning")
    stage = Stage(
        "check" if checking else provider.stage,
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


def _count(
    run: Run, provider: Provider, finding: Finding, segment: str, wanted: frozenset[str], closed: frozenset[str]
) -> None:
    """Experience for later plans; a used-again answer was counted when it was bought.

    A field has come when it is open no more: what is too uncertain makes the plan go on.
    """
    if run.tools.rates is None or finding.reused or finding.outcome not in LIVES_S:
        return
    leads = frozenset(name for name in provider.gives & IDENTIFIERS if FIELDS[name].entity is run.subject.entity)
    counted_fields, came = wanted | leads, closed
    if wanted:
        counted_fields, came = counted_fields | {EVERY}, closed | ({EVERY} if wanted <= closed else set())
    run.tools.rates.note(
        provider.name,
        segment,
        hit=finding.outcome is Outcome.HIT,
        wanted=counted_fields,
        found=came,
        micros=finding.charged_micros,
    )


def _fields(run: Run, provider: Provider, *, checking: bool) -> frozenset[str]:
    """What is open; of a provider that can check, given values that wait for a word are only asked for as checks."""
    unchecked = run.unchecked().keys()
    if checking:
        return frozenset(unchecked)
    open_fields = frozenset(run.standing().open)
    return open_fields if provider.validate is None else open_fields - unchecked


async def _asked(run: Run, provider: Provider, fields: frozenset[str], *, checking: bool) -> Finding:
    claims = [given.claim for name, given in run.given.items() if name in fields] if checking else run.held
    ask = Ask(
        workspace=run.job.workspace,
        subject=run.subject,
        fields=fields,
        claims=tuple(sorted(claims, key=lambda claim: (claim.field, claim.source, claim.provider, str(claim.value)))),
        min_confidence=run.job.min_confidence,
        observed_after=run.observed_after,
        pages=tuple(run.pages.values()),
    )
    ask_it = provider.validate if checking and provider.validate is not None else provider.lookup
    try:
        return await ask_it(ask, run.gateway)
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
