"""Hunter v2: verifier that may take its time (202, 222), finder, domain search, enrichment, account.

Source: hunter.io/api-documentation/v2; Hunter's own client for the statuses beside it. 403 is the rate limit here and
429 the quota; the same request again in a period is free.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from simulator.knowledge import as_known, knows, person_as_known
from simulator.prices import credits_micros
from simulator.providers.clearbit_shape import company_shape, person_shape
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, identity, json_reply
from simulator.world import Company, Person

_STATES: Final[Mapping[str, tuple[str, str, int]]] = {
    "valid": ("valid", "deliverable", 96),
    "accept_all": ("accept_all", "risky", 74),
    "invalid": ("invalid", "undeliverable", 4),
    "unknown": ("unknown", "risky", 50),
}
_FREE_MAIL: Final = ("gmail.com", "freemail.example")
_DISPOSABLE: Final = ("throwaway.example", "mailinator.com")


def _refuse(status: int, identifier: str, details: str, headers: dict[str, str] | None = None) -> Reply:
    return json_reply({"errors": [{"id": identifier, "code": status, "details": details}]}, status, headers)


def _charge(ask: Ask, cost: float, params: Mapping[str, Any]) -> tuple[Charge, ...]:
    """A charge, unless the same account asked the same before."""
    asked = identity(ask.operation, params)
    paid: set[tuple[str, str]] = ask.state.setdefault("paid", set())
    if (ask.account, asked) in paid:
        return ()
    paid.add((ask.account, asked))
    return (Charge(asked, credits_micros("hunter", cost), cost),)


def _known(ask: Ask, company: Company | None) -> Company | None:
    if company is None:
        return None
    has = knows("hunter", company.domain, made=company.made, coverage=ask.settings.get("coverage"))
    return as_known("hunter", company) if has else None


def _suppressed(person: Person | None) -> Reply | None:
    if person is not None and person.suppressed:
        return _refuse(451, "claimed_email", "The person behind this address asked us to stop processing their data.")
    return None


def verify(ask: Ask) -> Reply:
    """``GET /email-verifier``: the setting ``hunter_polls`` is how many 202s come first; ``slow-`` mails get two."""
    email = ask.query.get("email", "").strip().lower()
    if "@" not in email:
        return _refuse(400, "wrong_params", "You are missing the email parameter")
    person = ask.world.person(email=email)
    if (refused := _suppressed(person)) is not None:
        return refused
    polls: dict[str, int] = ask.state.setdefault("polls", {})
    wanted = int(ask.settings.get("hunter_polls", 0)) or (2 if email.startswith("slow") else 0)
    if polls.get(email, 0) < wanted:
        polls[email] = polls.get(email, 0) + 1
        return Reply(202)
    if email.startswith("smtp222"):
        return json_reply(
            {"errors": [{"id": "smtp_error", "code": 222, "details": "The remote SMTP server misbehaved"}]}, 222
        )
    domain = email.rpartition("@")[2]
    company = ask.world.company(domain=domain)
    role = email.split("@")[0] in ("info", "hello", "office", "contact")
    state = person.email_state if person else "valid" if company and (company.email == email or role) else "invalid"
    status, result, score = _STATES[state]
    if domain in _FREE_MAIL:
        status, result, score = "webmail", "risky", 60
    if domain in _DISPOSABLE:
        status, result, score = "disposable", "risky", 30
    body = {
        "data": {
            "status": status,
            "result": result,
            "_deprecation_notice": "Using result is deprecated, use status instead",
            "score": score,
            "email": email,
            "regexp": True,
            "gibberish": False,
            "disposable": domain in _DISPOSABLE,
            "webmail": domain in _FREE_MAIL,
            "mx_records": company is not None or domain in _FREE_MAIL,
            "smtp_server": company is not None,
            "smtp_check": status == "valid",
            "accept_all": status == "accept_all",
            "block": status == "unknown",
            "sources": [],
        },
        "meta": {"params": {"email": email}},
    }
    return json_reply(body, charges=_charge(ask, 0.5, {"email": email}))


def find(ask: Ask) -> Reply:
    """``GET /email-finder``: a miss is a 200 with a null address, and free."""
    query = ask.query
    domain, company_name = query.get("domain", ""), query.get("company", "")
    name = query.get("full_name") or f"{query.get('first_name', '')} {query.get('last_name', '')}".strip()
    handle = query.get("linkedin_handle", "")
    if not (domain or company_name or handle) or not (name or handle):
        return _refuse(400, "wrong_params", "You are missing the domain, the company or the name")
    world = ask.world
    person = world.person(linkedin=handle) if handle else world.person(name=name, domain=domain, company=company_name)
    company = _known(ask, world.company(domain=person.domain)) if person else None
    if (refused := _suppressed(person)) is not None:
        return refused
    hit = person if person and company else None
    first, _, last = name.partition(" ")
    data: dict[str, Any] = {
        "first_name": hit.first_name if hit else first,
        "last_name": hit.last_name if hit else last,
        "email": hit.email if hit else None,
        "score": _STATES[hit.email_state][2] if hit else None,
        "domain": hit.domain if hit else domain,
        "accept_all": hit.email_state == "accept_all" if hit else None,
        "position": hit.title if hit else None,
        "twitter": (hit.twitter or None) if hit else None,
        "linkedin_url": f"https://www.{hit.linkedin_url}" if hit else None,
        "phone_number": (hit.phone or None) if hit else None,
        "company": hit.company if hit else company_name or None,
        "sources": [],
        "verification": {"date": "2026-10-01" if hit else None, "status": hit.email_state if hit else None},
    }
    meta = {
        "params": {"first_name": first, "last_name": last, "domain": domain or None, "company": company_name or None}
    }
    return json_reply({"data": data, "meta": meta}, charges=_charge(ask, 1, query) if hit else ())


def domain_search(ask: Ask) -> Reply:
    """``GET /domain-search``: one credit for up to ten addresses."""
    query = ask.query
    domain = query.get("domain", "")
    if not domain and not query.get("company"):
        return _refuse(400, "wrong_params", "You are missing the domain parameter")
    limit, offset = int(query.get("limit", "10")), int(query.get("offset", "0"))
    if not 1 <= limit <= 100:
        return _refuse(400, "wrong_params", "limit must be between 1 and 100")
    if offset > 10 and (ask.key or "").startswith("free-"):
        return _refuse(400, "pagination_error", "Your plan does not reach further results")
    company = _known(ask, ask.world.company(domain=domain) if domain else ask.world.company(name=query["company"]))
    emails = _emails(company, query.get("type")) if company else []
    shown = emails[offset : offset + limit]
    data: dict[str, Any] = {
        "domain": company.domain if company else domain,
        "disposable": False,
        "webmail": False,
        "accept_all": False,
        "pattern": "{first}.{last}" if company else None,
        "organization": company.name if company else None,
        "description": company.description if company else None,
        "industry": company.industry if company else None,
        "twitter": f"https://twitter.com/{company.twitter}" if company and company.twitter else None,
        "facebook": f"https://facebook.com/{company.facebook}" if company and company.facebook else None,
        "linkedin": f"https://linkedin.com/company/{company.slug}" if company else None,
        "instagram": None,
        "youtube": None,
        "technologies": [item.lower() for item in company.technologies] if company else [],
        "country": company.country if company else None,
        "state": company.region if company else None,
        "city": company.city if company else None,
        "postal_code": company.postal_code if company else None,
        "street": company.street if company else None,
        "headcount": company.size if company else None,
        "company_type": company.type if company else None,
        "linked_domains": [],
        "emails": shown,
    }
    meta = {"results": len(emails), "limit": limit, "offset": offset, "params": {"domain": domain or None}}
    return json_reply({"data": data, "meta": meta}, charges=_charge(ask, 1, query) if shown else ())


def _emails(company: Company, kind: str | None) -> list[dict[str, Any]]:
    generic = {
        "value": company.email,
        "type": "generic",
        "confidence": 92,
        "sources": [],
        "first_name": None,
        "last_name": None,
        "position": None,
        "position_raw": None,
        "seniority": None,
        "department": None,
        "linkedin": None,
        "twitter": None,
        "phone_number": None,
        "verification": {"date": None, "status": None},
    }
    personal = [
        {
            **generic,
            "value": person.email,
            "type": "personal",
            "confidence": _STATES[person.email_state][2],
            "first_name": person.first_name,
            "last_name": person.last_name,
            "position": person.title,
            "position_raw": person.title,
            "seniority": "executive" if person.seniority in ("c_suite", "founder", "owner") else "senior",
            "department": person.department,
            "linkedin": f"https://www.{person.linkedin_url}",
            "phone_number": person.phone or None,
            "verification": {"date": "2026-10-01", "status": person.email_state},
        }
        for person in company.people
        if not person.suppressed
    ]
    return [item for item in (generic, *personal) if kind in (None, item["type"])]


def _person(ask: Ask) -> tuple[Person | None, Company | None]:
    query = ask.query
    person = (
        ask.world.person(email=query["email"])
        if query.get("email")
        else ask.world.person(linkedin=query.get("linkedin_handle", "-"))
    )
    company = _known(ask, ask.world.company(domain=person.domain)) if person else None
    return (person_as_known("hunter", person) if person and company else person), company


def people_find(ask: Ask) -> Reply:
    """``GET /people/find``."""
    if not ask.query.get("email") and not ask.query.get("linkedin_handle"):
        return _refuse(400, "wrong_params", "You are missing the email or the linkedin_handle parameter")
    person, company = _person(ask)
    if (refused := _suppressed(person)) is not None:
        return refused
    if person is None or company is None:
        return _refuse(404, "not_found", "The person could not be found.")
    body = {"data": person_shape(person, company), "meta": {"email": person.email}}
    return json_reply(body, charges=_charge(ask, 0.2, ask.query))


def companies_find(ask: Ask) -> Reply:
    """``GET /companies/find``."""
    domain = ask.query.get("domain", "")
    if not domain:
        return _refuse(400, "wrong_params", "You are missing the domain parameter")
    company = _known(ask, ask.world.company(domain=domain))
    if company is None:
        return _refuse(404, "not_found", "The company could not be found.")
    body = {"data": company_shape(company, ranges=True), "meta": {"domain": domain}}
    return json_reply(body, charges=_charge(ask, 0.2, ask.query))


def combined_find(ask: Ask) -> Reply:
    """``GET /combined/find``."""
    if not ask.query.get("email") and not ask.query.get("linkedin_handle"):
        return _refuse(400, "wrong_params", "You are missing the email or the linkedin_handle parameter")
    person, company = _person(ask)
    if (refused := _suppressed(person)) is not None:
        return refused
    if person is None or company is None:
        return _refuse(404, "not_found", "Neither the person nor the company could be found.")
    data = {"person": person_shape(person, company), "company": company_shape(company, ranges=True)}
    return json_reply({"data": data, "meta": {"email": person.email}}, charges=_charge(ask, 0.2, ask.query))


def account(ask: Ask) -> Reply:
    """``GET /account``: free."""
    available = 2000.0 if ask.credits_left is None else round(ask.credits_left + ask.credits_spent, 2)
    used = round(ask.credits_spent, 2)
    data = {
        "first_name": "Sim",
        "last_name": "User",
        "email": "sim@worker.example",
        "plan_name": "Starter",
        "plan_level": 1,
        "reset_date": "2026-12-01",
        "team_id": 1,
        "calls": {"used": int(used), "available": int(available), "_deprecation_notice": "Use requests instead"},
        "requests": {
            "searches": {"used": int(used), "available": int(available)},
            "verifications": {"used": int(used), "available": int(available)},
            "credits": {"used": used, "available": available, "remaining": round(available - used, 2)},
        },
    }
    return json_reply({"data": data})


_VERIFIER: Final = (Limit(10, 1.0, True), Limit(300, 60.0, True))
_OTHERS: Final = (Limit(15, 1.0, True), Limit(500, 60.0, True))


def _repeated_poll(ask: Ask) -> bool:
    """Whether this asks again for a verification that is under way: such repeats count as the first request."""
    return ask.operation == "email-verifier" and ask.query.get("email", "").lower() in ask.state.get("polls", {})


def _key(ask: Ask) -> str | None:
    bearer = ask.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return ask.headers.get("x-api-key") or bearer or ask.query.get("api_key")


def _route(path: str, operation: str, handler: Callable[[Ask], Reply]) -> Route:
    return Route(("GET",), path, operation, handler)


PROVIDER = Provider(
    name="hunter",
    prefix="/hunter/v2",
    routes=(
        _route("/email-verifier", "email-verifier", verify),
        _route("/email-finder", "email-finder", find),
        _route("/domain-search", "domain-search", domain_search),
        _route("/people/find", "people.find", people_find),
        _route("/companies/find", "companies.find", companies_find),
        _route("/combined/find", "combined.find", combined_find),
        _route("/account", "account", account),
    ),
    key=_key,
    bad_key=lambda _: _refuse(401, "authentication_failed", "No user found for the API key supplied"),
    # Hunter answers 403 where others say 429, and sends no header on when to come back.
    throttled=lambda _ask, _wait: _refuse(403, "too_many_requests", "You have reached the rate limit."),
    quota=lambda _: _refuse(429, "usage_exceeded", "You have exceeded your usage for the period."),
    broken=lambda _ask, status: _refuse(status, "internal_error", "Something went wrong on our side"),
    limits=lambda ask: _VERIFIER if ask.operation == "email-verifier" else _OTHERS,
    exempt=_repeated_poll,
)
