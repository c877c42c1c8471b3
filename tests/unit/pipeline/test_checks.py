"""Checking values that are there: somebody else's word, asked for like a missing value, shown beside it."""

from dataclasses import replace

import pytest

from tests.unit.pipeline.world import KINDS, NOW, World
from worker.domain.check import Word, check, given_values, statements
from worker.domain.claim import Claim, Value
from worker.domain.errors import MalformedEntry
from worker.domain.finding import Finding, Outcome
from worker.domain.freshness import HUMAN, KNOWN
from worker.domain.job import Delivery, ResultStatus
from worker.domain.lane import Lane
from worker.domain.page import Page
from worker.domain.provider import Ask, Gateway
from worker.domain.result import Result
from worker.domain.verdict import Done, Report
from worker.queue.codec import decode, parse

TYPED = {"company_size": "11-50"}


def result_of(report: Report) -> Result:
    """The result of a run that is done."""
    assert isinstance(report.verdict, Done)
    return report.verdict.result


@pytest.mark.parametrize(("said", "word"), [("11-50", Word.CONFIRMED), ("501-1000", Word.CONTRADICTED)])
async def test_a_typed_value_is_borne_out_or_contradicted(said: str, word: Word) -> None:
    """A provider is asked although the value is there; the person's word still stands, the other beside it."""
    world = World()
    world.provider("pdl", {"company_size": said}, cents=28)
    result = result_of(await world.run("company_size", known=TYPED, validate=("*",)))
    (found,) = result.checks
    assert (found.field, found.value, found.word, found.said) == ("company_size", "11-50", word, {"pdl": said})
    assert result.data["company_size"]["value"] == "11-50"
    assert (result.status, result.gaps, result.total_micros) == (ResultStatus.SUCCESS, (), 280_000)
    assert result.as_json()["checks"][0]["verdict"] == word.value


async def test_without_the_wish_nobody_is_asked() -> None:
    """What a person typed is not bought."""
    world = World()
    world.provider("pdl", {"company_size": "11-50"}, cents=28)
    result = result_of(await world.run("company_size", known=TYPED))
    assert (world.order, result.checks) == ([], ())


async def test_one_word_is_enough_and_what_is_held_already_counts() -> None:
    """A fresh claim from the cache is a word; else the next provider is asked only while there is none."""
    world = World(known=(Claim("company_size", "11-50", "pdl", "pdl", 0.95, NOW),))
    world.provider("apollo", {"company_size": "11-50"}, cents=10)
    free = result_of(await world.run("company_size", known=TYPED, validate=("company_size",)))
    assert (world.order, free.checks[0].word) == ([], Word.CONFIRMED)
    world.known = ()
    world.provider("hunter", {"company_size": "11-50"}, cents=2)
    paid = result_of(await world.run("company_size", known=TYPED, validate=("company_size",)))
    assert (world.order, paid.checks[0].said) == (["apollo"], {"apollo": "11-50"})


async def test_a_found_value_is_checked_with_others_than_its_finder() -> None:
    """Who said it cannot bear it out: pdl's own value is looked for elsewhere."""
    world = World(known=(Claim("company_size", "11-50", "pdl", "pdl", 0.95, NOW),))
    world.provider("pdl", {"company_size": "11-50"}, cents=28)
    world.provider("site", {"company_size": "51-200"})
    result = result_of(await world.run("company_size", validate=("company_size",)))
    assert result.checks[0].word is Word.CONTRADICTED
    assert result.checks[0].said == {"site": "51-200"}


async def test_nobody_states_it() -> None:
    """Silence is no contradiction, and no gap: the value is there."""
    world = World()
    world.provider("site", {}, gives=["company_size"])
    result = result_of(await world.run("company_size", known=TYPED, validate=("*",)))
    assert result.checks[0].word is Word.NOT_STATED
    assert (result.status, result.gaps) == (ResultStatus.SUCCESS, ())


async def test_a_model_checks_by_its_own_way_over_the_pages() -> None:
    """The model is shown the value, not asked for it; what it sees in the text is a claim of the page's host."""
    page = Page("https://acme.example/", "hash", "Acme: founded in 1998.", "v1")
    world = World()
    world.provider("site", Finding("site", Outcome.HIT, pages=(page,)), stage="website", gives=["company_phone"])
    model = world.provider("llm", {"company_founded_year": 1901}, stage="llm")
    shown: list[Ask] = []

    async def validate(ask: Ask, _: Gateway) -> Finding:
        shown.append(ask)
        claims = (Claim("company_founded_year", 1998, "acme.example", "llm", 0.6, NOW),)
        return Finding("llm", Outcome.HIT, claims, reason="contradicted: company_founded_year")

    world.roster[-1] = replace(model, validate=validate)
    typed = {"company_founded_year": "1997"}
    result = result_of(await world.run("company_phone", known=typed, validate=("*",)))
    (ask,) = shown
    assert [(claim.field, claim.value, claim.provider) for claim in ask.claims] == [
        ("company_founded_year", 1997, KNOWN)
    ]
    assert (ask.fields, ask.pages) == (frozenset({"company_founded_year"}), (page,))
    assert "llm" not in world.order
    assert result.checks[0].word is Word.CONTRADICTED
    assert [stage.name for stage in result.stages if stage.provider == "llm"] == ["check"]
    assert [gap.field for gap in result.gaps] == ["company_phone"]


async def test_the_cap_holds_for_checks() -> None:
    """A check that would pass the cap is not bought."""
    world = World()
    world.provider("pdl", {"company_size": "11-50"}, cents=28)
    result = result_of(await world.run("company_size", known=TYPED, validate=("*",), max_cost_micros=10_000))
    assert (world.order, result.checks[0].word) == ([], Word.NOT_STATED)


async def test_a_dry_run_prices_checks() -> None:
    """``dryRun`` counts what the checks would cost."""
    world = World()
    world.provider("pdl", {"company_size": "11-50"}, cents=28)
    plain = result_of(await world.run("company_size", known=TYPED, fields={"dryRun": "1"}))
    checked = result_of(await world.run("company_size", known=TYPED, validate=("*",), fields={"dryRun": "1"}))
    assert plain.notes[0].startswith("dry run: 0.0 cents expected")
    assert not checked.notes[0].startswith("dry run: 0.0 cents expected")
    assert checked.status is ResultStatus.SUCCESS


def _claim(field: str, value: Value, provider: str, source: str = "") -> Claim:
    return Claim(field, value, source or provider, provider, 0.9, NOW)


def test_an_address_is_borne_out_by_its_mailbox() -> None:
    """Who else writes an address down says little; what a check of the mailbox says counts."""
    typed = Claim("person_email", "ada@acme.example", HUMAN, KNOWN, 1.0, NOW)
    given = given_values(["person_email"], [typed], {"person_email": typed.value})["person_email"]
    for status, word in (("valid", Word.CONFIRMED), ("invalid", Word.CONTRADICTED), ("unknown", Word.NOT_STATED)):
        said = statements(given, [_claim("person_email_status", status, "email_check")], NOW)
        assert check(given, said).word is word
    assert statements(given, [_claim("person_email", "ada@acme.example", "pdl")], NOW) == []


def test_several_right_values_do_not_contradict_each_other() -> None:
    """Another phone number is no contradiction; two words against each other are a dispute."""
    for field, value, other, word in (
        ("company_phone", "+4930901820", "+4930901821", Word.NOT_STATED),
        ("company_size", "11-50", "501-1000", Word.CONTRADICTED),
    ):
        typed = Claim(field, value, HUMAN, KNOWN, 1.0, NOW)
        given = given_values([field], [typed], {field: value})[field]
        assert check(given, [_claim(field, other, "pdl")]).word is word
    assert check(given, [_claim(field, other, "pdl"), _claim(field, "11-50", "site")]).word is Word.DISPUTED


@pytest.mark.parametrize(
    ("text", "wish"),
    [("true", ("*",)), ("false", ()), ("company_size,company_city", ("company_size", "company_city"))],
)
def test_the_wish_is_read_from_the_entry(text: str, wish: tuple[str, ...]) -> None:
    """``validate`` is a yes, a no, or a list."""
    flat = [b"url", b"https://acme.example", b"type", b"company_website", b"validate", text.encode()]
    assert parse(decode(flat), Delivery("s", Lane.BATCH, "1-0", 1), KINDS).validate == wish


def test_a_wrong_name_is_refused() -> None:
    """A misspelt field would check nothing in silence."""
    flat = [b"url", b"https://acme.example", b"type", b"company_website", b"validate", b"company_sise"]
    with pytest.raises(MalformedEntry, match="did you mean company_size"):
        parse(decode(flat), Delivery("s", Lane.BATCH, "1-0", 1), KINDS)
