"""The figures a team watches: six numbers over the last minutes, computed from sums. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from worker.domain.finding import Outcome
from worker.domain.money import cents
from worker.domain.result import Stage
from worker.domain.verdict import Cancelled, Dead, Done, Duplicate, Report, Retry, Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs per minute, and shares (0..1), seconds and cents per ended job; None while nothing has ended."""

    jobs_per_minute: float
    success_ratio: float | None
    duration_s: float | None
    cache_hit_ratio: float | None
    llm_fallback_ratio: float | None
    cents_per_job: float | None
    provider_hit_ratio: Mapping[str, float] = field(default_factory=dict)


def figures(sums: Mapping[str, float], minutes: float) -> Figures:
    """Figures from what ``sums_of`` adds up over ``minutes``."""
    jobs = sums.get("jobs", 0.0)

    def share(name: str) -> float | None:
        return sums.get(name, 0.0) / jobs if jobs else None

    asked = {name.removeprefix("asked:"): value for name, value in sums.items() if name.startswith("asked:")}
    cost = share("micros")
    return Figures(
        jobs_per_minute=jobs / minutes if minutes > 0 else 0.0,
        success_ratio=share("success"),
        duration_s=share("seconds"),
        cache_hit_ratio=share("cache_hits"),
        llm_fallback_ratio=share("llm"),
        cents_per_job=None if cost is None else cents(round(cost)),
        provider_hit_ratio={name: sums.get(f"hit:{name}", 0.0) / times for name, times in asked.items() if times},
    )


#: Words for jobs that have ended; cancelled ones say nothing about us.
ENDED: Final = frozenset({"success", "partial", "failed", "dead_letter"})


def sums_of(runs: Iterable[tuple[Report, str, float]]) -> dict[str, float]:
    """What runs add to the sums: (report, how its job stands, seconds) each.

    One that does not end its job adds only what its providers did.
    """
    sums: dict[str, float] = {}
    jobs = successes = micros = 0
    seconds = 0.0
    for report, outcome, took_s in runs:
        ended = outcome in ENDED
        if ended:
            jobs += 1
            successes += outcome == "success"
            micros += report.provider_micros + report.llm_micros
            seconds += took_s
        if report.stages:
            _add_stages(sums, report, ended)
    if jobs:
        sums.update(jobs=jobs, success=successes, micros=micros, seconds=seconds)
    return sums


def _add_stages(sums: dict[str, float], report: Report, ended: bool) -> None:
    def add(name: str) -> None:
        sums[name] = sums.get(name, 0.0) + 1.0

    for stage in report.stages:
        if stage.provider and asked_provider(stage):
            add(f"asked:{stage.provider}")
            if stage.outcome == Outcome.HIT:
                add(f"hit:{stage.provider}")
    if ended and answered_by_cache(report):
        add("cache_hits")
    if ended and any(stage.name == "llm" and asked_provider(stage) for stage in report.stages):
        add("llm")


def asked_provider(stage: Stage) -> bool:
    """Whether a stage put a question to a provider, rather than being skipped."""
    return stage.name != "cache" and not stage.skipped


def answered_by_cache(report: Report) -> bool:
    """Whether the job's fields were all known: the cache gave some and no provider was asked."""
    from_cache = any(stage.name == "cache" and stage.fields_found for stage in report.stages)
    return from_cache and not any(stage.provider and asked_provider(stage) for stage in report.stages)


def status_word(verdict: Verdict) -> str:
    """A verdict in one word, as metrics label it."""
    match verdict:
        case Done(result):
            return result.status.value
        case Retry():
            return "retry"
        case Dead():
            return "dead_letter"
        case Cancelled():
            return "cancelled"
        case Duplicate():
            return "duplicate"
        case _:
            return "snoozed"
