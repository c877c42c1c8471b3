"""A lying model over the wire: every kind of lie, on real-looking sites, and none may become a claim."""

from collections.abc import AsyncIterator, Mapping, Sequence

import aiohttp
import pytest

from simulator import Simulator
from simulator.lies import HARMLESS, KINDS, Lie
from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.claim import Claim
from worker.domain.fields import FIELDS, InvalidValue
from worker.domain.finding import Finding
from worker.domain.page import Page
from worker.domain.provider import Ask, Provider
from worker.domain.proving.rules import PROVABLE
from worker.domain.subject import Entity, Subject
from worker.providers.llm import open_provider
from worker.providers.website import parse_page

PATHS = ("/", "/about", "/impressum", "/contact")
COMPANY_FIELDS = frozenset(name for name in PROVABLE if name.startswith("company_"))


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """The outside world with its hand-written companies and some made ones."""
    async with Simulator(latency_ms=0, jitter_ms=0, companies=12) as running:
        yield running


async def pages_of(sim: Simulator) -> dict[str, list[Page]]:
    """The visible text of each company's first pages, by host."""
    found: dict[str, list[Page]] = {}
    async with aiohttp.ClientSession() as session:
        for company in sim.world.companies:
            for path in PATHS:
                address, headers = f"http://{sim.sites}{path}", {"Host": company.domain}
                async with session.get(address, headers=headers, allow_redirects=False) as response:
                    if response.status == 200:
                        finding = parse_page(
                            await response.read(), f"http://{company.domain}{path}", dict(response.headers)
                        )
                        found.setdefault(company.domain, []).extend(finding.pages)
    return found


async def ask(provider: Provider, host: str, pages: Sequence[Page]) -> Finding:
    """One lookup through the real SDK."""
    subject = Subject(Entity.COMPANY, f"company:{host}", {"company_domain": host})
    return await provider.lookup(Ask("default", subject, COMPANY_FIELDS, pages=tuple(pages)), ScriptedGateway())


def believed(claims: Sequence[Claim], lies: Sequence[Lie]) -> list[tuple[str, str]]:
    """The lies that became claims: (field, value)."""
    return [
        (lie.field, lie.value) for lie in lies for claim in claims if claim.field == lie.field and _says(claim, lie)
    ]


def _says(claim: Claim, lie: Lie) -> bool:
    try:
        return FIELDS[lie.field].normalise(lie.value) == claim.value
    except InvalidValue:
        return False


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in HARMLESS])
@pytest.mark.parametrize("vendor", ["anthropic", "openai"])
async def test_no_lie_is_let_through(sim: Simulator, kind: str, vendor: str) -> None:
    """Lies offered: many. Lies let through: none, not even marked as inferred."""
    settings: Mapping[str, str] = sim.env
    if vendor == "openai":
        settings = {**sim.env, "LLM_PROVIDER": "openai", "LLM_MODEL": "gpt-6-luna", "LLM_BASE_URL": sim.url("openai")}
    provider = open_provider(settings)
    assert isinstance(provider, Provider)
    sim.house.settings["lies"] = [kind]
    through: list[tuple[str, str]] = []
    for host, pages in (await pages_of(sim)).items():
        before = len(sim.lies)
        finding = await ask(provider, host, pages)
        through += believed(finding.claims, sim.lies[before:])
        assert finding.reason
    assert provider.close is not None
    await provider.close()
    print(f"{vendor}, {kind}: lies offered {len(sim.lies)}, let through {len(through)}")
    assert len(sim.lies) >= 20
    assert through == []


async def test_an_honest_model_is_believed(sim: Simulator) -> None:
    """The same judge takes what an honest reader reports: several facts of most sites, each at its offsets."""
    provider = open_provider(sim.env)
    assert isinstance(provider, Provider)
    sites = await pages_of(sim)
    counts = []
    for host, pages in sites.items():
        finding = await ask(provider, host, pages)
        counts.append(len(finding.claims))
        for claim in finding.claims:
            evidence = claim.evidence[0]
            page = next(page for page in pages if page.url == evidence.url and page.page_hash == evidence.page_hash)
            assert page.text[evidence.start : evidence.end] == evidence.quote
    assert provider.close is not None
    await provider.close()
    assert sorted(counts)[len(counts) // 2] >= 5
