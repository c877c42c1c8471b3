"""One cell: a backlog burnt down in a window of steady state, and pickup latency on an idle worker."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from redis import Redis

from benchmarks.systems import System, clean_environment
from worker.embedded import EmbeddedServers
from worker.embedded.process import Running

FILLERS = 2
SAMPLE_EVERY_S = 0.25
STALLED_S = 30.0
WARM_UP_S = 2.0


class CellFailed(Exception):
    """A system did not run, or stopped making progress."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """What a window showed; CPU in microseconds a job, memory in megabytes."""

    jobs_per_s: float
    window_s: float
    jobs: int
    trips: float
    commands: float
    cpu_us: float
    redis_cpu_us: float
    postgres_cpu_us: float
    peak_rss_mb: float
    fill_per_s: float


@dataclass(frozen=True, slots=True)
class Latency:
    """Producer's stamp to handler's entry, in milliseconds."""

    samples: int
    p50_ms: float
    p99_ms: float


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All counters at one moment."""

    at: float
    remaining: int
    trips: int
    commands: int
    redis_cpu_s: float
    cpu_s: float
    postgres_cpu_s: float


class Bench:
    """Runs cells on one pair of servers."""

    def __init__(self, servers: EmbeddedServers, redis: Redis, folder: Path, slots: int) -> None:
        self._servers = servers
        self._redis = redis
        self._folder = folder
        self._slots = slots
        self._own_commands = 0

    def throughput(self, system: System, window_s: float) -> Throughput:
        """Burn a backlog down. Raises CellFailed."""
        jobs = int(system.rate * (window_s + WARM_UP_S + 3))
        for _ in range(3):
            found = self._burn(system, jobs, window_s)
            if found.window_s >= 0.7 * window_s:
                break
            # Faster than guessed: the backlog was gone before the window was over.
            jobs = int(found.jobs_per_s * (window_s + WARM_UP_S + 4))
        return found

    def _burn(self, system: System, jobs: int, window_s: float) -> Throughput:
        self._redis.flushall()
        filled_s = self._fill(system, jobs)
        with self._working(system, slots=True) as worker:
            self._wait_for_progress(system, worker, jobs)
            time.sleep(WARM_UP_S)
            first = self._snapshot(system, worker)
            peak, last = 0.0, first
            progress_at = time.monotonic()
            while last.at - first.at < window_s and last.remaining > jobs * 0.03:
                time.sleep(SAMPLE_EVERY_S)
                peak = max(peak, _resident_mb(worker))
                previous, last = last, self._snapshot(system, worker)
                if last.remaining < previous.remaining:
                    progress_at = last.at
                elif last.at - progress_at > STALLED_S:
                    raise CellFailed(f"no job done for {STALLED_S:g} s, {last.remaining} left")
        return _throughput(first, last, peak, jobs / filled_s)

    def _fill(self, system: System, jobs: int) -> float:
        """Enqueue a backlog; returns the seconds it took."""
        started = time.monotonic()
        share = jobs // FILLERS
        fillers = [self._spawn(system, ("fill", str(share)), slots=True) for _ in range(FILLERS)]
        for filler in fillers:
            if filler.wait():
                raise CellFailed(f"fill ended with code {filler.returncode}")
        return time.monotonic() - started

    def _wait_for_progress(self, system: System, worker: psutil.Process, jobs: int) -> None:
        deadline = time.monotonic() + STALLED_S
        while system.remaining(self._redis) > jobs * 0.99:
            if not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE:
                raise CellFailed("the worker ended")
            if time.monotonic() > deadline:
                raise CellFailed(f"nothing done within {STALLED_S:g} s")
            time.sleep(0.1)

    def latency(self, system: System, samples: int, spacing_s: float) -> Latency:
        """Pickup on an idle worker with its default settings. Raises CellFailed."""
        self._redis.flushall()
        file = self._folder / "samples"
        file.unlink(missing_ok=True)
        with self._working(system, slots=False):
            self._probe(system, 1, 0.0)
            if not _lines_within(file, 1, STALLED_S):
                raise CellFailed(f"nothing picked up within {STALLED_S:g} s")
            time.sleep(1.0)
            file.write_text("")
            self._probe(system, samples, spacing_s)
            _lines_within(file, samples, STALLED_S)
        values = sorted(int(line) / 1e6 for line in file.read_text().splitlines())
        if len(values) < samples * 0.99:
            raise CellFailed(f"{len(values)} of {samples} jobs were picked up")
        return Latency(len(values), quantile(values, 0.50), quantile(values, 0.99))

    def _probe(self, system: System, samples: int, spacing_s: float) -> None:
        code = self._spawn(system, ("probe", str(samples), str(spacing_s)), slots=False).wait()
        if code:
            raise CellFailed(f"probe ended with code {code}")

    @contextmanager
    def _working(self, system: System, *, slots: bool) -> Iterator[psutil.Process]:
        process = self._spawn(system, ("work",), slots=slots)
        worker = psutil.Process(process.pid)
        self._servers.adopt("worker", Running("worker", process.pid, str(system.folder), signal.SIGTERM))
        try:
            yield worker
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            self._servers.adopt("worker", None)

    def _spawn(self, system: System, arguments: Sequence[str], *, slots: bool) -> subprocess.Popen[bytes]:
        count = str(system.slots or self._slots) if slots else ""
        environment = {
            **clean_environment(),
            "BENCH_REDIS_URL": self._servers.redis_url,
            "BENCH_SAMPLES": str(self._folder / "samples"),
            "BENCH_SLOTS": count,
            **({"CONCURRENCY": count} if count else {}),
            **system.environment,
        }
        with (self._folder / f"{system.key}.log").open("ab") as log:
            return subprocess.Popen(
                system.command(*arguments),
                cwd=system.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _snapshot(self, system: System, worker: psutil.Process) -> Snapshot:
        remaining = system.remaining(self._redis)
        stats = self._redis.info("stats")
        calls = sum(int(entry["calls"]) for entry in self._redis.info("commandstats").values())
        cpu = self._redis.info("cpu")
        own, self._own_commands = self._own_commands, self._own_commands + 4
        return Snapshot(
            time.monotonic(),
            remaining,
            int(stats["total_reads_processed"]) - own,
            calls - own,
            float(cpu["used_cpu_user"]) + float(cpu["used_cpu_sys"]),
            _cpu_s(_tree(worker)),
            _cpu_s(_tree(psutil.Process(self._servers.pids()["postgres"]))),
        )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of an ordered sample."""
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _throughput(first: Snapshot, last: Snapshot, peak: float, fill_per_s: float) -> Throughput:
    jobs = first.remaining - last.remaining
    if jobs <= 0:
        raise CellFailed("no job was done in the window")
    seconds = last.at - first.at
    return Throughput(
        jobs_per_s=jobs / seconds,
        window_s=seconds,
        jobs=jobs,
        trips=(last.trips - first.trips) / jobs,
        commands=(last.commands - first.commands) / jobs,
        cpu_us=(last.cpu_s - first.cpu_s) / jobs * 1e6,
        redis_cpu_us=(last.redis_cpu_s - first.redis_cpu_s) / jobs * 1e6,
        postgres_cpu_us=(last.postgres_cpu_s - first.postgres_cpu_s) / jobs * 1e6,
        peak_rss_mb=peak,
        fill_per_s=fill_per_s,
    )


def _tree(process: psutil.Process) -> list[psutil.Process]:
    try:
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess as error:
        raise CellFailed("the worker ended") from error


def _cpu_s(processes: Sequence[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    # Children that have ended count for the one that reaped them.
    first = processes[0].cpu_times()
    return total + first.children_user + first.children_system


def _resident_mb(worker: psutil.Process) -> float:
    total = 0.0
    for process in _tree(worker):
        try:
            total += process.memory_info().rss / 1e6
        except psutil.NoSuchProcess:
            continue
    return total


def _lines_within(file: Path, count: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if file.exists() and file.read_bytes().count(b"\n") >= count:
            return True
        time.sleep(0.05)
    return False
