"""Bounds: after many jobs, everything in Redis is back where it was, and the worker has not grown."""

import asyncio
import time

import psutil

from benchmarks.chaos.ground import Ground
from benchmarks.chaos.scenarios import PATIENCE_S, Outcome
from benchmarks.entries import STREAM

GROWTH_BOUND_MB = 10.0


async def bounds(ground: Ground, *, jobs: int = 200_000, first: int = 20_000, life_s: float = 5.0) -> Outcome:
    """``jobs`` no-op jobs with lives of hashes and marks set short; memory is compared from ``first`` jobs on."""
    life = f"{life_s * 1000:.0f}ms"
    worker = ground.fleet.start(CONCURRENCY="100", RESULT_TTL=life, MARK_TTL=life)
    began = time.time()
    await ground.add(1)
    await ground.until_ended(1, PATIENCE_S)
    await asyncio.sleep(life_s * 2 + 1)
    baseline = await ground.redis.dbsize()
    await ground.add(first - 1)
    await ground.until_ended(first, PATIENCE_S * 2)
    early_mb = psutil.Process(worker.pid).memory_info().rss / 1e6
    await ground.add(jobs - first)
    seen = await ground.until_ended(jobs, PATIENCE_S * 10)
    late_mb = psutil.Process(worker.pid).memory_info().rss / 1e6
    seconds = seen.last_at - began
    await asyncio.sleep(life_s * 2 + 1)
    keys = await ground.redis.dbsize()
    length = await ground.redis.xlen(STREAM)
    groups = await ground.redis.xinfo_groups(STREAM)
    pending, consumers, lag = groups[0]["pending"], groups[0]["consumers"], groups[0]["lag"]
    starts = sum((await ground.starts()).values())
    lost, doubled = ground.added - seen.ended, seen.endings - seen.ended
    checks = (
        ("lost", str(lost), lost == 0),
        ("ended more than once", str(doubled), doubled == 0),
        ("entries left in the stream", str(length), length == 0),
        ("pending", str(pending), pending == 0),
        ("lag", str(lag), lag == 0),
        ("consumers", str(consumers), consumers == 1),
        (f"keys (baseline {baseline})", str(keys), keys <= baseline),
    )
    grown = late_mb - early_mb
    memory = f"memory grown since job {first:,} (at most {GROWTH_BOUND_MB:g} MB)"
    timed = ((memory, f"{grown:.1f} MB", grown <= GROWTH_BOUND_MB),)
    return Outcome("bounds", ground.added, lost, doubled, starts, seconds, checks, timed)
