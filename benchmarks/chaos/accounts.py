"""Scenarios that end in figures of their own: what was asked, what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from benchmarks.chaos.scenarios import Outcome


@dataclass(frozen=True, slots=True)
class Accounts(Outcome):
    """``figures`` are (what, how many, cents); ``counted`` says of what."""

    title: str = ""
    counted: str = ""
    figures: Sequence[tuple[str, int, float]] = ()


def table(outcome: Accounts) -> Table:
    """The figures, one row each; cents with fractions where there are any."""
    title = f"{outcome.title}: {outcome.name}"
    out = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("")
    for name in (outcome.counted, "cents"):
        out.add_column(name, justify="right")
    for what, count, cents in outcome.figures:
        out.add_row(what, f"{count:,}", f"{cents:,}" if isinstance(cents, int) else f"{cents:,.2f}")
    return out
