"""What every simulated search engine answers from: pages about the world's companies and people, ranked by words."""

import re
from dataclasses import dataclass
from typing import Final

from simulator.knowledge import knows, share
from simulator.wire import Ask
from simulator.world import Company, Person, World

_WORD: Final = re.compile(r"[^\W_]+", re.UNICODE)
_COMMON: Final = frozenset(
    ("the", "of", "and", "in", "for", "company", "official", "website", "site", "linkedin", "com", "www", "http",
     "https", "example", "inc", "llc", "ltd", "gmbh")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """One search result."""

    title: str
    url: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Panel:
    """A knowledge panel about one company."""

    company: Company
    attributes: tuple[tuple[str, str], ...]
    profiles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Ranked hits and, for a clear subject, a panel."""

    hits: tuple[Hit, ...]
    panel: Panel | None = None


def words(text: str) -> set[str]:
    """The words that matter in a query or a name, lower-case."""
    return {word for word in _WORD.findall(text.lower()) if word not in _COMMON and len(word) > 1}


def _company_hits(company: Company) -> list[Hit]:
    place = f"{company.city}, {company.country_name}"
    hits = [
        Hit(
            f"{company.name} – {company.sells or company.industry}".strip(" –"),
            f"http://{company.domain}/",
            company.description,
        ),
        Hit(
            f"{company.name} | LinkedIn",
            f"https://www.{company.linkedin_url}",
            f"{company.name} | {company.employee_count * 12} followers on LinkedIn. {company.description} "
            f"Industry: {company.industry}. Company size {company.size} employees. Headquarters: {place}.",
        ),
        Hit(
            f"{company.legal_name} - company profile",
            f"https://registry-notes.example/c/{company.slug}",
            f"{company.legal_name}, {company.street}, {company.postal_code} {company.city}. "
            f"Founded in {company.founded_year}. "
            f"About {company.employee_count} employees. Phone {company.phone}.",
        ),
    ]
    # A listing site that copies others, a year late: the same fact from it is no second opinion.
    hits.append(
        Hit(
            f"{company.name} contact, reviews and jobs",
            f"https://everylisting.example/{company.slug}",
            f"{company.name} in {company.city}. {company.name} was established {company.founded_year - 1}.",
        )
    )
    return hits


def _person_hits(person: Person) -> list[Hit]:
    return [
        Hit(
            f"{person.name} - {person.title} - {person.company} | LinkedIn",
            f"https://www.{person.linkedin_url}",
            f"{person.city}, {person.region} · {person.title} · {person.company}",
        ),
        Hit(
            f"Team – {person.company}",
            f"http://{person.domain}/about",
            f"{person.name}, {person.title}, has been with {person.company} since {person.since[:4]}.",
        ),
    ]


def _panel(company: Company) -> Panel:
    attributes = [
        ("Founded", str(company.founded_year)),
        ("Headquarters", f"{company.city}, {company.country_name}"),
        ("Number of employees", f"{company.employee_count:,}"),
        ("Industry", company.industry.title()),
    ]
    profiles = [("LinkedIn", f"https://www.{company.linkedin_url}")]
    for label, host, handle in (
        ("X", "x.com", company.twitter),
        ("Facebook", "www.facebook.com", company.facebook),
        ("Instagram", "www.instagram.com", company.instagram),
    ):
        if handle:
            profiles.append((label, f"https://{host}/{handle}"))
    return Panel(company, tuple(attributes), tuple(profiles))


class _Index:
    """Words to companies and people, made once for a world."""

    def __init__(self, world: World) -> None:
        self.companies: dict[str, list[Company]] = {}
        self.people: dict[str, list[Person]] = {}
        for company in world.companies:
            for word in words(f"{company.name} {company.domain} {company.former_name} {company.slug}"):
                self.companies.setdefault(word, []).append(company)
        for person in world.people:
            for word in words(person.name):
                self.people.setdefault(word, []).append(person)


_indexes: dict[int, tuple[World, _Index]] = {}


def _index(world: World) -> _Index:
    held = _indexes.get(id(world))
    if held is None or held[0] is not world:
        _indexes.clear()
        held = _indexes[id(world)] = (world, _Index(world))
    return held[1]


def search(ask: Ask, provider: str, query: str, most: int = 10) -> Results:
    """Results of ``provider`` for a query: the companies and people that share most of its words."""
    index, asked = _index(ask.world), words(query)
    coverage = ask.settings.get("coverage")
    scores: dict[str, tuple[float, Company]] = {}
    for word in asked:
        for company in index.companies.get(word, ()):
            have = scores.get(company.domain, (0.0, company))[0]
            scores[company.domain] = (have + 1 + (1 if company.domain.split(".")[0] == word else 0), company)
    if found := next((company for company in ask.world.companies if company.domain in query.lower()), None):
        scores[found.domain] = (scores.get(found.domain, (0.0, found))[0] + 5, found)
    ranked = [
        company
        for _, company in sorted(scores.values(), key=lambda item: (-item[0], item[1].domain))
        if knows(provider, company.domain, made=company.made, coverage=coverage)
    ]
    people = [
        person
        for person in {person.slug: person for word in asked for person in index.people.get(word, ())}.values()
        if words(person.name) <= asked
    ]
    hits = [hit for person in people[:3] for hit in _person_hits(person)]
    hits += [hit for company in ranked[:3] for hit in _company_hits(company)]
    best = ranked[0] if ranked else None
    clear = best is not None and scores[best.domain][0] >= max(2.0, 0.6 * len(asked))
    # Panels exist for about half of the companies, and for none of the small hand-written shops.
    panel = _panel(best) if best and clear and not people and share("panel", best.domain) < 0.6 else None
    return Results(tuple(hits[:most]), panel)
