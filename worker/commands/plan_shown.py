"""A priced batch on a terminal and as JSON: the total, each provider's part, each field's chances, lines refused."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from worker.domain.money import cents
from worker.pipeline.dry_run import Priced
from worker.pipeline.estimate import Range

#: Refused lines that a terminal shows.
_SHOWN: Final = 10


class Refusals(Protocol):
    """Lines that are no jobs."""

    @property
    def count(self) -> int:
        """How many."""

    @property
    def reasons(self) -> Sequence[tuple[int, str, str]]:
        """(line, entry field or "", what is wrong) of the first ones."""


def show(console: Console, priced: Priced, refused: Refusals) -> None:
    """Print a priced batch, 80 columns wide."""
    found = priced.estimate
    parts = [
        f"{priced.known:,} answered by what is known",
        f"{priced.repeated:,} repeat another",
        *([f"{priced.suppressed:,} about somebody suppressed"] if priced.suppressed else []),
        f"{priced.asking:,} would ask somebody",
    ]
    console.print(f"{priced.jobs:,} jobs: {', '.join(parts)}", soft_wrap=True)
    low, mean, high = (dollars(micros) for micros in (found.low_micros, found.micros, found.high_micros))
    console.print(f"[bold]{mean}[/] expected, from {low} to {high}")
    if found.calls:
        console.print(_providers(priced))
    if priced.open:
        console.print(_fields(priced))
    for line, _, problem in refused.reasons[:_SHOWN]:
        console.print(f"  [yellow]refused[/] line {line}: {escape(problem)}", soft_wrap=True)
    if refused.count > _SHOWN:
        console.print(f"  [yellow]refused[/] {refused.count - _SHOWN:,} more lines (--json names them)")


def _providers(priced: Priced) -> Table:
    found = priced.estimate
    table = _table("provider", "lookups", "expected", "from", "to")
    for name, calls in sorted(found.calls.items(), key=lambda pair: (-found.costs[pair[0]].mean, -pair[1])):
        cost = found.costs[name]
        table.add_row(name, f"{calls:,.0f}", dollars(cost.mean), dollars(cost.low), dollars(cost.high))
    return table


def _fields(priced: Priced) -> Table:
    table = _table("field", "lacking", "found", "from", "to")
    for name, lacking in sorted(priced.open.items(), key=lambda pair: (-pair[1], pair[0])):
        filled = priced.estimate.filled.get(name, Range())
        shares = [f"{min(1.0, count / lacking):.0%}" for count in (filled.mean, filled.low, filled.high)]
        table.add_row(name, f"{lacking:,}", *shares)
    return table


def _table(name: str, *figures: str) -> Table:
    table = Table(box=None, padding=(0, 1), header_style="bold dim")
    table.add_column(name)
    for figure in figures:
        table.add_column(figure, justify="right")
    return table


def dollars(micros: float) -> str:
    """Micros as dollars, small sums with their cents' fractions.

    >>> dollars(1_234_567_890), dollars(4_200), dollars(0)
    ('$1,234.57', '$0.0042', '$0.00')
    """
    whole = micros / 1_000_000
    return f"${whole:,.4f}" if 0 < whole < 0.1 else f"${whole:,.2f}"


def as_json(priced: Priced, refused: Refusals) -> Mapping[str, Any]:
    """A JSON object, money in cents: the counts of jobs, ``cents``, ``providers``, ``fields`` and ``refused``."""
    found = priced.estimate
    return {
        "jobs": priced.jobs,
        "known": priced.known,
        "repeated": priced.repeated,
        "suppressed": priced.suppressed,
        "asking": priced.asking,
        "cents": {
            "low": cents(found.low_micros),
            "expected": cents(found.micros),
            "high": cents(found.high_micros),
        },
        "providers": {
            name: {"lookups": calls, "cents": _in_cents(found.costs[name])} for name, calls in found.calls.items()
        },
        "fields": {
            name: {"lacking": lacking, "found": _plain(found.filled.get(name, Range()))}
            for name, lacking in sorted(priced.open.items())
        },
        "refused": {
            "count": refused.count,
            "lines": [{"line": line, "field": name, "problem": text} for line, name, text in refused.reasons],
        },
    }


def _in_cents(found: Range) -> dict[str, float]:
    return {name: round(cents(round(value)), 4) for name, value in _plain(found).items()}


def _plain(found: Range) -> dict[str, float]:
    return {"low": round(found.low, 1), "expected": round(found.mean, 1), "high": round(found.high, 1)}
