"""Dry runs: the price of a batch before anybody is paid, against what it then costs."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace as with_tools

import pytest
from msgspec.structs import replace

from tests.unit.pipeline.test_planner import Book
from tests.unit.pipeline.world import KINDS, NOW, World
from worker.domain.claim import Claim
from worker.domain.finding import Finding, Outcome
from worker.domain.hitrate import Tally
from worker.domain.job import Job, ResultStatus
from worker.domain.kind import Kind
from worker.domain.provider import Ask
from worker.domain.verdict import Done
from worker.pipeline import Policy, Tools, enrich
from worker.pipeline.dry_run import price

VALUES = {
    "company_name": "Acme",
    "company_size": "11-50",
    "company_industry": "Robotics",
    "company_phone": "+4930901820",
}
KIND = KINDS["company_website"]
#: Two scenarios: per provider (stage, cents a hit, cents a miss, hit rate, field rates).
RICH = {
    "pdl": ("linkedin", 28, 0, 0.8, {"company_name": 1.0, "company_size": 0.9, "company_industry": 0.85}),
    "site": ("website", 0, 0, 0.9, {"company_name": 0.95, "company_phone": 0.6}),
    "serp": ("search", 1, 1, 0.6, {"company_phone": 0.4, "company_industry": 0.3}),
    "llm": ("llm", 2, 2, 0.9, {"company_industry": 0.8}),
}
POOR = {
    "pdl": ("linkedin", 28, 0, 0.15, {"company_name": 1.0, "company_size": 0.5, "company_industry": 0.5}),
    "site": ("website", 0, 0, 0.4, {"company_name": 0.9, "company_phone": 0.3}),
    "serp": ("search", 1, 1, 0.9, {"company_phone": 0.2, "company_industry": 0.1}),
    "llm": ("llm", 2, 2, 0.5, {"company_industry": 0.3}),
}
Scenario = dict[str, tuple[str, int, int, float, dict[str, float]]]


def world_of(scenario: Scenario, book: Book, order: tuple[str, ...] = ()) -> World:
    """A world whose providers know a subject or not by chance, always the same for a subject."""
    world = World(rates=book, policy=Policy(order=order))
    for name, (stage, hit_cents, miss_cents, rate, fields) in scenario.items():

        def says(
            ask: Ask, name: str = name, rate: float = rate, fields: dict[str, float] = fields,
            hit_cents: int = hit_cents, miss_cents: int = miss_cents,
        ) -> Finding:  # fmt: skip
            rng = random.Random(f"{name}/{ask.subject.key}")
            hit = rng.random() < rate
            micros = (hit_cents if hit else miss_cents) * 10_000
            world.purse.provider_micros += micros
            domain = ask.subject.get("company_domain") or ""
            values = VALUES | {"company_name": domain.partition(".")[0].upper()}
            claims = tuple(
                Claim(field, values[field], name, name, 0.8, NOW)
                for field in sorted(fields)
                if rng.random() < fields[field] and hit
            )
            return Finding(name, Outcome.HIT if hit else Outcome.MISS, claims, charged_micros=micros)

        world.provider(name, says, stage=stage, gives=fields, cents=hit_cents)
    return world


def jobs(first: int, last: int, **options: object) -> list[tuple[Job, Kind]]:
    """Jobs about companies that are all different, for the four fields."""
    return [
        (Job("default", str(n), KIND.name, f"https://c{n}.example", tuple(VALUES), **options), KIND)  # type: ignore[arg-type]
        for n in range(first, last)
    ]


async def bill(world: World, batch: list[tuple[Job, Kind]]) -> int:
    """Run the jobs for real; what they cost together."""
    before, tools = world.purse.provider_micros, world.tools()
    for job, kind in batch:
        await enrich(job, kind, tools)
    return world.purse.provider_micros - before


@pytest.mark.parametrize("order", [(), ("auto",)])
@pytest.mark.parametrize("scenario", [RICH, POOR], ids=["rich", "poor"])
async def test_cold_range_contains_the_bill_and_experience_narrows_it(
    scenario: Scenario, order: tuple[str, ...]
) -> None:
    """From nothing: a range around the bill. After 200 jobs: within 20 % of it. The batch is 10,000 jobs."""
    book = Book()
    world = world_of(scenario, book, order)
    batch = jobs(0, 10_000)
    cold = await price(batch, world.tools())
    assert world.asked == [], "a dry run asks nobody"
    await bill(world, jobs(20_000, 20_200))
    warm = await price(batch, world.tools())
    actual = await bill(world, batch[:2000]) * 5
    assert cold.estimate.low_micros <= actual <= cold.estimate.high_micros
    assert warm.estimate.micros == pytest.approx(actual, rel=0.2)
    width = warm.estimate.high_micros - warm.estimate.low_micros
    assert width < 0.7 * (cold.estimate.high_micros - cold.estimate.low_micros)
    assert warm.jobs == 10_000


async def test_what_is_known_or_asked_for_twice_costs_nothing() -> None:
    """Records, known values and repeats inside the batch are left out."""
    world = world_of(RICH, Book())
    world.known = tuple(Claim(name, value, "pdl", "pdl", 0.95, NOW) for name, value in VALUES.items())
    priced = await price(jobs(0, 5), world.tools())
    assert (priced.estimate.high_micros, priced.known) == (0, 5)
    world.known = ()
    twice = await price([*jobs(0, 5), *jobs(0, 5)], world.tools())
    assert (twice.jobs, twice.repeated) == (10, 5)
    typed = [(replace(job, known=VALUES), kind) for job, kind in jobs(0, 2)]
    assert (await price(typed, world.tools())).known == 2


async def test_each_workspace_is_priced_with_its_own_providers() -> None:
    """One tool box a workspace, opened once for a batch; providers of one name and two prices stay apart."""
    common, theirs, opened = World(), World(), list[str]()
    for world, cents in ((common, 10), (theirs, 1000)):
        world.provider("pdl", {}, gives=VALUES, cents=cents)
    theirs.provider("apollo", {}, gives=VALUES, cents=1)

    @asynccontextmanager
    async def tools_of(workspace: str) -> AsyncIterator[Tools]:
        opened.append(workspace)
        yield (theirs if workspace == "acme" else common).tools()

    batch = [
        (replace(job, workspace="acme" if n % 2 else "other"), kind) for n, (job, kind) in enumerate(jobs(0, 1200))
    ]
    apart = [
        await price([one for one in batch if one[0].workspace == name], common.tools(), tools_of)
        for name in ("other", "acme")
    ]
    opened.clear()
    both = await price(batch, common.tools(), tools_of)
    assert sorted(opened) == ["acme", "other"]
    assert "apollo" not in apart[0].estimate.calls
    assert both.estimate.calls["apollo"] == pytest.approx(apart[1].estimate.calls["apollo"], rel=0.2)
    assert apart[0].estimate.high_micros <= 600 * 100_000 + 1 < apart[1].estimate.high_micros
    assert both.estimate.micros == pytest.approx(sum(one.estimate.micros for one in apart), rel=0.2)
    assert common.asked == theirs.asked == []


async def test_overlapping_jobs_about_one_subject_are_one_need() -> None:
    """Two jobs that want different fields of one company, by whatever key, buy one answer."""
    world = World()
    world.provider("pdl", {}, gives=["company_size", "company_industry"], cents=28)
    one = (Job("default", "1", KIND.name, "https://acme.example", ("company_size",)), KIND)
    other = (Job("default", "2", KIND.name, "http://www.acme.example/about", ("company_industry",)), KIND)
    priced = await price([one, other], world.tools())
    assert (priced.jobs, priced.repeated, priced.estimate.calls) == (2, 0, {"pdl": 1.0})
    assert priced.open == {"company_size": 1, "company_industry": 1}
    again = replace(one[0], id="3", skip_cache=True)
    assert (await price([one, (again, KIND)], world.tools())).estimate.calls == {"pdl": 2.0}
    same = replace(one[0], explicit_id=True)
    assert (await price([(same, KIND), (same, KIND)], world.tools())).repeated == 1


async def test_who_asked_not_to_be_processed_costs_nothing() -> None:
    """A suppressed subject is not priced: its job would be dropped."""
    world = world_of(RICH, Book())
    tools = with_tools(world.tools(), suppressed=lambda _, keys: any("c1.example" in key for key in keys))
    priced = await price(jobs(0, 3), tools)
    assert (priced.suppressed, priced.asking) == (1, 2)


async def test_a_cap_bounds_the_price() -> None:
    """No job of the batch is priced above what it may spend."""
    world = world_of(RICH, Book())
    priced = await price(jobs(0, 100, max_cost_micros=30_000), world.tools())
    assert priced.estimate.high_micros <= 100 * 30_000 + 1


async def test_the_same_question_gives_the_same_price() -> None:
    """Estimates are repeatable: the dice are seeded."""
    world = world_of(RICH, Book({"pdl": Tally(10, 5, 1_400_000)}))
    assert await price(jobs(0, 50), world.tools()) == await price(jobs(0, 50), world.tools())


async def test_a_dry_job_is_priced_and_asks_nobody() -> None:
    """``dryRun`` answers with a price, who would be asked, and what is known already."""
    world = world_of(RICH, Book())
    world.known = (Claim("company_name", "C1", "pdl", "pdl", 0.95, NOW),)
    report = await world.run(*VALUES, fields={"dryRun": "true"})
    assert world.asked == []
    assert isinstance(report.verdict, Done)
    result = report.verdict.result
    assert (result.status, result.total_micros) == (ResultStatus.PARTIAL, 0)
    assert result.notes[0].startswith("dry run: ")
    assert set(result.data) == {"company_name"}
    assert [stage.provider for stage in result.stages] == list(RICH)
    assert "for up to 28 cents" in result.stages[0].skipped
    assert report.claims == ()
    assert (report.subject, report.logs) == (None, ())


async def test_a_dry_job_that_lacks_nothing_is_free() -> None:
    """Everything known: success, and no price."""
    world = world_of(RICH, Book())
    world.known = tuple(Claim(name, value, "pdl", "pdl", 0.95, NOW) for name, value in VALUES.items())
    report = await world.run(*VALUES, fields={"dryRun": "1"})
    assert isinstance(report.verdict, Done)
    assert report.verdict.result.status is ResultStatus.SUCCESS
    assert report.verdict.result.notes == ("dry run: 0.0 cents expected, from 0.0 to 0.0; nobody was asked",)
