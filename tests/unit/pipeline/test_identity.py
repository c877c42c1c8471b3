"""Identity in a run: what strangers say neither joins the record nor leads on."""

from tests.unit.pipeline.world import World
from worker.domain.job import ResultStatus
from worker.domain.verdict import Done


async def test_a_stranger_is_refused_with_the_reason() -> None:
    """The wrong company's data is nowhere in the record; the gap and the stage say why; others are still asked."""
    world = World()
    world.provider(
        "pdl",
        {"company_name": "Acme", "company_domain": "acme.test", "company_size": "10001+"},
        stage="linkedin",
        identifiers={"company_linkedin_url": "https://www.linkedin.com/company/acme-of-somewhere"},
        confidence=0.95,
    )
    world.provider("site", {"company_name": "Acme"}, source="acme.example", stage="website")
    report = await world.run("company_name", "company_size")
    assert isinstance(report.verdict, Done)
    result = report.verdict.result
    assert result.status is ResultStatus.PARTIAL
    assert [claim.source for claim in report.claims] == ["acme.example"]
    assert report.subject is not None
    assert report.subject.get("company_linkedin_url") is None
    assert result.gaps[0].asked["pdl"].startswith("miss: refused: another company")
    assert "acme.test, not acme.example" in result.stages[1].reason
    assert any("refused what pdl says" in note for note in result.notes)


async def test_a_moved_site_is_followed_and_noted() -> None:
    """A redirect to the new domain is a relation the result tells."""
    world = World()
    world.provider("website", {"company_name": "Zenith"}, source="zenith.example")
    report = await world.run("company_name")
    assert isinstance(report.verdict, Done)
    assert report.verdict.result.status is ResultStatus.SUCCESS
    assert report.verdict.result.notes == ("acme.example leads to zenith.example now",)
