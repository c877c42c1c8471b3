"""The fictional world: companies and people with their true facts. Providers and sites each show a part of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson

DATA: Final = Path(__file__).parent / "data"

#: The size bands that People Data Labs and LinkedIn use, by their largest member.
SIZE_BANDS: Final = (
    (10, "1-10"),
    (50, "11-50"),
    (200, "51-200"),
    (500, "201-500"),
    (1000, "501-1000"),
    (5000, "1001-5000"),
    (10000, "5001-10000"),
)
COUNTRIES: Final = {
    "US": "United States", "GB": "United Kingdom", "DE": "Germany", "AT": "Austria", "CH": "Switzerland",
    "FR": "France", "ES": "Spain", "IT": "Italy", "NL": "Netherlands", "PL": "Poland", "JP": "Japan",
    "BR": "Brazil", "PT": "Portugal", "SE": "Sweden", "DK": "Denmark", "NO": "Norway", "FI": "Finland",
    "IE": "Ireland", "BE": "Belgium", "CZ": "Czechia", "CA": "Canada", "AU": "Australia", "MX": "Mexico",
}  # fmt: skip
CONTINENTS: Final = {"US": "north america", "CA": "north america", "MX": "north america", "BR": "south america",
                     "JP": "asia", "AU": "oceania"}  # fmt: skip


def size_band(employees: int) -> str:
    """The band a head count falls into.

    >>> size_band(140)
    '51-200'
    """
    return next((band for most, band in SIZE_BANDS if employees <= most), "10001+")


@dataclass(frozen=True, slots=True)
class Person:
    """A fictional person, with a seniority such as owner, founder, c_suite, partner, vp, head, director, manager."""

    first_name: str
    last_name: str
    title: str
    seniority: str
    department: str
    domain: str
    company: str
    email: str
    city: str
    region: str
    country: str
    slug: str
    phone: str = ""
    since: str = "2021-03"
    headline: str = ""
    twitter: str = ""
    github: str = ""
    email_state: str = "valid"
    suppressed: bool = False

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def linkedin_url(self) -> str:
        """The profile's address, without scheme."""
        return f"linkedin.com/in/{self.slug}"


@dataclass(frozen=True, slots=True)
class Company:
    """A fictional company: ``country`` is ISO 3166 alpha-2, phones are E.164, money is whole US dollars, or 0."""

    domain: str
    name: str
    legal_name: str
    description: str
    industry: str
    employee_count: int
    founded_year: int
    street: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str
    email: str
    slug: str
    type: str = "private"
    sells: str = ""
    twitter: str = ""
    facebook: str = ""
    instagram: str = ""
    youtube: str = ""
    github: str = ""
    technologies: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    revenue: int = 0
    funding_total: int = 0
    registration_id: str = ""
    vat_id: str = ""
    former_name: str = ""
    parent: str = ""
    made: bool = False
    people: tuple[Person, ...] = field(default=())

    @property
    def linkedin_url(self) -> str:
        """The company page's address, without scheme."""
        return f"linkedin.com/company/{self.slug}"

    @property
    def size(self) -> str:
        """The size band."""
        return size_band(self.employee_count)

    @property
    def country_name(self) -> str:
        """The country in English."""
        return COUNTRIES.get(self.country, self.country)

    @property
    def continent(self) -> str:
        """The continent, lower-case."""
        return CONTINENTS.get(self.country, "europe")


def bare(url: str) -> str:
    """A URL without scheme, ``www.``, trailing slash, query, and in lower case.

    >>> bare("https://www.linkedin.com/company/Acme/?x=1")
    'linkedin.com/company/acme'
    """
    text = url.strip().lower().split("?")[0].split("#")[0]
    text = text.split("://", 1)[-1].removeprefix("www.")
    host, slash, path = text.partition("/")
    if host.endswith(".linkedin.com"):
        host = "linkedin.com"
    return f"{host}{slash}{path}".rstrip("/")


class World:
    """All companies and people, found by any of their identifiers."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self.companies = tuple(companies)
        self._by_domain = {company.domain: company for company in self.companies}
        self._by_slug = {company.slug: company for company in self.companies}
        self._by_name: dict[str, list[Company]] = {}
        for company in self.companies:
            for name in {company.name.lower(), company.legal_name.lower(), company.former_name.lower()} - {""}:
                self._by_name.setdefault(name, []).append(company)
        self.people = tuple(person for company in self.companies for person in company.people)
        self._person_by_slug = {person.slug: person for person in self.people}
        self._person_by_email = {person.email.lower(): person for person in self.people}

    def company(self, *, domain: str = "", linkedin: str = "", name: str = "") -> Company | None:
        """The company with this domain (or a URL on it), LinkedIn URL or name; the first identifier given decides."""
        if domain:
            return self._by_domain.get(bare(domain).split("/")[0].split(":")[0].split("@")[-1])
        if linkedin:
            return self._by_slug.get(bare(linkedin).rsplit("/", 1)[-1])
        return next(iter(self.namesakes(name)), None)

    def namesakes(self, name: str) -> list[Company]:
        """All companies of one name."""
        return self._by_name.get(name.strip().lower(), [])

    def person(
        self, *, linkedin: str = "", email: str = "", name: str = "", company: str = "", domain: str = ""
    ) -> Person | None:
        """The person with this profile or address, or of this name at this company or domain."""
        if linkedin:
            return self._person_by_slug.get(bare(linkedin).rsplit("/", 1)[-1])
        if email:
            return self._person_by_email.get(email.strip().lower())
        if not name or not (company or domain):
            return None
        at = self.company(domain=domain) if domain else self.company(name=company)
        found = (person for person in (at.people if at else ()) if person.name.lower() == name.strip().lower())
        return next(found, None)

    @cached_property
    def domains(self) -> frozenset[str]:
        """Every company's domain."""
        return frozenset(self._by_domain)


def load_companies(path: Path = DATA / "companies.json") -> list[Company]:
    """The companies written by hand."""
    return [_company(raw) for raw in orjson.loads(path.read_bytes())]


def _company(raw: dict[str, Any]) -> Company:
    people = tuple(
        Person(
            **{
                "domain": raw["domain"],
                "company": raw["name"],
                "city": raw["city"],
                "region": raw["region"],
                "country": raw["country"],
                **person,
            }
        )
        for person in raw.get("people", ())
    )
    lists = {name: tuple(raw.get(name, ())) for name in ("technologies", "keywords")}
    return Company(**{**raw, **lists, "people": people})


def open_world(made: int = 400, seed: int = 1) -> World:
    """The hand-written companies and ``made`` generated ones."""
    from simulator.made import make_companies

    return World([*load_companies(), *make_companies(made, seed)])
