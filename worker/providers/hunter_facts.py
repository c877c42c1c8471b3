"""What Hunter's answers say, endpoint by endpoint: pure, never raising.

API: https://hunter.io/api-documentation/v2, read 2026-11-21.
"""

import math
from datetime import datetime
from typing import Any, Final

from worker.domain.call import Reply
from worker.domain.claim import Claim
from worker.domain.fields import FIELDS, IDENTIFIERS, InvalidValue
from worker.domain.subject import Subject
from worker.providers.agreement import same_site
from worker.providers.answering import Parsed
from worker.providers.clearbit_shape import company_claims, person_claims
from worker.providers.reading import json_body
from worker.providers.typed import dig, mapping, objects, text, texts
from worker.providers.voice import Spoken, Voice

NAME: Final = "hunter"
CONFIDENCE: Final = 0.85
#: Certainty of a verifier's clear word, and of its word that it cannot tell.
_VERIFIED: Final = 0.92
_UNSURE: Final = 0.60
#: Hunter's status → ours. A webmail address is as good as its SMTP check.
_STATUSES: Final = {
    "valid": "valid",
    "invalid": "invalid",
    "accept_all": "catch_all",
    "disposable": "risky",
    "unknown": "unknown",
}
_FLAGS: Final = (
    ("accept_all", "any mailbox accepted"),
    ("disposable", "disposable domain"),
    ("webmail", "free mail"),
    ("gibberish", "gibberish"),
    ("block", "mail server blocks checks"),
)


def found_in(reply: Reply) -> dict[str, Any] | None:
    """The ``data`` object of an answer, or None."""
    data = mapping(json_body(reply), "data")
    return dict(data) if data is not None else None


def credits_of(operation: str, data: dict[str, Any] | None) -> float:
    """What an answer of status 200 costs, in credits (help.hunter.io, 2026-11): nothing found costs nothing.

    >>> credits_of("domain-search", {"emails": [{}] * 11}), credits_of("email-finder", {"email": None})
    (2.0, 0.0)
    """
    if data is None:
        return 0.0
    if operation == "email-verifier":
        return 0.5
    if operation == "email-finder":
        return 1.0 if text(data, "email") else 0.0
    if operation == "domain-search":
        return float(math.ceil(len(objects(data, "emails")) / 10))
    return 0.2


def parse(operation: str, reply: Reply, subject: Subject, observed_at: datetime) -> Parsed:
    """The claims of a good answer of one operation."""
    data, voice = found_in(reply), Voice(NAME, NAME, CONFIDENCE, observed_at)
    if operation == "email-verifier":
        claims = _verified(data, subject, observed_at)
    elif operation == "email-finder":
        claims = _finder(data, subject, voice)
    elif operation == "domain-search":
        claims = _domain(data, subject, voice)
    elif operation == "companies/find":
        claims = _company(data, subject, voice)
    else:
        claims = _person(data, subject, voice)
    if isinstance(claims, str):
        return Parsed(refused=claims)
    leads = {claim.field: str(claim.value) for claim in claims if claim.field in IDENTIFIERS}
    return Parsed(claims, leads)


def _verified(data: Any, subject: Subject, observed_at: datetime) -> tuple[Claim, ...] | str:
    if not _same_email(text(data, "email"), subject.get("person_email")):
        return "the answer is about another address"
    said = text(data, "status") or ""
    status = _STATUSES.get(said, "unknown")
    if said == "webmail":
        status = "valid" if dig(data, "smtp_check") is True else "unknown"
    reasons = [word for flag, word in _FLAGS if dig(data, flag) is True]
    reasons += ["no mail host"] if dig(data, "mx_records") is False else []
    checked = dig(data, "smtp_check")
    reasons += ["mailbox accepted" if checked else "mailbox refused"] if isinstance(checked, bool) else []
    certainty = _UNSURE if status == "unknown" else _VERIFIED
    voice = Voice(NAME, NAME, certainty, observed_at)
    return voice.facts(
        [
            ("person_email_status", status, "api:status"),
            ("person_email_level", "provider", "api:result"),
            ("person_email_reasons", tuple(reasons), "api:data"),
        ]
    )


def _finder(data: Any, subject: Subject, voice: Voice) -> tuple[Claim, ...] | str:
    domain = subject.get("person_company_domain")
    if domain and text(data, "domain") and not same_site(domain, text(data, "domain") or ""):
        return "the answer is about another company"
    spoken: list[Spoken] = [
        ("person_email", text(data, "email"), "api:email"),
        ("person_first_name", text(data, "first_name"), "api:first_name"),
        ("person_last_name", text(data, "last_name"), "api:last_name"),
        ("person_title", text(data, "position"), "api:position"),
        ("person_phone", text(data, "phone_number"), "api:phone_number"),
        ("person_linkedin_url", text(data, "linkedin_url"), "api:linkedin_url"),
        ("person_twitter_url", _handle(text(data, "twitter")), "api:twitter"),
        ("person_company_name", text(data, "company"), "api:company"),
        ("person_company_domain", text(data, "domain"), "api:domain"),
        ("person_email_status", _STATUSES.get(text(data, "verification", "status") or ""), "api:verification.status"),
    ]
    return voice.facts(spoken)


def _domain(data: Any, subject: Subject, voice: Voice) -> tuple[Claim, ...] | str:
    asked = subject.get("company_domain") or ""
    if not same_site(asked, text(data, "domain") or ""):
        return "the answer is about another company"
    country = text(data, "country")
    spoken: list[Spoken] = [
        ("company_name", text(data, "organization"), "api:organization"),
        ("company_description", text(data, "description"), "api:description"),
        ("company_industry", text(data, "industry"), "api:industry"),
        ("company_twitter_url", _handle(text(data, "twitter")), "api:twitter"),
        ("company_facebook_url", text(data, "facebook"), "api:facebook"),
        ("company_linkedin_url", text(data, "linkedin"), "api:linkedin"),
        ("company_instagram_url", text(data, "instagram"), "api:instagram"),
        ("company_youtube_url", text(data, "youtube"), "api:youtube"),
        ("company_technologies", texts(data, "technologies"), "api:technologies"),
        ("company_street", text(data, "street"), "api:street"),
        ("company_city", text(data, "city"), "api:city"),
        ("company_region", text(data, "state"), "api:state"),
        ("company_postal_code", text(data, "postal_code"), "api:postal_code"),
        ("company_country", country, "api:country"),
        ("company_size", text(data, "headcount"), "api:headcount"),
        ("company_type", text(data, "company_type"), "api:company_type"),
    ]
    for place, entry in enumerate(objects(data, "emails")):
        if text(entry, "type") == "generic":
            spoken.append(("company_email", text(entry, "value"), f"api:emails[{place}].value"))
    return voice.facts(spoken)


def _company(data: Any, subject: Subject, voice: Voice) -> tuple[Claim, ...] | str:
    names = [text(data, "domain"), *texts(data, "domainAliases")]
    asked = subject.get("company_domain") or ""
    if not any(name and same_site(asked, name) for name in names):
        return "the answer is about another company"
    return company_claims(data, voice, "api:data")


def _person(data: Any, subject: Subject, voice: Voice) -> tuple[Claim, ...] | str:
    asked = subject.get("person_email")
    if asked and not _same_email(text(data, "email"), asked):
        return "the answer is about another address"
    return person_claims(data, voice, "api:data")


def _same_email(one: str | None, other: str | None) -> bool:
    """Whether two addresses are one; Hunter may leave the asked one out, which does not make it another."""
    if not one or not other:
        return one is None
    try:
        field = FIELDS["person_email"]
        return field.normalise(one) == field.normalise(other)
    except InvalidValue:
        return one.casefold() == other.casefold()


def _handle(name: str | None) -> str | None:
    return f"https://x.com/{name.lstrip('@')}" if name and " " not in name and "/" not in name else name
