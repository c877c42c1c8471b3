"""What the demo asks for, made from the list of companies that the simulated world hands out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

COMPANY_FIELDS: Final = "company_name,company_industry,company_size,company_phone,company_email,company_city"
LINKEDIN_FIELDS: Final = "company_name,company_domain,company_industry,company_founded_year,company_country"
PERSON_FIELDS: Final = "person_name,person_title,person_seniority,person_company_name"


@dataclass(frozen=True, slots=True)
class Asked:
    """One XADD of the demo: the lane's stream, the entry's fields, and why it is there (for the one-offs)."""

    stream: str
    fields: Mapping[str, str]
    why: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        """The fields asked for."""
        return tuple(self.fields["requiredFields"].split(","))

    @property
    def command(self) -> str:
        """The same as typed into redis-cli."""
        words = " ".join(f"{name} {value}" for name, value in self.fields.items())
        return f"XADD {self.stream} '*' {words}"


def first_wave(world: Sequence[Mapping[str, Any]], queue: str, jobs: int) -> list[Asked]:
    """About ``jobs`` entries of three kinds over several lanes, and one of each kind of trouble."""
    by_hand = [company for company in world if not company["made"]] or list(world)
    share = max(jobs // 3, 1)
    websites = [_website(company, queue) for company in _repeat(by_hand, world, share)]
    companies = [_linkedin_company(company, queue) for company in _repeat(by_hand, world, share)]
    people = [_person(person, queue) for person in _people(by_hand, world, share)]
    mixed = [asked for group in zip(websites, companies, people, strict=False) for asked in group]
    return [*mixed, *troubles(world[-1], queue)]


def troubles(company: Mapping[str, Any], queue: str) -> list[Asked]:
    """A job that can only be partial, one that must fail, one that is no job."""
    return [
        Asked(
            f"{queue}-priority",
            {
                "url": f"http://{company['domain']}",
                "type": "company_website",
                "requiredFields": "company_name,company_funding_total,company_revenue",
                "maxCostCents": "0",
            },
            "may cost nothing, and only paid providers know the rest",
        ),
        Asked(
            f"{queue}-jobs",
            {"url": "http://nobody-was-ever.example", "type": "company_website", "requiredFields": "company_phone"},
            "a company that nobody knows",
        ),
        Asked(
            f"{queue}-jobs",
            {"url": f"http://{company['domain']}", "type": "company_website", "requiredFields": "company_nmae"},
            "a field that does not exist",
        ),
    ]


def second_wave(first: Sequence[Asked], count: int = 6) -> list[Asked]:
    """Some of the same questions again, each with a part of the fields: all of it is known by now."""
    again = [asked for asked in first if not asked.why][:count]
    return [Asked(asked.stream, {**asked.fields, "requiredFields": ",".join(asked.required[:2])}) for asked in again]


def _repeat(
    by_hand: Sequence[Mapping[str, Any]], world: Sequence[Mapping[str, Any]], count: int
) -> Iterator[Mapping[str, Any]]:
    """The hand-written companies first, then generated ones, ``count`` in all at most."""
    names = {company["domain"] for company in by_hand}
    others = [company for company in world if company["domain"] not in names]
    yield from [*by_hand, *others][:count]


def _people(
    by_hand: Sequence[Mapping[str, Any]], world: Sequence[Mapping[str, Any]], count: int
) -> list[Mapping[str, Any]]:
    companies = _repeat(by_hand, world, len(world))
    return [person for company in companies for person in company["people"][:2]][:count]


def _website(company: Mapping[str, Any], queue: str) -> Asked:
    fields = {"url": f"http://{company['domain']}", "type": "company_website", "requiredFields": COMPANY_FIELDS}
    return Asked(f"{queue}-jobs", fields)


def _linkedin_company(company: Mapping[str, Any], queue: str) -> Asked:
    fields = {
        "url": f"https://www.{company['linkedin']}",
        "type": "company_linkedin",
        "requiredFields": LINKEDIN_FIELDS,
    }
    return Asked(f"{queue}-high", fields)


def _person(person: Mapping[str, Any], queue: str) -> Asked:
    fields = {"url": f"https://www.{person['linkedin']}", "type": "linkedin_profile", "requiredFields": PERSON_FIELDS}
    return Asked(f"{queue}-batch", fields)
