"""The main job over scripted providers: order, early stop, gaps, verdicts, what is told."""

import asyncio
from datetime import timedelta

import pytest

from tests.unit.pipeline.world import NOW, World
from worker.domain.claim import Claim
from worker.domain.errors import MalformedEntry, StoreUnavailable
from worker.domain.finding import Finding, Outcome
from worker.domain.job import ResultStatus
from worker.domain.page import Page
from worker.domain.provider import Ask, Off
from worker.domain.result import Result
from worker.domain.subject import Subject
from worker.domain.verdict import Done, Report, Retry, Snooze
from worker.pipeline import Policy


def result_of(report: Report) -> Result:
    """The result of a run that is done."""
    assert isinstance(report.verdict, Done), report.verdict
    return report.verdict.result


def known(name: str, value: str, *, source: str = "pdl", confidence: float = 0.95, age_days: float = 1) -> Claim:
    """A claim in the cache."""
    return Claim(name, value, source, source, confidence, NOW - timedelta(days=age_days))


def no_page(subject: Subject) -> str | None:
    """For providers that need a LinkedIn URL."""
    return None if subject.get("company_linkedin_url") else "no LinkedIn URL"


async def test_stops_as_soon_as_everything_is_known() -> None:
    """The second provider is not asked when the first filled every required field."""
    world = World()
    world.provider("pdl", {"company_name": "Acme", "company_size": "11-50"}, stage="linkedin", cents=28)
    world.provider("site", {"company_name": "Acme"}, stage="website")
    result = result_of(await world.run("company_name", "company_size"))
    assert result.status is ResultStatus.SUCCESS
    assert world.order == ["pdl"]
    assert result.stages[-1].skipped == "all required fields known"
    assert result.as_json()["costs"] == {"provider": 28.0, "llm": 0.0, "total": 28.0}


async def test_goes_on_until_confident_enough() -> None:
    """A value below minConfidence is a gap; a second source that agrees closes it."""
    world = World()
    world.provider("a", {"company_name": "Acme"}, confidence=0.7)
    world.provider("b", {"company_name": "ACME Inc."}, confidence=0.7)
    world.provider("c", {"company_name": "Acme"}, confidence=0.7)
    result = result_of(await world.run("company_name", min_confidence=0.9))
    assert world.order == ["a", "b"]
    assert result.data["company_name"]["confidence"] == 0.91


async def test_too_little_confidence_is_told() -> None:
    """What nobody can confirm stays visible with its confidence, and open."""
    world = World()
    world.provider("a", {"company_name": "Acme"}, confidence=0.7)
    result = result_of(await world.run("company_name", min_confidence=0.9))
    assert result.status is ResultStatus.PARTIAL
    assert result.data["company_name"]["value"] == "Acme"
    assert result.gaps[0].why == "below the confidence asked for: 0.70 of 0.90"


async def test_each_stage_is_fed_with_what_earlier_ones_found() -> None:
    """A later stage's LinkedIn URL makes an earlier stage possible."""
    world = World()
    world.provider("pdl", {"company_size": "11-50"}, stage="linkedin", cannot=no_page)
    world.provider("search", {"company_linkedin_url": "linkedin.com/company/Acme"}, confidence=0.7)
    result = result_of(await world.run("company_size"))
    assert world.order == ["search", "pdl"]
    assert world.asked[1][1].subject.get("company_linkedin_url") == "https://www.linkedin.com/company/acme"
    assert result.status is ResultStatus.SUCCESS


async def test_nobody_is_asked_for_what_leads_nowhere() -> None:
    """A provider that gives neither an open field nor a key to one is not paid."""
    world = World()
    world.provider("pdl", {"company_size": "11-50"}, stage="linkedin", cannot=no_page)
    world.provider("logos", {"company_logo_url": "https://acme.example/l.png"}, cents=5)
    result = result_of(await world.run("company_size"))
    assert world.order == []
    assert result.status is ResultStatus.FAILED
    assert dict(result.gaps[0].asked) == {"pdl": "no LinkedIn URL"}


async def test_order_follows_the_policy() -> None:
    """PROVIDER_ORDER names stages or providers; the LLM stays last, what is not listed is not asked."""
    world = World(policy=Policy(order=("website", "pdl")))
    world.provider("llm", {"company_city": "Berlin"}, stage="llm")
    world.provider("other", {"company_name": "Acme"}, stage="other", confidence=0.5)
    world.provider("pdl", {"company_name": "Acme"}, stage="linkedin", confidence=0.5)
    world.provider("site", {"company_name": "Acme"}, stage="website", confidence=0.5, pages=(Page("u", "t"),))
    await world.run("company_name", "company_city", min_confidence=0.8)
    assert world.order == ["site", "pdl", "llm"]


async def test_star_stands_for_all_others() -> None:
    """With ``*`` in the order, new providers join without a setting."""
    world = World(policy=Policy(order=("b", "*")))
    for name in "abc":
        world.provider(name, {}, gives=["company_name"])
    await world.run("company_name")
    assert world.order == ["b", "a", "c"]


async def test_llm_is_asked_for_the_gaps_only() -> None:
    """The fallback sees the open fields, the claims and the pages so far; a guess is marked and capped."""
    world = World()
    page = Page("https://acme.example/", "We build robots")
    world.provider("site", {"company_name": "Acme"}, stage="website", gives=["company_name"], pages=(page,))
    world.provider("llm", {"company_industry": "Robotics"}, stage="llm", confidence=0.9, inferred=True)
    report = await world.run("company_name", "company_industry")
    result = result_of(report)
    ask = world.asked[-1][1]
    assert ask.fields == {"company_industry"}
    assert ask.pages == (page,)
    assert {claim.field for claim in ask.claims} == {"company_name"}
    assert (result.data["company_industry"]["inferred"], result.data["company_industry"]["confidence"]) == (True, 0.6)
    assert "LLM fallback: 1 inference" in [line.message for line in report.logs]


async def test_llm_gets_pages_even_when_facts_came_from_the_cache() -> None:
    """The website's text is read again (free) before the LLM, though the website gives none of the gaps."""
    world = World(known=(known("company_name", "Acme"),))
    world.provider("site", {"company_name": "Acme"}, stage="website", pages=(Page("u", "text"),))
    world.provider("llm", {"company_industry": "Robotics"}, stage="llm", inferred=True)
    await world.run("company_name", "company_industry")
    assert world.order == ["site", "llm"]
    assert [page.text for page in world.asked[-1][1].pages] == ["text"]


async def test_inferred_facts_are_refused_where_only_reading_counts() -> None:
    """A concluded phone number is no phone number."""
    world = World()
    world.provider("llm", {"company_phone": "+493012345678"}, stage="llm", inferred=True)
    result = result_of(await world.run("company_phone"))
    assert result.data == {}
    assert result.gaps[0].why.startswith("invalid: llm: concluded")


async def test_cached_fields_are_not_bought() -> None:
    """Any part of what is required that is known counts; only the rest is asked for."""
    world = World(known=(known("company_name", "Acme"),))
    world.provider("pdl", {"company_size": "11-50"}, gives=["company_name", "company_size"], cents=28)
    report = await world.run("company_name", "company_size")
    assert world.asked[0][1].fields == {"company_size"}
    assert [claim.field for claim in report.claims] == ["company_size"]
    assert result_of(report).stages[0].fields_found == ("company_name",)
    assert report.logs[0].message == "Cache: 1 field of 2 known"


async def test_identifiers_are_remembered() -> None:
    """A LinkedIn URL found months ago still opens the LinkedIn stage."""
    world = World(known=(known("company_linkedin_url", "https://www.linkedin.com/company/acme"),))
    world.provider("pdl", {"company_size": "11-50"}, cannot=no_page)
    assert result_of(await world.run("company_size")).status is ResultStatus.SUCCESS


async def test_stale_values_are_asked_for_again_and_shown_if_nobody_answers() -> None:
    """Past its life a value is a gap; it is still shown, with its age and faded confidence."""
    world = World(known=(known("company_size", "11-50", age_days=360),))
    world.provider("pdl", {}, gives=["company_size"])
    result = result_of(await world.run("company_size"))
    assert world.order == ["pdl"]
    assert result.status is ResultStatus.PARTIAL
    assert result.gaps[0].why == "stale: 360 days old, good for 90"
    assert result.data["company_size"]["confidence"] == pytest.approx(0.475)


async def test_skip_cache_asks_again_but_keeps_what_the_job_itself_learned() -> None:
    """Claims older than the job's first pickup do not count; its own from an earlier attempt do."""
    first = NOW - timedelta(hours=1)
    own = Claim("company_size", "11-50", "pdl", "pdl", 0.95, NOW - timedelta(minutes=30))
    world = World(known=(known("company_name", "Acme"), own))
    world.provider("pdl", {"company_name": "Acme"}, gives=["company_name", "company_size"])
    result = result_of(await world.run("company_name", "company_size", skip_cache=True, first_pickup_at=first))
    assert world.lookups == [first]
    assert world.asked[0][1].fields == {"company_name"}
    assert result.status is ResultStatus.SUCCESS


async def test_refresh_older_than() -> None:
    """A value older than asked for is a gap though its field's life is longer."""
    world = World(known=(known("company_name", "Acme", age_days=10), known("company_size", "11-50", age_days=2)))
    world.provider("pdl", {"company_name": "Acme"}, gives=["company_name", "company_size"])
    await world.run("company_name", "company_size", refresh_older_than_s=5 * 86_400)
    assert world.asked[0][1].fields == {"company_name"}
    assert world.asked[0][1].observed_after == NOW - timedelta(days=5)


async def test_known_values_outrank_and_are_not_bought() -> None:
    """What the producer typed is the value; a provider that says otherwise is shown as a conflict."""
    world = World()
    world.provider("pdl", {"company_size": "11-50", "company_name": "Acme Holdings"}, cents=28)
    report = await world.run("company_name", "company_size", known={"company_name": "Acme Inc."})
    name = result_of(report).data["company_name"]
    assert world.asked[0][1].fields == {"company_size"}
    assert (name["value"], name["confidence"], name["sources"]) == ("Acme Inc.", 1.0, ["human"])
    assert name["conflicts"][0]["value"] == "Acme Holdings"
    assert any(claim.source == "human" for claim in report.claims)


async def test_a_wrong_known_value_is_noted_and_asked_for() -> None:
    """A typed value that is none costs only itself."""
    world = World()
    world.provider("pdl", {"company_phone": "+493012345678"})
    result = result_of(await world.run("company_phone", known={"company_phone": "call us"}))
    assert result.status is ResultStatus.SUCCESS
    assert result.notes[0].startswith("known value of company_phone refused")


async def test_an_invalid_value_is_a_gap_and_the_others_stand() -> None:
    """One wrong value does not spoil its neighbours."""
    world = World()
    world.provider("site", {"company_name": "Acme", "company_phone": "12"})
    result = result_of(await world.run("company_name", "company_phone"))
    assert result.status is ResultStatus.PARTIAL
    assert set(result.data) == {"company_name"}
    assert result.gaps[0].why.startswith("invalid: site: ")
    assert dict(result.gaps[0].asked) == {"site": "hit"}


async def test_nothing_found_is_failed_without_retry() -> None:
    """All answers final and empty: done, failed."""
    world = World()
    world.provider("pdl", {}, gives=["company_name"])
    assert result_of(await world.run("company_name")).status is ResultStatus.FAILED


async def test_nobody_offers_it() -> None:
    """A field that no provider in use gives is a final gap that says so."""
    world = World()
    world.provider("pdl", {"company_name": "Acme"})
    result = result_of(await world.run("company_name", "company_revenue"))
    assert result.status is ResultStatus.PARTIAL
    assert result.gaps[0].why == "missing, and no provider in use offers it"


@pytest.mark.parametrize("outcome", [Outcome.TRANSIENT, Outcome.NONSENSE])
async def test_a_momentary_failure_is_retried_with_what_was_found(outcome: Outcome) -> None:
    """The others are still asked, the claims kept, and a result is ready for when attempts are over."""
    world = World()
    world.provider("pdl", Finding("pdl", outcome, reason="HTTP 503"), gives=["company_size"])
    world.provider("site", {"company_name": "Acme"})
    report = await world.run("company_name", "company_size")
    assert world.order == ["pdl", "site"]
    verdict = report.verdict
    assert isinstance(verdict, Retry)
    assert "HTTP 503" in verdict.message
    assert verdict.fallback is not None
    assert verdict.fallback.status is ResultStatus.PARTIAL
    assert [claim.field for claim in report.claims] == ["company_name"]


async def test_failure_with_nothing_found_has_no_fallback() -> None:
    """When attempts are over too, there is nothing to complete with."""
    world = World()
    world.provider("pdl", Finding("pdl", Outcome.TRANSIENT), gives=["company_size"])
    verdict = (await world.run("company_size")).verdict
    assert isinstance(verdict, Retry)
    assert verdict.fallback is None


async def test_a_failure_that_another_made_up_for_does_not_matter() -> None:
    """Down and back: the job goes on with the others."""
    world = World()
    world.provider("pdl", Finding("pdl", Outcome.TRANSIENT), gives=["company_name"])
    world.provider("site", {"company_name": "Acme"})
    assert result_of(await world.run("company_name")).status is ResultStatus.SUCCESS


async def test_throttled_sleeps_until_the_earliest_time() -> None:
    """No attempt is spent; the job wakes when the first of those it waits for can be asked."""
    world = World()
    late, soon = NOW + timedelta(minutes=9), NOW + timedelta(minutes=2)
    world.provider("a", Finding("a", Outcome.THROTTLED, retry_at=late), gives=["company_name"])
    world.provider("b", Finding("b", Outcome.PENDING, retry_at=soon), gives=["company_name"])
    verdict = (await world.run("company_name")).verdict
    assert isinstance(verdict, Snooze)
    assert verdict.until == soon
    assert verdict.fallback is None


async def test_waiting_without_a_time_takes_the_policys() -> None:
    """A refused key sleeps for a while instead of failing the job."""
    world = World(policy=Policy(snooze_s=120))
    world.provider("a", Finding("a", Outcome.BAD_CREDENTIALS), gives=["company_name"])
    verdict = (await world.run("company_name")).verdict
    assert isinstance(verdict, Snooze)
    assert verdict.until == NOW + timedelta(seconds=120)


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.MISS, Outcome.BAD_INPUT, Outcome.SUPPRESSED])
async def test_final_answers_are_final(outcome: Outcome) -> None:
    """Asking again soon would say the same: the job is done."""
    world = World()
    world.provider("a", Finding("a", outcome), gives=["company_name"])
    assert result_of(await world.run("company_name")).gaps[0].asked == {"a": outcome.value}


async def test_over_the_cap_says_so() -> None:
    """The gateway's refusal is a skipped stage and a final gap."""
    world = World()
    world.provider("a", Finding("a", Outcome.OVER_BUDGET), gives=["company_name"])
    report = await world.run("company_name", max_cost_micros=20_000)
    assert result_of(report).stages[1].skipped == "over the cap of 2 cents"
    assert report.logs[0].message == "A stage skipped: over the cap of 2 cents"


async def test_an_adapter_that_raises_is_one_failed_stage() -> None:
    """The others are asked, the job is retried, and the exception's text (it may hold a key) is not shown."""
    world = World()
    world.provider("pdl", KeyError("secret-key"), gives=["company_size"])
    world.provider("site", {"company_name": "Acme"})
    report = await world.run("company_name", "company_size")
    assert isinstance(report.verdict, Retry)
    assert report.stages[1].reason == "the adapter failed with KeyError"
    assert "secret-key" not in repr(report)


@pytest.mark.parametrize("error", [asyncio.CancelledError(), StoreUnavailable("away")])
async def test_cancellation_and_outages_pass_through(error: BaseException) -> None:
    """Neither is a provider's fault: the caller decides."""

    def cut_off(_: Ask) -> Finding:
        raise error

    world = World()
    world.provider("pdl", cut_off, gives=["company_name"])
    with pytest.raises(type(error)):
        await world.run("company_name")


async def test_providers_that_are_off_are_listed() -> None:
    """The result says which stage is missing and why."""
    world = World(off=(Off("pdl", "linkedin", "no LINKEDIN_API_KEY"),))
    world.provider("site", {"company_name": "Acme"}, stage="website")
    stages = result_of(await world.run("company_name")).as_json()["stages"]
    assert stages[-1] == {"stage": "linkedin", "provider": "pdl", "skipped": "no LINKEDIN_API_KEY"}


async def test_log_lines_read_like_the_workers() -> None:
    """One line per stage, in the words users know."""
    world = World()
    world.provider("pdl", {"company_name": "Acme", "company_city": "Berlin"}, stage="linkedin")
    world.provider("site", {"company_email": "a@acme.example"}, stage="website")
    report = await world.run("company_name", "company_city", "company_email")
    assert [line.message for line in report.logs] == [
        "LinkedIn stage completed: 2 fields",
        "Website scraper stage completed: 1 field",
    ]


async def test_claims_about_somebody_else_stay_out() -> None:
    """A company's record takes no person's fields."""
    world = World()
    world.provider("combined", {"company_name": "Acme", "person_name": "Ada Example"})
    assert {claim.field for claim in (await world.run("company_name")).claims} == {"company_name"}


async def test_phone_numbers_are_read_in_the_companys_region() -> None:
    """A national number follows the domain's country."""
    world = World()
    world.provider("site", {"company_phone": "030 901820"})
    result = result_of(await world.run("company_phone", url="https://acme.de"))
    assert result.data["company_phone"]["value"] == "+4930901820"
    assert result.data["company_phone"]["display"] == "030 901820"


async def test_listed_rules_derive_values() -> None:
    """A head count answers for the size band, with the rule as evidence."""
    world = World()
    world.provider("pdl", {"company_employee_count": 42}, gives=["company_size"], confidence=0.95)
    size = result_of(await world.run("company_size")).data["company_size"]
    assert (size["value"], size["confidence"]) == ("11-50", 0.95)
    assert size["evidence"] == [{"path": "rule:company_size from company_employee_count"}]


async def test_a_job_without_a_subject_is_malformed() -> None:
    """The URL is read before anybody is asked."""
    with pytest.raises(MalformedEntry, match="url"):
        await World().run("company_name", url="http://127.0.0.1/")


async def test_gaps_say_what_going_on_would_cost() -> None:
    """Who could still be asked, and for how much: not those whose answer is final, nor those that cannot be asked."""
    world = World()
    world.provider("dear", {}, gives=["company_size"], cents=28)
    world.provider("capped", Finding("capped", Outcome.OVER_BUDGET), gives=["company_size"], cents=1)
    world.provider("done", {}, gives=["company_size"])
    world.provider("pages", {}, gives=["company_size"], cents=9, cannot=no_page)
    report = await world.run("company_size", max_cost_micros=20_000)
    gap = result_of(report).gaps[0]
    assert gap.asked["dear"] == "over the cap: 2 cents left, up to 28 needed"
    assert gap.as_json()["goingOnCents"] == {"dear": 28.0, "capped": 1.0}
