"""The Enrich Layer adapter over recorded replies: every documented status, and what is made of good answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import ScriptedGateway
from tests.support.search_contract import normalised, off_reason, opened
from worker.domain.call import Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask
from worker.domain.subject import Entity, Subject
from worker.providers import enrich_layer
from worker.providers.enrich_layer_record import parse, size_text

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = enrich_layer.Settings(key="planted-layer-key-5f0c1d")
CREDIT = SETTINGS.credit_micros
BY_PAGE = Subject(
    Entity.COMPANY,
    "company:linkedin.com/company/acme-robotics",
    {"company_linkedin_url": "https://www.linkedin.com/company/acme-robotics"},
)
BY_DOMAIN = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
ADA = Subject(Entity.PERSON, "person:ada", {"person_name": "Dr. Ada Ng", "person_company_domain": "acme.example"})
PAGE = enrich_layer.page_question(BY_PAGE)
RESOLVE = enrich_layer.resolve_question(BY_DOMAIN)
EXPECTED = {
    "company_hit": (Outcome.HIT, 1),
    "company_large": (Outcome.HIT, 1),
    "company_other_domain": (Outcome.HIT, 1),
    "profile_hit": (Outcome.HIT, 1),
    "resolve_hit": (Outcome.HIT, 2),
    "resolve_profile_hit": (Outcome.HIT, 2),
    "resolve_empty": (Outcome.MISS, 2),
    "bad_input": (Outcome.BAD_INPUT, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "no_credits": (Outcome.QUOTA_EXHAUSTED, 0),
    "miss": (Outcome.MISS, 0),
    "gone": (Outcome.MISS, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "error_500": (Outcome.TRANSIENT, 0),
    "error_503": (Outcome.TRANSIENT, 0),
    "html_200": (Outcome.NONSENSE, 0),
}


async def look_up(subject: Subject, *cases: str) -> tuple[Finding, ScriptedGateway]:
    """One lookup over recorded replies, and what was sent."""
    gateway = ScriptedGateway([recorded("enrich_layer", case) for case in cases])
    return await enrich_layer.lookup(Ask("default", subject, frozenset()), gateway, SETTINGS), gateway


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table and the recordings name the documented statuses."""
    documented = {200, 400, 401, 403, 404, 410, 429, 500, 503}
    assert set(enrich_layer.STATUSES.outcomes) == documented
    assert {recorded("enrich_layer", case).status for case in recorded_cases("enrich_layer")} == documented


@pytest.mark.parametrize("case", recorded_cases("enrich_layer"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge; errors are free."""
    question = RESOLVE if case.startswith("resolve") else PAGE
    assert question is not None
    reading = enrich_layer.read(recorded("enrich_layer", case), question, SETTINGS, NOW)
    outcome, price = EXPECTED[case]
    assert (reading.outcome, reading.charged_micros) == (outcome, price * CREDIT)
    assert bool(reading.reason) == (outcome is not Outcome.HIT)


async def test_company_answer() -> None:
    """A company's answer becomes claims; the size is a band."""
    finding, gateway = await look_up(BY_PAGE, "company_hit")
    assert normalised(finding) == {
        "company_name": {"Acme Robotics"},
        "company_website": {"https://www.acme.example"},
        "company_domain": {"acme.example"},
        "company_description": {"Acme Robotics builds palletising robots for small warehouses."},
        "company_industry": {"Automation Machinery Manufacturing"},
        "company_size": {"51-200"},
        "company_employee_count": {142},
        "company_type": {"private"},
        "company_founded_year": {2011},
        "company_street": {"12 Foundry Lane"},
        "company_city": {"Leeds"},
        "company_region": {"England"},
        "company_postal_code": {"LS1 4AP"},
        "company_country": {"GB"},
        "company_keywords": {("robotics", "palletising")},
        "company_linkedin_url": {"https://www.linkedin.com/company/acme-robotics"},
    }
    assert finding.charged_micros == CREDIT
    request = gateway.requests[0]
    assert request.url == "https://enrichlayer.com/api/v2/company"
    assert request.params["use_cache"] == "if-present"
    assert SETTINGS.key not in repr(gateway.calls) + repr(request.params)


async def test_a_domain_is_resolved_first() -> None:
    """Without a page two calls are made and both are paid for."""
    finding, gateway = await look_up(BY_DOMAIN, "resolve_hit", "company_hit")
    assert finding.outcome is Outcome.HIT
    assert finding.charged_micros == 3 * CREDIT
    assert [call.operation for call in gateway.calls] == ["company.resolve", "company"]
    assert gateway.requests[1].params["url"] == "https://www.linkedin.com/company/acme-robotics"


@pytest.mark.parametrize(
    ("case", "outcome", "price"),
    [("resolve_empty", Outcome.MISS, 2), ("miss", Outcome.MISS, 0), ("throttled", Outcome.THROTTLED, 0)],
)
async def test_a_search_for_the_page_that_fails_ends_the_lookup(case: str, outcome: Outcome, price: int) -> None:
    """The second call is made only with a page in hand."""
    finding, gateway = await look_up(BY_DOMAIN, case)
    assert (finding.outcome, finding.charged_micros, len(gateway.calls)) == (outcome, price * CREDIT, 1)
    assert finding.reason


async def test_another_companys_answer_is_refused() -> None:
    """The domain contradicts: no claim, the reason names it, the money stays booked."""
    finding, _ = await look_up(BY_DOMAIN, "resolve_hit", "company_other_domain")
    assert (finding.outcome, finding.claims, finding.charged_micros) == (Outcome.MISS, (), 3 * CREDIT)
    assert "acme-bakery.example" in finding.reason


async def test_person_answer() -> None:
    """The post that the occupation names is taken, not the one begun last, and no former one."""
    finding, gateway = await look_up(ADA, "resolve_profile_hit", "profile_hit")
    found = normalised(finding)
    assert found["person_title"] == {"VP Sales"}
    assert found["person_company_name"] == {"Acme Robotics"}
    assert found["person_country"] == {"GB"}
    assert finding.identifiers["company_linkedin_url"] == "https://www.linkedin.com/company/acme-robotics"
    assert gateway.requests[0].params == {"first_name": "ada", "last_name": "ng", "company_domain": "acme.example"}


@pytest.mark.parametrize(
    ("ends", "band"),
    [
        ([51, 200], "51-200"),
        ([10001, None], "10001+"),
        ([None, 10], None),
        ([1, "10"], None),
        ([True, 10], None),
        ([1], None),
        ("51-200", None),
    ],
)
def test_size_bands(ends: object, band: str | None) -> None:
    """Only two numbers, or one and null, are a band."""
    assert size_text({"company_size": ends}) == band


def test_subjects_that_cannot_be_asked_about() -> None:
    """A company's name alone is not enough."""
    assert enrich_layer.cannot(Subject(Entity.COMPANY, "company:?", {"company_name": "Acme"}))
    assert enrich_layer.cannot(Subject(Entity.PERSON, "person:?", {"person_name": "Ada"}))
    assert enrich_layer.cannot(ADA) is None


def test_settings() -> None:
    """Chosen by LINKEDIN_PROVIDER or by a key of its own; the price is that of the dearest lookup."""
    assert off_reason(enrich_layer.open_provider, {"LINKEDIN_API_KEY": "k"}) == "LINKEDIN_PROVIDER is pdl"
    provider = opened(enrich_layer.open_provider, {"LINKEDIN_PROVIDER": "enrich_layer", "LINKEDIN_API_KEY": "k"})
    assert provider.max_micros == 3 * CREDIT
    assert provider.gives <= FIELDS.keys()
    assert opened(enrich_layer.open_provider, {"ENRICH_LAYER_API_KEY": "k", "ENRICH_LAYER_PRICE_CENTS": "1"})


COMPANY = orjson.loads(recorded("enrich_layer", "company_hit").body)
PERSON = orjson.loads(recorded("enrich_layer", "profile_hit").body)


@given(json_values(keys_in(COMPANY) | keys_in(PERSON)) | spoiled(COMPANY) | spoiled(PERSON))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON, and good answers with wrong types in them, never raise, and no boolean becomes a value."""
    for subject in (BY_PAGE, BY_DOMAIN, ADA):
        assert not [claim for claim in parse(body, subject, NOW).claims if isinstance(claim.value, bool)]


@given(json_values(["url", "name", "message", "error"]))
def test_any_reply_can_be_read(body: Any) -> None:
    """Whatever the status and body, there is an outcome."""
    assert PAGE is not None
    assert RESOLVE is not None
    for status in (200, 301, 400, 403, 429, 500):
        for question in (PAGE, RESOLVE):
            assert enrich_layer.read(Reply(status, {}, json.dumps(body).encode()), question, SETTINGS, NOW).outcome
