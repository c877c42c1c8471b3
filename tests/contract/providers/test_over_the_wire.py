"""LinkedIn data and search adapters against the simulated providers: the same wire, the same bill, no wrong claims."""

from collections.abc import AsyncIterator

import pytest

from simulator import Simulator
from simulator.world import Company
from tests.support.wire_gateway import WireGateway
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.roster import open_roster

NAMES = ("pdl", "enrich_layer", "searxng", "brave", "serper", "tavily")
ENGINES = ("searxng", "brave", "serper", "tavily")
#: What a search engine's claims are compared with, and the company's own value.
KNOWN = {
    "company_name": "name",
    "company_domain": "domain",
    "company_website": "domain",
    "company_linkedin_url": "linkedin_url",
    "company_founded_year": "founded_year",
    "company_city": "city",
    "company_country": "country",
    "company_employee_count": "employee_count",
}


@pytest.fixture
async def world() -> AsyncIterator[Simulator]:
    """A small outside world without limits."""
    free = dict.fromkeys(NAMES, "100000/1s")
    async with Simulator(seed=3, companies=80, limits=free) as simulator:
        yield simulator


def switched_on(simulator: Simulator, name: str, prefix: str = "sim") -> Provider:
    """A provider pointed at the simulated one, with a key that starts with ``prefix``."""
    keys = {setting: f"{prefix}-{value}" for setting, value in simulator.keys.items()}
    options = {**simulator.env, **keys, "PDL_API_KEY": f"{prefix}-pdl", "LINKEDIN_PROVIDER": "pdl,enrich_layer"}
    return next(provider for provider in open_roster(options).on if provider.name == name)


def by_domain(company: Company) -> Subject:
    """What a job about the company's website knows."""
    return Subject(Entity.COMPANY, f"company:{company.domain}", {"company_domain": company.domain})


async def look_up_all(simulator: Simulator, name: str) -> tuple[list[tuple[Company, Finding]], WireGateway]:
    """A lookup of every company of the world."""
    provider = switched_on(simulator, name)
    async with WireGateway() as gateway:
        found = [
            (company, await provider.lookup(Ask("default", by_domain(company), frozenset()), gateway))
            for company in simulator.world.companies
        ]
    return found, gateway


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_charged_is_what_is_billed(world: Simulator, name: str) -> None:
    """Charges read from replies add up to the provider's bill and stay below what was reserved."""
    before = world.bill.total_micros(name)
    found, gateway = await look_up_all(world, name)
    billed = world.bill.total_micros(name) - before
    assert gateway.charged == billed == sum(finding.charged_micros for _, finding in found)
    assert gateway.charged <= gateway.reserved
    assert {finding.outcome for _, finding in found} == {Outcome.HIT, Outcome.MISS}
    assert sum(finding.outcome is Outcome.HIT for _, finding in found) > len(found) / 2


@pytest.mark.parametrize("name", ENGINES)
async def test_search_claims_nothing_wrong(world: Simulator, name: str) -> None:
    """Of all claims made from results about similar companies, none is about another one."""
    found, _ = await look_up_all(world, name)
    wrong = []
    for company, finding in found:
        for claim in finding.claims:
            if (attribute := KNOWN.get(claim.field)) is None:
                continue
            field = FIELDS[claim.field]
            truth = field.normalise(getattr(company, attribute))
            if field.compare_key(field.normalise(claim.value)) != field.compare_key(truth):
                wrong.append((company.domain, claim.field, claim.value, claim.source))
    assert not wrong


@pytest.mark.parametrize("name", [name for name in NAMES if name != "searxng"])
async def test_a_wrong_key_is_bad_credentials(world: Simulator, name: str) -> None:
    """Every provider's own way to refuse a key is understood, costs nothing and names the setting."""
    provider = switched_on(world, name, prefix="bad")
    company = world.world.companies[0]
    async with WireGateway() as gateway:
        finding = await provider.lookup(Ask("default", by_domain(company), frozenset()), gateway)
    assert (finding.outcome, finding.charged_micros) == (Outcome.BAD_CREDENTIALS, 0)
    assert "API_KEY" in finding.reason


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["429", "500", "503", "wrong_json", "wrong_types", "truncated", "empty", "quota"])
async def test_faults_are_read_for_what_they_are(name: str, kind: str) -> None:
    """A spoilt or failing provider never raises, never claims, and is charged at most what it bills."""
    expected = {
        "429": {Outcome.THROTTLED},
        "500": {Outcome.TRANSIENT},
        "503": {Outcome.TRANSIENT},
        "quota": {Outcome.THROTTLED} if name == "searxng" else {Outcome.QUOTA_EXHAUSTED},
    }.get(kind, {Outcome.NONSENSE})
    async with Simulator(seed=3, companies=5, faults=[{"kind": kind}]) as simulator, WireGateway() as gateway:
        provider = switched_on(simulator, name)
        finding = await provider.lookup(Ask("default", by_domain(simulator.world.companies[0]), frozenset()), gateway)
        assert finding.outcome in expected, finding
        assert not finding.claims
        assert gateway.charged <= simulator.bill.total_micros(name)


async def test_people(world: Simulator) -> None:
    """A profile's address leads to the person it belongs to, by the vendors of LinkedIn data."""
    for name in ("pdl", "enrich_layer"):
        provider = switched_on(world, name)
        hits = 0
        async with WireGateway() as gateway:
            for person in world.world.people[:40]:
                page = f"https://www.{person.linkedin_url}"
                subject = Subject(Entity.PERSON, f"person:{person.linkedin_url}", {"person_linkedin_url": page})
                finding = await provider.lookup(Ask("default", subject, frozenset()), gateway)
                names = {claim.value for claim in finding.claims if claim.field == "person_name"}
                hits += finding.outcome is Outcome.HIT
                assert {str(value).casefold() for value in names} <= {person.name.casefold()}
        assert hits > 10


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [("open", Outcome.HIT), ("wall", Outcome.BLOCKED), ("redirect", Outcome.BLOCKED), ("429", Outcome.THROTTLED)],
)
async def test_linkedins_own_pages(mode: str, outcome: Outcome) -> None:
    """An open company page is read; the authwall in all its forms, and robots.txt, block."""
    async with Simulator(seed=3, companies=10, settings={"linkedin": mode}) as simulator:
        options = {"LINKEDIN_ENABLE_SCRAPING": "true", "LINKEDIN_PROVIDER": "linkedin_pages"}
        provider = next(entry for entry in open_roster(options).on if entry.name == "linkedin_pages")
        company = simulator.world.companies[0]
        page = {"company_linkedin_url": f"https://www.{company.linkedin_url}"}
        async with WireGateway(simulator.env["FETCH_HOSTS"].replace("*.", ".")) as gateway:
            finding = await provider.lookup(Ask("default", by_domain(company).knowing(page), frozenset()), gateway)
        if mode == "429":
            assert finding.outcome in (Outcome.THROTTLED, Outcome.BLOCKED)
        else:
            assert finding.outcome is outcome, finding
        if outcome is Outcome.HIT:
            found = {claim.field: FIELDS[claim.field].normalise(claim.value) for claim in finding.claims}
            assert found["company_founded_year"] == company.founded_year
            assert found["company_size"] == company.size
            assert found["company_city"] == company.city
        else:
            assert finding.reason
