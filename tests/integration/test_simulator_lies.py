"""A lying language model against the worker's proof: every kind of lie, over every page of the labelled set."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from simulator import Simulator
from simulator.lies import HARMLESS, KINDS, Lie
from simulator.sites.shelf import LABELLED, PAGES, read_site
from tests.support.scripted_gateway import WITH_REPLY
from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.claim import Claim
from worker.domain.page import Page
from worker.domain.provider import Ask, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.roster import open_roster
from worker.providers.website import parse_page

GOLD = {
    line["url"].split("/")[2]: line["gold"]
    for line in map(orjson.loads, (LABELLED.parent / "gold.jsonl").read_bytes().splitlines())
}
ASKED = frozenset(
    {"company_name", "company_founded_year", "company_employee_count", "company_size", "company_city", "company_street",
     "company_postal_code", "company_email", "company_registration_id", "company_vat_id", "company_region"}
)  # fmt: skip


class Door:
    """A gateway for one conversation: it performs, and nothing else."""

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """One real exchange with the simulated model."""
        reply = await send()
        reading = read(reply)
        told = reply if reading.outcome in WITH_REPLY else None
        return Answer(outcome=reading.outcome, reply=told, reason=reading.reason, observed_at=datetime.now(UTC))

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """Not needed here."""
        raise NotImplementedError

    async def page(self, url: str) -> Reply:
        """Not needed here."""
        raise NotImplementedError


@pytest.fixture(params=KINDS)
async def lying(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A world whose model tells one kind of lie, always."""
    async with Simulator(companies=0, lies=[request.param], limits={"anthropic": "off"}) as simulator:
        yield simulator


def pages_of(folder: Path) -> tuple[Page, ...]:
    """The visible text of a site's pages, as the website stage hands it on."""
    found: list[Page] = []
    for path, page in read_site(folder).pages.items():
        kind = page.headers.get("Content-Type", "")
        if page.status == 200 and kind.startswith("text/html"):
            url = f"http://{folder.name}{path}"
            found += parse_page(page.body, url, {"content-type": kind}).pages
    return tuple(found)


def is_false(lie: Lie, claim: Claim) -> bool:
    """Whether a claim is this lie: the same field, and the value that the model made up."""
    if claim.field != lie.field or lie.kind in HARMLESS:
        return False
    told, said = _plain(lie.value), _plain(claim.value)
    right = {_plain(value) for value in GOLD.get(claim.source, {}).get(claim.field, ())}
    return told == said and said not in right


def _plain(value: Any) -> str:
    return re.sub(r"\W", "", str(value)).lower()


async def test_no_lie_becomes_a_claim(lying: Simulator) -> None:
    """Lies are offered by the dozen and none gets through; the honest rest of an answer may."""
    llm: Provider = next(item for item in open_roster({**lying.env}).on if item.name == "llm")
    through: Counter[str] = Counter()
    for folder in sorted((*LABELLED.iterdir(), *PAGES.iterdir())):
        pages = pages_of(folder)
        if not pages:
            continue
        subject = Subject(Entity.COMPANY, f"company:{folder.name}", {"company_domain": folder.name})
        before = len(lying.lies)
        finding = await llm.lookup(Ask("default", subject, ASKED, pages=pages), Door())
        for lie in lying.lies[before:]:
            hits = [claim for claim in finding.claims if is_false(lie, claim)]
            through.update(f"{folder.name} {claim.field}={claim.value!r} for {lie.quote!r}" for claim in hits)
    if llm.close is not None:
        await llm.close()
    assert len(lying.lies) >= 50
    assert through == Counter()
