"""The LLM stage over Anthropic: every documented status, the SDK on the wire, and what becomes of its answers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given as arbitrary

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import NOW, ScriptedGateway
from worker.domain.call import Limit, Reply
from worker.domain.claim import Claim
from worker.domain.finding import Finding, Outcome
from worker.domain.page import Page
from worker.domain.provider import Ask
from worker.domain.subject import Entity, Subject
from worker.providers.llm import Reader
from worker.providers.llm_anthropic import STATUSES, Anthropic
from worker.providers.llm_packing import Excerpt
from worker.providers.llm_prices import PRICES
from worker.providers.llm_question import Question, extract_question
from worker.providers.llm_reply import reading_of

KEY = "planted-llm-key-5f0c1d"
PRICE = PRICES["claude-haiku-5-5"]
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
TEXT = "Acme Robotics\nWe build industrial robots for bakeries.\nFounded in 1998, we have 42 employees.\n"
PAGE = Page("https://acme.example/about", TEXT, page_hash="h1", rendering="text/1")
WANTED = frozenset({"company_industry", "company_employee_count"})

#: Every recorded reply: outcome, micro-dollars charged.
EXPECTED = {
    "hit": (Outcome.HIT, 114),
    "hit_thinking_first": (Outcome.HIT, 114),
    "hit_cached": (Outcome.HIT, 42),
    "miss": (Outcome.MISS, 86),
    "truncated": (Outcome.NONSENSE, 594),
    "context_full": (Outcome.NONSENSE, 114),
    "refusal": (Outcome.NONSENSE, 86),
    "wrong_schema": (Outcome.NONSENSE, 114),
    "no_text": (Outcome.NONSENSE, 114),
    "cut_200": (Outcome.NONSENSE, 0),
    "error_400": (Outcome.BAD_INPUT, 0),
    "spend_limit_400": (Outcome.QUOTA_EXHAUSTED, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "billing": (Outcome.QUOTA_EXHAUSTED, 0),
    "forbidden": (Outcome.BAD_CREDENTIALS, 0),
    "no_model": (Outcome.BAD_CREDENTIALS, 0),
    "conflict": (Outcome.TRANSIENT, 0),
    "too_large": (Outcome.BAD_INPUT, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "spend_limit_429": (Outcome.QUOTA_EXHAUSTED, 0),
    "error_500": (Outcome.TRANSIENT, 0),
    "html_502": (Outcome.TRANSIENT, 0),
    "timeout_504": (Outcome.TRANSIENT, 0),
    "overloaded": (Outcome.THROTTLED, 0),
}
DOCUMENTED = {200, 400, 401, 402, 403, 404, 409, 413, 429, 500, 504, 529}


def vendor(base_url: str = "http://127.0.0.1:9", timeout_s: float = 5.0) -> Anthropic:
    """The adapter's SDK side; nothing is sent before ``send``."""
    return Anthropic("claude-haiku-5-5", KEY, base_url, timeout_s)


def reader() -> Reader:
    """The stage, ready to be asked."""
    return Reader(vendor(), PRICE, "account", clock=lambda: NOW)


def question() -> Question:
    """A question over one page."""
    return extract_question(ACME, WANTED, [Excerpt(1, PAGE.url, PAGE.text)], 256)


def answering(*facts: dict[str, Any]) -> Reply:
    """A good message with these facts."""
    body = orjson.loads(recorded("anthropic", "hit").body)
    body["content"][0]["text"] = json.dumps({"facts": list(facts)})
    return Reply(200, {}, orjson.dumps(body))


def fact(field: str, value: str, quote: str, page: int = 1) -> dict[str, Any]:
    """One fact as the schema asks for it."""
    return {"field": field, "value": value, "quote": quote, "page": page}


async def look_up(*replies: Reply, wanted: frozenset[str] = WANTED, pages: tuple[Page, ...] = (PAGE,)) -> Finding:
    """One lookup over recorded replies; ``perform`` hands them out instead of sending."""
    gateway = ScriptedGateway()
    stage = reader()
    left = list(replies)

    class Recorded(Anthropic):
        async def send(self, question: Question) -> Reply:
            return left.pop(0)

    stage = replace(stage, vendor=Recorded("claude-haiku-5-5", KEY, "http://127.0.0.1:9", 5.0))
    return await stage.lookup(Ask("default", ACME, wanted, pages=pages), gateway)


@asynccontextmanager
async def serving(reply: Reply, seen: list[web.Request], bodies: list[Any]) -> AsyncIterator[str]:
    """A server that answers every message with one recorded reply; its address."""

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        bodies.append(await request.json())
        headers = {name: value for name, value in reply.headers.items() if name != "content-type"}
        return web.Response(
            status=reply.status, body=reply.body, headers=headers, content_type=reply.headers["content-type"]
        )

    app = web.Application()
    app.router.add_post("/v1/messages", answer)
    async with TestServer(app) as server:
        yield f"http://{server.host}:{server.port}"


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses."""
    rows = {row if isinstance(row, int) else row[0] for row in STATUSES.outcomes}
    assert rows >= DOCUMENTED
    assert {recorded("anthropic", case).status for case in recorded_cases("anthropic")} >= DOCUMENTED
    assert set(EXPECTED) == set(recorded_cases("anthropic"))


@pytest.mark.parametrize("case", recorded_cases("anthropic"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge, and no reason holds the key."""
    outcome, micros = EXPECTED[case]
    reading = reading_of(vendor().said(recorded("anthropic", case)), PRICE)
    assert (reading.outcome, reading.charged_micros) == (outcome, micros)
    assert bool(reading.reason) == (outcome is not Outcome.HIT)
    assert KEY not in reading.reason


def test_waiting_times_and_limits_are_read() -> None:
    """Retry-After is passed on, an overload has a wait of its own, headers tell the account's limit."""
    assert reading_of(vendor().said(recorded("anthropic", "throttled")), PRICE).retry_after_s == 7.0
    assert reading_of(vendor().said(recorded("anthropic", "overloaded")), PRICE).retry_after_s == 10.0
    assert reading_of(vendor().said(recorded("anthropic", "hit")), PRICE).limits == (Limit(4000, 60.0),)


@pytest.mark.parametrize("case", ["hit", "bad_key", "throttled", "overloaded", "html_502", "error_400", "cut_200"])
async def test_the_sdk_hands_on_what_came(case: str) -> None:
    """Over the wire, status and body arrive as they were sent, whatever the status; the SDK retries nothing."""
    reply, seen, bodies = recorded("anthropic", case), list[web.Request](), list[Any]()
    async with serving(reply, seen, bodies) as address:
        asked = vendor(address)
        got = await asked.send(question())
        await asked.close()
    assert (got.status, got.body) == (reply.status, reply.body)
    assert len(seen) == 1


async def test_the_request_is_what_the_api_documents() -> None:
    """Structured output by schema, no sampling parameters, no forced tool, the key in a header."""
    seen, bodies = list[web.Request](), list[Any]()
    async with serving(recorded("anthropic", "hit"), seen, bodies) as address:
        asked = vendor(address)
        await asked.send(question())
        await asked.close()
    sent = bodies[0]
    assert set(sent) == {"model", "max_tokens", "system", "messages", "output_config"}
    assert sent["output_config"]["format"]["type"] == "json_schema"
    assert sent["output_config"]["format"]["schema"] == dict(question().schema)
    assert KEY in (seen[0].headers.get("authorization", "") + seen[0].headers.get("x-api-key", ""))
    assert seen[0].headers["anthropic-version"] in {"2026-10-21", "2023-06-01"}


async def test_a_lost_connection_is_raised() -> None:
    """Without a whole reply there is nothing to read: the gateway hears of it, and that nothing was sent."""
    asked = vendor("http://127.0.0.1:1")
    with pytest.raises(aiohttp.ClientConnectorError):
        await asked.send(question())
    await asked.close()


async def test_proven_facts_become_claims() -> None:
    """Value, source host, offsets and confidence; the page speaks, not the model."""
    finding = await look_up(recorded("anthropic", "hit"))
    assert finding.outcome is Outcome.HIT
    claims = {claim.field: claim for claim in finding.claims}
    assert claims["company_employee_count"].value == 42
    assert claims["company_industry"].value == "Robotics"
    for claim in claims.values():
        assert (claim.source, claim.provider, claim.confidence) == ("acme.example", "llm", 0.60)
        evidence = claim.evidence[0]
        assert TEXT[evidence.start : evidence.end] == evidence.quote
    assert finding.reason == ""


async def test_what_does_not_follow_is_counted() -> None:
    """A mixed answer keeps what is proven and says what was left out, and why."""
    finding = await look_up(
        answering(
            fact("company_employee_count", "42", "we have 42 employees"),
            fact("company_industry", "Aerospace", "We build industrial robots"),
            fact("company_city", "Leeds", "we have 42 employees"),
        )
    )
    assert [claim.field for claim in finding.claims] == ["company_employee_count"]
    assert finding.reason == "left out: 1 not asked for, 1 value does not follow from its quote"


async def test_an_answer_of_lies_is_a_miss() -> None:
    """When nothing can be proven, nothing was found; the money was spent all the same."""
    finding = await look_up(answering(fact("company_industry", "Aerospace", "We build rockets.")))
    assert (finding.outcome, finding.claims) == (Outcome.MISS, ())
    assert finding.reason == "nothing proven: 1 quote not found"
    assert finding.charged_micros == 114


@pytest.mark.parametrize("case", ["truncated", "refusal", "wrong_schema", "no_text"])
async def test_nonsense_is_no_exception(case: str) -> None:
    """Truncated, refused and misshapen answers are outcomes with a reason."""
    finding = await look_up(recorded("anthropic", case))
    assert finding.outcome is Outcome.NONSENSE
    assert finding.reason


async def test_without_text_or_provable_fields_nothing_is_asked() -> None:
    """No pages, or nothing that text can prove: no call and no cost."""
    assert (await look_up(pages=())).reason == "no text to read"
    assert (await look_up(wanted=frozenset({"company_logo_url", "person_name"}))).outcome is Outcome.MISS


async def test_the_call_reserves_at_least_what_can_be_charged() -> None:
    """The reserved maximum covers a prompt of one token per byte and the longest answer."""
    gateway = ScriptedGateway()
    stage = reader()

    class Recorded(Anthropic):
        async def send(self, question: Question) -> Reply:
            return recorded("anthropic", "truncated")

    stage = replace(stage, vendor=Recorded("claude-haiku-5-5", KEY, "http://127.0.0.1:9", 5.0))
    finding = await stage.lookup(Ask("default", ACME, WANTED, pages=(PAGE,)), gateway)
    call = gateway.calls[0]
    assert call.llm
    assert call.max_micros >= finding.charged_micros > 0
    assert KEY not in call.identity
    assert "claude-haiku-5-5" in call.identity


def given(field: str, value: Any) -> Claim:
    """A value from elsewhere."""
    return Claim(field, value, "crm", "import", 0.9, NOW)


async def test_given_values_are_checked_against_the_pages() -> None:
    """A value that the pages state is confirmed, another contradicted, a third not stated; lies count for nothing."""
    replies = [
        answering(
            fact("company_employee_count", "42", "we have 42 employees"),
            fact("company_founded_year", "1998", "Founded in 1998"),
            fact("company_city", "Leeds", "We are in Leeds."),
        )
    ]

    class Recorded(Anthropic):
        async def send(self, question: Question) -> Reply:
            assert '"1997"' in question.user
            return replies.pop()

    stage = replace(reader(), vendor=Recorded("claude-haiku-5-5", KEY, "http://127.0.0.1:9", 5.0))
    claims = (given("company_employee_count", 42), given("company_founded_year", 1997), given("company_city", "Leeds"))
    wanted = frozenset(claim.field for claim in claims)
    gateway = ScriptedGateway()
    finding = await stage.validate(Ask("default", ACME, wanted, claims=claims, pages=(PAGE,)), gateway)
    assert finding.reason == (
        "confirmed: company_employee_count; contradicted: company_founded_year; not stated: company_city"
    )
    assert {claim.field: claim.value for claim in finding.claims} == {
        "company_employee_count": 42,
        "company_founded_year": 1998,
    }
    assert gateway.calls[0].operation == "anthropic.validate.v1"


async def test_without_values_or_text_nothing_is_checked() -> None:
    """No given value or no page: no call."""
    gateway = ScriptedGateway()
    assert (await reader().validate(Ask("default", ACME, WANTED, pages=(PAGE,)), gateway)).reason == "no value to check"
    claims = (given("company_employee_count", 42),)
    assert (await reader().validate(Ask("default", ACME, WANTED, claims=claims), gateway)).reason == "no text to read"
    assert gateway.calls == []


HIT = orjson.loads(recorded("anthropic", "hit").body)


@arbitrary(json_values(keys_in(HIT)) | spoiled(HIT))
def test_any_json_is_read_without_raising(body: Any) -> None:
    """Whatever the API answers, reading it gives an outcome."""
    for status in (200, 400, 429):
        said = vendor().said(Reply(status, {}, json.dumps(body).encode()))
        assert isinstance(reading_of(said, PRICE).outcome, Outcome)


@arbitrary(json_values(["facts", "field", "value", "quote", "page"]))
def test_any_answer_of_the_model_is_read_without_raising(said: Any) -> None:
    """Whatever stands in the text block, reading it gives an outcome and never a negative charge."""
    body = {**HIT, "content": [{"type": "text", "text": json.dumps(said)}]}
    reading = reading_of(vendor().said(Reply(200, {}, json.dumps(body).encode())), PRICE)
    assert reading.charged_micros >= 0


async def test_a_slow_answer_is_a_time_out() -> None:
    """An answer that does not come in time is the network's time-out, not an SDK's own error."""

    async def dawdle(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    app = web.Application()
    app.router.add_post("/v1/messages", dawdle)
    async with TestServer(app) as server:
        asked = vendor(f"http://{server.host}:{server.port}", timeout_s=0.2)
        with pytest.raises(TimeoutError):
            await asked.send(question())
        await asked.close()
