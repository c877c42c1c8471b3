"""``python -m benchmarks.dryrun``: the price that ``enrichd plan`` names, against what the jobs then cost.

For each scene: a file of jobs is priced from a cold start, some jobs like them (about other subjects) are run by real
workers, the file is priced again, and then its jobs are run too. The judge is the simulator's bill.
"""

import argparse
import asyncio
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson
from redis.asyncio import Redis
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.chaos.fleet import Fleet
from benchmarks.dryrun_scenes import SCENES, Scene, companies_for, entries, flat
from benchmarks.entries import send
from benchmarks.systems import ROOT, clean_environment
from simulator import Simulator
from worker.embedded import EmbeddedServers, join
from worker.store.migrate import migrate

#: How far the estimate may be off after the first jobs.
BOUND: Final = 0.20
_ENDED: Final = (
    "SELECT count(*) FROM enrichment_jobs WHERE status IN ('completed', 'failed', 'dead_letter', 'cancelled')"
)


@dataclass(frozen=True, slots=True)
class Price:
    """What ``enrichd plan --json`` said, in dollars, and what it took: seconds, and seconds of CPU."""

    low: float
    expected: float
    high: float
    took_s: float
    cpu_s: float
    lookups: Mapping[str, float]
    costs: Mapping[str, float]

    @classmethod
    def of(cls, told: Mapping[str, Any], took_s: float, cpu_s: float) -> "Price":
        """From the command's JSON."""
        money = {name: value / 100 for name, value in told["cents"].items()}
        lookups = {name: part["lookups"] for name, part in told["providers"].items()}
        costs = {name: part["cents"]["expected"] / 100 for name, part in told["providers"].items()}
        return cls(money["low"], money["expected"], money["high"], took_s, cpu_s, lookups, costs)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scene: prices before and after the first jobs, and the bill (dollars; in all and by provider)."""

    scene: str
    jobs: int
    first: int
    cold: Price
    warm: Price
    bill: float
    bills: Mapping[str, float]
    took_s: float

    @property
    def contained(self) -> bool:
        """Whether the cold range holds the bill."""
        return self.cold.low <= self.bill <= self.cold.high

    @property
    def error(self) -> float:
        """How far the estimate after the first jobs is off, as a share of the bill."""
        return self.warm.expected / self.bill - 1 if self.bill else 0.0

    @property
    def kept(self) -> bool:
        """Whether both promises hold."""
        return self.contained and abs(self.error) <= BOUND


async def measure(
    scene: Scene, servers: EmbeddedServers, redis_url: str, dsn: str, folder: Path, *,
    jobs: int = 10_000, first: int = 200, workers: int = 2, patience_s: float = 3_600.0,
) -> Outcome:  # fmt: skip
    """Price ``jobs`` jobs, run ``first`` others, price again, run the jobs. The database is migrated and empty."""
    began = time.monotonic()
    world: dict[str, Any] = {"coverage": dict(scene.coverage)}
    world |= {"fault_rate": scene.fault_rate, "fault_kinds": scene.fault_kinds}
    world |= {"limits": dict.fromkeys(("pdl", "hunter", "apollo", "brave", "searxng", "anthropic"), "0")}
    async with (
        Simulator(companies=companies_for(jobs + first), **world) as simulator,
        Redis.from_url(redis_url) as redis,
    ):
        file = folder / "jobs.jsonl"
        batch = entries(simulator.world, jobs, skip=first)
        file.write_bytes(b"".join(orjson.dumps(entry) + b"\n" for entry in batch))
        environment = {
            **scene.environment(simulator.env, simulator.keys),
            "REDIS_URL": redis_url,
            "DATABASE_URL": dsn,
            "HEALTH_CHECK_PORT": "0",
            "CONCURRENCY": "24",
            "LOG_LEVEL": "error",
            "FETCH_HOST_DELAY": "0",
            "RETRY_BASE_DELAY": "200",
        }
        connection = await asyncpg.connect(dsn)
        try:
            cold = await priced(file, environment)
            fleet = Fleet(servers, environment, folder / "workers.log")
            try:
                await _run(redis, connection, fleet, entries(simulator.world, first), 0, workers, patience_s)
                warm = await priced(file, environment)
                simulator.bill.clear()
                await _run(redis, connection, fleet, batch, first, workers, patience_s)
            finally:
                await asyncio.to_thread(fleet.kill_all)
        finally:
            await connection.close()
        bill = simulator.bill.as_json(lines=False)
        bills = {name: part["micros"] / 1e6 for name, part in bill["providers"].items()}
        took_s = time.monotonic() - began
        return Outcome(scene.name, jobs, first, cold, warm, bill["total"]["micros"] / 1e6, bills, took_s)


async def priced(file: Path, environment: Mapping[str, str]) -> Price:
    """Run the command as a user would. Raises RuntimeError with its words when it fails."""
    command = [str(Path(sys.executable).parent / "enrichd"), "plan", str(file), "--json"]
    began, used = time.monotonic(), _children_cpu_s()
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={**clean_environment(), "PYTHONPATH": str(ROOT), **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    if process.returncode:
        raise RuntimeError(said.decode()[-2000:])
    return Price.of(orjson.loads(out), time.monotonic() - began, _children_cpu_s() - used)


def _children_cpu_s() -> float:
    """CPU of all processes started here that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _run(
    redis: "Redis", connection: "asyncpg.Connection[Any]", fleet: Fleet, batch: Sequence[Mapping[str, Any]],
    before: int, workers: int, patience_s: float,
) -> None:  # fmt: skip
    """Run a batch to its end, and the workers too: what they have learned is shared when they stop."""
    await send(redis, ({**flat(entry), "id": f"job-{number}"} for number, entry in enumerate(batch, before)))
    for _ in range(workers):
        fleet.start()
    async with asyncio.timeout(patience_s):
        while await connection.fetchval(_ENDED) < before + len(batch):
            if not any(worker.alive for worker in fleet.workers):
                raise RuntimeError("no worker is left")
            await asyncio.sleep(0.25)
    await fleet.stop()


def table(outcomes: Sequence[Outcome]) -> Table:
    """All scenes, one row each."""
    out = Table(title="Dry run against the bill", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("scene", min_width=10)
    for name in ("jobs", "cold:\nfrom", "\nto", "estimate\nafter", "\nfrom", "\nto", "bill", "off"):
        out.add_column(name, justify="right", no_wrap=True)
    for one in outcomes:
        cold, warm = one.cold, one.warm
        figures = [_money(value) for value in (cold.low, cold.high, warm.expected, warm.low, warm.high, one.bill)]
        out.add_row(one.scene, f"{one.jobs:,}", *figures, f"{one.error:+.1%}")
    return out


def parts(outcome: Outcome) -> Table:
    """A scene's providers: what was expected of each and what it billed."""
    out = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=outcome.scene, title_justify="left")
    out.add_column("provider")
    for name in ("lookups", "expected", "bill"):
        out.add_column(name, justify="right")
    billed = dict(outcome.bills)
    billed["llm"] = sum(billed.pop(name, 0.0) for name in ("anthropic", "openai"))
    for name in sorted({*outcome.warm.costs, *billed}, key=lambda name: -billed.get(name, 0.0)):
        figures = f"{outcome.warm.lookups.get(name, 0.0):,.0f}", _money(outcome.warm.costs.get(name, 0.0))
        out.add_row(name, *figures, _money(billed.get(name, 0.0)))
    return out


def _money(dollars: float) -> str:
    return f"${dollars:,.2f}"


def show(console: Console, outcomes: Sequence[Outcome]) -> None:
    """Print the tables and what was promised."""
    console.print("  ".join(f"[dim]{name}[/]\u00a0{value}" for name, value in report.machine().items()))
    console.print(table(outcomes))
    for one in outcomes:
        console.print(parts(one))
    for one in outcomes:
        for what, seen, kept in (
            ("the cold range holds the bill", _money(one.bill), one.contained),
            (f"within {BOUND:.0%} of it after {one.first:,} jobs", f"{one.error:+.1%}", abs(one.error) <= BOUND),
        ):
            console.print(f"  {'[green]kept[/]  ' if kept else '[red]missed[/]'} {one.scene}: {what}: {seen}")
        times = " and ".join(f"{price.took_s:.1f} s ({price.cpu_s:.1f} s of CPU)" for price in (one.cold, one.warm))
        console.print(f"  [dim]{one.scene}: priced in {times}, run in {one.took_s:,.0f} s[/]")


async def run(options: argparse.Namespace, servers: EmbeddedServers, folder: Path, status: Console) -> list[Outcome]:
    """One scene after another, each in a database of its own."""
    outcomes = []
    for number, name in enumerate(options.only or SCENES):
        status.print(f"{name} ...")
        admin = await asyncpg.connect(servers.database_url)
        await admin.execute(f'CREATE DATABASE "dryrun_{number}"')
        await admin.close()
        dsn = f"{servers.database_url.rpartition('/')[0]}/dryrun_{number}"
        redis_url = f"{servers.redis_url.rpartition('/')[0]}/{number + 1}"
        await migrate(dsn)
        place = folder / name
        place.mkdir()
        outcomes.append(
            await measure(SCENES[name], servers, redis_url, dsn, place, jobs=options.jobs, first=options.first)
        )
    return outcomes


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dryrun", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=list(SCENES), help="some of the scenes")
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs in the file (10,000)")
    parser.add_argument("--first", type=int, default=200, help="real jobs before the second estimate (200)")
    options = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 100)
    folder = Path(tempfile.mkdtemp(prefix="enrichd-dryrun-logs-"))
    with join(Path(tempfile.mkdtemp(prefix="enrichd-dryrun-")), durable=False, ephemeral=True) as servers:
        outcomes = asyncio.run(run(options, servers, folder, Console(stderr=True)))
    show(console, outcomes)
    if all(one.kept for one in outcomes):
        shutil.rmtree(folder)
        return 0
    console.print(f"[dim]Logs of the workers: {folder}[/]")
    return 1


if __name__ == "__main__":
    sys.exit(main())
