"""Questions of many jobs in one request, and answers that come later."""

import asyncio
from typing import Any

import asyncpg
import orjson
import pytest
from aiohttp import web
from redis.asyncio import Redis

from tests.support.hubs import Limit, call, get, open_process, read
from tests.support.outside import Outside, outside
from worker.domain.call import Bulk, HttpRequest, Reply
from worker.domain.finding import Outcome
from worker.gateway.accounts import AccountOptions
from worker.gateway.delivery import Woken
from worker.gateway.options import GatewayOptions
from worker.store.deliveries import Deliveries

sizes: list[int] = []


def combine(requests: Any) -> HttpRequest:
    """One POST for several contacts."""
    url = requests[0].url.replace("/one", "/many")
    return HttpRequest("POST", url, body=orjson.dumps([request.params["q"] for request in requests]))


def split(reply: Reply, requests: Any) -> list[Reply]:
    """A reply for each; contacts that nobody knows are null."""
    if reply.status != 200:
        return [reply] * len(requests)
    found = orjson.loads(reply.body)
    return [Reply(404 if one is None else 200, {}, orjson.dumps(one)) for one in found]


BULK = Bulk(10, combine, split)


def directory(world: Outside) -> Any:
    """A provider that knows every contact but the sevenths."""

    async def handler(request: web.Request) -> web.Response:
        asked = orjson.loads(await request.read()) if request.path == "/many" else [request.query["q"]]
        world.sizes.append(len(asked))  # type: ignore[attr-defined]
        found = [None if int(q) % 7 == 0 else {"contact": q} for q in asked]
        if request.path == "/one":
            return web.Response(status=404 if found[0] is None else 200, body=orjson.dumps(found[0]))
        return web.Response(body=orjson.dumps(found), content_type="application/json")

    world.sizes = []  # type: ignore[attr-defined]
    return handler


async def test_a_thousand_contacts_take_few_calls(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """1,000 contacts, one job each, ten to a request: at most 110 requests, each job charged for its own."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = directory(world)
        jobs = [process.job(f"{n}", max_cost_micros=9000, spent_micros=0) for n in range(1000)]

        async def ask(number: int) -> Any:
            request = get(world.url + "/one", q=str(number))
            return await jobs[number].request(call(f"{number}", max_micros=1000), request, read, BULK)

        answers = await asyncio.gather(*(ask(number) for number in range(1000)))
        assert world.total <= 110
        for number, answer in enumerate(answers):
            if number % 7 == 0:
                assert (answer.outcome, jobs[number].provider_micros) == (Outcome.MISS, 0)
            else:
                assert orjson.loads(answer.reply.body) == {"contact": str(number)}
                assert jobs[number].provider_micros == 1000
        again = await process.job("again").request(call("5"), get(world.url + "/one", q="5"), read, BULK)
        assert again.reused
        assert await pg_pool.fetchval("SELECT count(*) FROM provider_calls WHERE reused_from IS NULL") == 1000


async def test_a_lone_question_is_a_single_request(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """Without company it goes out as what it is; workspaces never share a request."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = directory(world)
        await asyncio.gather(
            *(
                process.job(workspace=workspace).request(call("1"), get(world.url + "/one", q="1"), read, BULK)
                for workspace in ("a", "b")
            )
        )
        assert world.asked == {"/one": 2}


async def test_a_bulk_request_takes_one_turn(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """Twenty contacts on an account of 2 per minute: two requests, and the rest is told when to come back, unbilled."""
    options = GatewayOptions(accounts=AccountOptions(hold_s=0.2))
    async with outside() as world, open_process(redis_client, pg_pool, options) as process:
        world.handler = directory(world)
        asking = [call(f"{n}", limits=(Limit(2, 86_400.0),)) for n in range(1, 31)]
        jobs = [process.job(f"{n}", max_cost_micros=9000, spent_micros=0) for n in range(30)]
        answers = await asyncio.gather(
            *(
                job.request(one, get(world.url + "/one", q=one.identity), read, BULK)
                for job, one in zip(jobs, asking, strict=True)
            )
        )
        assert world.total == 2
        throttled = [job for job, answer in zip(jobs, answers, strict=True) if answer.outcome is Outcome.THROTTLED]
        assert len(throttled) == 10
        assert all(job.spent_micros == 0 for job in throttled)
        assert all(answer.retry_at is not None for answer in answers if answer.outcome is Outcome.THROTTLED)


async def test_a_broken_bulk_request_is_unknown_for_each(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """When the connection breaks each member may have been billed, and each row says so."""

    async def broken(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = broken
        answers = await asyncio.gather(
            *(
                process.job(f"{n}").request(call(f"{n}"), get(world.url + "/one", q=f"{n}"), read, BULK)
                for n in range(4)
            )
        )
        assert world.total == 1
        assert {answer.outcome for answer in answers} == {Outcome.TRANSIENT}
        assert await pg_pool.fetchval("SELECT count(*) FROM provider_calls WHERE charge = 'unknown'") == 4


@pytest.mark.parametrize("broken", ["connection", "status"])
async def test_a_broken_bulk_request_is_one_failure(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]", broken: str
) -> None:
    """The breaker counts requests, not questions: one that broke for eight jobs leaves it closed, five open it."""

    async def breaking(request: web.Request) -> web.Response:
        assert request.transport is not None
        if broken == "connection":
            request.transport.close()
        return web.Response(status=503)

    async with outside() as world, open_process(redis_client, pg_pool) as process:

        async def ask(start: int) -> set[Outcome]:
            return {
                answer.outcome
                for answer in await asyncio.gather(
                    *(
                        process.job(f"{n}").request(call(f"{n}"), get(world.url + "/one", q=f"{n}"), read, BULK)
                        for n in range(start, start + 8)
                    )
                )
            }

        world.handler = breaking
        assert await ask(100) == {Outcome.TRANSIENT}
        world.handler = directory(world)
        assert await ask(200) <= {Outcome.HIT, Outcome.MISS}
        world.handler = breaking
        for start in range(300, 700, 100):
            await ask(start)
        assert await ask(700) == {Outcome.UNAVAILABLE}


async def test_a_delivery_becomes_the_answer_once(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A pending question is answered by its webhook, charged once however often it comes, and its job is woken."""

    async def later(_: web.Request) -> web.Response:
        return web.Response(status=202, headers={"Retry-After": "3600"})

    async with (
        outside() as world,
        open_process(redis_client, pg_pool, deliveries=Deliveries(pg_pool)) as process,
    ):
        world.handler = later
        pending = await process.job("waits").request(call("q"), get(world.url), read)
        assert pending.outcome is Outcome.PENDING
        inbox = process.hub.inbox
        assert inbox is not None
        delivered = Reply(200, {"x-price": "8000"}, b'{"phone": "+1 555 0100"}')
        assert await inbox.accept("a guessed token", "oracle", delivered, read) == []
        assert await inbox.accept("token of q", "another", delivered, read) == []
        assert await inbox.accept("token of q", "oracle", delivered, read) == [Woken("default", "waits")]
        assert await inbox.accept("token of q", "oracle", delivered, read) == []
        answer = await process.job("waits").request(call("q"), get(world.url), read)
        assert (answer.outcome, answer.reused, world.total) == (Outcome.HIT, True, 1)
        assert answer.reply is not None
        assert answer.reply.body == delivered.body
        assert await process.ledger.job_spent("default", "waits", None) == 8000
