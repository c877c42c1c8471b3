"""Bulk questions to People Data Labs: the same readings and charges as one by one, whatever comes back."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import asyncpg
import orjson
import pytest
from hypothesis import given
from redis.asyncio import Redis

from simulator import Simulator
from tests.support.hubs import open_process
from tests.support.json_values import json_values
from worker.domain.call import HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask
from worker.domain.subject import Entity, Subject
from worker.providers import pdl, pdl_bulk

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = pdl.Settings(key="planted-pdl-key-5f0c1d")
MATCH = {"status": 200, "likelihood": 9, "data": {"id": "x", "full_name": "Ada Ng"}}
MISS = {"status": 404, "error": {"type": "not_found", "message": "No records were found"}}


def question(page: str, settings: pdl.Settings = SETTINGS) -> HttpRequest:
    """A single person request."""
    return pdl.build_request(Entity.PERSON, {"profile": page}, settings)


def readings(reply: Reply, count: int) -> list[Reading]:
    """What each question's own reply means."""
    return [
        pdl.read(part, SETTINGS, NOW)
        for part in pdl_bulk.split(reply, [question(str(number)) for number in range(count)])
    ]


def test_one_request_holds_all_questions() -> None:
    """Questions keep their order, steering parameters become JSON types, the key stays in its header."""
    request = pdl_bulk.combined([question("linkedin.com/in/a"), question("linkedin.com/in/b")])
    assert (request.method, request.url) == ("POST", "https://api.peopledatalabs.com/v5/person/bulk")
    assert request.headers["X-Api-Key"] == SETTINGS.key
    assert orjson.loads(request.body or b"") == {
        "requests": [
            {"params": {"profile": f"linkedin.com/in/{name}", "min_likelihood": 6, "titlecase": True}}
            for name in ("a", "b")
        ]
    }


def test_companies_have_an_address_of_their_own() -> None:
    """Company questions go to the company's bulk call, and a flat item is read like a single reply."""
    one, other = (
        pdl.build_request(Entity.COMPANY, {"website": name}, SETTINGS) for name in ("acme.example", "zeta.example")
    )
    request = pdl_bulk.combined([one, other])
    assert request.url == "https://api.peopledatalabs.com/v5/company/enrich/bulk"
    flat = {"status": 200, "likelihood": 9, "id": "x", "name": "acme", "website": "acme.example"}
    read = [
        pdl.read(part, SETTINGS, NOW)
        for part in pdl_bulk.split(Reply(200, {}, orjson.dumps([flat, MISS])), [one, other])
    ]
    assert [(reading.outcome, reading.charged_micros) for reading in read] == [
        (Outcome.HIT, SETTINGS.credit_micros),
        (Outcome.MISS, 0),
    ]


def test_each_question_is_read_and_charged_by_itself() -> None:
    """A match costs a credit, a miss beside it nothing, whatever the header adds up to."""
    reply = Reply(200, {"x-call-credits-spent": "2"}, orjson.dumps([MATCH, MISS, MATCH]))
    credit = SETTINGS.credit_micros
    assert [(reading.outcome, reading.charged_micros) for reading in readings(reply, 3)] == [
        (Outcome.HIT, credit),
        (Outcome.MISS, 0),
        (Outcome.HIT, credit),
    ]


@pytest.mark.parametrize("status", [400, 401, 402, 429, 502])
def test_a_refusal_is_everybodys(status: int) -> None:
    """What refuses the request refuses every question in it, and nobody is charged."""
    reply = Reply(status, {"x-call-credits-spent": "0"}, orjson.dumps({"status": status, "error": {}}))
    single = pdl.STATUSES.outcome(status)
    assert [(reading.outcome, reading.charged_micros) for reading in readings(reply, 2)] == [(single, 0)] * 2


@pytest.mark.parametrize("body", [b"[", b"{}", b"[{}]", b"[1, 2, 3]", orjson.dumps([MATCH, MATCH, MATCH])])
def test_an_answer_of_another_shape_is_nobodys(body: bytes) -> None:
    """Answers that cannot be told apart are given to nobody."""
    assert {reading.outcome for reading in readings(Reply(200, {}, body), 2)} == {Outcome.NONSENSE}


def test_one_bad_item_costs_only_itself() -> None:
    """An item without a status is nonsense beside a good one."""
    reply = Reply(200, {}, orjson.dumps([{"data": {}}, MATCH]))
    assert [reading.outcome for reading in readings(reply, 2)] == [Outcome.NONSENSE, Outcome.HIT]


@given(json_values(["status", "data", "error"]))
def test_anything_can_be_split(body: Any) -> None:
    """Every question gets a reply, whatever came back."""
    for value in (body, [body], [body, body]):
        assert len(readings(Reply(200, {}, json.dumps(value).encode()), 2)) == 2


@pytest.mark.parametrize("entity", Entity)
async def test_bulk_and_single_calls_agree_on_the_wire(entity: Entity) -> None:
    """The simulated provider answers and bills a bulk request like the single ones."""
    async with Simulator(seed=3, companies=80) as simulator, aiohttp.ClientSession() as session:
        settings = pdl.Settings(key="sim-pdl-key-5f0c1d", base_url=simulator.url("pdl"))

        async def send(request: HttpRequest) -> Reply:
            async with session.request(
                request.method, request.url, headers=request.headers, params=request.params, data=request.body
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Reply(response.status, headers, await response.read())

        world = simulator.world
        asked = [{"profile": person.linkedin_url} for person in world.people[:30]]
        if entity is Entity.COMPANY:
            asked = [{"website": company.domain} for company in world.companies[:30]]
        requests = [pdl.build_request(entity, params, settings) for params in asked]
        alone = [pdl.read(await send(request), settings, NOW) for request in requests]
        billed = simulator.bill.total_micros("pdl")
        together = pdl_bulk.split(await send(pdl_bulk.combined(requests)), requests)
        read = [pdl.read(reply, settings, NOW) for reply in together]
        assert [(one.outcome, one.charged_micros) for one in read] == [
            (one.outcome, one.charged_micros) for one in alone
        ]
        assert {one.outcome for one in read} == {Outcome.HIT, Outcome.MISS}
        assert simulator.bill.total_micros("pdl") - billed == billed == sum(one.charged_micros for one in read)


async def test_many_jobs_share_requests_and_pay_for_themselves(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """Lookups of many jobs at once go out together, each is charged its own match, and asking again costs nothing."""
    async with (
        Simulator(seed=3, companies=80, limits={"pdl": "100000/1s"}) as simulator,
        open_process(redis_client, pg_pool) as process,
    ):
        settings = pdl.Settings(
            key="sim-pdl-key-5f0c1d", base_url=simulator.url("pdl"), limits=(Limit(100_000, 1.0),), learns=False
        )
        people = simulator.world.people[:40]

        async def look_up(number: int) -> Finding:
            page = people[number].linkedin_url
            subject = Subject(Entity.PERSON, f"person:{page}", {"person_linkedin_url": f"https://www.{page}"})
            return await pdl.lookup(Ask("default", subject, frozenset()), process.job(f"job-{number}"), settings)

        found = await asyncio.gather(*(look_up(number) for number in range(len(people))))
        sent = [seen for seen in simulator.requests if seen.provider == "pdl"]
        assert len(sent) <= 5
        assert sum(finding.charged_micros for finding in found) == simulator.bill.total_micros("pdl")
        assert {finding.outcome for finding in found} == {Outcome.HIT, Outcome.MISS}
        for person, finding in zip(people, found, strict=True):
            names = {str(claim.value).casefold() for claim in finding.claims if claim.field == "person_name"}
            assert names <= {person.name.casefold()}
        again = await asyncio.gather(*(look_up(number) for number in range(len(people))))
        assert {finding.charged_micros for finding in again} == {0}
        assert len([seen for seen in simulator.requests if seen.provider == "pdl"]) == len(sent)
