"""A limited account under many jobs: the limit as the provider sees it, and what waiting costs.

Judged on the simulated provider's own stamps, taken when a request's head has arrived. A send may lie up to
``JITTER_S`` off its slot through the network and both event loops; the windows are judged without that allowance, only
the pause after a 429 is given 100 ms for its reply to be read.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Final

import asyncpg

from benchmarks.chaos.ground import Ground
from benchmarks.chaos.scenarios import Outcome
from benchmarks.entries import STREAM, send
from simulator import Simulator
from simulator.faults import Fault

PER_MINUTE: Final = 100
PER_SECOND: Final = 5
READ_S: Final = 0.1
_URGENT: Final = "enrichment-priority"
_SLEEPS: Final = """
CREATE TABLE chaos_sleeps (id text, at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE FUNCTION chaos_sleep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'scheduled' AND (TG_OP = 'INSERT' OR OLD.status <> 'scheduled'
        OR (OLD.run, OLD.generation) IS DISTINCT FROM (NEW.run, NEW.generation)) THEN
        INSERT INTO chaos_sleeps (id) VALUES (NEW.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_sleep AFTER INSERT OR UPDATE ON enrichment_jobs FOR EACH ROW EXECUTE FUNCTION chaos_sleep();
"""


def most_in_a_window(stamps: Sequence[float], window_s: float) -> int:
    """The most stamps in any half-open window of this length.

    >>> most_in_a_window([0.0, 0.5, 1.0, 1.4], 1.0)
    3
    """
    stamps = sorted(stamps)
    most, start = 0, 0
    for end, stamp in enumerate(stamps):
        while stamp - stamps[start] >= window_s:
            start += 1
        most = max(most, end - start + 1)
    return most


def settings(simulator: Simulator) -> dict[str, str]:
    """One provider that is asked one contact at a time, within its limits."""
    return {
        **simulator.env,
        "LINKEDIN_PROVIDER": "pdl",
        "LINKEDIN_API_KEY": "",
        "LLM_API_KEY": "",
        "APOLLO_API_KEY": "sim-apollo-key-5f0c1d",
        "APOLLO_MAX_CONTACTS_PER_REQUEST": "1",
        "APOLLO_RATE_LIMIT_PER_MINUTE": str(PER_MINUTE),
        "APOLLO_RATE_LIMIT_PER_SECOND": str(PER_SECOND),
        "PROVIDER_ORDER": "apollo",
        "PLUGINS": "",
        "CONCURRENCY": "10",
        "USAGE_INTERVAL": "0",
    }


async def contacts(ground: Ground, count: int) -> None:
    """Add contacts that nobody has been asked about."""
    await send(ground.redis, (_contact(f"p{number}@c{number}.example") for number in range(count)))


def _contact(email: str) -> dict[str, str]:
    return {"type": "enrich_contact", "email": email, "requiredFields": "person_title"}


def sends(simulator: Simulator) -> list[float]:
    """When Apollo was asked, in order."""
    return sorted(seen.received_at for seen in simulator.requests if seen.provider == "apollo")


async def _first_send(simulator: Simulator) -> None:
    async with asyncio.timeout(60):
        while not sends(simulator):  # noqa: ASYNC110 - other processes' doing
            await asyncio.sleep(0.1)


async def limit(ground: Ground, *, processes: int = 4, minutes: float = 1.5) -> Outcome:
    """Four processes share 100 a minute and 5 a second; Redis is killed and comes back; then the provider says 429."""
    async with Simulator(companies=5, limits={"apollo": "100000/1s"}) as simulator:
        await contacts(ground, round(PER_MINUTE * (2 * minutes + 2)))
        began = time.time()
        for _ in range(processes):
            ground.fleet.start(**settings(simulator))
        await _first_send(simulator)
        await asyncio.sleep(minutes * 60)
        killed = time.time()
        await asyncio.to_thread(ground.valkey.kill)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(ground.valkey.start)
        back = time.time()
        await asyncio.sleep(minutes * 60)
        ended = time.time()
        simulator.faults.append(Fault("429", provider="apollo", times=1, retry_after=5.0))
        await asyncio.sleep(20.0)
        stamps = sends(simulator)
        refused = next(seen.received_at for seen in simulator.requests if seen.fault == "429")
    early = [stamp for stamp in stamps if refused + READ_S < stamp < refused + 5.0]
    after = [stamp for stamp in stamps if stamp >= refused + 5.0]
    checks = [
        (f"most sends in any {window:g} s (at most {most})", str(seen), seen <= most)
        for window, most in ((60.0, PER_MINUTE), (1.0, PER_SECOND))
        for seen in (most_in_a_window(stamps, window),)
    ]
    first = stamps[0]
    for name, start, end in (("before", first, killed), ("after", back + 2.0, ended)):
        used = sum(start <= stamp < end for stamp in stamps) / ((end - start) * PER_MINUTE / 60)
        checks.append((f"share of the limit used {name} Redis was killed (at least 95 %)", f"{used:.1%}", used >= 0.95))
    checks.append(("sends in the 5 s after a 429, past its first 100 ms", str(len(early)), not early))
    checks.append(("sends after that pause", str(len(after)), bool(after)))
    name = f"limit of {PER_MINUTE}/min and {PER_SECOND}/s, {processes} processes"
    return Outcome(name, len(stamps), 0, 0, len(stamps), time.time() - began, timed=tuple(checks))


async def waiting(ground: Ground, *, jobs: int = 100_000, processes: int = 2, watched_s: float = 300.0) -> Outcome:
    """Very many jobs wait for an account of 100 a minute; an urgent one comes in the middle."""
    async with Simulator(companies=5, limits={"apollo": "100000/1s"}) as simulator:
        await _count_sleeps(ground)
        await contacts(ground, jobs)
        began = time.time()
        for _ in range(processes):
            ground.fleet.start(**settings(simulator))
        await _first_send(simulator)
        first = time.time()
        await asyncio.sleep(watched_s / 2)
        urgent: dict[Any, Any] = _contact("urgent@urgent.example")
        await ground.redis.xadd(_URGENT, urgent)
        added = time.time()
        await asyncio.sleep(watched_s / 2)
        seen = list(simulator.requests)
        stamps = sends(simulator)
        at = next((one.received_at for one in seen if "urgent" in one.path), None)
    runs, waited, asleep = await _runs(ground)
    wakes = max(0, runs - waited)
    per_send = wakes / max(1, len(stamps))
    took_s = (at - added) if at else float("inf")
    used = len([stamp for stamp in stamps if stamp >= first]) / ((stamps[-1] - first) * PER_MINUTE / 60)
    lanes: int = await ground.redis.xlen(STREAM)
    parked: list[Any] = await ground.redis.hvals("enrichment-parked")
    unseen = lanes + sum(map(int, parked))
    checks = (
        ("wake-ups a send (at most 1.2)", f"{per_send:.2f}", per_send <= 1.2),
        ("runs a send, first pickups included", f"{runs / max(1, len(stamps)):.2f}", True),
        ("urgent job sent after (at most 60 s)", f"{took_s:.1f} s", took_s <= 60),
        ("share of the limit used (at least 95 %)", f"{used:.1%}", used >= 0.95),
        ("jobs asleep at the end", f"{asleep:,}", True),
        ("jobs that nobody has taken yet", f"{unseen:,}", True),
    )
    name = f"{jobs:,} jobs on {PER_MINUTE}/min, {len(stamps)} sent"
    return Outcome(name, jobs, 0, 0, jobs, time.time() - began, timed=checks)


async def _count_sleeps(ground: Ground) -> None:
    connection = await asyncpg.connect(ground.database_url)
    try:
        await connection.execute(_SLEEPS)
    finally:
        await connection.close()


async def _runs(ground: Ground) -> tuple[int, int, int]:
    """(runs that were settled, jobs that were picked up, jobs that sleep now)."""
    connection = await asyncpg.connect(ground.database_url)
    try:
        row = await connection.fetchrow(
            "SELECT (SELECT count(*) FROM chaos_sleeps) + (SELECT count(*) FROM chaos_endings) AS runs,"
            " count(*) AS jobs, count(*) FILTER (WHERE status = 'scheduled') AS asleep FROM enrichment_jobs"
        )
    finally:
        await connection.close()
    assert row is not None
    return int(row["runs"]), int(row["jobs"]), int(row["asleep"])
