"""The Hunter adapter over recorded replies: every documented status, what is asked, and what is made of answers."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.json_values import json_values, keys_in, spoiled
from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Off, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import hunter
from worker.providers.hunter_facts import parse

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = hunter.Settings(key="planted-hunter-key-5f0c1d")
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
MAILBOX = Subject(Entity.PERSON, "person:mailto:ada@acme.example", {"person_email": "ada@acme.example"})
NAMED = Subject(Entity.PERSON, "person:ada", {"person_name": "Ada Ng", "person_company_domain": "acme.example"})
PROFILE = Subject(Entity.PERSON, "person:in", {"person_linkedin_url": "https://www.linkedin.com/in/adang"})
VERIFY, FIND, SEARCH, COMPANY, PERSON = (
    "email-verifier", "email-finder", "domain-search", "companies/find", "people/find",
)  # fmt: skip

#: Every recorded reply: the operation it answers, outcome, micro-dollars charged at 2.45 cents a credit.
EXPECTED = {
    "verifier_valid": (VERIFY, Outcome.HIT, 12_250),
    "verifier_invalid": (VERIFY, Outcome.HIT, 12_250),
    "verifier_accept_all": (VERIFY, Outcome.HIT, 12_250),
    "verifier_webmail": (VERIFY, Outcome.HIT, 12_250),
    "verifier_disposable": (VERIFY, Outcome.HIT, 12_250),
    "verifier_unknown": (VERIFY, Outcome.HIT, 12_250),
    "verifier_other_address": (VERIFY, Outcome.HIT, 12_250),
    "pending": (VERIFY, Outcome.PENDING, 0),
    "pending_204": (VERIFY, Outcome.PENDING, 0),
    "smtp_failed": (VERIFY, Outcome.TRANSIENT, 0),
    "finder_hit": (FIND, Outcome.HIT, 24_500),
    "finder_none": (FIND, Outcome.MISS, 0),
    "domain_hit": (SEARCH, Outcome.HIT, 24_500),
    "domain_none": (SEARCH, Outcome.HIT, 0),
    "person_hit": (PERSON, Outcome.HIT, 4_900),
    "company_hit": (COMPANY, Outcome.HIT, 4_900),
    "company_other": (COMPANY, Outcome.HIT, 4_900),
    "no_data": (COMPANY, Outcome.NONSENSE, 0),
    "html_200": (COMPANY, Outcome.NONSENSE, 0),
    "error_400": (PERSON, Outcome.BAD_INPUT, 0),
    "bad_key": (PERSON, Outcome.BAD_CREDENTIALS, 0),
    "no_credits": (PERSON, Outcome.QUOTA_EXHAUSTED, 0),
    "throttled": (PERSON, Outcome.THROTTLED, 0),
    "miss": (PERSON, Outcome.MISS, 0),
    "conflict": (PERSON, Outcome.TRANSIENT, 0),
    "error_422": (PERSON, Outcome.BAD_INPUT, 0),
    "no_quota": (PERSON, Outcome.QUOTA_EXHAUSTED, 0),
    "restricted": (PERSON, Outcome.BAD_CREDENTIALS, 0),
    "claimed": (PERSON, Outcome.SUPPRESSED, 0),
    "error_500": (PERSON, Outcome.TRANSIENT, 0),
    "error_503": (PERSON, Outcome.TRANSIENT, 0),
}
DOCUMENTED = {200, 202, 222, 400, 401, 402, 403, 404, 409, 422, 429, 451}


async def look_up(subject: Subject, fields: set[str], *cases: str) -> tuple[Finding, ScriptedGateway]:
    """One lookup over recorded replies."""
    gateway = ScriptedGateway([recorded("hunter", case) for case in cases])
    finding = await hunter.lookup(Ask("default", subject, frozenset(fields)), gateway, SETTINGS, lambda: NOW)
    return finding, gateway


def values(finding: Finding) -> dict[str, Any]:
    """The first normalised value of each field."""
    found: dict[str, Any] = {}
    for claim in finding.claims:
        found.setdefault(claim.field, FIELDS[claim.field].normalise(claim.value))
    return found


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses."""
    assert {row for row in hunter.STATUSES.outcomes if isinstance(row, int)} >= DOCUMENTED
    assert {recorded("hunter", case).status for case in recorded_cases("hunter")} >= DOCUMENTED
    assert set(EXPECTED) == set(recorded_cases("hunter"))


@pytest.mark.parametrize("case", sorted(EXPECTED))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and charge; no reason holds the key."""
    operation, outcome, micros = EXPECTED[case]
    reading = hunter.read(operation, SETTINGS, NOW, recorded("hunter", case))
    assert (reading.outcome, reading.charged_micros) == (outcome, micros)
    assert bool(reading.reason) == (outcome is not Outcome.HIT)
    assert SETTINGS.key not in reading.reason


def test_waiting_times() -> None:
    """Pending and throttled questions say when to come back; so does a conflict."""
    waits = {
        case: hunter.read(VERIFY, SETTINGS, NOW, recorded("hunter", case)).retry_after_s
        for case in ("pending", "throttled", "conflict")
    }
    assert waits == {"pending": 15.0, "throttled": 10.0, "conflict": 2.0}


@pytest.mark.parametrize(
    ("case", "status"),
    [
        ("verifier_valid", "valid"),
        ("verifier_invalid", "invalid"),
        ("verifier_accept_all", "catch_all"),
        ("verifier_webmail", "valid"),
        ("verifier_disposable", "risky"),
        ("verifier_unknown", "unknown"),
    ],
)
async def test_every_documented_word_of_the_verifier(case: str, status: str) -> None:
    """Each status of the verifier has its word of ours, with level and reasons apart."""
    finding, gateway = await look_up(MAILBOX, {"person_email_status"}, case)
    assert values(finding)["person_email_status"] == status
    assert values(finding)["person_email_level"] == "provider"
    assert [call.operation for call in gateway.calls] == [VERIFY]
    assert gateway.calls[0].bucket == "verifier"


@pytest.mark.parametrize(
    ("subject", "fields", "asked"),
    [
        (MAILBOX, {"person_email_status"}, [VERIFY]),
        (MAILBOX, {"person_title"}, [PERSON]),
        (MAILBOX, {"person_title", "person_email_status"}, [PERSON, VERIFY]),
        (NAMED, {"person_email"}, [FIND]),
        (NAMED, {"person_title"}, []),
        (PROFILE, {"person_email"}, [PERSON]),
        (ACME, {"company_industry"}, [COMPANY]),
        (ACME, {"company_email"}, [SEARCH]),
        (ACME, {"company_industry", "company_email"}, [COMPANY, SEARCH]),
        (ACME, {"company_logo_url", "company_vat_id"}, [COMPANY]),
        (ACME, {"company_vat_id"}, []),
    ],
)
def test_only_what_can_answer_is_asked_cheapest_first(subject: Subject, fields: set[str], asked: list[str]) -> None:
    """No question is bought for a field that it cannot answer."""
    assert [question.operation for question in hunter.questions(subject, frozenset(fields))] == asked


async def test_a_company_becomes_claims() -> None:
    """The Clearbit shape, head counts as text included, becomes normalised values."""
    finding, gateway = await look_up(ACME, {"company_name"}, "company_hit")
    found = values(finding)
    assert found["company_name"] == "Acme Robotics"
    assert found["company_size"] == "51-250"
    assert found["company_founded_year"] == 1998
    assert found["company_country"] == "GB"
    assert found["company_linkedin_url"] == "https://www.linkedin.com/company/acme-robotics"
    assert found["company_funding_total"] == 12_500_000
    assert finding.charged_micros == 4_900
    request = gateway.requests[0]
    assert (request.method, request.url, request.params) == (
        "GET", "https://api.hunter.io/v2/companies/find", {"domain": "acme.example"},
    )  # fmt: skip
    assert request.headers["X-API-KEY"] == SETTINGS.key
    assert SETTINGS.key not in gateway.calls[0].identity + gateway.calls[0].account


async def test_a_person_and_an_address_become_claims() -> None:
    """The finder's answer gives the address and leads on."""
    finding, _ = await look_up(NAMED, {"person_email"}, "finder_hit")
    assert values(finding)["person_email"] == "ada@acme.example"
    assert finding.identifiers["person_email"] == "ada@acme.example"
    person, _ = await look_up(MAILBOX, {"person_title"}, "person_hit")
    assert values(person)["person_title"] == "VP Sales"
    assert values(person)["person_linkedin_url"] == "https://www.linkedin.com/in/adang"


@pytest.mark.parametrize(
    ("subject", "fields", "case"),
    [(ACME, {"company_name"}, "company_other"), (MAILBOX, {"person_email_status"}, "verifier_other_address")],
)
async def test_an_answer_about_somebody_else_is_refused(subject: Subject, fields: set[str], case: str) -> None:
    """Another domain or address makes it a miss with the reason; the money is spent."""
    finding, _ = await look_up(subject, fields, case)
    assert (finding.outcome, finding.claims) == (Outcome.MISS, ())
    assert "another" in finding.reason
    assert finding.charged_micros > 0


async def test_what_is_open_outlives_what_was_found() -> None:
    """Facts about the person are kept while the verifier is still at it."""
    finding, _ = await look_up(MAILBOX, {"person_title", "person_email_status"}, "person_hit", "pending")
    assert finding.outcome is Outcome.PENDING
    assert finding.retry_at is not None
    assert values(finding)["person_title"] == "VP Sales"


async def test_a_suppressed_person_stays_silent() -> None:
    """Who asked not to be processed is not asked about again, and nothing is kept."""
    finding, gateway = await look_up(MAILBOX, {"person_title", "person_email_status"}, "claimed")
    assert (finding.outcome, finding.claims) == (Outcome.SUPPRESSED, ())
    assert len(gateway.calls) == 1


@given(st.sampled_from(sorted(set(EXPECTED))), st.integers(1, 9))
def test_no_charge_passes_the_reserved_maximum(case: str, price: int) -> None:
    """Whatever the price of a credit, the reserved maximum of a question covers its charge."""
    operation = EXPECTED[case][0]
    settings = hunter.Settings(key="k", credit_micros=price * 1_000)
    most = {VERIFY: 0.5, FIND: 1.0, SEARCH: 1.0, COMPANY: 0.2, PERSON: 0.2}[operation]
    assert hunter.read(operation, settings, NOW, recorded("hunter", case)).charged_micros <= round(most * price * 1_000)


def test_on_with_a_key_only() -> None:
    """Without a key it is off, with the setting's name."""
    assert hunter.open_provider({}) == Off("hunter", "hunter", "no HUNTER_API_KEY")
    assert isinstance(hunter.open_provider({"HUNTER_API_KEY": "k"}), Provider)


GOOD = [
    orjson.loads(recorded("hunter", case).body)
    for case in ("verifier_valid", "finder_hit", "domain_hit", "person_hit", "company_hit")
]


@given(
    st.sampled_from([VERIFY, FIND, SEARCH, COMPANY, PERSON]), st.one_of(json_values(keys_in(GOOD)), *map(spoiled, GOOD))
)
def test_any_json_is_read_without_raising(operation: str, body: Any) -> None:
    """Whatever Hunter answers, reading it gives an outcome and parsing it gives claims or none."""
    for status in (200, 400, 429):
        reply = Reply(status, {}, json.dumps(body).encode())
        assert isinstance(hunter.read(operation, SETTINGS, NOW, reply).outcome, Outcome)
        parse(operation, reply, MAILBOX, NOW)
        parse(operation, reply, ACME, NOW)
