"""Enrich Layer v2: profiles and companies in the flat shape that its predecessor used; all GET, Bearer key.

Source: enrichlayer.com/docs (overview, errors, transition guide); its public clients for field names.
"""

from typing import Any, Final

from simulator.knowledge import as_known, knows, person_as_known
from simulator.prices import credits_micros
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, identity, json_reply
from simulator.world import SIZE_BANDS, Company, Person

_ADD_ONS: Final = ("skills", "inferred_salary", "personal_email", "personal_contact_number", "extra",
                   "github_profile_id",
                   "twitter_profile_id", "facebook_profile_id", "categories", "funding_data", "exit_data",
                   "acquisitions")  # fmt: skip
_TYPES: Final = {"private": "PRIVATELY_HELD", "public": "PUBLIC_COMPANY", "nonprofit": "NON_PROFIT"}


def _refuse(status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
    return json_reply({"code": status, "message": message}, status, headers)


def _date(text: str) -> dict[str, int] | None:
    if not text:
        return None
    year, _, month = text.partition("-")
    return {"day": 1, "month": int(month or 1), "year": int(year)}


def _bounds(employees: int) -> list[int | None]:
    """The size band as a pair; the largest band has no upper end."""
    least = 1
    for most, _ in SIZE_BANDS:
        if employees <= most:
            return [least, most]
        least = most + 1
    return [10001, None]


def profile_data(
    person: Person, company: Company | None, *, extra: bool, emails: bool, numbers: bool
) -> dict[str, Any]:
    """A person's profile."""
    job = {
        "starts_at": _date(person.since),
        "ends_at": None,
        "company": person.company,
        "company_linkedin_profile_url": f"https://www.{company.linkedin_url}/" if company else None,
        "title": person.title,
        "description": None,
        "location": f"{person.city}, {person.region}",
        "logo_url": None,
    }
    data: dict[str, Any] = {
        "public_identifier": person.slug,
        "profile_pic_url": None,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "full_name": person.name,
        "follower_count": 300,
        "connections": 280,
        "occupation": f"{person.title} at {person.company}",
        "headline": person.headline or f"{person.title} at {person.company}",
        "summary": None,
        "country": person.country,
        "country_full_name": company.country_name if company else person.country,
        "city": person.city,
        "state": person.region,
        "industry": company.industry if company else None,
        "experiences": [job],
        "education": [],
        "languages": [],
        "skills": [],
        "gender": None,
        "birth_date": None,
        "personal_emails": [],
        "personal_numbers": [person.phone] if numbers and person.phone else [],
        "inferred_salary": None,
    }
    if extra:
        data["extra"] = {
            "github_profile_id": person.github or None,
            "twitter_profile_id": person.twitter or None,
            "facebook_profile_id": None,
        }
    if emails:
        data["personal_emails"] = []
    return data


def company_data(company: Company, *, extra: bool, funding: bool) -> dict[str, Any]:
    """A company's profile."""
    headquarters = {
        "country": company.country,
        "city": company.city,
        "state": company.region,
        "postal_code": company.postal_code,
        "line_1": company.street,
        "is_hq": True,
    }
    data: dict[str, Any] = {
        "linkedin_internal_id": str(sum(company.slug.encode()) * 6101),
        "universal_name_id": company.slug,
        "name": company.name,
        "tagline": None,
        "description": company.description,
        "website": f"http://{company.domain}",
        "industry": company.industry,
        "company_size": _bounds(company.employee_count),
        "company_size_on_linkedin": company.employee_count,
        "company_type": _TYPES.get(company.type, "PRIVATELY_HELD"),
        "founded_year": company.founded_year,
        "hq": headquarters,
        "locations": [headquarters],
        "specialities": list(company.keywords),
        "follower_count": company.employee_count * 12,
        "categories": [],
    }
    if extra:
        data["extra"] = {
            "total_funding_amount": company.funding_total or None,
            "contact_email": company.email,
            "phone_number": company.phone,
            "twitter_id": company.twitter or None,
            "facebook_id": company.facebook or None,
        }
    if funding:
        data["funding_data"] = (
            [
                {
                    "funding_type": "Series A",
                    "money_raised": company.funding_total,
                    "announced_date": {"day": 3, "month": 4, "year": 2022},
                    "number_of_investor": 2,
                    "investor_list": [],
                }
            ]
            if company.funding_total
            else []
        )
    return data


def _included(ask: Ask, name: str) -> bool:
    return ask.query.get(name) == "include"


def _charge(ask: Ask, base: float) -> tuple[Charge, ...]:
    total = base + sum(1 for name in _ADD_ONS if _included(ask, name))
    total += 1 if ask.query.get("use_cache") == "if-recent" else 0
    return (Charge(identity(ask.operation, ask.query), credits_micros("enrich_layer", total), total),)


def _known(ask: Ask, company: Company | None) -> Company | None:
    if company is None:
        return None
    coverage = ask.settings.get("coverage")
    has = knows("enrich_layer", company.domain, made=company.made, coverage=coverage)
    return as_known("enrich_layer", company) if has else None


def profile(ask: Ask) -> Reply:
    """``GET /profile``."""
    url = ask.query.get("profile_url") or ask.query.get("linkedin_profile_url") or ask.query.get("url")
    if not url:
        return _refuse(400, "One of profile_url, twitter_profile_url or facebook_profile_url is required")
    person = ask.world.person(linkedin=url)
    company = _known(ask, ask.world.company(domain=person.domain)) if person else None
    if person is None or company is None:
        return _refuse(404, "Person profile does not exist")
    if person.suppressed:
        return _refuse(410, "This profile has been removed")
    data = profile_data(
        person_as_known("enrich_layer", person),
        company,
        extra=_included(ask, "extra") or _included(ask, "github_profile_id"),
        emails=_included(ask, "personal_email"),
        numbers=_included(ask, "personal_contact_number"),
    )
    return json_reply(data, charges=_charge(ask, 1))


def company(ask: Ask) -> Reply:
    """``GET /company``."""
    url = ask.query.get("url")
    if not url:
        return _refuse(400, "url is required")
    found = _known(ask, ask.world.company(linkedin=url))
    if found is None:
        return _refuse(404, "Company profile does not exist")
    data = company_data(found, extra=_included(ask, "extra"), funding=_included(ask, "funding_data"))
    return json_reply(data, charges=_charge(ask, 1))


def company_resolve(ask: Ask) -> Reply:
    """``GET /company/resolve``: a LinkedIn URL for a name or domain."""
    name, domain = ask.query.get("company_name", ""), ask.query.get("company_domain", "")
    if not name and not domain:
        return _refuse(400, "company_name or company_domain is required")
    found = _known(ask, ask.world.company(domain=domain) if domain else ask.world.company(name=name))
    if found is None:
        return _refuse(404, "No company matches")
    body = {"url": f"https://www.{found.linkedin_url}/", "last_updated": None}
    if ask.query.get("enrich_profile") == "enrich":
        body["profile"] = company_data(found, extra=False, funding=False)  # type: ignore[assignment]
    return json_reply(body, charges=_charge(ask, 2))


def profile_resolve(ask: Ask) -> Reply:
    """``GET /profile/resolve``: a LinkedIn URL for a name at a company."""
    query = ask.query
    if not query.get("first_name") or not query.get("company_domain"):
        return _refuse(400, "first_name and company_domain are required")
    name = f"{query['first_name']} {query.get('last_name', '')}".strip()
    person = ask.world.person(name=name, domain=query["company_domain"])
    if person is None or _known(ask, ask.world.company(domain=person.domain)) is None:
        return _refuse(404, "No person matches")
    return json_reply({"url": f"https://www.{person.linkedin_url}/"}, charges=_charge(ask, 2))


def profile_by_email(ask: Ask) -> Reply:
    """``GET /profile/resolve/email``: reverse look-up."""
    person = ask.world.person(email=ask.query.get("email", ""))
    if person is None or _known(ask, ask.world.company(domain=person.domain)) is None:
        return _refuse(404, "No profile found")
    return json_reply({"linkedin_profile_url": f"https://www.{person.linkedin_url}/"}, charges=_charge(ask, 3))


def balance(ask: Ask) -> Reply:
    """``GET /credit-balance``: free."""
    return json_reply({"credit_balance": 100_000 if ask.credits_left is None else int(ask.credits_left)})


def _limits(ask: Ask) -> tuple[Limit, ...]:
    if ask.key and ask.key.startswith("trial-"):
        return (Limit(2, 60.0),)
    return (Limit(1500, 300.0),)


PROVIDER = Provider(
    name="enrich_layer",
    prefix="/enrich_layer/api/v2",
    routes=(
        Route(("GET",), "/profile", "profile", profile),
        Route(("GET",), "/company", "company", company),
        Route(("GET",), "/company/resolve", "company.resolve", company_resolve),
        Route(("GET",), "/profile/resolve", "profile.resolve", profile_resolve),
        Route(("GET",), "/profile/resolve/email", "profile.resolve.email", profile_by_email),
        Route(("GET",), "/credit-balance", "credit-balance", balance),
    ),
    key=lambda ask: ask.headers.get("authorization", "").removeprefix("Bearer ").strip() or None,
    bad_key=lambda _: _refuse(401, "Invalid API key"),
    throttled=lambda _ask, wait: _refuse(
        429, "Rate limited. Please retry later.", {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    ),
    quota=lambda _: _refuse(403, "You have run out of credits"),
    broken=lambda _ask, status: _refuse(status, "There is an error with our API"),
    limits=_limits,
)
