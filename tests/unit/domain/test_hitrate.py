"""Experience by segment: each kind of subject has its own odds, as far as there is experience with it."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.pipeline.world import World
from worker.domain.hitrate import EVERY, Odds, Tally, drawn, expected
from worker.domain.provider import Provider
from worker.domain.segment import levels, segment_of
from worker.domain.subject import Entity, Subject

BY_DOMAIN, BY_NAME = "company d/", "company n/"


def provider(cents: int = 28) -> Provider:
    """A provider that is only planned with."""
    return World().provider("pdl", {}, gives=["company_size", "company_city"], cents=cents)


def book(*lookups: tuple[str, bool, int]) -> dict[str, Tally]:
    """Experience from (segment, hit, how often); a hit brings the size and not the city."""
    tallies: dict[str, Tally] = {}
    for segment, hit, times in lookups:
        for name in levels("pdl", segment):
            for _ in range(times):
                tallies.setdefault(name, Tally()).add(
                    hit=hit, wanted=["company_size", "company_city"], found=["company_size"], micros=280_000 * hit
                )
    return tallies


def test_a_segment_has_odds_of_its_own() -> None:
    """Known by domain and known by name alone are different questions."""
    tallies = book((BY_DOMAIN, True, 90), (BY_DOMAIN, False, 10), (BY_NAME, True, 10), (BY_NAME, False, 90))
    assert expected(provider(), tallies, BY_DOMAIN).hit == pytest.approx(0.9, abs=0.05)
    assert expected(provider(), tallies, BY_NAME).hit == pytest.approx(0.1, abs=0.05)
    assert expected(provider(), tallies).hit == pytest.approx(0.5, abs=0.01)


def test_the_second_after_a_miss_has_odds_of_its_own() -> None:
    """Whom the first does not know, the second seldom does: the conditional rate counts, not the whole one."""
    tallies = book(("company d/h", True, 80), ("company d/h", False, 20), ("company d/m", False, 50))
    after_hit, after_miss = (expected(provider(), tallies, f"company d/{said}").hit for said in "hm")
    assert after_hit > 0.7
    assert after_miss < 0.2


def test_a_segment_without_experience_takes_the_wider_one() -> None:
    """Nothing is known of people by email: what is known of the provider counts."""
    tallies = book((BY_DOMAIN, True, 90), (BY_DOMAIN, False, 10))
    assert expected(provider(), tallies, "person e/") == expected(provider(), tallies)


def test_segments_are_named_by_what_is_known() -> None:
    """What the subject is, which strong identifiers it has, and what others said."""
    company = Subject(Entity.COMPANY, "company:a", {"company_domain": "a.example", "company_city": "Bonn"})
    assert segment_of(company) == "company d/"
    assert segment_of(company.knowing({"company_name": "A"}), "m") == "company dn/m"
    assert segment_of(Subject(Entity.PERSON, "p", {"person_email": "a@a.example"}), "h") == "person e/h"


chances = st.dictionaries(st.sampled_from("abcd"), st.floats(0, 1), min_size=1)


@given(chances, st.none() | st.floats(0, 1), st.integers(0, 99))
def test_fields_come_together_within_their_own_chances(
    fields: dict[str, float], every: float | None, seed: int
) -> None:
    """However likely all at once is, no field comes more or less often than its own chance says."""
    odds = Odds(1.0, fields, 0, 0, every=every)
    together = odds.together(fields)
    assert max(0.0, 1 - sum(1 - chance for chance in fields.values())) - 1e-9 <= together
    assert together <= min(fields.values()) + 1e-9
    brought = odds.bring(sorted(fields), random.Random(seed))
    assert brought <= fields.keys()
    assert {name for name, chance in fields.items() if chance == 1} <= brought
    assert not {name for name, chance in fields.items() if chance == 0} & brought


def test_all_at_once_is_learned() -> None:
    """A provider that brings everything or little is not taken for one whose fields come by chance."""
    tally = Tally()
    for number in range(100):
        whole = number % 2
        found = ["company_size", "company_city", EVERY] if whole else []
        tally.add(hit=True, wanted=["company_size", "company_city", EVERY], found=found, micros=0)
    odds = expected(provider(), {"pdl": tally})
    assert odds.together(["company_size", "company_city"]) == pytest.approx(0.5, abs=0.02)


def test_charges_keep_their_mean_and_spread() -> None:
    """Tokens cost now more, now less: drawn charges have the mean and the spread of those that were paid."""
    tally = Tally()
    for micros in (1_000, 5_000) * 50:
        tally.add(hit=True, wanted=[], found=[], micros=micros)
    odds = expected(provider(1), {"pdl": tally})
    rng = random.Random(1)
    paid = [odds.charge(rng) for _ in range(4_000)]
    mean = sum(paid) / len(paid)
    assert mean == pytest.approx(3_000, rel=0.05)
    assert (sum((one - mean) ** 2 for one in paid) / len(paid)) ** 0.5 == pytest.approx(2_000, rel=0.1)


def test_draws_narrow_with_experience() -> None:
    """Without experience the draws differ widely, with it they agree."""
    rng = random.Random(2)
    few = [drawn(provider(), {}, BY_DOMAIN, rng).hit for _ in range(200)]
    tallies = book((BY_DOMAIN, True, 500), (BY_DOMAIN, False, 500))
    many = [drawn(provider(), tallies, BY_DOMAIN, rng).hit for _ in range(200)]
    assert max(few) - min(few) > 0.9
    assert max(many) - min(many) < 0.2
