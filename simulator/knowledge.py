"""What each provider knows of the world: whom it covers, and where it is stale or wrong. Fixed, not by chance."""

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from simulator.world import Company, Person

#: Share of generated companies that a provider has data on. Hand-written companies have their own table.
COVERAGE: Final[Mapping[str, float]] = {
    "pdl": 0.70,
    "enrich_layer": 0.62,
    "searxng": 0.95,
    "brave": 0.97,
    "serper": 0.97,
    "tavily": 0.93,
    "apollo": 0.66,
    "hunter": 0.58,
    "clearbit": 0.50,
    "linkedin_pages": 0.80,
}
#: Hand-written companies that a provider has never heard of.
UNKNOWN: Final[Mapping[str, frozenset[str]]] = {
    "pdl": frozenset({"verde-olivar.example", "sakura-seimitsu.example", "ghostworks.example", "harborlight.example"}),
    "enrich_layer": frozenset({"atelier-brume.example", "stonebridge-legal.example"}),
    "apollo": frozenset({"sakura-seimitsu.example", "harborlight.example", "ghostworks.example"}),
    "hunter": frozenset({"sakura-seimitsu.example", "closeddoor.example"}),
    "clearbit": frozenset({"verde-olivar.example", "ghostworks.example", "promptly.example"}),
}
#: Share of generated companies for which a provider has an old head count, and an old or wrong value elsewhere.
STALE: Final[Mapping[str, float]] = {"pdl": 0.12, "enrich_layer": 0.06, "apollo": 0.15, "hunter": 0.1, "clearbit": 0.3}


def share(*parts: str) -> float:
    """A number in 0..1 that is always the same for the same parts."""
    digest = blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def knows(provider: str, domain: str, *, made: bool, coverage: Mapping[str, float] | None = None) -> bool:
    """Whether a provider has data on a company; ``coverage`` overrides the shares of generated ones."""
    if made:
        table = {**COVERAGE, **(coverage or {})}
        return share("knows", provider, domain) < table.get(provider, 1.0)
    if coverage and provider in coverage and coverage[provider] <= 0:
        return False
    return domain not in UNKNOWN.get(provider, frozenset())


def as_known(provider: str, company: Company) -> Company:
    """The company as a provider has it: some are stale, a few are wrong."""
    if not company.made:
        match provider, company.domain:
            case "pdl", "brightharbor.example":  # from before the growth round
                return replace(company, employee_count=150, name="Chesawatt")
            case "pdl", "twofaces.example":
                return replace(company, founded_year=2008, phone="+19125550139")
            case "clearbit", "acme.example":
                return replace(company, employee_count=90, city="Seattle", region="Washington")
            case "apollo", "pixelforge.example":
                return replace(company, industry="entertainment", founded_year=2017)
        return company
    odds = STALE.get(provider, 0.0)
    if share("stale", provider, company.domain) < odds:
        company = replace(company, employee_count=max(2, int(company.employee_count * 0.4)))
    if share("wrong", provider, company.domain) < odds / 3:
        company = replace(company, founded_year=company.founded_year + 3)
    return company


def person_as_known(provider: str, person: Person) -> Person:
    """The person as a provider has them: some still carry their former title."""
    if share("title", provider, person.slug) < STALE.get(provider, 0.0) / 2:
        return replace(person, title="Consultant", seniority="senior", department="consulting")
    return person
