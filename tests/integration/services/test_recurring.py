"""Recurring jobs on real servers."""

import asyncio
from datetime import UTC, datetime, timedelta

from tests.integration.services.conftest import Bench
from tests.support.kinds import Held
from worker.domain.recurrence import CatchUp, Rule
from worker.queue.control import Control
from worker.queue.keys import Keys
from worker.services.recurring import Recurring
from worker.store.schedules import Schedule, Schedules

AGO = datetime.now(UTC) - timedelta(seconds=5)


def schedule(name: str, **changes: object) -> Schedule:
    """An hourly no-op that is due."""
    fields: dict[str, object] = {"rule": Rule(every_s=3600), "entry": {"type": "noop"}, "next_at": AGO, **changes}
    return Schedule("team", name, **fields)  # type: ignore[arg-type]


async def test_each_turn_fires_once_with_many_workers(bench: Bench) -> None:
    """Twenty firings at the same moment add one entry a schedule."""
    store = Schedules(bench.pool)
    for number in range(10):
        await store.save(schedule(f"s{number}"))
    control = Control(bench.redis, Keys("enrichment"))
    await asyncio.gather(*(Recurring(control, store).run_once() for _ in range(20)))
    assert await bench.redis.xlen("enrichment-jobs") == 10
    assert all(found.next_at > datetime.now(UTC) for found in await store.list())


async def test_a_turn_that_was_added_twice_is_one_job(bench: Bench) -> None:
    """A worker that died after adding: the same id again, one run."""
    store = Schedules(bench.pool)
    await store.save(schedule("nightly"))
    control = Control(bench.redis, Keys("enrichment"))
    await Recurring(control, store).run_once()
    await store.save(schedule("nightly"))
    await Recurring(control, store).run_once()
    held = Held()
    held.go.set()
    async with bench.engine(held):
        await bench.until_settled(2)
    assert held.started == [f"nightly@{AGO.isoformat(timespec='seconds')}"]


async def test_paused_and_removed_schedules_do_not_fire(bench: Bench) -> None:
    """Listed, paused, resumed, removed; missed turns are skipped where asked for."""
    store = Schedules(bench.pool)
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    await store.save(schedule("paused"))
    await store.save(schedule("gone"))
    await store.save(schedule("skips", next_at=long_ago, rule=Rule(every_s=7200), catch_up=CatchUp.SKIP))
    assert await store.pause("team", "paused", paused=True)
    assert await store.remove("team", "gone")
    assert not await store.remove("team", "gone")
    await Recurring(Control(bench.redis, Keys("enrichment")), store).run_once()
    assert await bench.redis.xlen("enrichment-jobs") == 0
    names = {found.name: found for found in await store.list("team")}
    assert names["paused"].paused
    assert names["skips"].next_at > datetime.now(UTC)


async def test_an_engine_fires_schedules(bench: Bench) -> None:
    """A running worker adds and runs a recurring job in its lane."""
    await Schedules(bench.pool).save(schedule("soon", next_at=datetime.now(UTC), priority=2))
    async with bench.engine():
        await bench.until_settled(1)
    [row] = (await bench.rows()).values()
    assert (row["status"], row["workspace_id"], row["priority"]) == ("completed", "team", 2)
