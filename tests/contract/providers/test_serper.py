"""The Serper adapter over recorded replies: every documented status, and what is made of good answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.search_contract import ACME, NOBODY, look_up, normalised, off_reason, opened
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.providers import serper
from worker.providers.searching import parsed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KEY = "planted-serper-key-5f0c1d"
PRICE = 1_000
EXPECTED = {
    "hit": (Outcome.HIT, PRICE),
    "hit_two_credits": (Outcome.HIT, 2 * PRICE),
    "empty": (Outcome.MISS, PRICE),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "unauthorized": (Outcome.BAD_CREDENTIALS, 0),
    "no_credits": (Outcome.QUOTA_EXHAUSTED, 0),
    "bad_input": (Outcome.BAD_INPUT, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "cut_200": (Outcome.NONSENSE, 0),
    **{f"error_{status}": (Outcome.TRANSIENT, 0) for status in (500, 502, 503, 504)},
}


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table and the recordings name the documented statuses."""
    documented = {200, 400, 401, 403, 429, 500, 502, 503, 504}
    assert set(serper.STATUSES.outcomes) == documented | {(400, serper.NO_CREDITS)}
    assert {recorded("serper", case).status for case in recorded_cases("serper")} == documented


@pytest.mark.parametrize("case", recorded_cases("serper"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge; failures are free."""
    reading = serper.read(recorded("serper", case), KEY, PRICE, NOW)
    assert (reading.outcome, reading.charged_micros) == EXPECTED[case]
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)
    assert reading.retry_after_s == (2.0 if case == "throttled" else None)


async def test_results_and_knowledge_graph_become_claims() -> None:
    """The graph's attributes become facts with its own page as their source."""
    finding, gateway = await look_up(opened(serper.open_provider, {"SERPER_API_KEY": KEY}), "hit")
    found = normalised(finding)
    assert found["company_founded_year"] == {2011}
    assert found["company_employee_count"] == {142}
    assert found["company_name"] == {"Acme Robotics"}
    assert found["company_linkedin_url"] == {"https://www.linkedin.com/company/acme-robotics"}
    phone = next(claim for claim in finding.claims if claim.field == "company_phone")
    assert (phone.value, phone.source) == ("0113 496 0000", "encyclopedia.example")
    request = gateway.requests[0]
    assert (request.method, request.url) == ("POST", "https://google.serper.dev/search")
    assert orjson.loads(request.body or b"") == {"q": "acme.example company", "hl": "en", "num": 10}
    assert request.headers["X-API-KEY"] == KEY
    assert KEY not in repr(gateway.calls)


async def test_an_answer_about_somebody_else_claims_nothing() -> None:
    """Paid for, but nothing agrees with the subject."""
    finding, _ = await look_up(opened(serper.open_provider, {"SERPER_API_KEY": KEY}), "hit", NOBODY)
    assert (finding.outcome, finding.claims, finding.charged_micros) == (Outcome.MISS, (), PRICE)


def test_settings() -> None:
    """Off without a key; the shared key counts only for the first chosen engine."""
    assert off_reason(serper.open_provider, {"SEARCH_PROVIDER": "serper"}) == "no SERPER_API_KEY or SEARCH_API_KEY"
    shared = {"SEARCH_PROVIDER": "brave,serper", "SEARCH_API_KEY": "k"}
    assert "no SERPER_API_KEY" in off_reason(serper.open_provider, shared)
    assert opened(serper.open_provider, {"SEARCH_PROVIDER": "serper", "SEARCH_API_KEY": "k"}).max_micros == PRICE


GOOD = orjson.loads(recorded("serper", "hit").body)


@given(json_values(keys_in(GOOD)) | spoiled(GOOD))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON, and a good answer with wrong types in it, never raises."""
    parsed(serper.found_in(body), ACME, "serper", NOW)


@given(json_values(["message", "organic", "knowledgeGraph", "credits"]))
def test_any_reply_can_be_read(body: Any) -> None:
    """Whatever the status and body, there is an outcome and a charge within bounds."""
    for status in (200, 301, 400, 429, 500):
        reading = serper.read(Reply(status, {}, json.dumps(body).encode()), KEY, PRICE, NOW)
        assert 0 <= reading.charged_micros <= 100 * PRICE
