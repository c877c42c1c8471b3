"""The Brave Search adapter over recorded replies: every documented status, and what is made of good answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.search_contract import ACME, NOBODY, look_up, normalised, off_reason, opened
from worker.domain.call import Limit, Reply
from worker.domain.finding import Outcome
from worker.providers import brave
from worker.providers.searching import parsed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
KEY = "planted-brave-key-5f0c1d"
PRICE = 5_000
OPTIONS = {"BRAVE_API_KEY": KEY}
EXPECTED = {
    "hit": (Outcome.HIT, PRICE),
    "empty": (Outcome.MISS, PRICE),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "bad_input": (Outcome.BAD_INPUT, 0),
    "no_subscription": (Outcome.BAD_CREDENTIALS, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "no_quota": (Outcome.QUOTA_EXHAUSTED, 0),
    "html_200": (Outcome.NONSENSE, 0),
    **{f"error_{status}": (Outcome.TRANSIENT, 0) for status in (500, 502, 503, 504)},
}


def test_every_documented_status_and_code_has_a_row_and_a_recording() -> None:
    """Status and code together tell a wrong key from wrong input and the pace from the quota."""
    codes = {(422, "SUBSCRIPTION_TOKEN_INVALID"), (422, "VALIDATION"), (404, "SUBSCRIPTION_NOT_FOUND")}
    codes |= {(429, "RATE_LIMITED"), (429, "QUOTA_LIMITED")}
    assert set(brave.STATUSES.outcomes) == codes | {200, 422, 429, 500, 502, 503, 504}
    bodies = [recorded("brave", case) for case in recorded_cases("brave")]
    told = {(reply.status, orjson.loads(reply.body)["error"]["code"]) for reply in bodies if 400 <= reply.status < 500}
    assert told == codes


@pytest.mark.parametrize("case", recorded_cases("brave"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge; only a 200 is billed."""
    reading = brave.read(recorded("brave", case), KEY, PRICE, True, NOW)
    assert (reading.outcome, reading.charged_micros) == EXPECTED[case]
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)


def test_waits_and_limits_come_from_comma_lists() -> None:
    """The first entry is the second's window, the last the month's; a month is no pace to keep."""
    throttled = brave.read(recorded("brave", "throttled"), KEY, PRICE, True, NOW)
    assert (throttled.retry_after_s, throttled.limits) == (1.0, (Limit(50, 1.0),))
    assert brave.read(recorded("brave", "no_quota"), KEY, PRICE, True, NOW).retry_after_s == 1_419_704.0
    assert brave.read(recorded("brave", "hit"), KEY, PRICE, False, NOW).limits == ()


async def test_results_and_infobox_become_claims() -> None:
    """Markup is taken away and the infobox is tied by its website."""
    finding, gateway = await look_up(opened(brave.open_provider, OPTIONS), "hit")
    assert normalised(finding) == {
        "company_name": {"Acme Robotics"},
        "company_website": {"https://acme.example"},
        "company_domain": {"acme.example"},
        "company_description": {"Acme Robotics is a British maker of palletising robots."},
        "company_founded_year": {2011},
        "company_city": {"Leeds"},
        "company_country": {"GB"},
        "company_linkedin_url": {"https://www.linkedin.com/company/acme-robotics"},
    }
    assert finding.charged_micros == PRICE
    request = gateway.requests[0]
    assert request.url == "https://api.search.brave.com/res/v1/web/search"
    assert dict(request.params) == {"q": "acme.example company", "count": "10", "search_lang": "en"}
    assert request.headers["X-Subscription-Token"] == KEY
    assert KEY not in repr(gateway.calls)


async def test_an_answer_about_somebody_else_claims_nothing() -> None:
    """Paid for, but nothing agrees with the subject."""
    finding, _ = await look_up(opened(brave.open_provider, OPTIONS), "hit", NOBODY)
    assert (finding.outcome, finding.claims, finding.charged_micros) == (Outcome.MISS, (), PRICE)
    assert "acme.example" in finding.reason


def test_settings() -> None:
    """On with a key of its own or the search stage's, with its price and address."""
    assert off_reason(brave.open_provider, {"SEARCH_PROVIDER": "brave"}) == "no BRAVE_API_KEY or SEARCH_API_KEY"
    assert "SEARCH_PROVIDER is searxng" in off_reason(brave.open_provider, {"SEARCH_URL": "http://s.example"})
    assert opened(brave.open_provider, {"SEARCH_API_KEY": "k", "BRAVE_PRICE_CENTS": "0.3"}).max_micros == 3_000


GOOD = orjson.loads(recorded("brave", "hit").body)


@given(json_values(keys_in(GOOD)) | spoiled(GOOD))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON, and a good answer with wrong types in it, never raises."""
    parsed(brave.found_in(body), ACME, "brave", NOW)


@given(json_values(["error", "code", "detail", "type", "web", "results"]))
def test_any_reply_can_be_read(body: Any) -> None:
    """Whatever the status, body and headers, there is an outcome."""
    headers = {"x-ratelimit-policy": "²;w=²,;w=,1;w=0", "x-ratelimit-reset": ", x"}
    for status in (200, 301, 404, 422, 429, 500):
        assert brave.read(Reply(status, headers, json.dumps(body).encode()), KEY, PRICE, True, NOW).outcome
