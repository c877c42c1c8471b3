"""The record as a function of a set of claims: laws of merging, votes, conflicts, human values."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.claims import NOW, claim, claim_sets
from tests.unit.domain.claims import claims as one_claim
from worker.domain.claim import Claim, Evidence
from worker.domain.fields import FIELDS
from worker.domain.freshness import is_human
from worker.domain.record import MOST_CERTAIN, MOST_INFERRED, merge, record_of, value_key


@given(claim_sets, claim_sets)
def test_merging_is_commutative(a: frozenset[Claim], b: frozenset[Claim]) -> None:
    """The order in which two workers' claims arrive makes no difference."""
    assert merge(a, b) == merge(b, a)


@given(claim_sets, claim_sets, claim_sets)
def test_merging_is_associative(a: frozenset[Claim], b: frozenset[Claim], c: frozenset[Claim]) -> None:
    """How claims are grouped on the way makes no difference."""
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(claim_sets)
def test_merging_is_idempotent(a: frozenset[Claim]) -> None:
    """The same claims twice are the same claims once."""
    assert merge(a, a) == merge(a) == merge(merge(a))


@given(claim_sets, st.randoms(use_true_random=False))
def test_record_depends_on_the_set_alone(a: frozenset[Claim], rng: random.Random) -> None:
    """Shuffled and repeated claims give an equal record."""
    shuffled = [*a, *a]
    rng.shuffle(shuffled)
    assert record_of(shuffled, NOW) == record_of(a, NOW)


@given(claim_sets)
def test_confidence_stays_within_bounds(a: frozenset[Claim]) -> None:
    """Conclusions are capped lower than statements; only a person's word is certain."""
    for value in record_of(a, NOW).values():
        ceiling = 1.0 if value.human else MOST_INFERRED if value.inferred else MOST_CERTAIN
        assert 0.0 <= value.confidence <= ceiling


@given(claim_sets)
def test_every_value_was_claimed(a: frozenset[Claim]) -> None:
    """A record invents nothing: its value and its rivals are values of claims, its sources spoke of the field."""
    for name, shown in record_of(a, NOW).items():
        claimed = [one for one in a if one.field == name]
        assert set(shown.sources) <= {one.source for one in claimed}
        if isinstance(shown.value, tuple):
            assert set(shown.value) <= {item for one in claimed if isinstance(one.value, tuple) for item in one.value}
        else:
            values = {one.value for one in claimed}
            assert shown.value in values
            assert {rival.value for rival in (*shown.conflicts, *shown.alternatives)} <= values


@given(claim_sets)
def test_a_persons_word_outranks_machines(a: frozenset[Claim]) -> None:
    """Whatever machines claim, a typed value is shown."""
    typed = claim("company_name", "Initech", "human", 1.0, provider="known")
    others = [one for one in a if one.source != "human"]
    shown = record_of([typed, *others], NOW)["company_name"]
    assert (shown.value, shown.confidence, shown.human) == ("Initech", 1.0, True)


def test_one_source_alone_keeps_its_confidence() -> None:
    """The confidence by source is what a single claim is worth."""
    assert record_of([claim("company_name", "Acme", "pdl", 0.95)], NOW)["company_name"].confidence == 0.95


def test_independent_agreement_raises_confidence() -> None:
    """Two hosts that agree are worth more than either."""
    shown = record_of([claim("company_name", "Acme", confidence=0.8), claim("company_name", "ACME", "pdl", 0.7)], NOW)
    assert shown["company_name"].confidence == pytest.approx(0.94)
    assert shown["company_name"].sources == ("acme.example", "pdl")


def test_the_same_host_twice_is_no_corroboration() -> None:
    """A host has one vote, whichever providers read it and however many pages repeat it."""
    twice = [claim("company_name", "Acme", provider=provider) for provider in ("website", "search", "llm")]
    assert record_of(twice, NOW)["company_name"].confidence == 0.8


def test_disagreement_lowers_confidence_and_is_kept() -> None:
    """The losing value is shown as a conflict with its source, and weighs against the winner."""
    shown = record_of(
        [claim("company_name", "Globex", confidence=0.8), claim("company_name", "Acme", "pdl", 0.95)], NOW
    )
    name = shown["company_name"]
    assert name.value == "Acme"
    assert 0.7 < name.confidence < 0.95
    assert [(rival.value, rival.sources) for rival in name.conflicts] == [("Globex", ("acme.example",))]


def test_two_weaker_sources_outvote_a_stronger_one() -> None:
    """Agreement of independent sources can beat the best single one."""
    rivals = [
        claim("company_city", "Berlin", "pdl", 0.8),
        claim("company_city", "Hamburg", "acme.example", 0.75),
        claim("company_city", "hamburg", "news.example", 0.75),
    ]
    assert record_of(rivals, NOW)["company_city"].value in {"Hamburg", "hamburg"}


def test_several_phones_are_alternatives_not_conflicts() -> None:
    """A company may have many numbers: the second does not make the first less true."""
    shown = record_of(
        [claim("company_phone", "+493012345678"), claim("company_phone", "+4930999", confidence=0.7)], NOW
    )
    phone = shown["company_phone"]
    assert (phone.value, phone.confidence, phone.conflicts) == ("+493012345678", 0.8, ())
    assert [rival.value for rival in phone.alternatives] == ["+4930999"]


def test_conclusions_never_outvote_statements() -> None:
    """A concluded value is shown only while nothing is stated, however sure the model was."""
    guess = claim("company_industry", "Banking", "llm", 0.6, provider="llm", inferred=True)
    fact = claim("company_industry", "Robotics", "news.example", 0.3)
    assert record_of([guess], NOW)["company_industry"].inferred
    shown = record_of([guess, fact], NOW)["company_industry"]
    assert (shown.value, shown.inferred, shown.conflicts) == ("Robotics", False, ())


def test_a_source_replaces_what_it_said_before() -> None:
    """A host that now says something else no longer votes for its old word."""
    shown = record_of([claim("company_name", "Old Name", age_days=90), claim("company_name", "New Name")], NOW)
    assert (shown["company_name"].value, shown["company_name"].conflicts) == ("New Name", ())


def test_size_bands_compare_by_band() -> None:
    """Two spellings of about the same size agree instead of conflicting."""
    shown = record_of([claim("company_size", "201-500"), claim("company_size", "200-500", "pdl", 0.95)], NOW)
    assert shown["company_size"].conflicts == ()
    assert shown["company_size"].confidence == pytest.approx(0.99)


def test_collections_are_united() -> None:
    """Lists of technologies add up, what most sources name first."""
    lists = [claim("company_technologies", ("Go", "Redis")), claim("company_technologies", ("redis", "Python"), "pdl")]
    value = record_of(lists, NOW)["company_technologies"].value
    assert isinstance(value, tuple)
    assert [item.casefold() for item in value] == ["redis", "go", "python"]


def test_past_its_life_a_value_fades() -> None:
    """Whole while fresh, half after one half-life beyond the field's life (90 + 270 days for a title)."""
    fresh = claim("person_title", "Baker", confidence=0.8, age_days=89)
    old = claim("person_title", "Baker", confidence=0.8, age_days=360)
    assert record_of([fresh], NOW)["person_title"].confidence == 0.8
    assert record_of([old], NOW)["person_title"].confidence == 0.4


def test_json_names_value_confidence_sources_and_evidence() -> None:
    """The result's spelling, in full."""
    data = record_of([claim("company_name", "Acme", display="ACME®")], NOW)["company_name"].as_json()
    assert data == {
        "value": "Acme",
        "confidence": 0.8,
        "sources": ["acme.example"],
        "evidence": [],
        "observedAt": NOW.isoformat(),
        "display": "ACME®",
    }


@given(one_claim())
def test_a_lone_claim_is_counted_like_any_other(one: Claim) -> None:
    """The short way for single claims shows what the long way would: a twin from the same mouth changes nothing."""
    twin = Claim(one.field, one.value, one.source, f"{one.provider}-again", one.confidence, one.observed_at,
                 one.evidence, one.inferred)  # fmt: skip
    short, long = record_of([one], NOW)[one.field], record_of([one, twin], NOW)[one.field]
    assert short.confidence == long.confidence
    assert (short.sources, short.inferred, short.human) == (long.sources, long.inferred, long.human)
    assert (short.evidence, short.observed_at, short.conflicts) == (long.evidence, long.observed_at, ())


def test_a_short_form_does_not_contradict_the_full_name() -> None:
    """A site that calls itself by half its name agrees with the register: an alternative, not a conflict."""
    names = [claim("company_name", "Nordwerk"), claim("company_name", "Nordwerk Maschinenbau GmbH", "pdl", 0.95)]
    shown = record_of(names, NOW)["company_name"]
    assert (shown.value, shown.confidence, shown.conflicts) == ("Nordwerk Maschinenbau GmbH", 0.95, ())
    assert [rival.value for rival in shown.alternatives] == ["Nordwerk"]
    rivals = [claim("company_name", "Acme Labs"), claim("company_name", "Acme Foods", "pdl", 0.95)]
    assert record_of(rivals, NOW)["company_name"].conflicts


def test_a_companys_general_mailbox_comes_first() -> None:
    """Of equally sure addresses the general one is shown, then a department's, then a person's."""
    boxes = ["theo.okafor@acme.example", "sales@acme.example", "hello@acme.example"]
    shown = record_of([claim("company_email", box) for box in boxes], NOW)["company_email"]
    assert shown.value == "hello@acme.example"
    assert record_of([claim("company_email", box) for box in boxes[:2]], NOW)["company_email"].value == boxes[1]
    surer = [claim("company_email", boxes[0], confidence=0.9), claim("company_email", boxes[2])]
    assert record_of(surer, NOW)["company_email"].value == boxes[0]


def test_states_agree_with_their_postal_codes() -> None:
    """A site's ``OR`` and a register's ``Oregon`` are one region."""
    both = [claim("company_region", "OR"), claim("company_region", "Oregon", "pdl", 0.95)]
    assert record_of(both, NOW)["company_region"].conflicts == ()
    assert record_of(both, NOW)["company_region"].confidence == pytest.approx(0.99)


@given(claim_sets, claim_sets)
def test_a_record_of_a_union_is_the_record_of_the_merged(a: frozenset[Claim], b: frozenset[Claim]) -> None:
    """Merging first or last, twice or once: the same record; so a cache may hold any of them."""
    once = record_of(merge(a, b), NOW)
    assert record_of([*a, *b, *a], NOW) == once
    assert record_of(merge(merge(a), b, b), NOW) == once


@given(claim_sets, st.floats(0.05, 0.95))
def test_an_independent_voice_never_lowers_what_it_confirms(a: frozenset[Claim], sure: float) -> None:
    """Whatever is known: one more host that says the shown value leaves it shown, and no less sure."""
    for name, value in record_of(a, NOW).items():
        if value.inferred:
            continue
        more = claim(name, value.value, "independent.example", sure, provider="voice")
        after = record_of([*a, more], NOW)[name]
        assert after.confidence >= value.confidence
        assert value.human or value_key(name, after.value) == value_key(name, value.value) or FIELDS[name].collection


@given(claim_sets, st.integers(2, 9))
def test_one_host_has_one_vote_however_often_it_speaks(a: frozenset[Claim], times: int) -> None:
    """Repeating what a host said, by other adapters and with other proof, changes no value and no confidence."""
    before = record_of(a, NOW)
    echoes = [
        msgspec.structs.replace(one, provider=f"{one.provider}-{number}", evidence=(Evidence(path=f"page {number}"),))
        for one in merge(a)
        if not is_human(one)
        for number in range(times)
    ]
    after = record_of([*a, *echoes], NOW)
    assert {name: value.confidence for name, value in after.items()} == {
        name: value.confidence for name, value in before.items()
    }


@given(claim_sets, st.floats(0.05, 0.95))
def test_a_contradiction_never_raises_what_it_contradicts(a: frozenset[Claim], sure: float) -> None:
    """A rival host makes the shown value less sure or takes its place; a person's word stands."""
    for name, value in record_of(a, NOW).items():
        if name != "company_industry" or value.inferred:
            continue
        rival = claim(name, "Basket weaving", "rival.example", sure, provider="voice")
        after = record_of([*a, rival], NOW)[name]
        if value.human:
            assert (after.value, after.confidence) == (value.value, 1.0)
        elif after.value == value.value:
            assert after.confidence <= value.confidence
