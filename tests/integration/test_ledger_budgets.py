"""Budgets shared by many jobs: the provider's bill never passes them, whatever the prices turn out to be."""

import asyncio
import random
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from aiohttp import web
from redis.asyncio import Redis

from tests.support.hubs import call, get, open_process, read
from tests.support.outside import outside
from worker.domain.finding import Outcome
from worker.domain.ledger import Reservation
from worker.store.budgets import Budgets, decide, starts_on


async def test_two_hundred_jobs_with_uncertain_prices_stay_under_the_budget(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """Four processes, 200 jobs at once, 1 to 9 credits each, known only afterwards: the bill stays under the cap,
    and ends close enough to it that no further call would have fitted."""
    cap, credit, billed = 300_000, 1000, 0

    async def price(_: web.Request) -> web.Response:
        nonlocal billed
        micros = random.randint(1, 9) * credit
        billed += micros
        return web.Response(headers={"X-Price": str(micros)}, text="{}")

    budgets = [Budgets(pg_pool) for _ in range(4)]
    await budgets[0].set_limit("workspace:default", "day", cap)
    async with outside() as world:
        world.handler = price
        outcomes: list[Outcome] = []

        async def process(number: int) -> None:
            async with open_process(redis_client, pg_pool, budgets=lambda _: budgets[number]) as one:
                jobs = (
                    one.job(f"{number}-{n}").request(call(f"{number}-{n}"), get(world.url), read) for n in range(50)
                )
                outcomes.extend(answer.outcome for answer in await asyncio.gather(*jobs))

        await asyncio.gather(*(process(number) for number in range(4)))
    assert billed <= cap
    assert outcomes.count(Outcome.OVER_BUDGET) > 0
    assert outcomes.count(Outcome.HIT) == world.total
    (standing,) = await budgets[0].standings()
    assert standing.committed == billed


async def test_a_budget_of_one_workspace_is_not_anothers(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A spent budget refuses paid calls of its workspace; known answers, free calls and others go on."""
    budgets = Budgets(pg_pool)
    async with outside() as world, open_process(redis_client, pg_pool, budgets=lambda _: budgets) as process:
        paid = await process.job(workspace="poor").request(call("a"), get(world.url), read)
        await budgets.set_limit("workspace:poor", "month", 5000)
        refused = await process.job(workspace="poor").request(call("b"), get(world.url), read)
        assert (paid.outcome, refused.outcome) == (Outcome.HIT, Outcome.OVER_BUDGET)
        assert "workspace:poor" in refused.reason
        assert (await process.job(workspace="poor").request(call("a"), get(world.url), read)).reused
        free = call("free", max_micros=0)
        assert (await process.job(workspace="poor").request(free, get(world.url), read)).outcome is Outcome.HIT
        assert (await process.job(workspace="rich").request(call("b"), get(world.url), read)).outcome is Outcome.HIT
        await budgets.set_limit("workspace:poor", "month", None)
        assert (await process.job(workspace="poor").request(call("b"), get(world.url), read)).outcome is Outcome.HIT


async def test_what_is_not_sent_is_released(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A call that could not be sent leaves nothing behind in the budget; one that broke stays counted."""
    budgets = Budgets(pg_pool)
    await budgets.set_limit("provider:oracle", "day", 50_000)
    async with outside() as world:
        gone = world.url

    async def broken(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with outside() as world, open_process(redis_client, pg_pool, budgets=lambda _: budgets) as process:
        world.handler = broken
        await process.job().request(call("a"), get(gone), read)
        await budgets.drain()
        assert (await budgets.standings())[0].committed == 0
        await process.job().request(call("b"), get(world.url), read)
        await budgets.drain()
        assert (await budgets.standings())[0].committed == 9000


def test_reservations_fit_in_order() -> None:
    """A wish that does not fit takes nothing, and a smaller one behind it still may."""
    place = ("workspace:a", "day", date(2026, 11, 22))
    committed = {place: 5}
    decisions = decide([Reservation((place,), n) for n in (3, 4, 2, 1)], committed, {place: 10})
    assert decisions == [None, "the budget of workspace:a per day", None, "the budget of workspace:a per day"]
    assert committed == {place: 10}


def test_periods_begin_on_their_first_day() -> None:
    """A day begins itself, a month on the first."""
    day = datetime(2026, 2, 28, 23, 59, tzinfo=UTC).date()
    assert (starts_on("day", day), starts_on("month", day)) == (day, date(2026, 2, 1))


async def test_the_common_budget_is_listed_by_workspace(pg_pool: "asyncpg.Pool[Any]") -> None:
    """What workspaces without a budget of their own have spent of the common one is shown, biggest first."""
    budgets = Budgets(pg_pool, {"day": 5000})
    await budgets.set_limit("workspace:own", "day", 9000)
    for workspace, micros in (("own", 10), ("small", 20), ("big", 30)):
        assert isinstance(await budgets.reserve(workspace, "pdl", "a", micros), Reservation)
    told = [(one.scope, one.period, one.limit, one.committed) for one in await budgets.standings()]
    assert told == [
        ("workspace:own", "day", 9000, 10),
        ("workspace:big", "day", 5000, 30),
        ("workspace:small", "day", 5000, 20),
    ]
