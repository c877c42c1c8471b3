"""How a run ends: from its gaps and what was answered to its verdict. Pure."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from worker.domain.finding import MOMENTARY, WAITING, Finding, Outcome
from worker.domain.job import ResultStatus
from worker.domain.provider import Provider
from worker.domain.result import Gap, Result
from worker.domain.subject import Subject
from worker.domain.verdict import Done, Retry, Snooze, Verdict


def gaps_of(
    open_fields: Mapping[str, str],
    providers: Iterable[Provider],
    findings: Mapping[str, Finding],
    skipped: Mapping[str, str],
    refused: Mapping[str, str],
    subject: Subject,
    silent: Collection[str] = (),
) -> tuple[Gap, ...]:
    """One gap per open field: why it is open, per provider that offers it the answer or why it was not asked, and
    whom one could still ask at what price. Who is ``silent`` would only repeat itself.
    """
    offered = tuple(providers)
    gaps = []
    for name, why in open_fields.items():
        asked = {}
        for provider in offered:
            if name not in provider.gives:
                continue
            finding = findings.get(provider.name)
            asked[provider.name] = _answer(finding) if finding else skipped.get(provider.name, "not asked")
        prices = {
            provider.name: provider.max_micros
            for provider in offered
            if name in provider.gives and provider.name not in silent and _could_go_on(provider, findings, subject)
        }
        gaps.append(Gap(name, _why(why, refused.get(name), offered=bool(asked)), asked, prices))
    return tuple(gaps)


def _could_go_on(provider: Provider, findings: Mapping[str, Finding], subject: Subject) -> bool:
    finding = findings.get(provider.name)
    if finding is None:
        return subject.entity in provider.entities and provider.cannot(subject) is None
    return finding.outcome in MOMENTARY or finding.outcome in WAITING or finding.outcome is Outcome.OVER_BUDGET


def _why(why: str, refusal: str | None, *, offered: bool) -> str:
    if why != "missing":
        return why
    if refusal:
        return f"invalid: {refusal}"
    return why if offered else "missing, and no provider in use offers it"


def _answer(finding: Finding) -> str:
    return f"{finding.outcome.value}: {finding.reason}" if finding.reason else finding.outcome.value


def status_of(required: Iterable[str], open_fields: Mapping[str, str], found: Iterable[str]) -> ResultStatus:
    """success when nothing is open, partial when at least something required was found, failed otherwise."""
    if not open_fields:
        return ResultStatus.SUCCESS
    present = set(found)
    return ResultStatus.PARTIAL if any(name in present for name in required) else ResultStatus.FAILED


def verdict_of(
    result: Result, providers: Iterable[Provider], findings: Mapping[str, Finding], now: datetime, snooze_s: float
) -> Verdict:
    """Done when all answers are final, Retry when one failed for the moment, Snooze when one has to be waited for."""
    open_fields = frozenset(gap.field for gap in result.gaps)
    concerned = [
        finding
        for provider in providers
        if provider.gives & open_fields and (finding := findings.get(provider.name)) is not None
    ]
    fallback = None if result.status is ResultStatus.FAILED else result
    failed = [finding for finding in concerned if finding.outcome in MOMENTARY]
    if failed:
        said = "; ".join(f"{finding.provider}: {_answer(finding)}" for finding in failed)
        return Retry(f"provider_{failed[0].outcome.value}", said, fallback=fallback)
    waiting = [finding for finding in concerned if finding.outcome in WAITING]
    if waiting:
        soonest = min((f.retry_at for f in waiting if f.retry_at), default=now + timedelta(seconds=snooze_s))
        said = "; ".join(f"{finding.provider}: {_answer(finding)}" for finding in waiting)
        return Snooze(max(soonest, now + timedelta(seconds=1)), said, fallback=fallback)
    return Done(result)
