"""Stale while revalidate: an old value at once, and one refresh for many readers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tests.unit.pipeline.world import KINDS, NOW, World
from worker.domain.claim import Claim
from worker.domain.job import Job, ResultStatus
from worker.domain.result import Result
from worker.domain.verdict import Done
from worker.pipeline import enrich

KIND = KINDS["company_website"]


def old(name: str, value: str) -> Claim:
    """A value past its field's life."""
    return Claim(name, value, "pdl", "pdl", 0.95, NOW - timedelta(days=400))


def job(number: int = 1, **options: object) -> Job:
    """A job that takes old values."""
    more: dict[str, object] = {"fields": {"allowStale": "true"}, **options}
    return Job("w", str(number), KIND.name, "https://acme.example", ("company_name", "company_size"), **more)  # type: ignore[arg-type]


async def run(world: World, *jobs: Job) -> tuple[list[Result], list[Mapping[str, str]]]:
    """Results, and the refresh entries that were added."""
    added: list[Mapping[str, str]] = []

    async def refresh(entry: Mapping[str, str]) -> None:
        added.append(entry)

    tools = replace(world.tools(), refresh=refresh)
    results = []
    for one in jobs:
        report = await enrich(one, KIND, tools)
        assert isinstance(report.verdict, Done)
        results.append(report.verdict.result)
    return results, added


async def test_old_values_are_served_and_refreshed_once() -> None:
    """Nobody is asked now; every reader of a day asks for the same refresh, which wants only what is old."""
    world = World(known=(old("company_name", "Acme"), old("company_size", "11-50")))
    world.provider("pdl", {"company_name": "Acme", "company_size": "51-200"})
    results, added = await run(world, job(1), job(2))
    assert world.order == []
    assert [result.status for result in results] == [ResultStatus.SUCCESS] * 2
    assert results[0].data["company_size"]["value"] == "11-50"
    assert results[0].data["company_size"]["observedAt"].startswith("2025-")
    assert results[0].notes == ("stale, being refreshed: company_name, company_size",)
    assert len({entry["id"] for entry in added}) == 1
    assert added[0]["requiredFields"] == "company_name,company_size"
    assert (added[0]["workspaceId"], added[0]["url"]) == ("w", "https://acme.example")


async def test_what_is_missing_is_asked_for_as_ever() -> None:
    """Old is good enough, nothing is not; and without the option old is not either."""
    world = World(known=(old("company_name", "Acme"),))
    world.provider("pdl", {"company_name": "Acme", "company_size": "51-200"})
    _, added = await run(world, job(1), job(2, fields={}), job(3, skip_cache=True))
    assert added == []
    assert world.order == ["pdl"] * 3


async def test_the_refresh_itself_asks() -> None:
    """The added entry runs as a normal job: the old value is a gap to it."""
    world = World(known=(old("company_name", "Acme"), old("company_size", "11-50")))
    world.provider("pdl", {"company_name": "Acme", "company_size": "51-200"})
    _, (entry,) = await run(world, job(1))
    results, _ = await run(world, job(2, fields=entry))
    assert world.order == ["pdl"]
    assert results[0].data["company_size"]["value"] == "51-200"
