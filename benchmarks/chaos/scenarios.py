"""The faults, one function each: what is done to whom, and what has to hold afterwards.

Every scenario takes sizes, so that the soak runs it full and the tests run it small. Figures are counts and times;
``checks`` are what is promised, judged from counts alone (times are promised under ``timed`` only).
"""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import asyncpg

from benchmarks.chaos.ground import SLOTS, Ground
from benchmarks.entries import STREAM

PATIENCE_S = 90.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened. ``checks`` and ``timed`` are (what was promised, what was seen, whether it was kept)."""

    name: str
    jobs: int
    lost: int
    doubled: int
    starts: int
    seconds: float
    checks: tuple[tuple[str, str, bool], ...] = ()
    timed: tuple[tuple[str, str, bool], ...] = ()

    @property
    def jobs_per_s(self) -> float:
        """Throughput from the first worker's start to the last ending."""
        return self.jobs / self.seconds if self.seconds else 0.0


@dataclass(slots=True)
class _Run:
    """One scenario under way: its clock and what it has found out."""

    ground: Ground
    name: str
    began: float = field(default_factory=time.time)
    checks: list[tuple[str, str, bool]] = field(default_factory=list)
    timed: list[tuple[str, str, bool]] = field(default_factory=list)

    def check(self, what: str, seen: object, kept: bool) -> None:
        self.checks.append((what, str(seen), kept))

    async def end(
        self,
        *,
        patience_s: float = PATIENCE_S,
        extra_starts: int | None = 0,
        faults_over_at: float = 0.0,
        within_s: float = 0.0,
    ) -> Outcome:
        """Wait for every job, then judge: none lost, each ended once, no more starts than allowed."""
        ground = self.ground
        await ground.until_ended(ground.added, patience_s)
        await asyncio.sleep(0.5)  # a second ending of the last jobs would come now
        seen = await ground.count()
        starts = sum((await ground.starts()).values())
        lost, doubled, extra = ground.added - seen.ended, seen.endings - seen.ended, starts - ground.added
        self.check("lost", lost, lost == 0)
        self.check("ended more than once", doubled, doubled == 0)
        if extra_starts is not None:
            self.check(f"handler starts beyond one a job (at most {extra_starts})", extra, extra <= extra_starts)
        if faults_over_at:
            after = seen.last_at - faults_over_at if seen.last_at else math.inf
            what = f"last job after the last fault (within {within_s:g} s)"
            self.timed.append((what, f"{after:.1f} s", after <= within_s))
        seconds = (seen.last_at or time.time()) - self.began
        return Outcome(self.name, ground.added, lost, doubled, starts, seconds, tuple(self.checks), tuple(self.timed))


async def kills(
    ground: Ground, *, jobs: int = 15_000, processes: int = 4, kills: int = 13, over_s: float = 20.0, seed: int = 1
) -> Outcome:
    """Random kill -9 under load; each killed worker is replaced at once."""
    chance = random.Random(seed)
    await ground.add(jobs, sleep_ms="50")
    run = _Run(ground, "kill -9 under load")
    for _ in range(processes):
        ground.fleet.start()
    await ground.until_started(1, PATIENCE_S)
    began = time.monotonic()
    for number in range(kills):
        await asyncio.sleep(max(0.0, began + over_s * (number + 1) / kills - time.monotonic()))
        await asyncio.to_thread(ground.fleet.kill_one, chance)
        ground.fleet.start()
    return await run.end(extra_starts=kills * SLOTS, faults_over_at=time.time(), within_s=ground.lease_s + 2)


async def silence(ground: Ground, *, processes: int = 4) -> Outcome:
    """Every slot is busy, all workers are killed, nothing new ever comes, and one fresh worker starts."""
    jobs = processes * SLOTS
    await ground.add(jobs, sleep_ms="1500")
    run = _Run(ground, "kill -9, then silence")
    for _ in range(processes):
        ground.fleet.start()
    await ground.until_started(jobs, PATIENCE_S)
    await asyncio.to_thread(ground.fleet.kill_all)
    ground.fleet.start()
    # One worker has a quarter of the slots: the jobs run one after another, four deep.
    within_s = ground.lease_s + 2.0 + processes * 1.5 + 2.0
    return await run.end(extra_starts=jobs, faults_over_at=time.time(), within_s=within_s)


async def frozen(ground: Ground, *, jobs: int = 4_000, rounds: int = 2) -> Outcome:
    """SIGSTOP for twice the lease: another takes over, and the late finisher must neither overwrite nor acknowledge."""
    await ground.add(jobs, sleep_ms="200")
    run = _Run(ground, "SIGSTOP past the lease")
    first, _ = ground.fleet.start(), ground.fleet.start()
    await ground.until_started(SLOTS + 1, PATIENCE_S)
    for _ in range(rounds):
        first.freeze()
        await asyncio.sleep(2 * ground.lease_s)
        first.thaw()
        await asyncio.sleep(1.0)
    return await run.end(extra_starts=rounds * SLOTS, faults_over_at=time.time(), within_s=PATIENCE_S)


async def redis_kills(ground: Ground, *, jobs: int = 10_000, kills: int = 5, every_s: float = 5.0) -> Outcome:
    """Redis is killed with SIGKILL again and again and comes back with its append-only file."""
    await ground.add(jobs, sleep_ms="50")
    run = _Run(ground, "Redis kill -9")
    for _ in range(2):
        ground.fleet.start()
    await ground.until_started(1, PATIENCE_S)
    for _ in range(kills):
        await asyncio.sleep(every_s)
        await asyncio.to_thread(ground.valkey.kill)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(ground.valkey.start)
    # What was settled in PostgreSQL and not yet acknowledged is not run again; what ran may have to.
    return await run.end(extra_starts=kills * 2 * SLOTS, faults_over_at=time.time(), within_s=PATIENCE_S)


async def postgres_shutdowns(ground: Ground, *, jobs: int = 10_000, times: int = 4, every_s: float = 5.0) -> Outcome:
    """PostgreSQL is shut down immediately under load and stays away for two seconds."""
    if ground.postgres is None:
        raise ValueError("needs a PostgreSQL of its own")
    await ground.add(jobs, sleep_ms="50")
    run = _Run(ground, "PostgreSQL immediate shutdown")
    for _ in range(2):
        ground.fleet.start()
    await ground.until_started(1, PATIENCE_S)
    for _ in range(times):
        await asyncio.sleep(every_s)
        await asyncio.to_thread(ground.postgres.stop_immediately)
        await asyncio.sleep(2.0)
        await asyncio.to_thread(ground.postgres.start)
    return await run.end(extra_starts=0, faults_over_at=time.time(), within_s=PATIENCE_S)


async def client_kills(ground: Ground, *, jobs: int = 6_000, every_s: float = 0.2) -> Outcome:
    """Every connection to Redis is cut five times a second; at least a quarter of the throughput remains."""
    run = _Run(ground, "CLIENT KILL storm")
    for _ in range(2):
        ground.fleet.start()
    await _warm(ground)
    await ground.add(jobs, sleep_ms="50")
    calm_began = time.time()
    calm = await ground.until_ended(ground.added, PATIENCE_S)
    calm_s = calm.last_at - calm_began
    await ground.add(jobs, sleep_ms="50")
    storm_began = time.time()
    storm = asyncio.create_task(_storm(ground, every_s))
    seen = await ground.until_ended(ground.added, max(PATIENCE_S, calm_s * 6))
    storm.cancel()
    share = calm_s / max(0.001, seen.last_at - storm_began)
    run.timed.append(("throughput left (at least 25 %)", f"{share:.0%}", share >= 0.25))
    # Connections die between a reply and its reading: entries read by nobody come back with their lease.
    return await run.end(extra_starts=0)


async def _warm(ground: Ground) -> None:
    """Wait until every worker of the fleet takes jobs."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        await ground.add(len(ground.fleet.workers) * SLOTS, sleep_ms="50")
        await ground.until_ended(ground.added, PATIENCE_S)
        groups = await ground.redis.xinfo_groups(STREAM)
        if groups and groups[0]["consumers"] >= len(ground.fleet.workers):
            return


async def _storm(ground: Ground, every_s: float) -> None:
    while True:
        await ground.redis.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await asyncio.sleep(every_s)


async def exits(ground: Ground, *, healthy: int = 2_000, poison: int = 5) -> Outcome:
    """Some jobs end the process that runs them; their neighbours must not be taken for the culprits."""
    run = _Run(ground, "jobs that exit the process")
    share = max(1, healthy // poison)
    for _ in range(poison):
        await ground.add(share, sleep_ms="50")
        await ground.add(1, act="exit")
    # A suspect costs a few crashes before it is known; beyond that something else is wrong.
    keeper = asyncio.create_task(_keep(ground, 2, most=2 + 20 * poison))
    try:
        seen = await ground.until_ended(ground.added, PATIENCE_S * 2)
        run.check(f"dead letters (exactly {poison})", seen.dead, seen.dead == poison)
        return await run.end(extra_starts=None)
    finally:
        keeper.cancel()


async def _keep(ground: Ground, processes: int, most: int) -> None:
    """Replace workers that ended, as a service manager would, up to ``most`` starts."""
    workers = ground.fleet.workers
    starts = 0
    while starts < most:
        for worker in [worker for worker in workers if not worker.alive]:
            ground.fleet.kill(worker)
        while len(workers) < processes:
            ground.fleet.start()
            starts += 1
        await asyncio.sleep(0.1)


async def terminations(ground: Ground, *, jobs: int = 8_000, times: int = 10, every_s: float = 2.0) -> Outcome:
    """A rolling restart: SIGTERM every two seconds, each worker replaced; nothing runs twice."""
    await ground.add(jobs, sleep_ms="50")
    run = _Run(ground, "SIGTERM, rolling")
    for _ in range(2):
        ground.fleet.start()
    await ground.until_started(1, PATIENCE_S)
    codes = []
    for _ in range(times):
        await asyncio.sleep(every_s)
        oldest = ground.fleet.workers.pop(0)
        ground.fleet.start()
        oldest.terminate()
        codes.append(await oldest.ended())
    run.check("exit codes other than 0", sum(code != 0 for code in codes), not any(codes))
    return await run.end(extra_starts=0, faults_over_at=time.time(), within_s=PATIENCE_S)


async def flushed(ground: Ground, *, jobs: int = 32, sleep_ms: int = 3_000) -> Outcome:
    """FLUSHALL while registered jobs run, then kill -9 of one of two workers: PostgreSQL alone knows its jobs."""
    run = _Run(ground, "FLUSHALL, then kill -9")
    first, _ = ground.fleet.start(), ground.fleet.start()
    await ground.add(min(jobs, 2 * SLOTS), sleep_ms=str(sleep_ms))
    await ground.until_started(ground.added, PATIENCE_S)
    await asyncio.sleep(1.0)  # longer than REGISTER_AFTER: PostgreSQL knows them now
    await ground.redis.flushall()
    await asyncio.to_thread(ground.fleet.kill, first)
    within_s = 3 * ground.lease_s + 2 * sleep_ms / 1000 + 2.0
    return await run.end(extra_starts=SLOTS, faults_over_at=time.time(), within_s=within_s)


async def fairness(ground: Ground, *, crowd: int = 100_000, few: int = 10, within_s: float = 10.0) -> Outcome:
    """A handful of jobs of one workspace behind a crowd of another's, in the same lane."""
    run = _Run(ground, "fairness between workspaces")
    await ground.add(crowd, workspaceId="crowd")
    await ground.add(few, workspaceId="few")
    ground.fleet.start(CONCURRENCY="100")
    await ground.until_started(1, PATIENCE_S)
    began = time.time()
    await _until_ended_of(ground, "few", few, PATIENCE_S * 2)
    took = time.time() - began
    before = (await ground.count()).ended - few
    run.check("jobs of the crowd that went first (at most half)", before, before <= crowd / 2)
    run.timed.append((f"the few are done (within {within_s:g} s)", f"{took:.1f} s", took <= within_s))
    return await run.end(patience_s=PATIENCE_S * 2)


async def _until_ended_of(ground: Ground, workspace: str, count: int, timeout_s: float) -> None:
    connection = await asyncpg.connect(ground.database_url)
    deadline = time.monotonic() + timeout_s
    try:
        while True:
            done = await connection.fetchval("SELECT count(*) FROM chaos_endings WHERE workspace_id = $1", workspace)
            if done >= count or time.monotonic() > deadline:
                return
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


#: name -> (function, needs a PostgreSQL of its own), in the order of the soak.
SCENARIOS: dict[str, tuple[Callable[..., Awaitable[Outcome]], bool]] = {
    "kills": (kills, False),
    "silence": (silence, False),
    "frozen": (frozen, False),
    "redis": (redis_kills, False),
    "postgres": (postgres_shutdowns, True),
    "clients": (client_kills, False),
    "exits": (exits, False),
    "terminations": (terminations, False),
    "flushall": (flushed, False),
    "fairness": (fairness, False),
}
