"""The gateway on real servers: what is paid for once is not paid for again, and what happened is written down."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from redis.asyncio import Redis

from tests.support.hubs import call, get, open_process, read
from tests.support.outside import outside
from worker.domain.finding import Outcome


async def rows(pool: "asyncpg.Pool[Any]") -> list[asyncpg.Record]:
    """The ledger, calls only."""
    return await pool.fetch("SELECT * FROM provider_calls WHERE reused_from IS NULL ORDER BY id")


def respond(status: int, headers: dict[str, str] | None = None, text: str = "{}") -> Any:
    """A handler that always answers the same."""

    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers, text=text)

    return handler


async def test_an_answer_is_bought_once(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A second run, and another job, get the same answer for nothing, and the ledger says so."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        first = process.job("a")
        bought = await first.request(call(), get(world.url + "/x"), read)
        again = await process.job("b").request(call(), get(world.url + "/x"), read)
        assert (bought.outcome, bought.charged_micros, bought.reused) == (Outcome.HIT, 1000, False)
        assert (again.outcome, again.charged_micros, again.reused) == (Outcome.HIT, 0, True)
        assert again.reply is not None
        assert bought.reply is not None
        assert again.reply.body == bought.reply.body
        assert again.call_id == bought.call_id
        assert again.observed_at == bought.observed_at
        assert world.total == 1
        assert first.provider_micros == 1000
        await process.ledger.drain()
        reuse = await pg_pool.fetchrow("SELECT * FROM provider_calls WHERE reused_from IS NOT NULL")
        assert reuse is not None
        assert (reuse["job_id"], reuse["reused_from"], reuse["charge"]) == ("b", bought.call_id, "free")


async def test_the_answer_survives_redis(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """After FLUSHALL the answer is found in PostgreSQL, and becomes hot again."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        await process.job().request(call(), get(world.url), read)
        await process.answers.drain()
        await redis_client.flushdb()
        again = await process.job().request(call(), get(world.url), read)
        assert again.reused
        await process.answers.drain()
        await pg_pool.execute("DELETE FROM provider_answers")
        assert (await process.job().request(call(), get(world.url), read)).reused
        assert world.total == 1


async def test_many_askers_pay_once_across_processes(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """Sixty coroutines in three processes ask the same at once: one request, one charge."""

    async def slowly(_: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return web.json_response({})

    async with (
        outside() as world,
        open_process(redis_client, pg_pool) as one,
        open_process(redis_client, pg_pool) as two,
        open_process(redis_client, pg_pool) as three,
    ):
        world.handler = slowly
        asked = [
            process.job(f"{number}").request(call(), get(world.url), read)
            for process in (one, two, three)
            for number in range(20)
        ]
        answers = await asyncio.gather(*asked)
        assert world.total == 1
        assert sum(answer.charged_micros for answer in answers) == 1000
        assert {answer.outcome for answer in answers} == {Outcome.HIT}


async def test_skip_cache_never_refuses_the_jobs_own_answer(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """Older answers are ignored, an answer from after the first pickup is used again."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        await process.job("old").request(call(), get(world.url), read)
        pickup = datetime.now(UTC) + timedelta(milliseconds=2)
        await asyncio.sleep(0.005)
        fresh = await process.job("new", observed_after=pickup).request(call(), get(world.url), read)
        retry = await process.job("new", observed_after=pickup).request(call(), get(world.url), read)
        assert (fresh.reused, retry.reused, world.total) == (False, True, 2)


async def test_misses_live_shorter_and_errors_do_not_live(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A miss is kept for its own life; a failure or a block is asked again."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = respond(404)
        asking = call(miss_life_s=0.2)
        await process.job().request(asking, get(world.url), read)
        assert (await process.job().request(asking, get(world.url), read)).reused
        await asyncio.sleep(0.25)
        assert not (await process.job().request(asking, get(world.url), read)).reused
        for status in (500, 418):
            world.handler = respond(status)
            before = world.total
            for _ in range(2):
                await process.job().request(call(f"{status}", account=f"{status}"), get(world.url), read)
            # A block opens the account's breaker, so the second question is not even sent.
            assert world.total == before + (2 if status == 500 else 1)


async def test_pending_is_asked_again_when_the_provider_says_so(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """A 202 is remembered until its time, so that a retry does not order the same twice."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = respond(202, {"Retry-After": "0.2"})
        first = await process.job().request(call(), get(world.url), read)
        second = await process.job().request(call(), get(world.url), read)
        assert (first.outcome, second.outcome, second.reused) == (Outcome.PENDING, Outcome.PENDING, True)
        assert first.retry_at is not None
        assert second.retry_at == first.retry_at
        await asyncio.sleep(0.25)
        world.handler = None
        assert (await process.job().request(call(), get(world.url), read)).outcome is Outcome.HIT


@pytest.mark.parametrize("fault", ["timeout", "reset", "cut"])
async def test_a_broken_paid_call_is_unknown(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]", fault: str) -> None:
    """When no whole answer came back the ledger says that up to the maximum may have been billed."""

    async def broken(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        if fault == "timeout":
            await asyncio.sleep(30)
        if fault == "cut":
            response = web.StreamResponse(headers={"Content-Length": "1000"})
            await response.prepare(request)
            await response.write(b"half")
        request.transport.close()
        return web.Response()

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = broken
        job = process.job(max_cost_micros=20_000)
        answer = await job.request(call(timeout_s=0.3), get(world.url), read)
        assert (answer.outcome, answer.reply) == (Outcome.TRANSIENT, None)
        assert (job.provider_micros, job.unknown_micros, world.total) == (0, 9000, 1)
        (row,) = await rows(pg_pool)
        assert (row["charge"], row["charged_micros"], row["max_micros"]) == ("unknown", 0, 9000)


async def test_a_refused_connection_costs_nothing_and_is_tried_again(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """Nothing was sent: three short tries, each a free row, then the job's own retry decides."""
    async with outside() as world:
        url = world.url
    async with open_process(redis_client, pg_pool) as process:
        job = process.job(max_cost_micros=9000)
        answer = await job.request(call(), get(url), read)
        assert answer.outcome is Outcome.TRANSIENT
        assert job.spent_micros == 0
        assert [row["charge"] for row in await rows(pg_pool)] == ["free"] * 3


async def test_the_cap_covers_all_attempts(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A later run of the job may only spend what earlier runs left, as the ledger tells it."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        first = process.job(max_cost_micros=10_000)
        await first.request(call("one"), get(world.url), read)
        assert (await first.request(call("two"), get(world.url), read)).outcome is Outcome.HIT
        second = process.job(max_cost_micros=10_000)
        refused = await second.request(call("three"), get(world.url), read)
        assert (refused.outcome, world.total) == (Outcome.OVER_BUDGET, 2)
        known = await second.request(call("one"), get(world.url), read)
        assert known.reused
        free = await second.request(call("free", max_micros=0), get(world.url), read)
        assert free.outcome is Outcome.HIT


async def test_concurrent_calls_of_one_job_stay_under_the_cap(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """Money is reserved at the maximum: ten calls at once of up to 9000 find room for two under 20000."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = respond(200, {"X-Price": "9000"})
        job = process.job(max_cost_micros=20_000, spent_micros=0)
        answers = await asyncio.gather(*(job.request(call(f"{n}"), get(world.url), read) for n in range(10)))
        assert world.total == 2
        assert sum(answer.charged_micros for answer in answers) == 18_000
        assert sum(answer.outcome is Outcome.OVER_BUDGET for answer in answers) == 8


async def test_a_cancelled_job_still_gets_what_it_paid_for(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """The call goes on when its job is cancelled, and the next run finds the answer."""
    release = asyncio.Event()

    async def wait(_: web.Request) -> web.Response:
        await release.wait()
        return web.json_response({})

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = wait
        asking = asyncio.create_task(process.job().request(call(), get(world.url), read))
        await world.arrived.wait()
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking
        release.set()
        again = await process.job().request(call(), get(world.url), read)
        assert (again.reused, world.total) == (True, 1)


async def test_a_kept_connection_that_breaks_is_not_asked_twice(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """A GET whose kept connection breaks is not sent again behind our back: the provider may have counted it."""

    async def second_breaks(request: web.Request) -> web.StreamResponse:
        if world.total == 2:
            assert request.transport is not None
            request.transport.close()
        return web.json_response({})

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = second_breaks
        await process.job().request(call("one"), get(world.url), read)
        broken = await process.job().request(call("two"), get(world.url), read)
        assert (broken.outcome, world.total) == (Outcome.TRANSIENT, 2)


async def test_a_bug_is_raised_and_its_call_is_unknown(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """An exception that no provider can cause reaches the job; the row says that the money may be gone."""

    def wrong(_: object) -> Any:
        raise KeyError("bug")

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        with pytest.raises(KeyError):
            await process.job().request(call(), get(world.url), wrong)
        (row,) = await rows(pg_pool)
        assert (row["charge"], row["outcome"]) == ("unknown", "transient")


async def test_rows_and_redis_hold_no_keys(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A provider that echoes the key in body, headers and error text gets it into no row and no Redis value."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        secret = "planted-key-5f0c1d-0001"
        world.handler = respond(200, {"X-Echo": secret}, f"your key is {secret}, thanks")
        await process.job().request(call(), get(world.url, api_key="planted-key-5f0c1d-0002"), read)
        await process.answers.drain()
        dump = "".join(str(dict(row)) for row in await rows(pg_pool))
        dump += "".join(str(dict(row)) for row in await pg_pool.fetch("SELECT * FROM provider_answers"))
        for key in await redis_client.keys("*"):
            if await redis_client.type(key) == b"string":
                dump += str(key) + str(await redis_client.get(key))
        assert "your key is [key]" in dump
        assert "planted-key-5f0c1d" not in dump


async def test_crashed_calls_are_shown_as_unknown(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """An intent without an outcome, past its time, is marked; the job's spending counts it either way."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        await process.job().request(call(), get(world.url), read)
        await pg_pool.execute(
            "UPDATE provider_calls SET charge = 'reserved', charged_micros = 0, outcome = NULL, finished_at = NULL,"
            " give_up_at = now() - interval '1 hour'"
        )
        assert await process.ledger.job_spent("default", "job-1", None) == 9000
        assert await process.ledger.mark_unknown() == 1
        assert await process.ledger.mark_unknown() == 0
        assert (await rows(pg_pool))[0]["charge"] == "unknown"
        assert await process.ledger.job_spent("default", "job-1", None) == 9000
