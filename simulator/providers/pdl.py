"""People Data Labs v5: person and company enrichment, single and bulk.

Source: docs.peopledatalabs.com (reference of person and company enrichment, bulk, errors, usage limits).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from simulator.knowledge import as_known, knows, person_as_known
from simulator.prices import credits_micros
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, Usage, identity, json_reply
from simulator.world import Company, Person

_LEVELS: Final = {"c_suite": "cxo", "founder": "owner", "head": "director", "entry": "entry"}
_ERRORS: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "payment_required",
    404: "not_found",
    405: "invalid_request_error",
    429: "rate_limit_error",
}
_BULK_MOST: Final = 100


def _error(status: int, message: str) -> dict[str, Any]:
    return {"status": status, "error": {"type": _ERRORS.get(status, "api_error"), "message": message}}


def _refuse(status: int, message: str) -> Reply:
    return json_reply(_error(status, message), status)


def _cased(value: Any, *, titlecase: bool) -> Any:
    if not isinstance(value, str):
        return value
    return value.title() if titlecase else value.lower()


def person_data(
    person: Person, company: Company | None, *, titlecase: bool = False, free: bool = False
) -> dict[str, Any]:
    """A person in PDL's schema; on the free plan contact fields are only true or false."""

    def cased(value: Any) -> Any:
        return _cased(value, titlecase=titlecase)

    country = company.country_name if company else person.country
    location = ", ".join(filter(None, (person.city, person.region, country)))
    levels = [_LEVELS.get(person.seniority, person.seniority)]
    job = {
        "company": {
            "name": cased(person.company),
            "size": company.size if company else None,
            "website": person.domain,
            "linkedin_url": company.linkedin_url if company else None,
        },
        "title": {"name": cased(person.title), "role": person.department, "levels": levels},
        "start_date": person.since,
        "end_date": None,
        "is_primary": True,
    }
    data = {
        "id": f"pdl_{person.slug}",
        "full_name": cased(person.name),
        "first_name": cased(person.first_name),
        "last_name": cased(person.last_name),
        "headline": person.headline or None,
        "linkedin_url": person.linkedin_url,
        "linkedin_username": person.slug,
        "linkedin_id": str(sum(person.slug.encode()) * 7919),
        "facebook_url": None,
        "twitter_url": f"twitter.com/{person.twitter}" if person.twitter else None,
        "github_url": f"github.com/{person.github}" if person.github else None,
        "work_email": person.email,
        "personal_emails": [],
        "recommended_personal_email": None,
        "emails": [{"address": person.email, "type": "current_professional"}],
        "mobile_phone": person.phone or None,
        "phone_numbers": [person.phone] if person.phone else [],
        "industry": cased(company.industry) if company else None,
        "job_title": cased(person.title),
        "job_title_role": person.department,
        "job_title_sub_role": None,
        "job_title_levels": levels,
        "job_company_name": cased(person.company),
        "job_company_website": person.domain,
        "job_company_size": company.size if company else None,
        "job_company_founded": company.founded_year if company else None,
        "job_company_industry": cased(company.industry) if company else None,
        "job_company_linkedin_url": company.linkedin_url if company else None,
        "job_start_date": person.since,
        "location_name": cased(location),
        "location_locality": cased(person.city),
        "location_region": cased(person.region),
        "location_country": cased(country),
        "location_continent": cased(company.continent) if company else None,
        "skills": [],
        "interests": [],
        "experience": [job],
        "education": [],
        "profiles": [{"network": "linkedin", "id": None, "url": person.linkedin_url, "username": person.slug}],
    }
    if free:
        hidden = (
            "work_email",
            "personal_emails",
            "emails",
            "mobile_phone",
            "phone_numbers",
            "recommended_personal_email",
        )
        data.update({name: bool(data[name]) for name in hidden})
    return data


def company_data(company: Company, *, titlecase: bool = False) -> dict[str, Any]:
    """A company in PDL's schema."""

    def cased(value: Any) -> Any:
        return _cased(value, titlecase=titlecase)

    profiles = [company.linkedin_url]
    profiles += [f"facebook.com/{company.facebook}"] if company.facebook else []
    profiles += [f"twitter.com/{company.twitter}"] if company.twitter else []
    return {
        "id": f"pdlc_{company.slug}",
        "name": cased(company.name),
        "display_name": company.name,
        "size": company.size,
        "employee_count": company.employee_count,
        "founded": company.founded_year,
        "industry": cased(company.industry),
        "industry_v2": cased(company.industry),
        "naics": [],
        "sic": [],
        "type": company.type,
        "ticker": None,
        "inferred_revenue": _revenue_band(company.revenue),
        "location": {
            "name": cased(f"{company.city}, {company.region}, {company.country_name}"),
            "locality": cased(company.city),
            "region": cased(company.region),
            "metro": None,
            "country": cased(company.country_name),
            "continent": company.continent,
            "street_address": cased(company.street),
            "address_line_2": None,
            "postal_code": company.postal_code,
            "geo": None,
        },
        "locations": [],
        "linkedin_id": str(sum(company.slug.encode()) * 6101),
        "linkedin_url": company.linkedin_url,
        "linkedin_follower_count": company.employee_count * 12,
        "facebook_url": f"facebook.com/{company.facebook}" if company.facebook else None,
        "twitter_url": f"twitter.com/{company.twitter}" if company.twitter else None,
        "profiles": profiles,
        "website": company.domain,
        "headline": None,
        "summary": company.description,
        "tags": list(company.keywords),
        "alternative_names": [company.legal_name.lower()],
        "affiliated_profiles": [],
        "total_funding_raised": company.funding_total or None,
    }


def _revenue_band(revenue: int) -> str | None:
    bands = ((1, "$0-$1M"), (10, "$1M-$10M"), (25, "$10M-$25M"), (50, "$25M-$50M"), (100, "$50M-$100M"))
    return next((band for most, band in bands if revenue <= most * 1_000_000), "$100M-$250M") if revenue else None


def _text(params: Mapping[str, Any], name: str) -> str:
    value = params.get(name) or ""
    return str(value[0] if isinstance(value, list) and value else value)


def _flag(params: Mapping[str, Any], name: str) -> bool:
    return str(params.get(name, "")).lower() in ("true", "1")


def _find_person(ask: Ask, params: Mapping[str, Any]) -> tuple[Person, int] | None:
    world = ask.world
    name = _text(params, "name") or " ".join(filter(None, (_text(params, "first_name"), _text(params, "last_name"))))
    company = _text(params, "company")
    found, likelihood = None, 0
    if profile := _text(params, "profile"):
        found, likelihood = world.person(linkedin=profile), 10
    if not found and (email := _text(params, "email")):
        found, likelihood = world.person(email=email), 9
    if not found and name and company:
        by_name = world.person(name=name, company=company)
        found, likelihood = by_name or world.person(name=name, domain=company), 6
    if found is None:
        return None
    made = bool((at := world.company(domain=found.domain)) and at.made)
    if not knows("pdl", found.domain, made=made, coverage=ask.settings.get("coverage")):
        return None
    return person_as_known("pdl", found), likelihood


def _enough(params: Mapping[str, Any]) -> bool:
    if any(params.get(name) for name in ("profile", "email", "phone", "email_hash", "lid", "pdl_id")):
        return True
    named = params.get("name") or (params.get("first_name") and params.get("last_name"))
    return bool(named and any(params.get(name) for name in ("location", "company", "school", "locality", "region")))


def _one_person(ask: Ask, params: Mapping[str, Any]) -> dict[str, Any]:
    """The body for one person: status 200, 400 or 404."""
    if not _enough(params):
        return _error(400, "Request is missing the minimum combination of input fields")
    found = _find_person(ask, params)
    if found is None or found[1] < int(_text(params, "min_likelihood") or 0):
        return _error(404, "No records were found matching your request")
    person, likelihood = found
    free = bool(ask.key and ask.key.startswith("free-"))
    company = ask.world.company(domain=person.domain)
    known = as_known("pdl", company) if company else None
    return {
        "status": 200,
        "likelihood": likelihood,
        "data": person_data(person, known, titlecase=_flag(params, "titlecase"), free=free),
    }


def _one_company(ask: Ask, params: Mapping[str, Any]) -> dict[str, Any]:
    names = ("website", "profile", "name", "ticker", "pdl_id")
    if not any(params.get(name) for name in names):
        return _error(400, "One of website, profile, name, ticker or pdl_id is needed")
    found, likelihood = None, 0
    if website := _text(params, "website"):
        found, likelihood = ask.world.company(domain=website), 10
    if not found and (profile := _text(params, "profile")):
        found, likelihood = ask.world.company(linkedin=profile), 10
    if not found and (name := _text(params, "name")):
        found, likelihood = ask.world.company(name=name), 5
    known = found and knows("pdl", found.domain, made=found.made, coverage=ask.settings.get("coverage"))
    if not found or not known or likelihood < int(_text(params, "min_likelihood") or 0):
        return _error(404, "No records were found matching your request")
    data = company_data(as_known("pdl", found), titlecase=_flag(params, "titlecase"))
    return {"status": 200, "likelihood": likelihood, **data}


def _charges(
    operation: str, asked: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]
) -> tuple[Charge, ...]:
    return tuple(
        Charge(identity(operation, params), credits_micros("pdl", 1))
        for params, answer in zip(asked, answers, strict=True)
        if answer["status"] == 200
    )


def _single(ask: Ask, body: dict[str, Any]) -> Reply:
    charges = _charges(ask.operation, [ask.params], [body])
    spent = str(len(charges))
    return json_reply(
        body, body["status"], {"x-call-credits-spent": spent, "x-call-credits-type": "enrichment"}, charges
    )


def person(ask: Ask) -> Reply:
    """``GET|POST /person/enrich``."""
    return _single(ask, _one_person(ask, ask.params))


def company(ask: Ask) -> Reply:
    """``GET|POST /company/enrich``; the reply is flat, without ``data``."""
    return _single(ask, _one_company(ask, ask.params))


def _bulk(ask: Ask, operation: str) -> Reply:
    requests = ask.params.get("requests")
    if not isinstance(requests, list) or not 1 <= len(requests) <= _BULK_MOST:
        return _refuse(400, f"requests must hold 1 to {_BULK_MOST} items")
    shared = {name: value for name, value in ask.params.items() if name not in ("requests", "api_key", "required")}
    one = _one_person if operation == "person.enrich" else _one_company
    asked = [{**shared, **(item.get("params") or {})} for item in requests if isinstance(item, dict)]
    answers = [one(ask, params) for params in asked]
    body = [
        {**answer, **({"metadata": item["metadata"]} if "metadata" in item else {})}
        for item, answer in zip(requests, answers, strict=True)
    ]
    charges = _charges(operation, asked, answers)
    return json_reply(body, 200, {"x-call-credits-spent": str(len(charges))}, charges)


def person_bulk(ask: Ask) -> Reply:
    """``POST /person/bulk``: up to 100, an array in order, each item with its own status."""
    return _bulk(ask, "person.enrich")


def company_bulk(ask: Ask) -> Reply:
    """``POST /company/enrich/bulk``: the same for companies, each item flat."""
    return _bulk(ask, "company.enrich")


def _limits(ask: Ask) -> tuple[Limit, ...]:
    free = bool(ask.key and ask.key.startswith("free-"))
    return (Limit(100 if free else 1000, 60.0, per_operation=True),)


def _rate_headers(ask: Ask, usages: Sequence[Usage]) -> dict[str, str]:
    minute = next((usage for usage in usages if usage.limit.seconds == 60.0), usages[0])
    windows = {"minute": minute.limit.count, "day": None, "month": None}
    left = {"minute": minute.left, "day": None, "month": None}
    total_left = 1_000_000 if ask.credits_left is None else int(ask.credits_left)
    return {
        "x-ratelimit-limit": orjson.dumps(windows).decode(),
        "x-ratelimit-remaining": orjson.dumps(left).decode(),
        "x-ratelimit-reset": datetime.fromtimestamp(ask.now + minute.reset_s, UTC).isoformat(),
        "x-lifetime-used": str(int(ask.credits_spent)),
        "x-totallimit-remaining": str(total_left),
        "x-totallimit-purchased-remaining": str(total_left),
        "x-totallimit-overages-remaining": "0",
    }


PROVIDER = Provider(
    name="pdl",
    prefix="/pdl/v5",
    routes=(
        Route(("GET", "POST"), "/person/enrich", "person.enrich", person),
        Route(("POST",), "/person/bulk", "person.bulk", person_bulk),
        Route(("GET", "POST"), "/company/enrich", "company.enrich", company),
        Route(("POST",), "/company/enrich/bulk", "company.bulk", company_bulk),
    ),
    key=lambda ask: ask.headers.get("x-api-key") or ask.query.get("api_key"),
    bad_key=lambda _: _refuse(401, "Request contained a missing or invalid key"),
    # PDL sends no Retry-After; its reset header says when the window ends.
    throttled=lambda _ask, _wait: _refuse(429, "Rate limit exceeded"),
    quota=lambda _: _refuse(402, "You have hit your account maximum for this endpoint"),
    broken=lambda _ask, status: _refuse(status, "Something went wrong on our side"),
    limits=_limits,
    rate_headers=_rate_headers,
)
