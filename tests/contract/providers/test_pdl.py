"""The People Data Labs adapter over recorded replies: every documented status, and what is made of good answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Limit, Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Off, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import pdl
from worker.providers.pdl_record import parse

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = pdl.Settings(key="planted-pdl-key-5f0c1d")
CREDIT = SETTINGS.credit_micros
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
ADA = Subject(
    Entity.PERSON,
    "person:linkedin.com/in/adang",
    {"person_linkedin_url": "https://www.linkedin.com/in/adang"},
)

#: Every recorded reply: outcome, credits charged.
EXPECTED = {
    "company_hit": (Outcome.HIT, 1),
    "company_other_domain": (Outcome.HIT, 1),
    "company_sparse": (Outcome.HIT, 1),
    "person_hit": (Outcome.HIT, 1),
    "person_free_plan": (Outcome.HIT, 1),
    "person_other_profile": (Outcome.HIT, 1),
    "miss": (Outcome.MISS, 0),
    "bad_input": (Outcome.BAD_INPUT, 0),
    "bad_key": (Outcome.BAD_CREDENTIALS, 0),
    "no_credits": (Outcome.QUOTA_EXHAUSTED, 0),
    "method_not_allowed": (Outcome.BAD_INPUT, 0),
    "throttled": (Outcome.THROTTLED, 0),
    "error_500": (Outcome.TRANSIENT, 0),
    "error_502": (Outcome.TRANSIENT, 0),
    "error_503": (Outcome.TRANSIENT, 0),
    "error_504": (Outcome.TRANSIENT, 0),
    "html_200": (Outcome.NONSENSE, 0),
    "cut_200": (Outcome.NONSENSE, 0),
}
DOCUMENTED = {200, 400, 401, 402, 404, 405, 429, 500, 502, 503, 504}


async def look_up(subject: Subject, *cases: str, fields: frozenset[str] = frozenset()) -> Finding:
    """One lookup over recorded replies."""
    gateway = ScriptedGateway([recorded("pdl", case) for case in cases])
    return await pdl.lookup(Ask("default", subject, fields), gateway, SETTINGS)


def values(finding: Finding) -> dict[str, Any]:
    """The normalised values of a finding's claims, as the pipeline reads them."""
    return {claim.field: FIELDS[claim.field].normalise(claim.value) for claim in finding.claims}


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses."""
    assert set(pdl.STATUSES.outcomes) == DOCUMENTED
    assert {recorded("pdl", case).status for case in recorded_cases("pdl")} == DOCUMENTED


@pytest.mark.parametrize("case", recorded_cases("pdl"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and its charge, and no reason holds the key."""
    outcome, credits_spent = EXPECTED[case]
    reading = pdl.read(recorded("pdl", case), SETTINGS, NOW)
    assert (reading.outcome, reading.charged_micros) == (outcome, credits_spent * CREDIT)
    assert SETTINGS.key not in reading.reason
    assert bool(reading.reason) == (outcome is not Outcome.HIT)


def test_throttled_waits_for_the_reset_time() -> None:
    """Without Retry-After the wait is the time left until x-ratelimit-reset."""
    assert pdl.read(recorded("pdl", "throttled"), SETTINGS, NOW).retry_after_s == 60.0


def test_limits_are_learned_from_json_text_in_a_header() -> None:
    """The account's own limits come from the reply unless the operator has set some."""
    reply = recorded("pdl", "company_hit")
    assert pdl.read(reply, SETTINGS, NOW).limits == (Limit(100, 60.0),)
    assert pdl.read(reply, pdl.Settings(key="k", learns=False), NOW).limits == ()


def test_more_credits_than_one_are_charged_when_the_header_says_so() -> None:
    """The header is the bill; without it a match costs one credit."""
    body = recorded("pdl", "company_hit").body
    assert pdl.read(Reply(200, {"x-call-credits-spent": "3"}, body), SETTINGS, NOW).charged_micros == 3 * CREDIT
    assert pdl.read(Reply(200, {"x-call-credits-spent": "many"}, body), SETTINGS, NOW).charged_micros == CREDIT


def test_an_echoed_key_is_cut_out() -> None:
    """A provider that repeats the key in its error does not bring it into our reasons."""
    body = orjson.dumps({"error": {"message": f"parameter api_key={SETTINGS.key} is invalid"}})
    assert SETTINGS.key not in pdl.read(Reply(400, {}, body), SETTINGS, NOW).reason


async def test_company_answer() -> None:
    """A flat company answer becomes claims with full addresses, and identifiers for later stages."""
    finding = await look_up(ACME, "company_hit")
    assert finding.outcome is Outcome.HIT
    assert finding.charged_micros == CREDIT
    assert values(finding) == {
        "company_name": "Acme Robotics",
        "company_website": "https://acme.example",
        "company_domain": "acme.example",
        "company_description": "Acme Robotics builds palletising robots for small warehouses.",
        "company_industry": "industrial automation",
        "company_size": "51-200",
        "company_employee_count": 142,
        "company_founded_year": 2011,
        "company_type": "private",
        "company_revenue": "$10M-$25M",
        "company_street": "12 Foundry Lane",
        "company_city": "Leeds",
        "company_region": "England",
        "company_postal_code": "LS1 4AP",
        "company_country": "GB",
        "company_linkedin_url": "https://www.linkedin.com/company/acme-robotics",
        "company_twitter_url": "https://x.com/acmerobotics",
        "company_facebook_url": "https://www.facebook.com/acmerobotics",
        "company_keywords": ("robotics", "warehouse automation"),
    }
    assert finding.identifiers["company_linkedin_url"] == "https://linkedin.com/company/acme-robotics"
    claim = next(claim for claim in finding.claims if claim.field == "company_size")
    assert (claim.source, claim.confidence, claim.evidence[0].path, claim.evidence[0].quote) == (
        "pdl",
        0.95,
        "api:size",
        "51-200",
    )


async def test_person_answer() -> None:
    """A person's answer lies under data; a work address is taken, personal ones are not."""
    finding = await look_up(ADA, "person_hit")
    found = values(finding)
    assert found["person_email"] == "ada@acme.example"
    assert found["person_seniority"] == "vp"
    assert found["person_company_domain"] == "acme.example"
    assert not [claim for claim in finding.claims if "home.example" in str(claim.value)]
    assert not [claim for claim in finding.claims if claim.field.startswith("company_")]


async def test_free_plan_booleans_are_no_values() -> None:
    """Booleans in place of contact data are gaps, and the rest stands."""
    finding = await look_up(ADA, "person_free_plan")
    found = values(finding)
    assert not {"person_email", "person_phone", "person_city"} & found.keys()
    assert found["person_seniority"] == "vp"
    assert found["person_title"] == "VP Sales"


@pytest.mark.parametrize(
    ("subject", "case", "named"),
    [(ACME, "company_other_domain", "acme-bakery.example"), (ADA, "person_other_profile", "adang-7")],
)
async def test_an_answer_about_somebody_else_is_refused(subject: Subject, case: str, named: str) -> None:
    """No claim of a namesake gets through, the reason names it, and the money stays booked."""
    finding = await look_up(subject, case)
    assert finding.outcome is Outcome.MISS
    assert not finding.claims
    assert not finding.identifiers
    assert named in finding.reason
    assert finding.charged_micros == CREDIT


async def test_an_alias_domain_is_the_same_company() -> None:
    """A company that lists the asked domain among its own is accepted under its present one."""
    subject = Subject(Entity.COMPANY, "company:acme-robotics.example", {"company_domain": "acme-robotics.example"})
    assert values(await look_up(subject, "company_hit"))["company_domain"] == "acme.example"


async def test_a_company_under_a_new_domain_is_left_to_the_pipeline() -> None:
    """Asked by website, an answer with the subject's own LinkedIn page is handed on; asked by page, it is not."""
    page = {"company_linkedin_url": "https://www.linkedin.com/company/acme-bakery"}
    finding = await look_up(ACME.knowing(page), "company_other_domain")
    assert values(finding)["company_domain"] == "acme-bakery.example"
    by_page = await look_up(ACME.knowing(page), "miss", "company_other_domain")
    assert (by_page.outcome, by_page.claims) == (Outcome.MISS, ())


async def test_the_second_identifier_is_asked_after_a_miss_only() -> None:
    """A miss is free, so the LinkedIn page is tried behind the website; a hit ends the lookup."""
    both = ACME.knowing({"company_linkedin_url": "https://www.linkedin.com/company/acme-robotics"})
    gateway = ScriptedGateway([recorded("pdl", "miss"), recorded("pdl", "company_hit")])
    finding = await pdl.lookup(Ask("default", both, frozenset()), gateway, SETTINGS)
    assert finding.outcome is Outcome.HIT
    assert ["website" in request.params for request in gateway.requests] == [True, False]
    refused = ScriptedGateway([recorded("pdl", "company_other_domain"), recorded("pdl", "company_hit")])
    await pdl.lookup(Ask("default", both, frozenset()), refused, SETTINGS)
    assert len(refused.calls) == 1


def test_the_question_stays_the_same_when_more_is_known() -> None:
    """The first question does not depend on facts learned later, so its answer is found again."""
    later = ACME.knowing({"company_name": "Acme", "company_linkedin_url": "https://www.linkedin.com/company/acme"})
    assert pdl.questions(later)[0] == pdl.questions(ACME)[0]
    assert pdl.build_call(Entity.COMPANY, pdl.questions(later)[0], SETTINGS) == pdl.build_call(
        Entity.COMPANY, pdl.questions(ACME)[0], SETTINGS
    )


def test_the_call_does_not_hold_the_key() -> None:
    """The key travels in a header; what is kept about the call has its fingerprint."""
    question = pdl.questions(ADA)[0]
    request = pdl.build_request(Entity.PERSON, question, SETTINGS)
    call = pdl.build_call(Entity.PERSON, question, SETTINGS)
    assert request.headers["X-Api-Key"] == SETTINGS.key
    assert SETTINGS.key not in f"{request.url}{request.params}{call}"
    assert call.account
    assert request.url == "https://api.peopledatalabs.com/v5/person/enrich"


def test_a_subject_without_identifiers_cannot_be_asked_about() -> None:
    """The API's minimum is checked before anything is sent."""
    assert pdl.cannot(Subject(Entity.COMPANY, "company:?")) == "no website, LinkedIn page or name"
    assert pdl.cannot(Subject(Entity.PERSON, "person:?", {"person_name": "Ada Ng"}))
    assert (
        pdl.cannot(Subject(Entity.PERSON, "person:?", {"person_name": "Ada Ng", "person_company_name": "Acme"})) is None
    )


@given(json_values(keys_in(orjson.loads(recorded("pdl", "person_hit").body))))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON never raises: it is refused or becomes typed claims."""
    for subject in (ACME, ADA):
        for claim in parse(body, subject, NOW).claims:
            assert isinstance(claim.value, str | int | tuple)


@given(
    spoiled(orjson.loads(recorded("pdl", "company_hit").body)),
    spoiled(orjson.loads(recorded("pdl", "person_hit").body)),
)
def test_good_answers_with_wrong_types_can_be_parsed(company: Any, person: Any) -> None:
    """A known answer with wrong types in some places never raises, and no boolean becomes a value."""
    parsed = (*parse(company, ACME, NOW).claims, *parse(person, ADA, NOW).claims)
    assert not [claim for claim in parsed if isinstance(claim.value, bool)]


@given(json_values(["status", "error", "message", "type"]))
def test_any_reply_can_be_read(body: Any) -> None:
    """Whatever the status and body, reading gives an outcome and never raises."""
    raw = json.dumps(body).encode()
    for status in (200, 299, 302, 400, 404, 429, 500, 999):
        assert pdl.read(Reply(status, {"x-ratelimit-limit": "[", "retry-after": "x"}, raw), SETTINGS, NOW).outcome


class _Settings(dict[str, str]):
    """Settings by name, as the composition root hands them over."""


def test_off_without_a_key_and_when_not_chosen() -> None:
    """The roster says why the provider is not in use."""
    off = pdl.open_provider(_Settings())
    assert isinstance(off, Off)
    assert "LINKEDIN_API_KEY" in off.reason
    other = pdl.open_provider(_Settings(LINKEDIN_API_KEY="k", LINKEDIN_PROVIDER="enrich_layer"))
    assert isinstance(other, Off)
    assert other.reason == "LINKEDIN_PROVIDER is enrich_layer"


async def test_settings_reach_the_wire() -> None:
    """Address, key, price and likelihood come from the settings by their names."""
    provider = pdl.open_provider(
        _Settings(
            PDL_API_KEY="k2", PDL_BASE_URL="http://127.0.0.1:9/pdl/v5/", PDL_PRICE_CENTS="10", PDL_MIN_LIKELIHOOD="3"
        )
    )
    assert isinstance(provider, Provider)
    assert provider.max_micros == 100_000
    gateway = ScriptedGateway([recorded("pdl", "company_hit")])
    finding = await provider.lookup(Ask("default", ACME, frozenset()), gateway)
    request = gateway.requests[0]
    assert request.url == "http://127.0.0.1:9/pdl/v5/company/enrich"
    assert dict(request.params) == {"website": "acme.example", "min_likelihood": "3", "titlecase": "true"}
    assert request.headers["X-Api-Key"] == "k2"
    assert finding.charged_micros == 100_000


def test_gives_only_fields_of_the_catalogue() -> None:
    """What the provider says it may fill exists."""
    provider = pdl.open_provider(_Settings(LINKEDIN_API_KEY="k"))
    assert isinstance(provider, Provider)
    assert provider.gives <= FIELDS.keys()
