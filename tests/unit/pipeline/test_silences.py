"""Negative knowledge in a run: who had nothing is not asked again, and the result says so."""

from datetime import timedelta

from tests.unit.pipeline.world import NOW, Remembered, World
from worker.domain.finding import Finding, Outcome
from worker.domain.page import Page
from worker.domain.verdict import Done


async def test_who_had_nothing_is_not_asked_again() -> None:
    """A miss is remembered with its reason; a failure is not; the rest is asked as ever."""
    world = World(silences=Remembered())
    world.provider("pdl", Finding("pdl", Outcome.MISS, reason="404"), gives=["company_size"])
    world.provider("site", {}, gives=["company_size"])
    await world.run("company_size")
    assert world.order == ["pdl", "site"]
    report = await world.run("company_size")
    assert world.order == ["pdl", "site"]
    assert isinstance(report.verdict, Done)
    assert report.verdict.result.gaps[0].asked == {"pdl": "miss today: 404", "site": "miss today"}
    assert [stage.skipped for stage in report.stages[1:]] == ["miss today: 404", "miss today"]


async def test_a_failure_is_asked_again() -> None:
    """An error says nothing about the subject."""
    world = World(silences=Remembered())
    world.provider("pdl", Finding("pdl", Outcome.TRANSIENT), gives=["company_size"])
    await world.run("company_size")
    await world.run("company_size")
    assert world.order == ["pdl", "pdl"]


async def test_skip_cache_forgets_silence_of_other_jobs() -> None:
    """The job asked for fresh answers: what others did not find does not count."""
    world = World(silences=Remembered())
    world.provider("pdl", {}, gives=["company_size"])
    await world.run("company_size")
    await world.run("company_size", skip_cache=True, first_pickup_at=NOW + timedelta(seconds=1))
    assert world.order == ["pdl", "pdl"]


async def test_a_blocked_site_is_not_read_again_for_the_llm() -> None:
    """The fallback does not climb over a wall that stood there an hour ago."""
    world = World(silences=Remembered())
    world.provider("site", Finding("site", Outcome.BLOCKED), stage="website", gives=["company_city"])
    world.provider("llm", {}, stage="llm", gives=["company_industry"], pages=(Page("u", "t"),))
    await world.run("company_city", "company_industry")
    await world.run("company_industry")
    assert world.order == ["site", "llm"]


async def test_silence_is_met_again_by_another_key() -> None:
    """A job that names the company by its LinkedIn page does not ask who had nothing when it came by its domain."""
    world = World(silences=Remembered())
    page = "https://www.linkedin.com/company/acme"
    world.provider("site", {"company_linkedin_url": page, "company_domain": "acme.example"}, source="acme.example")
    world.provider("pdl", {}, gives=["company_size"], cents=28)
    first = await world.run("company_size", "company_linkedin_url")
    assert world.order == ["site", "pdl"]
    world.known = first.claims
    await world.run("company_size", kind="company_linkedin", url=page)
    assert world.order == ["site", "pdl"]


async def test_a_guessed_key_is_not_silenced() -> None:
    """A page that only a search took for the company's own may be another's, who is asked about as ever."""
    world = World(silences=Remembered())
    page = "https://www.linkedin.com/company/acme-other"
    world.provider("search", {"company_linkedin_url": page}, confidence=0.7)
    world.provider("pdl", {}, gives=["company_size"], cents=28)
    await world.run("company_size", "company_linkedin_url")
    await world.run("company_size", kind="company_linkedin", url=page)
    assert world.order.count("pdl") == 2
