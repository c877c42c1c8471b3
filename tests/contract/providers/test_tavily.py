"""The Tavily adapter over recorded replies: both modes, every documented status, and what is made of good answers."""

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
from worker.providers import tavily
from worker.providers.searching import parsed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KEY = "tvly-planted-key-5f0c1d"
PRICE = 8_000
EXPECTED = {
    "hit": (Outcome.HIT, PRICE),
    "hit_keyless": (Outcome.HIT, PRICE),
    "empty": (Outcome.MISS, PRICE),
    "bad_input": (Outcome.BAD_INPUT, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "forbidden": (Outcome.BAD_CREDENTIALS, 0),
    "plan_limit": (Outcome.QUOTA_EXHAUSTED, 0),
    "payg_limit": (Outcome.QUOTA_EXHAUSTED, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "throttled_keyless": (Outcome.THROTTLED, 0),
    "html_200": (Outcome.NONSENSE, 0),
    **{f"error_{status}": (Outcome.TRANSIENT, 0) for status in (500, 502, 503, 504)},
}


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table and the recordings name the documented statuses."""
    documented = {200, 400, 401, 403, 429, 432, 433, 500, 502, 503, 504}
    assert set(tavily.STATUSES.outcomes) == documented
    assert {recorded("tavily", case).status for case in recorded_cases("tavily")} == documented


@pytest.mark.parametrize("case", recorded_cases("tavily"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge, in either envelope."""
    reading = tavily.read(recorded("tavily", case), KEY, PRICE, NOW)
    assert (reading.outcome, reading.charged_micros) == EXPECTED[case]
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)
    assert reading.retry_after_s == (42.0 if case == "throttled_keyless" else None)


async def test_results_become_claims() -> None:
    """Titles and addresses that agree are claimed; the request holds the key in its header only."""
    finding, gateway = await look_up(opened(tavily.open_provider, {"TAVILY_API_KEY": KEY}), "hit")
    assert normalised(finding) == {
        "company_name": {"Acme Robotics"},
        "company_website": {"https://acme.example"},
        "company_domain": {"acme.example"},
        "company_linkedin_url": {"https://www.linkedin.com/company/acme-robotics"},
    }
    request = gateway.requests[0]
    assert request.url == "https://api.tavily.com/search"
    assert request.headers["Authorization"] == f"Bearer {KEY}"
    assert orjson.loads(request.body or b"")["query"] == "acme.example company"
    assert KEY not in repr(gateway.calls)


async def test_the_keyless_mode_costs_nothing() -> None:
    """Chosen by name without a key, it says so in a header and no account is kept."""
    provider = opened(tavily.open_provider, {"SEARCH_PROVIDER": "tavily"})
    finding, gateway = await look_up(provider, "hit_keyless")
    assert (finding.outcome, finding.charged_micros, provider.max_micros, provider.account) == (Outcome.HIT, 0, 0, "")
    assert gateway.requests[0].headers["X-Tavily-Access-Mode"] == "keyless"
    assert "Authorization" not in gateway.requests[0].headers


async def test_an_answer_about_somebody_else_claims_nothing() -> None:
    """Paid for, but nothing agrees with the subject."""
    finding, _ = await look_up(opened(tavily.open_provider, {"TAVILY_API_KEY": KEY}), "hit", NOBODY)
    assert (finding.outcome, finding.claims, finding.charged_micros) == (Outcome.MISS, (), PRICE)


def test_off_unless_chosen() -> None:
    """Without a key the keyless mode is used only when asked for by name."""
    assert off_reason(tavily.open_provider, {}) == "no SEARCH_PROVIDER, SEARCH_URL or key"


GOOD = orjson.loads(recorded("tavily", "hit").body)


@given(json_values(keys_in(GOOD)) | spoiled(GOOD))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON, and a good answer with wrong types in it, never raises."""
    parsed(tavily.found_in(body), ACME, "tavily", NOW)


@given(json_values(["error", "detail", "results", "usage", "credits", "retry_after_seconds"]))
def test_any_reply_can_be_read(body: Any) -> None:
    """Whatever the status and body, there is an outcome, a bounded charge and a bounded wait."""
    for status in (200, 301, 400, 429, 432, 500):
        reading = tavily.read(Reply(status, {}, json.dumps(body).encode()), KEY, PRICE, NOW)
        assert 0 <= reading.charged_micros <= 100 * PRICE
        assert reading.retry_after_s is None or reading.retry_after_s >= 0
