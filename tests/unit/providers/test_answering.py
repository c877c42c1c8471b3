"""From an answer to a finding, and from facts to claims."""

from datetime import UTC, datetime, timedelta

import pytest

from worker.domain.call import Answer, Reply
from worker.domain.finding import Outcome
from worker.providers.answering import Parsed, finding_from
from worker.providers.voice import Voice

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
BEFORE = NOW - timedelta(days=3)
VOICE = Voice("pdl", "pdl", 0.95, BEFORE)
CLAIMS = VOICE.facts([("company_name", "Acme", "api:name")])
GOOD = Reply(200, {}, b"{}")


def test_a_hit_is_parsed_as_of_when_it_was_given() -> None:
    """A stored answer keeps its own time and costs nothing now."""
    seen: list[datetime] = []

    def parse(_: Reply, observed_at: datetime) -> Parsed:
        seen.append(observed_at)
        return Parsed(CLAIMS, {"company_name": "Acme"})

    finding = finding_from("pdl", Answer(Outcome.HIT, GOOD, reused=True, observed_at=BEFORE), parse)
    assert seen == [BEFORE]
    assert (finding.outcome, finding.claims, finding.reused, finding.charged_micros) == (Outcome.HIT, CLAIMS, True, 0)
    finding_from("pdl", Answer(Outcome.HIT, GOOD), parse, clock=lambda: NOW)
    assert seen[1] == NOW


@pytest.mark.parametrize(
    ("parsed", "reason"),
    [
        (Parsed(CLAIMS, {"company_name": "Acme"}, refused="about another"), "about another"),
        (Parsed(), "the answer holds no usable value"),
    ],
)
def test_a_hit_without_use_is_a_miss_that_was_paid_for(parsed: Parsed, reason: str) -> None:
    """A refused answer claims and leads to nothing; its charge stays."""
    finding = finding_from("pdl", Answer(Outcome.HIT, GOOD, charged_micros=7), lambda *_: parsed)
    assert (finding.outcome, finding.reason, finding.charged_micros) == (Outcome.MISS, reason, 7)
    assert not finding.claims
    assert not finding.identifiers


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.HIT])
def test_everything_else_is_handed_on(outcome: Outcome) -> None:
    """Other outcomes are never parsed and keep their reason and time."""

    def parse(_: Reply, __: datetime) -> Parsed:
        raise AssertionError("nothing to parse")

    finding = finding_from("pdl", Answer(outcome, GOOD, reason="why", retry_at=NOW), parse)
    assert (finding.outcome, finding.reason, finding.retry_at) == (outcome, "why", NOW)


def test_facts_without_a_value_say_nothing() -> None:
    """None, empty texts and empty lists are no claims; zero and false are values; quotes are capped."""
    spoken = [
        ("a", None, "p"),
        ("b", "", "p"),
        ("c", (), "p"),
        ("d", 0, "api:d"),
        ("e", ("x", "y"), "api:e"),
        ("f", "z" * 900, "api:f"),
    ]
    claims = VOICE.facts(spoken)
    assert [claim.field for claim in claims] == ["d", "e", "f"]
    assert [claim.evidence[0].quote for claim in claims] == ["0", "x, y", "z" * 300]
    assert {(claim.source, claim.provider, claim.confidence, claim.observed_at) for claim in claims} == {
        ("pdl", "pdl", 0.95, BEFORE)
    }
