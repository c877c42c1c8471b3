"""The LLM stage over OpenAI and compatible servers: every documented status, and the SDK on the wire."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.subject import Entity, Subject
from worker.providers.llm_openai import STATUSES, Chat, Responses
from worker.providers.llm_packing import Excerpt
from worker.providers.llm_prices import PRICES
from worker.providers.llm_question import Question, extract_question
from worker.providers.llm_reply import reading_of

KEY = "planted-llm-key-5f0c1d"
PRICE = PRICES["gpt-6-luna"]
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})

#: Every recorded reply: outcome, micro-dollars charged at gpt-6-luna's price.
OPENAI = {
    "hit": (Outcome.HIT, 114),
    "hit_cached": (Outcome.HIT, 42),
    "miss": (Outcome.MISS, 114),
    "truncated": (Outcome.NONSENSE, 114),
    "filtered": (Outcome.NONSENSE, 114),
    "failed": (Outcome.TRANSIENT, 114),
    "refusal": (Outcome.NONSENSE, 114),
    "wrong_schema": (Outcome.NONSENSE, 114),
    "error_400": (Outcome.BAD_INPUT, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "forbidden": (Outcome.BAD_CREDENTIALS, 0),
    "no_model": (Outcome.BAD_CREDENTIALS, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "slow_down": (Outcome.THROTTLED, 0),
    "no_quota": (Outcome.QUOTA_EXHAUSTED, 0),
    "no_credit": (Outcome.QUOTA_EXHAUSTED, 0),
    "spend_limit_organization": (Outcome.QUOTA_EXHAUSTED, 0),
    "spend_limit_project": (Outcome.QUOTA_EXHAUSTED, 0),
    "usage_limit": (Outcome.QUOTA_EXHAUSTED, 0),
    "error_500": (Outcome.TRANSIENT, 0),
    "overloaded": (Outcome.THROTTLED, 0),
}
COMPATIBLE = {
    "hit": (Outcome.HIT, 114),
    "hit_fenced": (Outcome.HIT, 114),
    "hit_no_usage": (Outcome.HIT, 0),
    "miss": (Outcome.MISS, 114),
    "truncated": (Outcome.NONSENSE, 114),
    "filtered": (Outcome.NONSENSE, 114),
    "refusal": (Outcome.NONSENSE, 114),
    "no_choice": (Outcome.NONSENSE, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "no_model": (Outcome.BAD_CREDENTIALS, 0),
    "error_500": (Outcome.TRANSIENT, 0),
    "overloaded": (Outcome.THROTTLED, 0),
}
DOCUMENTED = {200, 400, 401, 403, 404, 429, 500, 503}
DOCUMENTED_CODES = {
    "insufficient_quota",
    "credit_balance_exhausted",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
}


def question() -> Question:
    """A question over one page."""
    excerpt = Excerpt(1, "https://acme.example/about", "We build industrial robots. Here we have 42 employees.")
    return extract_question(ACME, ["company_industry", "company_employee_count"], [excerpt], 256)


def responses(base_url: str = "http://127.0.0.1:9") -> Responses:
    """OpenAI's side of the adapter."""
    return Responses("gpt-6-luna", KEY, base_url, 5.0)


def chat(base_url: str = "http://127.0.0.1:9") -> Chat:
    """The side for compatible servers, which take no key."""
    return Chat("local-model", "", base_url, 5.0)


@asynccontextmanager
async def serving(path: str, reply: Reply, seen: list[tuple[str, Any]]) -> AsyncIterator[str]:
    """A server with one recorded reply; its address."""

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("authorization", ""), await request.json()))
        headers = {name: value for name, value in reply.headers.items() if name != "content-type"}
        return web.Response(status=reply.status, body=reply.body, headers=headers, content_type="application/json")

    app = web.Application()
    app.router.add_post(path, answer)
    async with TestServer(app) as server:
        yield f"http://{server.host}:{server.port}/v1"


def test_every_documented_status_and_code_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses and codes."""
    assert {row for row in STATUSES.outcomes if isinstance(row, int)} >= DOCUMENTED
    assert {row[1] for row in STATUSES.outcomes if isinstance(row, tuple)} == DOCUMENTED_CODES
    assert {recorded("openai", case).status for case in recorded_cases("openai")} == DOCUMENTED
    assert set(OPENAI) == set(recorded_cases("openai"))
    assert set(COMPATIBLE) == set(recorded_cases("openai_compatible"))


@pytest.mark.parametrize("case", sorted(OPENAI))
def test_reading_openai(case: str) -> None:
    """Each recorded reply of Responses has its outcome and charge; no reason holds the key."""
    reading = reading_of(responses().said(recorded("openai", case)), PRICE)
    assert (reading.outcome, reading.charged_micros) == OPENAI[case]
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)
    assert KEY not in reading.reason


@pytest.mark.parametrize("case", sorted(COMPATIBLE))
def test_reading_compatible_servers(case: str) -> None:
    """Each recorded reply of Chat Completions has its outcome and charge, with usage or without."""
    reading = reading_of(chat().said(recorded("openai_compatible", case)), PRICE)
    assert (reading.outcome, reading.charged_micros) == COMPATIBLE[case]


def test_retry_after_is_passed_on() -> None:
    """A throttled account waits as long as it is told."""
    assert reading_of(responses().said(recorded("openai", "throttled")), PRICE).retry_after_s == 3.0


@pytest.mark.parametrize("case", ["hit", "bad_key", "throttled", "no_quota", "overloaded"])
async def test_responses_on_the_wire(case: str) -> None:
    """The request has the documented shape, nothing is stored, and the reply arrives as it was sent, asked once."""
    seen: list[tuple[str, Any]] = []
    async with serving("/v1/responses", recorded("openai", case), seen) as address:
        asked = responses(address)
        got = await asked.send(question())
        await asked.close()
    assert (got.status, got.body) == (recorded("openai", case).status, recorded("openai", case).body)
    ((authorization, sent),) = seen
    assert authorization == f"Bearer {KEY}"
    assert sent["store"] is False
    assert sent["text"]["format"]["schema"] == dict(question().schema)
    assert "temperature" not in sent


@pytest.mark.parametrize("case", ["hit", "error_500"])
async def test_chat_on_the_wire(case: str) -> None:
    """Compatible servers get Chat Completions with a JSON schema."""
    seen: list[tuple[str, Any]] = []
    async with serving("/v1/chat/completions", recorded("openai_compatible", case), seen) as address:
        asked = chat(address)
        got = await asked.send(question())
        await asked.close()
    assert got.status == recorded("openai_compatible", case).status
    ((_, sent),) = seen
    assert sent["response_format"]["json_schema"]["schema"] == dict(question().schema)
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]


async def test_a_lost_connection_is_raised() -> None:
    """Without a whole reply there is nothing to read: the gateway hears of it, and that nothing was sent."""
    asked = responses("http://127.0.0.1:1/v1")
    with pytest.raises(aiohttp.ClientConnectorError):
        await asked.send(question())
    await asked.close()


HIT = orjson.loads(recorded("openai", "hit").body)
LOCAL = orjson.loads(recorded("openai_compatible", "hit").body)


@given(json_values(keys_in(HIT)) | spoiled(HIT) | spoiled(LOCAL))
def test_any_json_is_read_without_raising(body: Any) -> None:
    """Whatever a server answers, reading it gives an outcome."""
    for status in (200, 429, 500):
        reply = Reply(status, {}, json.dumps(body).encode())
        for asked in (responses(), chat()):
            assert isinstance(reading_of(asked.said(reply), PRICE).outcome, Outcome)
