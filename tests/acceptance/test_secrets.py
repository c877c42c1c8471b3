"""Planted keys are in nothing that the daemon writes: good answers, faults, refused keys, time-outs."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import aiohttp
import asyncpg
import pytest

from config.explain import is_secret, name_of
from config.settings import Settings
from simulator.faults import Fault
from simulator.wire import account_of
from tests.acceptance.town import Town, open_town
from tests.support.planted import planted, planted_ring
from worker.embedded import EmbeddedServers
from worker.store.keyring import KeyRing, WorkspaceKeys
from worker.web.webhooks import PATH

RING: Final = planted_ring("planted")
#: A value of its own for every secret setting there is, so that a new one is watched without a word here.
PLANTED: Final = {
    name_of(field): planted(name_of(field).lower().replace("_", "-"))
    for field in Settings.model_fields.values()
    if is_secret(field)
} | {"ENCRYPTION_KEYS": RING}
WANTED: Final = "company_founded_year,company_phone,company_linkedin_url"
OWN: Final = planted("own-of-acme")
#: Kinds of faults, each met by all paid providers in its own round.
FAULTS: Final = ("500", "wrong_json", "wrong_types", "cut", "reset", "429", "hang", "quota", "bad_key")


@pytest.fixture
async def daemon(
    embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path
) -> AsyncIterator[tuple[Town, str]]:
    """A daemon with every key planted and all it says written down; and the address of its health port."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    everybody = ("pdl", "enrich_layer", "apollo", "hunter", "clearbit")
    world: dict[str, Any] = {"coverage": dict.fromkeys(everybody, 1.0), "limits": dict.fromkeys(everybody, "0")}
    async with open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log", **world) as town:
        await town.start(
            **PLANTED,
            LINKEDIN_PROVIDER="pdl,enrich_layer",
            SEARCH_PROVIDER="searxng,brave,serper,tavily",
            EMAIL_DNS_SERVERS=town.simulator.dns.address,
            PUBLIC_URL=f"{town.simulator.api}/_hook/204",
            LOG_LEVEL="debug",
            LOG_FORMAT="json",
            JOB_TIMEOUT="2500",
            MAX_ATTEMPTS="2",
            CONCURRENCY="20",
            HEALTH_CHECK_PORT=str(port),
        )
        yield town, f"http://127.0.0.1:{port}"


def spellings(secret: str) -> Iterator[bytes]:
    """How a secret may stand somewhere: plain, in hex, in base64 as basic authentication sends it."""
    for part in {secret, secret.partition(":")[2] or secret}:
        yield part.encode()
        yield part.encode().hex().encode()
        yield base64.b64encode(part.encode() + b":").rstrip(b"=")[:-1]


async def in_rows(connection: "asyncpg.Connection[Any]") -> AsyncIterator[tuple[str, bytes]]:
    """(table, everything in a row), for every table there is."""
    names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert len(names) > 10
    for name in names:
        for row in await connection.fetch(f'SELECT * FROM "{name["tablename"]}"'):
            values = [value if isinstance(value, bytes) else str(value).encode() for value in row.values()]
            yield name["tablename"], b"\n".join(values)


async def in_redis(redis: Any) -> AsyncIterator[tuple[str, bytes]]:
    """(key, the key and everything it holds), for every key there is."""
    readers = {
        b"string": redis.get,
        b"hash": redis.hgetall,
        b"zset": partial(redis.zrange, start=0, end=-1, withscores=True),
        b"set": redis.smembers,
        b"list": partial(redis.lrange, start=0, end=-1),
        b"stream": redis.xrange,
    }
    async for key in redis.scan_iter(count=1000):
        kind = await redis.type(key)
        if kind in readers:  # one that has just run out has no kind
            held = await readers[kind](key)
            yield key.decode(), key + b"\n" + (held if isinstance(held, bytes) else str(held).encode())


async def over_http(address: str) -> AsyncIterator[tuple[str, bytes]]:
    """(path, body) of what the health port shows."""
    async with aiohttp.ClientSession() as session:
        for path in ("/metrics", "/health", "/readyz"):
            async with session.get(address + path) as reply:
                assert reply.status == 200
                yield path, await reply.read()


async def a_round(town: Town, number: int, workspace: str = "default") -> None:
    """A company and two contacts that nobody has asked about yet, until their jobs have ended."""
    people = [person for person in town.simulator.world.people if person.email and not person.suppressed]
    company = [company for company in town.simulator.world.companies if company.made][number]
    entries: list[dict[str, Any]] = [
        {"type": "company_website", "url": f"http://{company.domain}", "requiredFields": WANTED},
        {"type": "enrich_contact", "email": people[2 * number].email},
        {"type": "enrich_contact", "name": people[2 * number + 1].name, "company": company.domain},
    ]
    ids = [
        await town.add(id=f"{number}-{index}", workspaceId=workspace, minConfidence="0.99", **entry)
        for index, entry in enumerate(entries)
    ]
    for job_id in ids:
        await town.row(job_id, workspace)


async def test_planted_keys_are_nowhere(daemon: tuple[Town, str], pg_pool: "asyncpg.Pool[Any]") -> None:
    """After rounds of every kind of trouble no planted key is in a log line, a row, a Redis key or value, a dead letter
    or a metric; and the keys were indeed used, and the places looked through do hold what was written."""
    town, address = daemon
    await WorkspaceKeys(pg_pool, KeyRing.parse(RING)).set("acme", "HUNTER_API_KEY", OWN)
    await asyncio.wait_for(a_round(town, 0), 60)
    await asyncio.wait_for(a_round(town, 1, "acme"), 60)
    for number, kind in enumerate(FAULTS, start=2):
        town.simulator.faults[:] = [Fault(kind, retry_after=0.1)]
        with suppress(TimeoutError):  # jobs that sleep until a quota or a key is back are as good a witness
            await asyncio.wait_for(a_round(town, number), 3)
    town.simulator.faults.clear()
    await town.row(await town.add(type="company_website", url="http://acme.example", maxCostCents="-1"))
    async with aiohttp.ClientSession() as session:
        for provider in ("clearbit", "apollo"):
            url = f"{address}{PATH}?provider={provider}&token=unknown"
            async with session.post(url, data=b"{}", headers={"X-Request-Signature": "sha1=0"}) as reply:
                assert reply.status == 401
                said = await reply.read()
                assert not any(spelling in said for spelling in _everything())

    places = [("log", town.log().encode())]
    places += [place async for place in in_rows(town.connection)]
    places += [place async for place in in_redis(town.redis)]
    places += [place async for place in over_http(address)]
    told = [(where, spelling) for where, text in places for spelling in _everything() if spelling in text]
    assert told == []

    used = {seen.account for seen in town.simulator.requests}
    for name in ("PDL", "ENRICH_LAYER", "APOLLO", "HUNTER", "CLEARBIT", "BRAVE", "LLM"):
        assert account_of(PLANTED[f"{name}_API_KEY"]) in used, name
    assert account_of(OWN) in used
    faults = {seen.fault for seen in town.simulator.requests}
    assert faults >= set(FAULTS), faults
    for where in ("provider_calls", "provider_answers", "claims", "enrichment-dead", "workspace_keys", "/metrics"):
        assert any(name == where for name, _ in places), where


def _everything() -> set[bytes]:
    return {spelling for secret in (*PLANTED.values(), OWN) for spelling in spellings(secret)}
