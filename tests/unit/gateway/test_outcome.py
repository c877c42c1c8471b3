"""What is kept, charged and answered."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.call import Answer, Call, HttpRequest, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import Charge
from worker.domain.provider import PageRefused
from worker.gateway.faults import Fault, ReplyTooLarge, fault_of
from worker.gateway.money import Purse
from worker.gateway.options import GatewayOptions
from worker.gateway.outcome import charge_of, followed_answer, kept_answer, known_answer, new_answer
from worker.gateway.secret import blot, secrets_of, without_secrets

NOW = datetime(2026, 11, 22, tzinfo=UTC)
PAID, FREE = Call("oracle", "x", "y", max_micros=9), Call("oracle", "x", "y")
GOOD = Reply(200, {"content-type": "application/json"}, b"{}")
BROKE, REFUSED = Fault(Outcome.TRANSIENT, "broke", sent=True), Fault(Outcome.TRANSIENT, "refused", sent=False)


@pytest.mark.parametrize(
    ("call", "reading", "reply", "fault", "charge"),
    [
        (PAID, Reading(Outcome.HIT, 5), GOOD, None, Charge.CHARGED),
        (PAID, Reading(Outcome.MISS), GOOD, None, Charge.FREE),
        (PAID, Reading(Outcome.TRANSIENT), Reply(503, {}, b""), None, Charge.FREE),
        (PAID, Reading(Outcome.TRANSIENT), None, BROKE, Charge.UNKNOWN),
        (PAID, Reading(Outcome.TRANSIENT), None, REFUSED, Charge.FREE),
        (PAID, Reading(Outcome.NONSENSE), GOOD, None, Charge.UNKNOWN),
        (PAID, Reading(Outcome.NONSENSE), Reply(500, {}, b""), None, Charge.FREE),
        (FREE, Reading(Outcome.TRANSIENT), None, BROKE, Charge.FREE),
        (FREE, Reading(Outcome.HIT, 5), GOOD, None, Charge.CHARGED),
    ],
)
def test_what_is_known_about_the_money(
    call: Call, reading: Reading, reply: Reply | None, fault: Fault | None, charge: Charge
) -> None:
    """Unknown is what was sent and did not come back whole, and a success nobody can read."""
    assert charge_of(call, reading, reply, fault) is charge


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_answers_are_kept(outcome: Outcome) -> None:
    """A hit, a miss and a pending answer live, each for its own time; nothing else does."""
    options = GatewayOptions()
    lives = {
        Outcome.HIT: options.hit_life_s,
        Outcome.MISS: options.miss_life_s,
        Outcome.PENDING: options.pending_life_s,
    }
    kept = kept_answer(options, PAID, Reading(outcome), GOOD, NOW, "company:a.example")
    if outcome not in lives:
        assert kept is None
    else:
        assert kept is not None
        assert kept.expires_at == NOW + timedelta(seconds=lives[outcome])
        assert kept.subject == "company:a.example"


def test_an_adapter_may_choose_lives() -> None:
    """Its own life counts; none at all keeps nothing."""
    call = Call("oracle", "x", "y", hit_life_s=60.0, miss_life_s=0.0)
    hit = kept_answer(GatewayOptions(), call, Reading(Outcome.HIT), GOOD, NOW, "")
    assert hit is not None
    assert hit.expires_at == NOW + timedelta(seconds=60)
    assert kept_answer(GatewayOptions(), call, Reading(Outcome.MISS), GOOD, NOW, "") is None


def test_answers_as_adapters_see_them() -> None:
    """Replies go with answers only, a pending one says when to come again, a known one costs nothing."""
    new = new_answer(Reading(Outcome.PENDING, retry_after_s=30), GOOD, NOW, 7)
    assert (new.reply, new.retry_at, new.call_id) == (GOOD, NOW + timedelta(seconds=30), 7)
    assert new_answer(Reading(Outcome.TRANSIENT), GOOD, NOW, 7).reply is None
    kept = kept_answer(GatewayOptions(), PAID, Reading(Outcome.PENDING, retry_after_s=30), GOOD, NOW, "")
    assert kept is not None
    known = known_answer(kept)
    assert (known.reused, known.charged_micros, known.retry_at) == (True, 0, kept.expires_at)
    assert followed_answer(Answer(Outcome.TRANSIENT, charged_micros=3)) == Answer(Outcome.TRANSIENT)


@pytest.mark.parametrize(
    ("error", "outcome", "sent"),
    [
        (TimeoutError(), Outcome.TRANSIENT, True),
        (ConnectionResetError(), Outcome.TRANSIENT, True),
        (ConnectionRefusedError(), Outcome.TRANSIENT, False),
        (aiohttp.ServerDisconnectedError(), Outcome.TRANSIENT, True),
        (aiohttp.ClientPayloadError(), Outcome.TRANSIENT, True),
        (aiohttp.ServerTimeoutError(), Outcome.TRANSIENT, True),
        (aiohttp.ConnectionTimeoutError(), Outcome.TRANSIENT, False),
        (aiohttp.InvalidURL("x"), Outcome.BAD_INPUT, False),
        (ReplyTooLarge(), Outcome.NONSENSE, True),
        (PageRefused(Outcome.BLOCKED, "robots"), Outcome.BLOCKED, True),
    ],
)
def test_faults_are_values(error: Exception, outcome: Outcome, sent: bool) -> None:
    """Every way the wire can fail has an outcome, and is known to have been sent or not."""
    fault = fault_of(error)
    assert fault is not None
    assert (fault.outcome, fault.sent) == (outcome, sent)


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), AttributeError("x"), RuntimeError("x")])
def test_bugs_are_not_faults(error: Exception) -> None:
    """What no provider can cause is not explained away."""
    assert fault_of(error) is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.booleans()), max_size=30), st.integers(0, 200))
def test_a_purse_never_commits_more_than_its_cap(calls: list[tuple[int, int, bool]], cap: int) -> None:
    """Whatever calls turn out to cost up to their maximum, what is committed stays within the cap."""
    purse = Purse(cap=cap, before=0)
    for most, cost, unknown in calls:
        if purse.reserve(most):
            assert purse.committed <= cap
            purse.settle(min(cost, most), most, llm=False, unknown=unknown)
            purse.release(most)
        assert purse.committed <= cap
        assert purse.reserved == 0


def test_keys_are_found_and_blotted_out() -> None:
    """Credentials in headers and parameters, wherever they are echoed."""
    request = HttpRequest(
        "GET",
        "https://api.oracle.example/x",
        headers={"Authorization": "Bearer abcdefgh1", "X-Custom-Token": "tok-123456", "Accept": "*/*"},
        params={"api_key": "hijklmn2", "q": "acme"},
    )
    secrets = secrets_of(request)
    assert set(secrets) == {b"abcdefgh1", b"tok-123456", b"hijklmn2"}
    echoed = Reply(200, {"content-type": "text/plain", "set-cookie": "s=1", "x-echo": "abcdefgh1"}, b"<abcdefgh1>")
    clean = without_secrets(echoed, secrets)
    assert (clean.body, dict(clean.headers)) == (b"<[key]>", {"content-type": "text/plain"})
    assert blot("key hijklmn2 refused", secrets) == "key [key] refused"
    kept = kept_answer(GatewayOptions(), PAID, Reading(Outcome.HIT), echoed, NOW, "", 7, secrets)
    assert kept is not None
    assert (kept.reply, kept.call_id) == (clean, 7)
