"""A job on a terminal: what was found, how sure it is, who said it, what it cost, and what is missing and why."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from worker.domain.money import cents

COLOURS = {"completed": "green", "success": "green", "partial": "yellow", "failed": "red", "dead_letter": "red"}


def show_job(console: Console, job: Mapping[str, Any]) -> None:
    """Print a row of enrichment_jobs with its result as an object."""
    result = job.get("result") or {}
    console.print(headline(job), soft_wrap=True)
    for name in ("url", "error_message", "next_run_at"):
        if job.get(name):
            console.print(f"  {name.replace('_', ' ')}: {escape(str(job[name]))}", soft_wrap=True)
    if result.get("data"):
        console.print(values_table(result["data"]))
    for gap in result.get("gaps", ()):
        console.print(f"  [yellow]missing[/] {escape(gap_line(gap))}", soft_wrap=True)
    stages = result.get("stages", [])
    if stages:
        console.print(stages_table([stage for stage in stages if not stage.get("skipped")]))
        for line in not_asked(stages):
            console.print(f"  [dim]not asked: {escape(line)}[/]", soft_wrap=True)
    for note in result.get("notes", ()):
        console.print(f"  note: {escape(str(note))}", soft_wrap=True)


def headline(job: Mapping[str, Any]) -> Text:
    """``company_website enrichment-jobs/1-0: completed, partial (attempt 1, 2.8 cents)``."""
    word = str(job.get("status", "unknown"))
    outcome = str(job.get("result_status") or (job.get("result") or {}).get("status") or "")
    line = Text(f"{job.get('job_type', 'job')} {job.get('id')}: ")
    line.append(word, style=COLOURS.get(word, ""))
    if outcome and outcome != word:
        line.append(f", {outcome}", style=COLOURS.get(outcome, ""))
    if job.get("attempts") is not None:
        line.append(f" (attempts spent {job['attempts']}, {price(int(job.get('cost_micros') or 0))})")
    return line


def values_table(data: Mapping[str, Mapping[str, Any]]) -> Table:
    """Field, value, confidence, sources."""
    table = Table("field", "value", "sure", "sources", box=None, padding=(0, 1), header_style="bold dim")
    for name, item in sorted(data.items()):
        sources = ", ".join(map(str, item.get("sources", ())))
        mark = " (inferred)" if item.get("inferred") else ""
        table.add_row(
            name, escape(shown(item.get("value"))) + mark, f"{item.get('confidence', 0):.2f}", escape(sources)
        )
    return table


def stages_table(stages: Sequence[Mapping[str, Any]]) -> Table:
    """Stage, what came of it, time, cost."""
    table = Table("stage", "outcome", "fields", "time", "cost", box=None, padding=(0, 1), header_style="bold dim")
    for stage in stages:
        outcome = " ".join(part for part in (stage.get("outcome", ""), stage.get("reason", "")) if part)
        reused = ", paid for before" if stage.get("reused") and stage["stage"] != "cache" else ""
        found = str(len(stage.get("fieldsFound", ())))
        took = f"{stage.get('durationMs', 0):.0f} ms"
        table.add_row(stage_name(stage), escape(outcome + reused), found, took, f"{stage.get('costCents', 0):g} c")
    return table


def not_asked(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who was not asked, one line per reason.

    >>> not_asked([{"stage": "a", "skipped": "no key"}, {"stage": "b"}, {"stage": "c", "skipped": "no key"}])
    ['a, c (no key)']
    """
    by_reason: dict[str, list[str]] = {}
    for stage in stages:
        if stage.get("skipped"):
            by_reason.setdefault(stage["skipped"], []).append(stage_name(stage))
    return [f"{', '.join(names)} ({reason})" for reason, names in by_reason.items()]


def stage_name(stage: Mapping[str, Any]) -> str:
    """``search/brave``, or one word where both are the same."""
    return (
        stage["stage"] if stage.get("provider") in (None, stage["stage"]) else f"{stage['stage']}/{stage['provider']}"
    )


def gap_line(gap: Mapping[str, Any]) -> str:
    """``company_size: not found (asked pdl: miss, website: hit)``."""
    asked = ", ".join(f"{who}: {what}" for who, what in gap.get("asked", {}).items())
    return f"{gap['field']}: {gap['why']}" + (f" (asked {asked})" if asked else "")


def shown(value: Any) -> str:
    """A value as people write it: lists with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def price(micros: int) -> str:
    """Micros as cents.

    >>> price(28000), price(0)
    ('2.8 cents', 'free')
    """
    return f"{cents(micros):.3g} cents" if micros else "free"
