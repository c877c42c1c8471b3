"""What the gateway costs: CPU of a whole worker whose jobs make provider calls, against a bare aiohttp loop.

Both make the same requests to the same provider (another process, 1 ms latency), as many jobs at a time, over kept
connections, and parse every answer with orjson. The bare loop does nothing else. The worker is ``enrichd run``: jobs
come from the stream, every paid call has its intent and its ending with the answer committed (fsync on) before the
answer is used, and looks in Redis and PostgreSQL before whether it is known; every job ends with its row, its hash, its
event and its ack. A round is one backlog, from the first entry added until the last one is off the stream.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
from redis.asyncio import Redis
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.calls import NAME
from benchmarks.entries import STREAM, send
from benchmarks.systems import ROOT, clean_environment
from benchmarks.wire import LATENCY_S
from worker.embedded import EmbeddedServers, join
from worker.store.migrate import migrate

#: What enrichd promises for jobs of three paid calls: CPU of the worker, as a multiple of the bare loop's.
OVERHEAD_BOUND = 2.0
FLOOR = "bare aiohttp loop"
JUDGED = "enrichd, 3 paid calls"
PRICE_MICROS = 1000
JOBS = 1000
ROUNDS = 7
_STALLED_S = 60.0
_ADD = 500


@dataclass(frozen=True, slots=True)
class Round:
    """One measured backlog. Times are seconds; ``server_cpu_s`` is Redis, ``postgres_cpu_s`` PostgreSQL."""

    name: str
    jobs: int
    took_s: float
    cpu_s: float
    redis_cpu_s: float = 0.0
    postgres_cpu_s: float = 0.0

    @property
    def micros_per_job(self) -> float:
        """CPU of the worker per job, in microseconds."""
        return self.cpu_s / self.jobs * 1e6


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of backlog: how many calls a job makes, at which price, and whether its questions were asked before."""

    name: str
    calls: int
    price: int = PRICE_MICROS
    limited: bool = False
    known: bool = False
    capped: bool = False

    def entry(self, question: str) -> dict[str, str]:
        """One entry, as a producer would add it."""
        entry = {"type": NAME, "calls": str(self.calls), "price": str(self.price), "question": question}
        if self.limited:
            entry["limited"] = "1"
        if self.capped:
            entry["maxCostCents"] = "9"
        return entry


WORKS = (
    Work(JUDGED, 3),
    Work("same, with rate limits", 3, limited=True),
    Work("same, with a cost cap", 3, capped=True),
    Work("same, calls that are free", 3, price=0),
    Work("same, answers known", 3, known=True),
    Work("enrichd, 1 paid call", 1),
    Work("enrichd, no call", 0),
)


class Child:
    """A process of ours that is talked to by lines."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    @asynccontextmanager
    async def open(cls, *arguments: str) -> AsyncIterator["Child"]:
        """``python -m benchmarks.wire`` with these arguments, ended with the block."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "benchmarks.wire", *arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        try:
            yield cls(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    async def line(self) -> str:
        """What it says next."""
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()

    async def ask(self, text: str) -> str:
        """Its answer to a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())
        return await self.line()


class Worker:
    """``enrichd run`` and the servers it works with."""

    def __init__(self, process: psutil.Process, servers: EmbeddedServers, redis: Redis, provider: Child) -> None:
        self._process = process
        self._servers = servers
        self._redis = redis
        self._provider = provider

    async def measure(self, work: Work, jobs: int, mark: str) -> Round:
        """Run a backlog down. Raises RuntimeError when the provider was asked another number of times."""
        asked = int(await self._provider.ask("?"))
        redis_s, postgres_s = self._server_cpu_s("valkey"), self._server_cpu_s("postgres")
        cpu_s, started = tree_cpu_s(self._process), time.perf_counter()
        await send(self._redis, (work.entry(f"{mark}-{number}") for number in range(jobs)), _ADD)
        while left := await self._redis.xlen(STREAM):
            if time.perf_counter() - started > _STALLED_S:
                raise RuntimeError(f"{left} of {jobs} jobs are left: {work.name}")
            await asyncio.sleep(0.01)
        took_s = time.perf_counter() - started
        await asyncio.sleep(0.1)  # what is kept hot afterwards is part of the price
        found = Round(
            work.name,
            jobs,
            took_s,
            tree_cpu_s(self._process) - cpu_s,
            self._server_cpu_s("valkey") - redis_s,
            self._server_cpu_s("postgres") - postgres_s,
        )
        asked = int(await self._provider.ask("?")) - asked
        if asked != (0 if work.known else work.calls * jobs):
            raise RuntimeError(f"the provider was asked {asked} times in {jobs} jobs: {work.name}")
        return found

    def _server_cpu_s(self, name: str) -> float:
        return tree_cpu_s(psutil.Process(self._servers.pids()[name]))


def tree_cpu_s(process: psutil.Process) -> float:
    """User and system time of a process and its children so far, ended ones included."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = one.cpu_times()
            total += times.user + times.system
    ended = process.cpu_times()
    return total + ended.children_user + ended.children_system


@asynccontextmanager
async def enrichd(servers: EmbeddedServers, url: str, slots: int, log: Path) -> AsyncIterator[psutil.Process]:
    """The daemon, ready for jobs."""
    environment = clean_environment() | {
        "REDIS_URL": servers.redis_url,
        "DATABASE_URL": servers.database_url,
        "PLUGINS": "benchmarks.calls",
        "BENCH_PROVIDER_URL": url,
        "CONCURRENCY": str(slots),
        "LOG_LEVEL": "warning",
        "HEALTH_CHECK_PORT": "0",
        "PYTHONPATH": str(ROOT),
    }
    command = str(Path(sys.executable).parent / "enrichd")
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            command, "run", env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def check_rows(database_url: str, rounds: Sequence[Round], calls: Mapping[str, int]) -> None:
    """Whether everything that was counted is on disk. Raises RuntimeError."""
    connection = await asyncpg.connect(database_url)
    try:
        jobs = await connection.fetchval("SELECT count(*) FROM enrichment_jobs WHERE status = 'completed'")
        rows = await connection.fetchval("SELECT count(*) FROM provider_calls WHERE finished_at IS NOT NULL")
    finally:
        await connection.close()
    expected = sum(one.jobs for one in rounds), sum(one.jobs * calls[one.name] for one in rounds)
    if (jobs, rows) != expected:
        raise RuntimeError(f"{jobs} jobs and {rows} calls are on disk, expected {expected}")


def best_of(rounds: Sequence[Round]) -> dict[str, Round]:
    """The round of each name that cost least CPU per job, in the order of first appearance: noise only adds."""
    best: dict[str, Round] = {}
    for one in rounds:
        if one.name not in best or one.micros_per_job < best[one.name].micros_per_job:
            best[one.name] = one
    return best


def table(best: Mapping[str, Round]) -> Table:
    """All systems, one row each."""
    out = Table(title="Jobs that call providers", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    out.add_column("system", no_wrap=True)
    for name in ("jobs/s", "CPU µs/job\nworker", "times\nbare", "CPU µs/job\nredis", "\npg"):
        out.add_column(name, justify="right", no_wrap=True)
    floor = best[FLOOR].micros_per_job
    for one in best.values():
        out.add_row(
            one.name,
            f"{one.jobs / one.took_s:,.0f}",
            f"{one.micros_per_job:,.0f}",
            f"{one.micros_per_job / floor:.2f}",
            f"{one.redis_cpu_s / one.jobs * 1e6:,.0f}" if one.redis_cpu_s else "",
            f"{one.postgres_cpu_s / one.jobs * 1e6:,.0f}" if one.postgres_cpu_s else "",
            style="bold" if one.name == JUDGED else "",
        )
    return out


def promise(rounds: Sequence[Round]) -> tuple[str, bool]:
    """(figure and bound, kept): the worker's CPU against the bare loop's, the median over pairs measured one after the
    other. A host that is slow for a while is slow for both; the best of each may be from different hours."""
    floors = (one for one in rounds if one.name == FLOOR)
    judged = (one for one in rounds if one.name == JUDGED)
    times = sorted(ours.micros_per_job / bare.micros_per_job for ours, bare in zip(judged, floors, strict=True))
    middle = statistics.median(times)
    figure = f"{middle:.2f}, {times[0]:.2f} to {times[-1]:.2f} in {len(times)} rounds (at most {OVERHEAD_BOUND:g})"
    return figure, middle <= OVERHEAD_BOUND


async def run(slots: int, jobs: int = JOBS, rounds: int = ROUNDS) -> list[Round]:
    """Measure, a round of every system after another; the first round of each only warms up."""
    folder = Path(tempfile.mkdtemp(prefix="enrichd-overhead-"))
    log = folder / "worker.log"
    found: list[Round] = []
    spent: list[Round] = []
    try:
        with join(folder, durable=True, ephemeral=True) as servers:
            await migrate(servers.database_url)
            async with (
                Child.open("provide") as provider,
                Redis.from_url(servers.redis_url) as redis,
            ):
                url = await provider.line()
                async with (
                    Child.open("bare", url, str(slots), "3") as bare,
                    enrichd(servers, url, slots, log) as process,
                ):
                    await bare.line()
                    worker = Worker(process, servers, redis, provider)
                    for number in range(rounds + 1):
                        cpu_s, took_s = (float(word) for word in (await bare.ask(str(jobs))).split())
                        these = [Round(FLOOR, jobs, took_s, cpu_s)]
                        for place, work in enumerate(WORKS):
                            mark = f"{number}-{0 if work.known else place}"
                            these.append(await worker.measure(work, jobs, mark))
                        spent += these[1:]
                        found += these if number else []
            await check_rows(servers.database_url, spent, {work.name: work.calls for work in WORKS})
    except BaseException:
        if log.exists():
            sys.stderr.write(log.read_text()[-4000:])
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return found


def show(console: Console, found: Sequence[Round], slots: int) -> None:
    """Print conditions, table and promise."""
    best = best_of(found)
    rounds = sum(1 for one in found if one.name == FLOOR)
    console.print(
        f"[dim]{LATENCY_S * 1000:g} ms latency, {slots} jobs at a time, fsync on, {best[FLOOR].jobs} jobs a round, "
        f"best of {rounds} by CPU; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}[/]"
    )
    console.print(table(best))
    figure, kept = promise(found)
    console.print(f"  {'[green]kept[/]  ' if kept else '[red]missed[/]'} enrichd CPU, times the bare loop: {figure}")


def main() -> None:
    """``python -m benchmarks.overhead [--jobs N] [--slots N] [--rounds N]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--slots", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    found = asyncio.run(run(options.slots, options.jobs, options.rounds))
    show(Console(width=None if sys.stdout.isatty() else 100), found, options.slots)


if __name__ == "__main__":
    main()
