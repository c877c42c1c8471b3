"""What is paid for once is never bought again: many jobs, few subjects, eight workers, a world that counts."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import asyncpg
import orjson
import pytest
from aiohttp import web
from redis.asyncio import Redis

from tests.support.hubs import Process, call, get, open_process
from tests.support.outside import Outside, outside
from worker.cache.keys import RecordKeys
from worker.cache.records import Loaded, RecordCache
from worker.cache.silences import SilenceCache
from worker.domain.call import Reading, Reply
from worker.domain.claim import Claim
from worker.domain.finding import Finding, Outcome
from worker.domain.job import Job, ResultStatus
from worker.domain.provider import Ask, Gateway, Provider
from worker.domain.subject import Entity
from worker.domain.verdict import Done
from worker.jobs import load_kinds
from worker.pipeline import Tools, enrich
from worker.store.claims import load_record, save_claims

KIND = load_kinds()["company_website"]
#: Three providers that share no field, so that who is needed does not depend on the order of jobs: (cents, fields).
OFFERS: dict[str, tuple[int, dict[str, str]]] = {
    "firmography": (28, {"company_industry": "Robotics", "company_size": "11-50"}),
    "contacts": (10, {"company_phone": "+493023125999", "company_email": "info@acme.example"}),
    "places": (2, {"company_city": "Berlin", "company_street": "Ringweg 1"}),
}
FIELDS = sorted(name for _, fields in OFFERS.values() for name in fields)
WORKERS = 8


def knows(provider: str, domain: str) -> bool:
    """Each provider knows four subjects in five."""
    return crc32(f"{provider}/{domain}".encode()) % 5 != 0


async def answer(request: web.Request) -> web.Response:
    """The outside world: a provider's answer about a domain."""
    _, provider, domain = request.path.split("/")
    await asyncio.sleep(0.002)
    if not knows(provider, domain):
        return web.Response(status=404)
    return web.json_response(OFFERS[provider][1])


def provider(name: str, url: str) -> Provider:
    """An adapter of one of the providers."""
    cents, fields = OFFERS[name]

    def read(reply: Reply) -> Reading:
        return Reading(Outcome.HIT, cents * 10_000) if reply.status == 200 else Reading(Outcome.MISS)

    async def lookup(ask: Ask, gateway: Gateway) -> Finding:
        domain = ask.subject.get("company_domain") or ""
        question = call(domain, provider=name, account=name, max_micros=cents * 10_000)
        found = await gateway.request(question, get(f"{url}/{name}/{domain}"), read)
        claims: tuple[Claim, ...] = ()
        if found.outcome is Outcome.HIT and found.reply is not None:
            at = found.observed_at or datetime.now(UTC)
            told = orjson.loads(found.reply.body)
            claims = tuple(Claim(field, value, name, name, 0.9, at) for field, value in told.items())
        return Finding(name, found.outcome, claims, found.reason, found.charged_micros, found.reused, found.retry_at)

    return Provider(name, name, frozenset({Entity.COMPANY}), frozenset(fields), 0.9, lookup, cents * 10_000)


Runner = Callable[[Job], Awaitable[Any]]


def runner(process: Process, redis: Redis, pool: "asyncpg.Pool[Any]", url: str, *, remember: bool) -> Runner:
    """One worker process's way with a job: enrich, settle its claims, fill the cache."""
    keys = RecordKeys("savings")

    async def load(workspace: str, key: str) -> Loaded:
        return Loaded(*await load_record(pool, workspace, key))

    cache = RecordCache(redis, keys, load)
    tools = Tools(
        cache.get,
        [provider(name, url) for name in OFFERS],
        lambda job: process.job(job.id),
        silences=SilenceCache(redis, keys) if remember else None,
    )

    async def run(job: Job) -> Any:
        report = await enrich(job, KIND, tools)
        assert isinstance(report.verdict, Done), report.verdict
        if report.claims and report.subject is not None:
            async with pool.acquire() as conn, conn.transaction():
                saved = await save_claims(conn, [(job.workspace, report.subject, report.claims)])
            await cache.put_many(saved)
        return report.verdict.result

    return run


def batch(rng: random.Random, count: int, subjects: int) -> list[Job]:
    """Jobs on few subjects with overlapping fields."""
    return [
        Job("default", f"job-{n}", KIND.name, f"https://c{rng.randrange(subjects)}.example",
            tuple(sorted(rng.sample(FIELDS, rng.randint(1, 4)))))
        for n in range(count)
    ]  # fmt: skip


def needs(jobs: list[Job]) -> Iterator[tuple[str, str]]:
    """(provider, domain) for every provider that a job would have to ask if nothing were known."""
    for job in jobs:
        for name, (_, fields) in OFFERS.items():
            if not fields.keys().isdisjoint(job.required):
                yield name, job.url.removeprefix("https://")


async def work(jobs: list[Job], runners: list[Runner]) -> list[Any]:
    """Eight workers take jobs from one queue."""
    queue: asyncio.Queue[Job] = asyncio.Queue()
    for job in jobs:
        queue.put_nowait(job)
    results: list[Any] = []

    async def worker(run: Runner) -> None:
        while not queue.empty():
            results.append(await run(queue.get_nowait()))

    await asyncio.gather(*(worker(runners[n % len(runners)]) for n in range(WORKERS)))
    return results


@pytest.mark.parametrize(("remember", "count", "subjects"), [(True, 1000, 300), (False, 200, 60)])
async def test_calls_are_the_distinct_needs(
    redis_client: Redis,
    pg_pool: "asyncpg.Pool[Any]",
    capsys: pytest.CaptureFixture[str],
    *,
    remember: bool,
    count: int,
    subjects: int,
) -> None:
    """Each (provider, subject) that any job needs is asked once, misses included; without negative knowledge too."""
    jobs = batch(random.Random(11), count, subjects)
    async with outside() as world:
        world.handler = answer
        async with open_process(redis_client, pg_pool) as one, open_process(redis_client, pg_pool) as two:
            runners = [runner(p, redis_client, pg_pool, world.url, remember=remember) for p in (one, two)]
            results = await work(jobs, runners)
        check(jobs, results, world)
        with capsys.disabled():
            print(savings(jobs, results, world))


def check(jobs: list[Job], results: list[Any], world: Outside) -> None:
    """Calls, charges and results agree with what was needed."""
    wanted = set(needs(jobs))
    asked = {tuple(path.split("/")[1:]): count for path, count in world.asked.items()}
    assert set(asked) == wanted
    assert set(asked.values()) == {1}
    assert len(results) == len(jobs)
    due = sum(OFFERS[name][0] * 10_000 for name, domain in wanted if knows(name, domain))
    assert sum(result.total_micros for result in results) == due
    for result in results:
        gaps = {gap.field for gap in result.gaps}
        assert (result.status is ResultStatus.SUCCESS) == (not gaps)


def savings(jobs: list[Job], results: list[Any], world: Outside) -> str:
    """What the same jobs would have cost without memory, and what was saved."""
    every = list(needs(jobs))
    without = sum(OFFERS[name][0] for name, domain in every if knows(name, domain))
    paid = sum(result.total_micros for result in results) / 10_000
    cached = sum(result.stages[0].reused for result in results)
    subjects = len({job.url for job in jobs})
    return (
        f"\n{len(jobs)} jobs on {subjects} subjects: {world.total} calls instead of {len(every)}, "
        f"{paid:.0f} cents instead of {without} ({1 - paid / without:.0%} saved); "
        f"{cached} jobs found something in the cache"
    )
