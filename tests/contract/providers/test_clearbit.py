"""The Clearbit-shaped adapter over recorded replies, and its webhook's signature."""

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
from worker.domain.call import Limit, Reply
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Off, Provider
from worker.domain.subject import Entity, Subject
from worker.providers import clearbit
from worker.providers.delivery import Delivered, Unbelieved

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SETTINGS = clearbit.Settings(key="sk_planted-clearbit-key")
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
ADA = Subject(Entity.PERSON, "person:mailto:ada@acme.example", {"person_email": "ada@acme.example"})

#: Every recorded reply: outcome, whether it is charged.
EXPECTED = {
    "combined_hit": (Outcome.HIT, True),
    "combined_person_only": (Outcome.HIT, True),
    "combined_nobody": (Outcome.MISS, False),
    "combined_other": (Outcome.HIT, True),
    "company_hit": (Outcome.HIT, True),
    "company_range": (Outcome.HIT, True),
    "company_other": (Outcome.HIT, True),
    "html_200": (Outcome.NONSENSE, False),
    "pending": (Outcome.PENDING, False),
    "miss": (Outcome.MISS, False),
    "bad_key": (Outcome.BAD_CREDENTIALS, False),
    "no_credits": (Outcome.QUOTA_EXHAUSTED, False),
    "forbidden": (Outcome.BAD_CREDENTIALS, False),
    "error_400": (Outcome.BAD_INPUT, False),
    "error_422": (Outcome.BAD_INPUT, False),
    "throttled": (Outcome.THROTTLED, False),
    "error_500": (Outcome.TRANSIENT, False),
    "error_503": (Outcome.TRANSIENT, False),
}
DOCUMENTED = {200, 202, 401, 402, 404, 422, 429}


def operation_of(case: str) -> str:
    """Which operation a recording answers."""
    return clearbit.COMPANY if case.startswith("company") else clearbit.COMBINED


async def look_up(
    subject: Subject, case: str, settings: clearbit.Settings = SETTINGS
) -> tuple[Finding, ScriptedGateway]:
    """One lookup over a recorded reply."""
    gateway = ScriptedGateway([recorded("clearbit", case)])
    finding = await clearbit.lookup(Ask("default", subject, frozenset()), gateway, settings, lambda: NOW)
    return finding, gateway


def values(finding: Finding) -> dict[str, Any]:
    """The first normalised value of each field."""
    found: dict[str, Any] = {}
    for claim in finding.claims:
        found.setdefault(claim.field, FIELDS[claim.field].normalise(claim.value))
    return found


def test_every_documented_status_has_a_row_and_a_recording() -> None:
    """The status table, the documentation and the recordings name the same statuses."""
    assert set(clearbit.STATUSES.outcomes) >= DOCUMENTED
    assert {recorded("clearbit", case).status for case in recorded_cases("clearbit")} >= DOCUMENTED
    assert set(EXPECTED) == set(recorded_cases("clearbit"))


@pytest.mark.parametrize("case", sorted(EXPECTED))
def test_reading(case: str) -> None:
    """Each recorded reply has its outcome and charge; no reason holds the key."""
    outcome, charged = EXPECTED[case]
    reading = clearbit.read(operation_of(case), SETTINGS, recorded("clearbit", case), NOW)
    assert (reading.outcome, reading.charged_micros) == (outcome, SETTINGS.lookup_micros if charged else 0)
    assert bool(reading.reason) == (outcome is not Outcome.HIT)
    assert SETTINGS.key not in reading.reason


def test_waiting_times_and_limits() -> None:
    """Queued questions are polled, throttled ones wait for the window, headers tell the limit."""
    pending = clearbit.read(clearbit.COMBINED, SETTINGS, recorded("clearbit", "pending"), NOW)
    throttled = clearbit.read(clearbit.COMBINED, SETTINGS, recorded("clearbit", "throttled"), NOW)
    assert (pending.retry_after_s, throttled.retry_after_s) == (5.0, 42.0)
    assert throttled.limits == (Limit(600, 60.0),)


@pytest.mark.parametrize(("case", "size"), [("company_hit", "51-250"), ("company_range", "51-250")])
async def test_head_counts_in_every_form(case: str, size: str) -> None:
    """A count with a range beside it, and a range in the count's place, give the same size."""
    finding, gateway = await look_up(ACME, case)
    assert values(finding)["company_size"] == size
    assert gateway.requests[0].url == "https://company.clearbit.com/v2/companies/find"


async def test_a_person_becomes_claims() -> None:
    """A combined answer says who, where and for whom."""
    finding, gateway = await look_up(ADA, "combined_hit")
    found = values(finding)
    assert (found["person_title"], found["person_company_domain"]) == ("VP Sales", "acme.example")
    assert gateway.requests[0].params == {"email": "ada@acme.example"}
    assert gateway.requests[0].headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(("subject", "case"), [(ACME, "company_other"), (ADA, "combined_other")])
async def test_an_answer_about_somebody_else_is_refused(subject: Subject, case: str) -> None:
    """Another domain or address makes it a miss with the reason."""
    finding, _ = await look_up(subject, case)
    assert (finding.outcome, finding.claims) == (Outcome.MISS, ())
    assert "another" in finding.reason


async def test_a_queued_answer_is_pending_until_polled() -> None:
    """202 frees the slot with a time to come back."""
    finding, _ = await look_up(ADA, "pending")
    assert finding.outcome is Outcome.PENDING
    assert finding.retry_at is not None


async def test_with_a_public_address_a_webhook_is_asked_for() -> None:
    """The webhook's token is told to the provider only and does not change the question."""
    settings = clearbit.Settings(key="sk_k", public_url="https://enrich.acme.example")
    _, gateway = await look_up(ADA, "pending", settings)
    params, call = gateway.requests[0].params, gateway.calls[0]
    assert params["webhook_url"].startswith(
        "https://enrich.acme.example/api/enrichment/webhook?provider=clearbit&token="
    )
    assert params["webhook_id"] in params["webhook_url"]
    assert "webhook" not in call.identity


def hook(**content: Any) -> bytes:
    """A webhook's raw body."""
    return json.dumps({"id": "t0", "type": "person_company", "status": 200, **content}).encode()


def test_a_signed_delivery_is_believed() -> None:
    """The signature is made with the key without its prefix, over the raw body."""
    raw = hook(body=orjson.loads(recorded("clearbit", "combined_hit").body))
    headers = {"x-request-signature": clearbit.signature(raw, "sk_abc")}
    found = clearbit.delivered(raw, headers, "t0", "abc")
    assert isinstance(found, Delivered)
    assert clearbit.read(clearbit.COMBINED, SETTINGS, found.reply, NOW).outcome is Outcome.HIT
    nothing = hook(status=404, body=None)
    headers = {"x-request-signature": clearbit.signature(nothing, "abc")}
    missing = clearbit.delivered(nothing, headers, "t0", "abc")
    assert isinstance(missing, Delivered)
    assert missing.reply.status == 404


@pytest.mark.parametrize(
    ("raw", "headers", "token"),
    [
        (hook(body={}), {}, "t0"),
        (hook(body={}), {"x-request-signature": "sha1=00"}, "t0"),
        (hook(body={}), {"x-request-signature": clearbit.signature(hook(body={}), "other")}, "t0"),
        (hook(body={}), {"x-request-signature": clearbit.signature(hook(body={}), "abc")}, "another"),
        (b"[]", {"x-request-signature": clearbit.signature(b"[]", "abc")}, "t0"),
        (hook(status=500), {"x-request-signature": clearbit.signature(hook(status=500), "abc")}, "t0"),
    ],
)
def test_other_deliveries_are_not_believed(raw: bytes, headers: dict[str, str], token: str) -> None:
    """No signature, a wrong one, another question or another shape: nothing is stored."""
    assert isinstance(clearbit.delivered(raw, headers, token, "abc"), Unbelieved)


def test_on_with_a_key_only() -> None:
    """Without a key it is off, with the setting's name."""
    assert clearbit.open_provider({}) == Off("clearbit", "clearbit", "no CLEARBIT_API_KEY")
    assert isinstance(clearbit.open_provider({"CLEARBIT_API_KEY": "k"}), Provider)


GOOD = [orjson.loads(recorded("clearbit", case).body) for case in ("combined_hit", "company_hit", "company_range")]


@given(
    st.sampled_from([clearbit.COMBINED, clearbit.COMPANY]), st.one_of(json_values(keys_in(GOOD)), *map(spoiled, GOOD))
)
def test_any_json_is_read_without_raising(operation: str, body: Any) -> None:
    """Whatever is answered or delivered, reading it gives an outcome and parsing it gives claims or none."""
    raw = json.dumps(body).encode()
    assert isinstance(clearbit.read(operation, SETTINGS, Reply(200, {}, raw), NOW).outcome, Outcome)
    clearbit.parse(operation, ACME if operation == clearbit.COMPANY else ADA, Reply(200, {}, raw), NOW)
    clearbit.delivered(raw, {"x-request-signature": clearbit.signature(raw, "abc")}, "t0", "abc")
