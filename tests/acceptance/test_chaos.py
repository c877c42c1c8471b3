"""Faults under load, small: the same scenarios as ``make soak``, judged by counts under generous time-outs."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from benchmarks.chaos.bill import bill
from benchmarks.chaos.bounds import bounds
from benchmarks.chaos.ground import Ground, ground
from benchmarks.chaos.scenarios import SCENARIOS, Outcome
from worker.embedded import EmbeddedServers

SMALL: Mapping[str, Mapping[str, Any]] = {
    "kills": {"jobs": 600, "processes": 2, "kills": 3, "over_s": 4.0},
    "silence": {"processes": 2},
    "frozen": {"jobs": 250, "rounds": 1},
    "redis": {"jobs": 600, "kills": 2, "every_s": 1.5},
    "postgres": {"jobs": 600, "times": 1, "every_s": 1.5},
    "clients": {"jobs": 300},
    "exits": {"healthy": 60, "poison": 1},
    "terminations": {"jobs": 500, "times": 2, "every_s": 1.5},
    "flushall": {"jobs": 32, "sleep_ms": 2_000},
    "fairness": {"crowd": 6_000},
}
LEASE_S = 2.0


def broken(outcome: Outcome) -> list[str]:
    """The promises that were not kept, times left out: this machine may be busy."""
    return [f"{what}: {seen}" for what, seen, kept in outcome.checks if not kept]


@pytest.fixture
async def place(embedded_servers: EmbeddedServers, tmp_path: Path) -> AsyncIterator[Ground]:
    """Ground for a scenario, with a judge in a database of its own."""
    async with ground(embedded_servers, tmp_path / "workers.log", lease_s=LEASE_S) as prepared:
        yield prepared


@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", SMALL)
async def test_nothing_is_lost_and_nothing_ends_twice(
    name: str, embedded_servers: EmbeddedServers, tmp_path: Path
) -> None:
    """Each fault leaves every job with exactly one ending, and no more handler starts than slots were hit."""
    scenario, own_postgres = SCENARIOS[name]
    log = tmp_path / "workers.log"
    async with ground(embedded_servers, log, own_postgres=own_postgres, lease_s=LEASE_S) as prepared:
        outcome = await scenario(prepared, **SMALL[name])
    assert broken(outcome) == [], log.read_text()[-3000:]


@pytest.mark.timeout(180)
async def test_redis_is_back_where_it_was(place: Ground) -> None:
    """After thousands of jobs with short lives no key, pending entry or dead consumer is left over."""
    outcome = await bounds(place, jobs=2_000, first=500, life_s=1.0)
    assert broken(outcome) == [], place.log.read_text()[-3000:]


async def test_the_judge_sees_an_overwritten_ending(place: Ground) -> None:
    """A judge that cannot find a job guilty proves nothing: a second run that overwrites the first is counted."""
    place.fleet.start()
    await place.add(3)
    before = await place.until_ended(3, 60)
    connection = await asyncpg.connect(place.database_url)
    await connection.execute("UPDATE enrichment_jobs SET run = run + 1 WHERE id = 'job-1'")
    await connection.close()
    after = await place.count()
    assert (before.ended, before.endings) == (3, 3)
    assert (after.ended, after.endings) == (3, 4)


async def test_the_ledger_sees_a_second_start(place: Ground) -> None:
    """Handler starts are counted outside of both servers: a job killed in mid-run shows two."""
    worker = place.fleet.start()
    await place.add(1, sleep_ms="1500")
    assert await place.until_started(1, 60)
    place.fleet.kill(worker)
    place.fleet.start()
    assert (await place.until_ended(1, 60)).ended == 1
    assert await place.starts() == {"default:job-0": 2}


async def test_the_bill_agrees(place: Ground) -> None:
    """Mixed jobs over every provider, broken replies, a kill in mid-call: charged <= bill <= charged + unknown."""
    outcome = await bill(place, jobs=100, companies=120, processes=2, kills=1)
    assert broken(outcome) == []
