"""Suppressed subjects: nobody is asked, nothing is kept, and they are not found again through others."""

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from tests.unit.pipeline.world import KINDS, World
from worker.domain.job import Job
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
