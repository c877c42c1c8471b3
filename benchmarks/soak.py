"""``python -m benchmarks.soak``: the long chaos runs, one table at the end. Minutes, not seconds."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.chaos.accounts import Accounts
from benchmarks.chaos.accounts import table as accounts_table
from benchmarks.chaos.bill import bill
from benchmarks.chaos.bounds import bounds
from benchmarks.chaos.ground import ground
from benchmarks.chaos.pacing import limit, waiting
from benchmarks.chaos.savings import savings
from benchmarks.chaos.scenarios import SCENARIOS, Outcome
from worker.embedded import EmbeddedServers, join

ALL = {
    **SCENARIOS,
    "savings": (savings, False),
    "bill": (bill, False),
    "limit": (limit, False),
    "waiting": (waiting, False),
    "bounds": (bounds, False),
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(ALL), help="some of the scenarios")
    parser.add_argument("--redis-server", type=Path, help="another server binary than the embedded Valkey")
    return parser.parse_args()


async def run(options: argparse.Namespace, servers: EmbeddedServers, logs: Path, status: Console) -> list[Outcome]:
    """One scenario after another, each on ground of its own."""
    outcomes = []
    for name in options.only or ALL:
        scenario, own_postgres = ALL[name]
        status.print(f"{name} ...")
        log = logs / f"{name}.log"
        async with ground(servers, log, own_postgres=own_postgres, binary=options.redis_server) as place:
            outcomes.append(await scenario(place))
    return outcomes


def table(outcomes: list[Outcome]) -> Table:
    """All scenarios, one row each, what was missed beneath."""
    out = Table(title="Chaos", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("fault")
    for name in ("jobs", "lost", "ended\ntwice", "extra\nstarts", "seconds", "jobs/s"):
        out.add_column(name, justify="right", no_wrap=True)
    out.add_column("promises", overflow="fold")
    for outcome in outcomes:
        promises = [*outcome.checks, *outcome.timed]
        lines = [f"[green]kept[/] {what}: {seen}" for what, seen, kept in outcome.timed if kept]
        lines += [f"[red]missed[/] {what}: {seen}" for what, seen, kept in promises if not kept]
        out.add_row(
            outcome.name,
            f"{outcome.jobs:,}",
            str(outcome.lost),
            str(outcome.doubled),
            str(outcome.starts - outcome.jobs),
            f"{outcome.seconds:.1f}",
            f"{outcome.jobs_per_s:,.0f}",
            "\n".join(lines) or "[green]kept[/]",
        )
    return out


def main() -> int:
    options = arguments()
    console = Console(width=None if sys.stdout.isatty() else 100)
    logs = Path(tempfile.mkdtemp(prefix="enrichd-soak-logs-"))
    with join(Path(tempfile.mkdtemp(prefix="enrichd-soak-")), ephemeral=True) as servers:
        outcomes = asyncio.run(run(options, servers, logs, Console(stderr=True)))
    console.print("  ".join(f"[dim]{name}[/]\u00a0{value}" for name, value in report.machine().items()))
    console.print(table(outcomes))
    for outcome in outcomes:
        if isinstance(outcome, Accounts):
            console.print(accounts_table(outcome))
    missed = any(not kept for outcome in outcomes for _, _, kept in (*outcome.checks, *outcome.timed))
    if missed:
        console.print(f"[dim]Logs of the workers: {logs}[/]")
    else:
        shutil.rmtree(logs)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
