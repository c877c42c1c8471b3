"""The SearXNG adapter over recorded replies: every documented status, and what is made of good answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Off, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import searxng
from worker.providers.searching import parsed

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ACME = Subject(
    Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example", "company_name": "Acme Robotics Ltd"}
)
ADA = Subject(Entity.PERSON, "person:ada", {"person_name": "Ada Ng", "person_company_name": "Acme Robotics Ltd"})
EXPECTED = {
    "hit": Outcome.HIT,
    "hit_no_infobox": Outcome.HIT,
    "person_hit": Outcome.HIT,
    "other_infobox": Outcome.HIT,
    "some_engines_silent": Outcome.HIT,
    "empty": Outcome.MISS,
    "engines_silent": Outcome.TRANSIENT,
    "json_off": Outcome.BAD_CREDENTIALS,
    "no_query": Outcome.BAD_INPUT,
    "limited": Outcome.THROTTLED,
    "html_200": Outcome.NONSENSE,
    "error_500": Outcome.TRANSIENT,
    "error_502": Outcome.TRANSIENT,
    "error_503": Outcome.TRANSIENT,
    "error_504": Outcome.TRANSIENT,
}


def provider() -> Provider:
    """The adapter as the roster opens it."""
    opened = searxng.open_provider({"SEARCH_URL": "http://search.example/"})
    assert isinstance(opened, Provider)
    return opened


async def look_up(subject: Subject, case: str) -> Finding:
    """One lookup over a recorded reply."""
    return await provider().lookup(Ask("default", subject, frozenset()), ScriptedGateway([recorded("searxng", case)]))


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table and the recordings name the documented statuses."""
    documented = {200, 400, 403, 429, 500, 502, 503, 504}
    assert set(searxng.STATUSES.outcomes) == documented
    assert {recorded("searxng", case).status for case in recorded_cases("searxng")} == documented


@pytest.mark.parametrize("case", recorded_cases("searxng"))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome, costs nothing, and anything but a hit has a reason."""
    reading = searxng.read(recorded("searxng", case), NOW)
    assert reading.outcome is EXPECTED[case]
    assert reading.charged_micros == 0
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)


def test_json_switched_off_is_told_to_the_operator() -> None:
    """The 403 of an instance without JSON names what to change and where."""
    assert "search.formats" in searxng.read(recorded("searxng", "json_off"), NOW).reason


def test_silent_engines_are_named() -> None:
    """An empty answer because engines were blocked says which and why."""
    reason = searxng.read(recorded("searxng", "engines_silent"), NOW).reason
    assert "google: CAPTCHA" in reason
    assert "brave: timeout" in reason


async def test_the_request() -> None:
    """The query is made of the subject's own identifier, and JSON is asked for."""
    gateway = ScriptedGateway([recorded("searxng", "hit")])
    await provider().lookup(Ask("default", ACME, frozenset()), gateway)
    assert gateway.requests[0].url == "http://search.example/search"
    assert gateway.requests[0].params["q"] == "acme.example company"
    assert gateway.requests[0].params["format"] == "json"


async def test_results_and_infobox_become_claims() -> None:
    """Facts come from the infobox, and from titles and addresses that agree; each names its page."""
    finding = await look_up(ACME, "hit")
    found = {(claim.field, claim.source): FIELDS[claim.field].normalise(claim.value) for claim in finding.claims}
    panel = "encyclopedia.example"
    assert found == {
        ("company_name", panel): "Acme Robotics",
        ("company_website", panel): "https://www.acme.example",
        ("company_domain", panel): "acme.example",
        ("company_description", panel): (
            "Acme Robotics is a British maker of palletising robots for small warehouses."
        ),
        ("company_founded_year", panel): 2011,
        ("company_city", panel): "Leeds",
        ("company_country", panel): "GB",
        ("company_employee_count", panel): 1142,
        ("company_industry", panel): "industrial automation",
        ("company_linkedin_url", panel): "https://www.linkedin.com/company/acme-robotics",
        ("company_website", "acme.example"): "https://www.acme.example",
        ("company_domain", "acme.example"): "acme.example",
        ("company_name", "acme.example"): "Acme Robotics",
        ("company_linkedin_url", "uk.linkedin.com"): "https://www.linkedin.com/company/acme-robotics",
        ("company_name", "uk.linkedin.com"): "Acme Robotics",
        ("company_twitter_url", "twitter.com"): "https://x.com/acmerobotics",
    }
    assert {claim.confidence for claim in finding.claims} == {0.70}
    assert all(claim.evidence[0].url and claim.evidence[0].quote for claim in finding.claims)
    assert not finding.identifiers


async def test_facts_of_other_pages_are_leads_only() -> None:
    """Nothing is read out of a directory's snippet."""
    finding = await look_up(ACME, "hit")
    assert not [claim for claim in finding.claims if claim.source == "directory.example" or claim.value == "1987"]
    assert {page.url for page in finding.pages} == {
        "https://www.acme.example/",
        "https://uk.linkedin.com/company/acme-robotics",
        "https://twitter.com/acmerobotics",
    }


async def test_namesakes_are_not_claimed() -> None:
    """Two profiles of the same short name, neither of which mentions the site, are none."""
    subject = Subject(
        Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example", "company_name": "Acme"}
    )
    finding = await look_up(subject, "hit_no_infobox")
    assert {claim.field for claim in finding.claims} == {"company_website", "company_domain"}


async def test_an_infobox_about_another_company_is_refused() -> None:
    """The reason names whom the infobox is about."""
    finding = await look_up(ACME, "other_infobox")
    assert finding.outcome is Outcome.MISS
    assert "acme-bakery.example" in finding.reason
    assert not finding.claims


async def test_a_person_is_the_one_at_the_asked_company() -> None:
    """Of two people of one name the one whose result mentions the employer is taken."""
    finding = await look_up(ADA, "person_hit")
    assert {claim.field: claim.value for claim in finding.claims} == {
        "person_linkedin_url": "https://www.linkedin.com/in/ada-ng-4b1a2",
        "person_name": "Ada Ng",
        "person_title": "VP Sales",
        "person_company_name": "Acme Robotics",
    }


def test_off_without_an_address() -> None:
    """The roster says what is missing."""
    off = searxng.open_provider({})
    assert isinstance(off, Off)
    chosen = searxng.open_provider({"SEARCH_PROVIDER": "searxng"})
    assert isinstance(chosen, Off)
    assert chosen.reason == "no SEARCH_URL"
    other = searxng.open_provider({"SEARCH_PROVIDER": "brave", "SEARCH_URL": "http://search.example"})
    assert isinstance(other, Off)
    assert other.reason == "SEARCH_PROVIDER is brave"


GOOD = orjson.loads(recorded("searxng", "hit").body)


@given(json_values(keys_in(GOOD)) | spoiled(GOOD))
def test_anything_can_be_parsed(body: Any) -> None:
    """Arbitrary JSON, and a good answer with wrong types in it, never raises."""
    for subject in (ACME, ADA):
        parsed(searxng.found_in(body), subject, "searxng", NOW)


@given(json_values(["results", "unresponsive_engines", "infoboxes"]))
def test_any_body_can_be_read(body: Any) -> None:
    """Whatever a 200 holds, it has an outcome."""
    assert searxng.read(Reply(200, {}, json.dumps(body).encode()), NOW).outcome
