"""A job on a terminal: what was found, how sure it is, who said it, what it cost, and what is missing and why."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from worker.domain.finding import Outcome
from worker.domain.money import cents

COLOURS = {"completed": "green", "success": "green", "partial": "yellow", "failed": "red", "dead_letter": "red"}


_OUTCOMES: Final = frozenset(outcome.value for outcome in Outcome)
_NOT_SENT: Final = frozenset({Outcome.OVER_BUDGET.value, Outcome.UNAVAILABLE.value})


def show_job(console: Console, job: Mapping[str, Any]) -> None:
    """Print a row of enrichment_jobs with its result as an object."""
    result = job.get("result") or {}
    console.print(headline(job), soft_wrap=True)
    for name in ("url", "error_message", "next_run_at"):
        if job.get(name):
            console.print(f"  {name.replace('_', ' ')}: {escape(str(job[name]))}", soft_wrap=True)
    if result.get("data"):
        console.print(values_table(result["data"]))
    for check in result.get("checks", ()):
        console.print(f"  {check_line(check)}", soft_wrap=True)
    for gap in result.get("gaps", ()):
        console.print(f"  [yellow]missing[/] {escape(gap_line(gap))}", soft_wrap=True)
        if going_on := going_on_line(gap):
            console.print(f"          [dim]{escape(going_on)}[/]", soft_wrap=True)
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
    """Two lines a field: the value, whole, with its confidence; below it who said it and where it stands."""
    table = Table(box=None, padding=(0, 1), header_style="bold dim")
    table.add_column("field", no_wrap=True)
    table.add_column("value, and who said so", overflow="fold")
    table.add_column("sure", justify="right")
    for name, item in sorted(data.items()):
        value = shown(item.get("value"))
        sources = ", ".join(map(str, item.get("sources", ())))
        mark = " (inferred)" if item.get("inferred") else ""
        table.add_row(name, escape(value) + mark, f"{item.get('confidence', 0):.2f}")
        proof = proof_of(value, item.get("evidence", ()))
        table.add_row("", Text(f"{sources}: {proof}" if proof else sources, style="dim"))
    return table


#: Longest part of a quote that is printed.
_QUOTE: Final = 70


def proof_of(value: str, evidence: Sequence[Mapping[str, Any]]) -> str:
    """The first piece of evidence on a line: its quote, unless that is the value again, and where it stands."""
    if not evidence:
        return ""
    first = evidence[0]
    quote, url = " ".join(str(first.get("quote", "")).split()), str(first.get("url", ""))
    if quote in {value, url}:
        quote = ""
    short = quote if len(quote) <= _QUOTE else f"{quote[: _QUOTE - 1].rstrip()}…"
    where = url or ("" if short else str(first.get("path", "")))
    return " ".join(part for part in (f"“{short}”" if short else "", where) if part)


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


def check_line(check: Mapping[str, Any]) -> str:
    """``[green]confirmed[/] company_size: 11-50 (pdl: 11-50)``."""
    said = ", ".join(f"{who}: {shown(value)}" for who, value in check.get("said", {}).items())
    word = str(check.get("verdict", ""))
    colour = {"confirmed": "green", "contradicted": "red", "disputed": "yellow"}.get(word, "dim")
    line = f"{check.get('field')}: {shown(check.get('value'))}" + (f" ({said})" if said else "")
    return f"[{colour}]{word}[/] {escape(line)}"


def gap_line(gap: Mapping[str, Any]) -> str:
    """Why a field is open, what everybody who was asked answered, and why the others were not.

    >>> gap_line({"field": "f", "why": "missing", "asked": {"pdl": "hit", "web": "miss: 404", "apollo": "no name"}})
    'f: missing (asked pdl: hit without it, web: miss: 404; not asked apollo: no name)'
    """
    asked, left_out = [], []
    for who, what in gap.get("asked", {}).items():
        words = str(what)
        if words.partition(":")[0] in _NOT_SENT or words.partition(":")[0] not in _OUTCOMES:
            left_out.append(f"{who}: {words}")
        else:
            asked.append(f"{who}: {'hit without it' if words == Outcome.HIT else words}")
    told = [f"asked {', '.join(asked)}"] * bool(asked) + [f"not asked {', '.join(left_out)}"] * bool(left_out)
    return f"{gap['field']}: {gap['why']}" + (f" ({'; '.join(told)})" if told else "")


def going_on_line(gap: Mapping[str, Any]) -> str:
    """``could still be asked: apollo up to 10 cents, website free``; empty when nobody is left.

    >>> going_on_line({"goingOnCents": {"apollo": 10.0, "website": 0}})
    'could still be asked: website free, apollo up to 10 cents'
    """
    prices = sorted(gap.get("goingOnCents", {}).items(), key=lambda pair: pair[1])
    told = [f"{who} up to {cost:.3g} cents" if cost else f"{who} free" for who, cost in prices]
    return f"could still be asked: {', '.join(told)}" if told else ""


def shown(value: Any) -> str:
    """A value as people write it: lists with commas."""
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def price(micros: int) -> str:
    """Micros as cents.

    >>> price(28000), price(0)
    ('2.8 cents', 'free')
    """
    return f"{cents(micros):.3g} cents" if micros else "free"
