"""The planner: within the budget, nothing that is not needed, the best value first, everything accounted for."""

import asyncio
from collections.abc import Iterable, Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.pipeline.world import World
from worker.domain.hitrate import Tally, expected
from worker.domain.job import ResultStatus
from worker.domain.provider import Provider
from worker.domain.segment import levels
from worker.domain.subject import Subject
from worker.domain.verdict import Done
from worker.pipeline import Policy
from worker.pipeline.plan import Situation
from worker.pipeline.value import best_value

VALUES = {
    "company_name": "Acme", "company_size": "11-50", "company_city": "Berlin",
    "company_phone": "+4930901820", "company_industry": "Robotics", "company_linkedin_url": "linkedin.com/company/acme",
}  # fmt: skip
NAMES = sorted(VALUES)


class Book:
    """Experience in memory."""

    def __init__(self, tallies: dict[str, Tally] | None = None) -> None:
        self.tallies: dict[str, Tally] = tallies or {}

    def note(
        self, provider: str, segment: str, *, hit: bool, wanted: Iterable[str], found: Iterable[str], micros: int
    ) -> None:
        """Count."""
        for name in levels(provider, segment):
            self.tallies.setdefault(name, Tally()).add(hit=hit, wanted=wanted, found=found, micros=micros)


def experience(asks: int, hits: int, cents: float = 0, fields: Mapping[str, float] | None = None) -> Tally:
    """A provider that was asked so often, knew so many, and brought each field with a share."""
    counted = {name: (hits, round(hits * share)) for name, share in (fields or {}).items()}
    return Tally(asks, hits, round(hits * cents * 10_000), 0, counted)


def without_page(subject: Subject) -> str | None:
    """For providers that need a LinkedIn page."""
    return None if subject.get("company_linkedin_url") else "no page"


@st.composite
def offers(draw: st.DrawFn) -> list[tuple[set[str], set[str], int, bool]]:
    """Providers as (what they offer, what they will bring, cents, whether they need a LinkedIn page)."""
    found = []
    for _ in range(draw(st.integers(0, 5))):
        gives = draw(st.sets(st.sampled_from(NAMES), min_size=1))
        found.append(
            (gives, draw(st.sets(st.sampled_from(sorted(gives)))), draw(st.integers(0, 9)), draw(st.booleans()))
        )
    return found


@settings(max_examples=150, deadline=None)
@given(
    offers(),
    st.sets(st.sampled_from(NAMES), min_size=1),
    st.none() | st.integers(0, 15),
    st.sampled_from([(), ("auto",)]),
)
def test_budget_need_and_accounting_hold_for_every_world(
    providers: list[tuple[set[str], set[str], int, bool]],
    required: set[str],
    cap_cents: int | None,
    order: tuple[str, ...],
) -> None:
    """No plan spends above the cap, asks anybody after everything is known, asks twice, or loses sight of a field."""
    world = World(policy=Policy(order=order), rates=Book())
    for number, (gives, brings, cents, needs_page) in enumerate(providers):
        world.provider(
            f"p{number}", {name: VALUES[name] for name in brings}, gives=gives, cents=cents,
            cannot=without_page if needs_page else None,
        )  # fmt: skip
    cap = None if cap_cents is None else cap_cents * 10_000
    report = asyncio.run(world.run(*sorted(required), max_cost_micros=cap))
    assert isinstance(report.verdict, Done)
    result = report.verdict.result
    assert cap is None or world.purse.provider_micros <= cap
    assert len(world.order) == len(set(world.order))
    gives_of = {provider.name: provider.gives for provider in world.roster}
    for name, ask in world.asked:
        assert ask.fields, "asked although everything was known"
        assert gives_of[name] & (ask.fields | {"company_linkedin_url", "company_name", "company_city"})
    gaps, filled = {gap.field for gap in result.gaps}, {name for name in required if name in result.data}
    assert gaps | filled == required
    assert not gaps & filled
    assert result.total_micros == world.purse.provider_micros
    assert (result.status is ResultStatus.SUCCESS) == (not gaps)


def provider(world: World, name: str, cents: int, *gives: str) -> Provider:
    """A provider that is only planned with."""
    return world.provider(name, {}, gives=gives, cents=cents)


def situation(*wanted: str, left: int | None = None) -> Situation:
    """A company by domain with open fields."""
    from worker.domain.identity import company_at

    return Situation(company_at("acme.example"), frozenset(wanted), left_micros=left)


def test_the_cheapest_hit_comes_first() -> None:
    """Price over hit rate decides, not price alone: 10 cents at 90 % beats 4 cents at 10 %."""
    world = World()
    roster = [provider(world, "cheap", 4, "company_size"), provider(world, "good", 10, "company_size")]
    tallies = {
        "cheap": experience(100, 10, 30, {"company_size": 1.0}),
        "good": experience(100, 90, 10, {"company_size": 1.0}),
    }
    chosen = best_value(roster, situation("company_size"), tallies)
    assert chosen is not None
    assert chosen.name == "good"


def test_one_call_that_fills_three_fields_beats_three() -> None:
    """Gain counts all open fields of a lookup."""
    world = World()
    roster = [
        provider(world, "narrow", 5, "company_size"),
        provider(world, "broad", 10, "company_size", "company_city", "company_phone"),
    ]
    chosen = best_value(roster, situation("company_size", "company_city", "company_phone"), {})
    assert chosen is not None
    assert chosen.name == "broad"


def test_a_key_to_a_better_provider_counts() -> None:
    """A free search that finds the LinkedIn page is worth asking though it gives no open field."""
    world = World()
    world.provider("search", {}, gives=["company_linkedin_url"])
    world.provider(
        "pdl", {}, gives=["company_size"], cents=5, cannot=lambda s: None if s.get("company_linkedin_url") else "no"
    )
    chosen = best_value(world.roster, situation("company_size"), {})
    assert chosen is not None
    assert chosen.name == "search"


def test_nothing_is_bought_that_is_not_worth_its_price() -> None:
    """A field may cost so much and no more, at the expected rate."""
    world = World()
    roster = [provider(world, "dear", 28, "company_size")]
    tallies = {"dear": experience(200, 4, 28, {"company_size": 0.5})}
    now = situation("company_size")
    assert best_value(roster, now, tallies, most_micros_a_field=400_000) is None
    assert best_value(roster, now, tallies, most_micros_a_field=1_000_000) is not None


def test_what_the_budget_cannot_pay_is_not_planned() -> None:
    """The highest price has to fit, not the expected one."""
    world = World()
    roster = [provider(world, "dear", 28, "company_size")]
    assert best_value(roster, situation("company_size", left=279_999), {}) is None
    assert best_value(roster, situation("company_size", left=280_000), {}) is not None


def test_experience_moves_the_prior() -> None:
    """Without experience every second lookup hits; with much of it the prior is gone."""
    one = provider(World(), "pdl", 28, "company_size")
    assert expected(one, {}).hit == 0.5
    assert abs(expected(one, {"pdl": experience(1000, 900)}).hit - 0.9) < 0.002


@given(
    st.lists(st.tuples(st.booleans(), st.sets(st.sampled_from(NAMES)), st.integers(0, 9)), max_size=20),
    st.integers(0, 20),
)
def test_tallies_add_up_however_they_are_split(lookups: list[tuple[bool, set[str], int]], cut: int) -> None:
    """Counting in two processes and adding is counting in one; the counters survive Redis."""
    whole, one, other = Tally(), Tally(), Tally()
    for number, (hit, found, micros) in enumerate(lookups):
        for tally in (whole, one if number < cut else other):
            tally.add(hit=hit, wanted=NAMES[:3], found=found, micros=micros)
    assert one.merged(other) == whole
    assert Tally.from_counts(whole.as_counts()).as_counts() == whole.as_counts()


async def test_auto_learns_whom_to_ask() -> None:
    """After some misses the plan turns to the provider that knows."""
    book = Book()
    world = World(policy=Policy(order=("auto",)), rates=book)
    world.provider("alike", {}, gives=["company_size"], cents=3)
    world.provider("better", {"company_size": "11-50"}, cents=3)
    for _ in range(4):
        await world.run("company_size")
    assert world.order[-1] == "better"
    assert world.order[-2] == "better"
    assert book.tallies["better"].hits >= 3
