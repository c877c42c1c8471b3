"""Negative knowledge: remembered by reason, until there is something new to ask with."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.claims import NOW
from worker.domain.finding import Finding, Outcome
from worker.domain.identity import company_at
from worker.domain.silence import LIVES_S, Silence, silence_after

ACME = company_at("acme.example")
WANTED = frozenset({"company_name", "company_size"})


def silence(outcome: Outcome = Outcome.MISS) -> Silence:
    """A provider that had nothing to say about the wanted fields."""
    found = silence_after(Finding("pdl", outcome, reason="404"), WANTED, frozenset(), ACME, NOW)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("outcome", "days"),
    [(Outcome.MISS, 7), (Outcome.BAD_INPUT, 7), (Outcome.BLOCKED, 1), (Outcome.SUPPRESSED, 30), (Outcome.HIT, 7)],
)
def test_each_reason_has_its_own_life(outcome: Outcome, days: int) -> None:
    """Blocked is tried again the next day, not found in a week."""
    one = silence(outcome)
    assert one.answers(WANTED, ACME, NOW + timedelta(days=days) - timedelta(seconds=1))
    assert not one.answers(WANTED, ACME, NOW + timedelta(days=days))


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - set(LIVES_S)))
def test_failures_teach_nothing(outcome: Outcome) -> None:
    """An error, a limit or a missing key says nothing about the subject."""
    assert silence_after(Finding("pdl", outcome), WANTED, frozenset(), ACME, NOW) is None


def test_answers_from_store_teach_nothing() -> None:
    """An old answer used again must not make its silence young."""
    assert silence_after(Finding("pdl", Outcome.MISS, reused=True), WANTED, frozenset(), ACME, NOW) is None


def test_only_what_was_not_brought_is_remembered() -> None:
    """A hit without the size is silent about the size only."""
    one = silence_after(Finding("pdl", Outcome.HIT), WANTED, frozenset({"company_name"}), ACME, NOW)
    assert one is not None
    assert one.answers(frozenset({"company_size"}), ACME, NOW)
    assert not one.answers(WANTED, ACME, NOW)
    assert silence_after(Finding("pdl", Outcome.HIT), WANTED, WANTED, ACME, NOW) is None


def test_a_new_identifier_is_worth_asking_again() -> None:
    """Asked by domain without luck, a provider may know the LinkedIn page."""
    known = ACME.knowing({"company_linkedin_url": "https://www.linkedin.com/company/acme"})
    assert not silence().answers(WANTED, known, NOW)


def test_skip_cache_asks_again() -> None:
    """An age limit holds for silence as for speech."""
    assert not silence().answers(WANTED, ACME, NOW, NOW + timedelta(seconds=1))


def test_told_in_words() -> None:
    """The result says what was answered and when."""
    assert silence().told(NOW + timedelta(days=2)) == "miss 2 days ago: 404"


@given(st.sampled_from(sorted(LIVES_S)), st.frozensets(st.text(max_size=5)), st.text(max_size=9))
def test_json_round_trip(outcome: Outcome, fields: frozenset[str], reason: str) -> None:
    """What Redis keeps reads back as it was."""
    one = Silence("pdl", outcome, fields, NOW, ("company_domain=acme.example",), reason)
    assert Silence.from_json(one.as_json()) == one
