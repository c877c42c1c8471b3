"""The Apollo adapter over recorded replies: every documented status, bulk requests, and phones that come later."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import NOW as ANSWERED
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Reply
from worker.domain.errors import ConfigError
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Off, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import apollo, apollo_bulk
from worker.providers import apollo_wire as wire
from worker.providers.apollo_facts import parse_organization, parse_person, parse_phones, request_id_of
from worker.providers.delivery import Delivered, Unbelieved

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = wire.Settings(key="planted-apollo-key-5f0c1d")
WITH_PHONES = replace(SETTINGS, phones=True, public_url="https://enrich.acme.example")
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
ADA = Subject(
    Entity.PERSON,
    "person:linkedin.com/in/adang",
    {
        "person_linkedin_url": "https://www.linkedin.com/in/adang",
        "person_name": "Ada Ng",
        "person_company_name": "Acme",
    },
)
ADA_ID = "64a000000000000000000001"

#: Every recorded reply: the operation it answers, outcome, credits charged.
EXPECTED = {
    "person_hit": (wire.MATCH, Outcome.HIT, 1),
    "person_contact": (wire.MATCH, Outcome.HIT, 1),
    "person_locked": (wire.MATCH, Outcome.HIT, 1),
    "person_other": (wire.MATCH, Outcome.HIT, 1),
    "person_none": (wire.MATCH, Outcome.MISS, 0),
    "person_absent": (wire.MATCH, Outcome.MISS, 0),
    "organization_hit": (wire.ORGANIZATION, Outcome.HIT, 1),
    "organization_none": (wire.ORGANIZATION, Outcome.MISS, 0),
    "organization_other": (wire.ORGANIZATION, Outcome.HIT, 1),
    "bulk_people": (wire.MATCH, Outcome.MISS, 0),
    "bulk_organizations": (wire.ORGANIZATION, Outcome.MISS, 0),
    "bulk_too_many": (wire.MATCH, Outcome.BAD_INPUT, 0),
    "phones_ready": (wire.PHONES, Outcome.HIT, 8),
    "phones_none": (wire.PHONES, Outcome.MISS, 0),
    "phones_webhook": (wire.PHONES, Outcome.HIT, 8),
    "phones_pending": (wire.PHONES, Outcome.PENDING, 0),
    "phones_unknown": (wire.PHONES, Outcome.MISS, 0),
    "phones_expired": (wire.PHONES, Outcome.MISS, 0),
    "phones_bad_id": (wire.PHONES, Outcome.BAD_INPUT, 0),
    "usage": (wire.MATCH, Outcome.MISS, 0),
    "usage_forbidden": (wire.MATCH, Outcome.BAD_CREDENTIALS, 0),
    "no_credits_403": (wire.MATCH, Outcome.QUOTA_EXHAUSTED, 0),
    "no_credits_422": (wire.MATCH, Outcome.QUOTA_EXHAUSTED, 0),
    "bad_key": (wire.MATCH, Outcome.BAD_CREDENTIALS, 0),
    "html_200": (wire.MATCH, Outcome.NONSENSE, 0),
    "error_400": (wire.MATCH, Outcome.BAD_INPUT, 0),
    "error_422": (wire.ORGANIZATION, Outcome.BAD_INPUT, 0),
    "unknown_error": (wire.MATCH, Outcome.TRANSIENT, 0),
    "throttled": (wire.MATCH, Outcome.THROTTLED, 0),
    "error_500": (wire.MATCH, Outcome.TRANSIENT, 0),
    "error_503": (wire.MATCH, Outcome.TRANSIENT, 0),
}
DOCUMENTED = {200, 400, 401, 403, 404, 410, 422, 429}


async def look_up(
    subject: Subject, *cases: str, fields: frozenset[str] = frozenset(), settings: wire.Settings = SETTINGS
) -> tuple[Finding, ScriptedGateway]:
    """One lookup over recorded replies."""
    gateway = ScriptedGateway([recorded("apollo", case) for case in cases])
    return await apollo.lookup(Ask("default", subject, fields), gateway, settings, lambda: NOW), gateway


def values(finding: Finding) -> dict[str, Any]:
    """The first normalised value of each field."""
    found: dict[str, Any] = {}
    for claim in finding.claims:
        found.setdefault(claim.field, FIELDS[claim.field].normalise(claim.value))
    return found


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses."""
    assert {row for row in wire.STATUSES.outcomes if isinstance(row, int)} >= DOCUMENTED
    assert {recorded("apollo", case).status for case in recorded_cases("apollo")} >= DOCUMENTED
    assert set(EXPECTED) == set(recorded_cases("apollo"))


@pytest.mark.parametrize("case", sorted(EXPECTED))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and charge; no reason holds the key."""
    operation, outcome, spent = EXPECTED[case]
    reading = wire.read(operation, SETTINGS, recorded("apollo", case), NOW)
    assert (reading.outcome, reading.charged_micros) == (outcome, spent * SETTINGS.contact_micros)
    assert bool(reading.reason) == (outcome is not Outcome.HIT)
    assert SETTINGS.key not in reading.reason


def test_waiting_times() -> None:
    """A throttled endpoint and a phone that is looked for say when to come back."""
    waits = [
        wire.read(wire.PHONES, SETTINGS, recorded("apollo", case), NOW).retry_after_s
        for case in ("throttled", "phones_pending")
    ]
    assert waits == [24.0, 10.0]


def test_request_ids_are_read_without_loss() -> None:
    """A signed 64-bit integer keeps its last digit."""
    assert request_id_of(recorded("apollo", "person_hit")) == "-4415218273659164001"
    assert request_id_of(recorded("apollo", "phones_ready")) == "-4415218273659164001"


async def test_a_match_is_asked_in_the_query_string_of_a_post() -> None:
    """No body, the key in its header, ten cents reserved, and the key nowhere else."""
    finding, gateway = await look_up(ADA, "person_hit")
    request, call = gateway.requests[0], gateway.calls[0]
    assert (request.method, request.url, request.body) == ("POST", "https://api.apollo.io/api/v1/people/match", None)
    assert request.params == {"linkedin_url": "https://www.linkedin.com/in/adang"}
    assert request.headers["x-api-key"] == SETTINGS.key
    assert (call.max_micros, call.limits[0].count) == (100_000, 100)
    assert SETTINGS.key not in call.identity + call.account
    found = values(finding)
    assert (found["person_title"], found["person_seniority"], found["person_department"]) == ("VP Sales", "vp", "sales")
    assert found["person_email_status"] == "valid"
    assert finding.charged_micros == 100_000


async def test_a_miss_is_asked_again_by_name_for_nothing() -> None:
    """Nobody found is free, so the second identifier is tried."""
    finding, gateway = await look_up(ADA, "person_none", "person_hit")
    assert gateway.requests[1].params == {"name": "Ada Ng", "organization_name": "Acme"}
    assert finding.outcome is Outcome.HIT


async def test_an_organisation_becomes_claims() -> None:
    """There is no range in the answer: the band follows from the count."""
    finding, gateway = await look_up(ACME, "organization_hit")
    found = values(finding)
    assert (found["company_employee_count"], found["company_size"]) == (120, "51-200")
    assert (found["company_country"], found["company_funding_total"]) == ("GB", 12_500_000)
    assert gateway.requests[0].method == "GET"


@pytest.mark.parametrize(("subject", "case"), [(ADA, "person_other"), (ACME, "organization_other")])
async def test_an_answer_about_somebody_else_is_refused(subject: Subject, case: str) -> None:
    """Another profile, name or domain makes it a miss with the reason."""
    finding, _ = await look_up(subject, case)
    assert (finding.outcome, finding.claims) == (Outcome.MISS, ())
    assert finding.reason


async def test_locked_addresses_and_wrong_numbers_are_no_values() -> None:
    """The placeholder of an address that was not unlocked, and a number known to be wrong, say nothing."""
    locked, _ = await look_up(ADA, "person_locked")
    assert "person_email" not in values(locked)
    contact, _ = await look_up(ADA, "person_contact")
    assert [claim.value for claim in contact.claims if claim.field == "person_phone"] == ["+447700900123"]


PHONE = frozenset({"person_phone"})


async def test_a_phone_is_pending_until_it_is_there() -> None:
    """What is known at once is kept; the number is asked for again later, at the time Apollo names."""
    finding, gateway = await look_up(ADA, "person_hit", "phones_pending", fields=PHONE, settings=WITH_PHONES)
    assert finding.outcome is Outcome.PENDING
    assert finding.retry_at == ANSWERED + timedelta(seconds=10)
    assert values(finding)["person_title"] == "VP Sales"
    assert [call.operation for call in gateway.calls] == [wire.MATCH_PHONE, wire.PHONES]
    assert gateway.requests[0].params["reveal_phone_number"] == "true"
    assert gateway.requests[1].url.endswith("/webhook_result/-4415218273659164001")
    assert gateway.calls[1].max_micros == 800_000
    assert gateway.calls[0].identity == gateway.calls[1].identity


@pytest.mark.parametrize("case", ["phones_ready", "phones_webhook"])
async def test_a_phone_comes_by_poll_or_by_webhook(case: str) -> None:
    """The polled copy and the delivered body are read alike, and cost eight credits."""
    finding, _ = await look_up(ADA, "person_hit", case, fields=PHONE, settings=WITH_PHONES)
    assert finding.outcome is Outcome.HIT
    assert values(finding)["person_phone"] == "+447700900123"
    assert finding.charged_micros == 900_000


async def test_no_phone_is_bought_that_nobody_wants_or_that_is_there() -> None:
    """Without the wish, the switch, or with a number from the contact itself there is one call only."""
    for fields, settings, case in (
        (frozenset({"person_title"}), WITH_PHONES, "person_hit"),
        (PHONE, SETTINGS, "person_hit"),
        (PHONE, WITH_PHONES, "person_contact"),
    ):
        _, gateway = await look_up(ADA, case, fields=fields, settings=settings)
        assert len(gateway.calls) == 1


async def test_a_phone_that_is_not_known_leaves_the_rest() -> None:
    """No number is no failure."""
    finding, _ = await look_up(ADA, "person_hit", "phones_none", fields=PHONE, settings=WITH_PHONES)
    assert finding.outcome is Outcome.HIT
    assert "person_phone" not in values(finding)


def test_bulk_people_are_combined_and_taken_apart() -> None:
    """Ten single requests make one; each question gets its own reply, in order."""
    requests = [wire.build_request(wire.MATCH, {"email": f"p{n}@acme.example"}, SETTINGS) for n in range(3)]
    bulk = apollo_bulk.combined(requests)
    assert (bulk.method, bulk.url) == ("POST", "https://api.apollo.io/api/v1/people/bulk_match")
    assert bulk.params == {}
    assert orjson.loads(bulk.body or b"")["details"] == [{"email": f"p{n}@acme.example"} for n in range(3)]
    replies = apollo_bulk.split(recorded("apollo", "bulk_people"), requests)
    outcomes = [wire.read(wire.MATCH, SETTINGS, reply, NOW).outcome for reply in replies]
    assert outcomes == [Outcome.HIT, Outcome.MISS, Outcome.HIT]


def test_bulk_organisations_are_told_apart_by_domain() -> None:
    """When fewer come back than were asked for, the domain says whose each is."""
    requests = [
        wire.build_request(wire.ORGANIZATION, {"domain": name}, SETTINGS) for name in ("none.example", "acme.example")
    ]
    assert apollo_bulk.combined(requests).url.endswith("/organizations/bulk_enrich")
    replies = apollo_bulk.split(recorded("apollo", "bulk_organizations"), requests)
    outcomes = [wire.read(wire.ORGANIZATION, SETTINGS, reply, NOW).outcome for reply in replies]
    assert outcomes == [Outcome.MISS, Outcome.HIT]


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("throttled", Outcome.THROTTLED),
        ("bad_key", Outcome.BAD_CREDENTIALS),
        ("html_200", Outcome.NONSENSE),
        ("person_hit", Outcome.NONSENSE),
    ],
)
def test_a_bulk_refusal_is_everybodys(case: str, outcome: Outcome) -> None:
    """A refusal, or an answer of another shape, is the reply to each question and charges nobody."""
    requests = [wire.build_request(wire.MATCH, {"email": f"p{n}@acme.example"}, SETTINGS) for n in range(4)]
    for reply in apollo_bulk.split(recorded("apollo", case), requests):
        reading = wire.read(wire.MATCH, SETTINGS, reply, NOW)
        assert (reading.outcome, reading.charged_micros) == (outcome, 0)


def test_requests_with_an_address_of_their_own_are_not_combined() -> None:
    """A phone's delivery names its question, so such requests go alone; so do all when one contact is the most."""
    plain = wire.build_request(wire.MATCH, {"email": "a@b.example"}, WITH_PHONES)
    bulk = apollo_bulk.bulk_for(plain, 25)
    assert bulk is not None
    assert (bulk.most, bulk.group) == (10, "")
    assert apollo_bulk.bulk_for(plain, 1) is None
    assert apollo_bulk.bulk_for(wire.build_request(wire.MATCH_PHONE, {"email": "a@b.example"}, WITH_PHONES), 10) is None


def test_deliveries_are_taken_apart() -> None:
    """A delivery is the reply to the phone question; anything else is not taken."""
    found = wire.delivered(recorded("apollo", "phones_webhook").body, "t0")
    assert isinstance(found, Delivered)
    assert wire.read(wire.PHONES, SETTINGS, found.reply, NOW).outcome is Outcome.HIT
    assert isinstance(wire.delivered(b"[]", "t0"), Unbelieved)
    assert isinstance(wire.delivered(b"{", "t0"), Unbelieved)


def test_on_with_a_key_only() -> None:
    """Without a key it is off; phones need an address to be delivered to."""
    assert apollo.open_provider({}) == Off("apollo", "apollo", "no APOLLO_API_KEY")
    opened = apollo.open_provider({"APOLLO_API_KEY": "k"})
    assert isinstance(opened, Provider)
    assert opened.max_micros == 100_000
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        apollo.open_provider({"APOLLO_API_KEY": "k", "APOLLO_REVEAL_PHONES": "true"})


GOOD = [
    orjson.loads(recorded("apollo", case).body)
    for case in ("person_contact", "organization_hit", "bulk_people", "phones_ready")
]


@given(
    st.sampled_from([wire.MATCH, wire.ORGANIZATION, wire.PHONES]),
    st.one_of(json_values(keys_in(GOOD)), *map(spoiled, GOOD)),
)
def test_any_json_is_read_without_raising(operation: str, body: Any) -> None:
    """Whatever Apollo answers or delivers, reading it gives an outcome and parsing it gives claims or none."""
    raw = json.dumps(body).encode()
    for status in (200, 404, 422):
        assert isinstance(wire.read(operation, SETTINGS, Reply(status, {}, raw), NOW).outcome, Outcome)
    reply = Reply(200, {}, raw)
    parse_person(ADA, reply, NOW)
    parse_organization(ACME, reply, NOW)
    parse_phones(ADA_ID, reply, NOW)
    requests = [wire.build_request(wire.ORGANIZATION, {"domain": f"d{n}.example"}, SETTINGS) for n in range(3)]
    assert len(apollo_bulk.split(reply, requests)) == 3
    wire.delivered(raw, "t0")
