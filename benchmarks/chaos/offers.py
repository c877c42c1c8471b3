"""Three providers that share no field, loaded by ``PLUGINS=benchmarks.chaos.offers``, and the world that answers them.

As they share none, which of them a job needs does not depend on the order in which jobs run. ``OFFERS_URL`` says where
the world is.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final
from zlib import crc32

import orjson
from aiohttp import web

from worker.domain.call import Call, HttpRequest, Reading, Reply
from worker.domain.claim import Claim
from worker.domain.finding import Finding, Outcome
from worker.domain.money import MICROS_PER_CENT
from worker.domain.provider import Ask, Gateway, Options, Provider
from worker.domain.subject import Entity

#: Cents a hit, and what is told.
OFFERS: Final[Mapping[str, tuple[int, Mapping[str, str]]]] = {
    "firmography": (28, {"company_industry": "Robotics", "company_size": "11-50"}),
    "contacts": (10, {"company_phone": "+493023125999", "company_email": "info@acme.example"}),
    "places": (2, {"company_city": "Berlin", "company_street": "Ringweg 1"}),
}
FIELDS: Final = sorted(name for _, fields in OFFERS.values() for name in fields)


def knows(provider: str, domain: str) -> bool:
    """Each provider knows four subjects in five; a miss is free."""
    return crc32(f"{provider}/{domain}".encode()) % 5 != 0


def needs(domain: str, required: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(provider, domain) for every provider that a job would have to ask if nothing were known."""
    for name, (_, fields) in OFFERS.items():
        if not fields.keys().isdisjoint(required):
            yield name, domain


def open_providers(options: Options) -> list[Provider]:
    """The three adapters."""
    return [_provider(name, options.get("OFFERS_URL") or "") for name in OFFERS]


def _provider(name: str, url: str) -> Provider:
    cents, fields = OFFERS[name]

    def read(reply: Reply) -> Reading:
        if reply.status == 404:
            return Reading(Outcome.MISS)
        return Reading(Outcome.HIT, cents * MICROS_PER_CENT) if reply.status == 200 else Reading(Outcome.TRANSIENT)

    async def lookup(ask: Ask, gateway: Gateway) -> Finding:
        domain = ask.subject.get("company_domain") or ""
        call = Call(name, "company", domain, "f00d", max_micros=cents * MICROS_PER_CENT)
        found = await gateway.request(call, HttpRequest("GET", f"{url}/{name}/{domain}"), read)
        claims: tuple[Claim, ...] = ()
        if found.outcome is Outcome.HIT and found.reply is not None:
            at = found.observed_at or datetime.now(UTC)
            told = orjson.loads(found.reply.body)
            claims = tuple(Claim(field, value, name, name, 0.9, at) for field, value in told.items())
        return Finding(name, found.outcome, claims, found.reason, found.charged_micros, found.reused, found.retry_at)

    return Provider(name, name, frozenset({Entity.COMPANY}), frozenset(fields), 0.9, lookup, cents * MICROS_PER_CENT)


@asynccontextmanager
async def world(latency_s: float = 0.01) -> AsyncIterator[tuple[str, Counter[tuple[str, str]]]]:
    """The world's URL, and how often it was asked by (provider, domain)."""
    asked: Counter[tuple[str, str]] = Counter()

    async def answer(request: web.BaseRequest) -> web.Response:
        _, provider, domain = request.path.split("/")
        asked[provider, domain] += 1
        await asyncio.sleep(latency_s)
        if not knows(provider, domain):
            return web.Response(status=404)
        return web.json_response(dict(OFFERS[provider][1]))

    runner = web.ServerRunner(web.Server(answer, access_log=None), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await runner.cleanup()
