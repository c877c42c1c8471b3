"""Suppressed subjects: nobody is asked, nothing is kept, and they are not found again through others."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.unit.pipeline.world import KINDS, NOW, World
from worker.domain.claim import Claim, Evidence, Value
from worker.domain.erased_text import text_keys
from worker.domain.finding import Finding, Outcome
from worker.domain.job import Job
from worker.domain.page import Page
from worker.domain.subject import Entity
from worker.domain.suppression import SUPPRESSED, pattern_of, strings_of
from worker.domain.verdict import Cancelled, Done
from worker.pipeline import enrich


def list_of(*keys: str) -> object:
    """A suppression list over plain keys."""

    def holds(workspace: str, asked: Iterable[str]) -> bool:
        return workspace == "default" and not set(keys).isdisjoint(asked)

    return holds


async def test_a_suppressed_subject_is_dropped_and_its_row_scrubbed() -> None:
    """The entry ends as cancelled, without a claim, a log line or a provider's call."""
    world = World()
    world.provider("pdl", {"company_name": "Acme"})
    tools = replace(world.tools(), suppressed=list_of("company:acme.example"))  # type: ignore[arg-type]
    kind = KINDS["company_website"]
    report = await enrich(Job("default", "1", kind.name, "https://www.acme.example", ("company_name",)), kind, tools)
    assert report.verdict == Cancelled(SUPPRESSED)
    assert report.scrub
    assert (report.claims, report.subject, report.logs, report.stages) == ((), None, (), ())
    assert world.asked == []
    elsewhere = await enrich(Job("w2", "1", kind.name, "https://acme.example", ("company_name",)), kind, tools)
    assert isinstance(elsewhere.verdict, Done)


async def test_a_suppressed_person_is_not_found_again_through_a_company() -> None:
    """A company's page names them: the company's other data stays, their address does not."""
    world = World()
    found = {"company_name": "Acme", "company_email": "ada@acme.example"}
    world.provider("site", found, source="acme.example")
    tools = replace(world.tools(), suppressed=list_of("person:mailto:ada@acme.example"))  # type: ignore[arg-type]
    kind = KINDS["company_website"]
    report = await enrich(Job("default", "1", kind.name, "https://acme.example", tuple(found)), kind, tools)
    assert {claim.field for claim in report.claims} == {"company_name"}
    assert "ada@acme.example" not in repr(report)


async def test_erased_texts_do_not_come_back_with_a_new_crawl() -> None:
    """Names and numbers, in values, quotes, displays and pages; the rest of what the site says stays."""
    world = World()
    found: dict[str, Value] = {"company_name": "Acme", "company_phone": "+493023125999", "company_city": "Berlin",
             "company_keywords": ("bread", "Mara Lindqvist")}  # fmt: skip
    page = Page("https://acme.example/", "Ask Mara Lindqvist, 030 23125999", title="Mara Lindqvist", page_hash="1")
    quote = Evidence(url=page.url, quote="Ask Mara Lindqvist in Berlin", start=0)
    claims = tuple(Claim(name, value, "acme.example", "site", 0.8, NOW, (quote,)) for name, value in found.items())
    world.provider("site", Finding("site", Outcome.HIT, claims, pages=(page,)), gives=found)
    gone = list_of(*text_keys(["Mara Lindqvist", "+49 30 23125999"]))
    tools = replace(world.tools(), suppressed=gone)  # type: ignore[arg-type]
    kind = KINDS["company_website"]
    report = await enrich(Job("default", "1", kind.name, "https://acme.example", tuple(found)), kind, tools)
    assert {claim.field for claim in report.claims} == {"company_name", "company_city"}
    assert {proof.start for claim in report.claims for proof in claim.evidence} == {0}
    assert "Lindqvist" not in repr(report)
    assert "23125999" not in repr(report)
    elsewhere = await enrich(Job("w2", "1", kind.name, "https://acme.example", tuple(found)), kind, tools)
    assert {claim.field for claim in elsewhere.claims} == set(found), "another workspace erased nobody"


async def test_a_namesake_is_somebody_else() -> None:
    """Another person of the erased one's name keeps it; the erased one's address is not theirs."""
    world = World()
    found = {"person_name": "Mara Lindqvist", "person_email": "mara@acme.example"}
    world.provider("pdl", found, stage="linkedin", entity=Entity.PERSON)
    gone = list_of(*text_keys(["Mara Lindqvist", "mara@acme.example"]))
    tools = replace(world.tools(), suppressed=gone)  # type: ignore[arg-type]
    kind = KINDS["linkedin_profile"]
    job = Job("default", "1", kind.name, "https://www.linkedin.com/in/another-mara", tuple(found))
    report = await enrich(job, kind, tools)
    assert {claim.field for claim in report.claims} == {"person_name", "person_first_name", "person_last_name"}


def test_texts_to_look_for_are_telling_ones() -> None:
    """Addresses, numbers and full names, in the forms in which they are written; no single common words."""
    from tests.unit.domain.claims import claim
    from worker.domain.identity import person_on_linkedin

    subject = person_on_linkedin("https://www.linkedin.com/in/jörg-m")
    claims = [claim("person_name", "Jörg"), claim("person_name", "Jörg Müller"), claim("person_title", "Baker")]
    found = strings_of(subject, [], claims)
    assert "Jörg Müller" in found
    assert "linkedin.com/in/j%C3%B6rg-m" in found
    assert not {"Jörg", "Baker"} & set(found)


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("me.example", True), ("https://shop.me.example/x", True), ("ada@me.example", True), ("acme.example", False),
        ("me.examples", False), ("some-me.example", False), ("mailto%3Ame.example", True), ("meXexample", False),
    ],
)  # fmt: skip
def test_only_whole_words_are_looked_for(text: str, *, stands: bool) -> None:
    """Erasing one domain leaves those alone that merely end like it."""
    assert bool(re.search(pattern_of(["me.example"]), text)) is stands


def test_special_characters_are_taken_as_they_are() -> None:
    """A text is no expression."""
    assert re.search(pattern_of(["a.b+c (d)"]), "x a.b+c (d) y")
    assert not re.search(pattern_of(["a.b+c (d)"]), "x aab+c d y")
