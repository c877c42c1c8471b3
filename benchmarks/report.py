"""Tables for people, 100 columns wide."""

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Latency, Throughput


@dataclass(frozen=True, slots=True)
class Cell:
    """One system's results; ``problem`` says why a part is missing.

    ``throughput`` is the round of the middle rate, ``rates`` are the jobs/s of all rounds in their order.
    """

    key: str
    name: str
    stores: str
    throughput: Throughput | None = None
    latency: Latency | None = None
    problem: str = ""
    rates: tuple[float, ...] = ()


#: What enrichd promises.
DRAMATIQ_FACTOR = 2.0
BARE_SHARE = 0.5
TRIPS_BOUND = 0.1
P50_BOUND_MS = 3.0
P99_BOUND_MS = 15.0


def table(cells: Sequence[Cell]) -> Table:
    """All systems, one row each."""
    out = Table(title="No-op jobs, one worker process", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("system", no_wrap=True)
    for name in ("jobs/s", "trips\n/job", "cmds\n/job", "CPU µs/job\nworker", "\nredis", "\npg", "peak\nMB"):
        out.add_column(name, justify="right", no_wrap=True)
    out.add_column("pickup ms\np50", justify="right", no_wrap=True)
    out.add_column("\np99", justify="right", no_wrap=True)
    for cell in cells:
        out.add_row(cell.name, *_numbers(cell), style="bold" if cell.key == "enrichd" else "")
    return out


def _numbers(cell: Cell) -> list[str]:
    found = cell.throughput
    first = [""] * 7
    if found:
        first = [
            f"{found.jobs_per_s:,.0f}",
            f"{found.trips:.2f}",
            f"{found.commands:.1f}",
            f"{found.cpu_us:,.0f}",
            f"{found.redis_cpu_us:,.0f}",
            f"{found.postgres_cpu_us:,.0f}",
            f"{found.peak_rss_mb:,.0f}",
        ]
    second = [_ms(cell.latency.p50_ms), _ms(cell.latency.p99_ms)] if cell.latency else ["", ""]
    return first + second


def _ms(value: float) -> str:
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def promises(cells: Sequence[Cell]) -> list[tuple[str, str, bool]]:
    """(what, figure and bound, kept) for each promise that these cells can judge."""
    by_key = {cell.key: cell for cell in cells}
    own = by_key.get("enrichd")
    out: list[tuple[str, str, bool]] = []
    if own and own.throughput:
        if (rival := by_key.get("dramatiq")) and rival.rates:
            out.append(_ratio("times dramatiq", own, rival, DRAMATIQ_FACTOR, ".1f"))
        if (bare := by_key.get("bare")) and bare.rates:
            out.append(_ratio("of the bare loop", own, bare, BARE_SHARE, ".0%"))
        trips = own.throughput.trips
        out.append(("Redis round trips a job", f"{trips:.3f} (at most {TRIPS_BOUND:g})", trips <= TRIPS_BOUND))
    if own and own.latency:
        for name, value, bound in (
            ("p50", own.latency.p50_ms, P50_BOUND_MS),
            ("p99", own.latency.p99_ms, P99_BOUND_MS),
        ):
            out.append((f"pickup {name}", f"{value:.1f} ms (under {bound:g} ms)", value < bound))
    return out


def _ratio(what: str, own: Cell, other: Cell, bound: float, form: str) -> tuple[str, str, bool]:
    """Judged by the median over rounds, each with the cell beside it: the host's speed moves."""
    ratios = sorted(mine / theirs for mine, theirs in zip(own.rates, other.rates, strict=True))
    middle = statistics.median(ratios)
    spread = f"{ratios[0]:{form}} to {ratios[-1]:{form}} in {len(ratios)} rounds, " if len(ratios) > 1 else ""
    return what, f"{middle:{form}} ({spread}at least {bound:{form}})", middle >= bound


def show(console: Console, cells: Sequence[Cell], conditions: Mapping[str, str]) -> None:
    """Print conditions, table and promises."""
    console.print("  ".join(f"[dim]{name}[/]\u00a0{value}" for name, value in conditions.items()))
    console.print(table(cells))
    console.print("[dim]Durable when a job counts as done:[/]")
    for cell in cells:
        console.print(f"  {cell.name}: {cell.stores}" + (f"; [red]{cell.problem}[/]" if cell.problem else ""))
    for what, figure, kept in promises(cells):
        console.print(f"  {'[green]kept[/]  ' if kept else '[red]missed[/]'} enrichd {what}: {figure}")


def machine() -> Mapping[str, str]:
    """Where this ran, for the head of the table."""
    return {
        "cores": str(os.cpu_count()),
        "load before": f"{os.getloadavg()[0]:.2f}",
        "python": platform.python_version(),
    }
