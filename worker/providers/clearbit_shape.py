"""The Clearbit shape of people and companies, which Hunter's enrichment and Clearbit-like APIs answer in.

Sources: Clearbit's published API description 1.0.2 and Hunter's API documentation v2, read 2026-11-21. Sources disagree
on head counts: an integer, a text such as ``1K-5K``, or either beside ``employeesRange``; all are taken.
"""

from typing import Any, Final

from worker.domain.claim import Claim, Value
from worker.providers.typed import dig, mapping, number, text, texts, whole
from worker.providers.voice import Spoken, Voice

COMPANY_FIELDS: Final = frozenset(
    {"company_name", "company_legal_name", "company_domain", "company_website", "company_phone", "company_email",
     "company_industry", "company_keywords", "company_description", "company_founded_year", "company_street",
     "company_city", "company_region", "company_postal_code", "company_country", "company_logo_url",
     "company_linkedin_url", "company_twitter_url", "company_facebook_url", "company_crunchbase_url",
     "company_instagram_url", "company_type", "company_employee_count", "company_size", "company_revenue",
     "company_funding_total", "company_technologies"}
)  # fmt: skip
PERSON_FIELDS: Final = frozenset(
    {"person_name", "person_first_name", "person_last_name", "person_email", "person_phone", "person_city",
     "person_region", "person_country", "person_title", "person_seniority", "person_department", "person_company_name",
     "person_company_domain", "person_linkedin_url", "person_twitter_url", "person_github_url"}
)  # fmt: skip
#: Network → address that a handle completes; a handle that holds a slash names its kind of page itself.
_PAGES: Final = {
    "company_linkedin_url": ("linkedin", "https://www.linkedin.com/", "company/"),
    "company_twitter_url": ("twitter", "https://x.com/", ""),
    "company_facebook_url": ("facebook", "https://www.facebook.com/", ""),
    "company_crunchbase_url": ("crunchbase", "https://www.crunchbase.com/", "organization/"),
    "company_instagram_url": ("instagram", "https://www.instagram.com/", ""),
}
_PROFILES: Final = {
    "person_linkedin_url": ("linkedin", "https://www.linkedin.com/", "in/"),
    "person_twitter_url": ("twitter", "https://x.com/", ""),
    "person_github_url": ("github", "https://github.com/", ""),
}


def company_claims(company: Any, voice: Voice, path: str = "api:company") -> tuple[Claim, ...]:
    """What a company object says; whatever has a wrong type says nothing."""
    return voice.facts(_at(path, _company(company)))


def person_claims(person: Any, voice: Voice, path: str = "api:person") -> tuple[Claim, ...]:
    """What a person object says; whatever has a wrong type says nothing."""
    return voice.facts(_at(path, _person(person)))


def _at(path: str, spoken: list[Spoken]) -> list[Spoken]:
    return [(field, value, f"{path}.{place}") for field, value, place in spoken]


def _company(found: Any) -> list[Spoken]:
    spoken: list[Spoken] = [
        ("company_name", text(found, "name"), "name"),
        ("company_legal_name", text(found, "legalName"), "legalName"),
        ("company_domain", text(found, "domain"), "domain"),
        ("company_industry", text(found, "category", "industry"), "category.industry"),
        ("company_keywords", texts(found, "tags"), "tags"),
        ("company_description", text(found, "description"), "description"),
        ("company_founded_year", whole(found, "foundedYear"), "foundedYear"),
        ("company_street", _street(found), "geo.streetAddress"),
        ("company_city", text(found, "geo", "city"), "geo.city"),
        ("company_region", text(found, "geo", "state"), "geo.state"),
        ("company_postal_code", text(found, "geo", "postalCode"), "geo.postalCode"),
        ("company_country", text(found, "geo", "countryCode") or text(found, "geo", "country"), "geo.countryCode"),
        ("company_logo_url", text(found, "logo"), "logo"),
        ("company_type", text(found, "type") or text(found, "company_type"), "type"),
        ("company_technologies", texts(found, "tech"), "tech"),
        ("company_phone", text(found, "phone"), "phone"),
    ]
    spoken += [("company_phone", line, "site.phoneNumbers") for line in texts(found, "site", "phoneNumbers")]
    spoken += [("company_email", line, "site.emailAddresses") for line in texts(found, "site", "emailAddresses")]
    spoken += [(field, _profile(found, *where), f"{where[0]}.handle") for field, where in _PAGES.items()]
    return spoken + _metrics(found)


def _metrics(found: Any) -> list[Spoken]:
    metrics = mapping(found, "metrics") or {}
    employees = dig(metrics, "employees")
    count = whole(metrics, "employees") or whole(metrics, "employeesCount")
    told = text(metrics, "employeesRange") or (employees if isinstance(employees, str) else None)
    raised = number(metrics, "raised")
    revenue = text(metrics, "estimatedAnnualRevenue") or number(metrics, "annualRevenue")
    return [
        ("company_employee_count", count, "metrics.employees"),
        ("company_size", told or count, "metrics.employeesRange" if told else "metrics.employees"),
        ("company_revenue", str(revenue) if revenue else None, "metrics.estimatedAnnualRevenue"),
        ("company_funding_total", round(raised) if raised else None, "metrics.raised"),
    ]


def _street(found: Any) -> str | None:
    whole_line = text(found, "geo", "streetAddress")
    if whole_line:
        return whole_line
    name, house = text(found, "geo", "streetName"), _house(found)
    return f"{house} {name}" if name and house else name


def _house(found: Any) -> str | None:
    as_number = whole(found, "geo", "streetNumber")
    return text(found, "geo", "streetNumber") or (str(as_number) if as_number is not None else None)


def _profile(found: Any, network: str, base: str, kind: str) -> Value | None:
    handle = text(found, network, "handle")
    if not handle or " " in handle:
        return None
    return base + (handle if "/" in handle else kind + handle)


def _person(found: Any) -> list[Spoken]:
    spoken: list[Spoken] = [
        ("person_name", text(found, "name", "fullName"), "name.fullName"),
        ("person_first_name", text(found, "name", "givenName"), "name.givenName"),
        ("person_last_name", text(found, "name", "familyName"), "name.familyName"),
        ("person_email", text(found, "email"), "email"),
        ("person_phone", text(found, "phone"), "phone"),
        ("person_city", text(found, "geo", "city"), "geo.city"),
        ("person_region", text(found, "geo", "state"), "geo.state"),
        ("person_country", text(found, "geo", "countryCode") or text(found, "geo", "country"), "geo.countryCode"),
        ("person_title", text(found, "employment", "title"), "employment.title"),
        ("person_seniority", text(found, "employment", "seniority"), "employment.seniority"),
        ("person_department", text(found, "employment", "role"), "employment.role"),
        ("person_company_name", text(found, "employment", "name"), "employment.name"),
        ("person_company_domain", text(found, "employment", "domain"), "employment.domain"),
    ]
    return spoken + [(field, _profile(found, *where), f"{where[0]}.handle") for field, where in _PROFILES.items()]
