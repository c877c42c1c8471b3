"""What the dry run is measured on: two outside worlds with different hit rates, and files of jobs about them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from random import Random
from typing import Any, Final

from simulator.faults import ORDINARY
from simulator.world import Company, Person, World

#: No documented pace in the way: what is measured is money.
_PACE: Final = {
    f"{name}_RATE_LIMIT_PER_SECOND": "10000" for name in ("PDL", "HUNTER", "APOLLO", "BRAVE", "SEARXNG", "LLM")
} | {"APOLLO_RATE_LIMIT_PER_MINUTE": "100000"}
_COMPANY: Final = (
    "company_name", "company_description", "company_industry", "company_size", "company_country", "company_phone",
    "company_email", "company_linkedin_url", "company_city", "company_founded_year",
)  # fmt: skip
_PERSON: Final = (
    "person_name", "person_title", "person_company_name", "person_email", "person_email_status", "person_linkedin_url",
    "person_seniority",
)  # fmt: skip
#: Jobs in ten thousand that ask about a subject of the same file once more, for other fields.
_AGAIN: Final = 1_200


@dataclass(frozen=True, slots=True)
class Scene:
    """``coverage`` is the share of companies that each provider knows, ``keys`` the providers in use besides PDL,
    SearXNG and the model, ``settings`` the worker's, ``fault_kinds`` what one in ``fault_rate`` requests meets."""

    name: str
    coverage: Mapping[str, float]
    keys: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = ORDINARY

    def environment(self, world_env: Mapping[str, str], world_keys: Mapping[str, str]) -> dict[str, str]:
        """The workers' settings in this scene, but for their servers."""
        chosen = {f"{name}_API_KEY": world_keys[f"{name}_API_KEY"] for name in self.keys}
        return {**world_env, **chosen, **_PACE, **self.settings}


SCENES: Final = {
    "known": Scene(
        "well-known companies",
        {"pdl": 0.85, "hunter": 0.7, "searxng": 0.95},
        keys=("HUNTER",),
    ),
    "obscure": Scene(
        "little-known companies",
        {"pdl": 0.40, "hunter": 0.30, "apollo": 0.35, "brave": 0.60},
        keys=("HUNTER", "APOLLO", "BRAVE"),
        settings={"SEARCH_PROVIDER": "brave", "LLM_MODEL": "claude-sonnet-5-5"},
        fault_rate=0.01,
    ),
}


def entries(world: World, count: int, *, skip: int = 0, seed: int = 7) -> list[dict[str, Any]]:
    """``count`` entries about companies and people of the generated world, the first ``skip`` companies left out.

    Six in ten name a company by its site, the others by LinkedIn page, people by address, profile, or name alone.
    """
    dice = Random(f"{seed}/{skip}")
    return list(islice(_entries(world, dice, skip), count))


def companies_for(count: int) -> int:
    """How many generated companies ``entries`` needs for so many entries."""
    return count + 10


def _entries(world: World, dice: Random, skip: int) -> Iterator[dict[str, Any]]:
    held: list[dict[str, Any]] = []
    for company in [company for company in world.companies if company.made][skip:]:
        if held and dice.random() * 10_000 < _AGAIN:
            entry = dict(dice.choice(held))
            entry["requiredFields"] = _fields(dice, _COMPANY if entry["type"] in _COMPANIES else _PERSON)
        else:
            entry = _entry(company, dice)
        held.append(entry)
        yield entry


_COMPANIES: Final = ("company_website", "company_linkedin")


def _entry(company: Company, dice: Random) -> dict[str, Any]:
    share = dice.random()
    if share < 0.6:
        return {"type": "company_website", "url": f"http://{company.domain}", "requiredFields": _fields(dice, _COMPANY)}
    if share < 0.75:
        page = f"https://www.{company.linkedin_url}"
        return {"type": "company_linkedin", "url": page, "requiredFields": _fields(dice, _COMPANY)}
    person = dice.choice(company.people)
    return {"type": "enrich_contact", **_named(person, share), "requiredFields": _fields(dice, _PERSON)}


def _named(person: Person, share: float) -> dict[str, str]:
    if share < 0.85:
        return {"email": person.email}
    if share < 0.92:
        return {"linkedin_url": f"https://www.{person.linkedin_url}"}
    return {"name": person.name, "company_domain": person.domain}


def _fields(dice: Random, offered: tuple[str, ...]) -> list[str]:
    return sorted(dice.sample(offered, dice.randint(2, min(7, len(offered)))))


def flat(entry: Mapping[str, Any]) -> dict[str, str]:
    """An entry's fields as they go into a stream.

    >>> flat({"url": "u", "requiredFields": ["a", "b"]})
    {'url': 'u', 'requiredFields': 'a,b'}
    """
    return {name: value if isinstance(value, str) else ",".join(value) for name, value in entry.items()}
