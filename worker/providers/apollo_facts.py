"""What Apollo's people and organisations say: pure, never raising.

API: Apollo's published OpenAPI and docs.apollo.io, read 2026-11-21.
"""

from datetime import datetime
from typing import Any, Final

from worker.domain.call import Reply
from worker.domain.claim import Claim
from worker.domain.fields import IDENTIFIERS
from worker.domain.names import same_person
from worker.domain.subject import Subject
from worker.providers.agreement import other_company, same_linkedin
from worker.providers.answering import Parsed
from worker.providers.reading import json_body
from worker.providers.typed import dig, mapping, objects, text, texts, whole
from worker.providers.voice import Spoken, Voice

NAME: Final = "apollo"
CONFIDENCE: Final = 0.85
COMPANY_FIELDS: Final = frozenset(
    {"company_name", "company_domain", "company_website", "company_linkedin_url", "company_twitter_url",
     "company_facebook_url", "company_crunchbase_url", "company_logo_url", "company_phone", "company_founded_year",
     "company_industry", "company_keywords", "company_languages", "company_employee_count", "company_size",
     "company_street", "company_city", "company_region", "company_postal_code", "company_country", "company_address",
     "company_description", "company_revenue", "company_funding_total", "company_technologies"}
)  # fmt: skip
PERSON_FIELDS: Final = frozenset(
    {"person_name", "person_first_name", "person_last_name", "person_linkedin_url", "person_twitter_url",
     "person_github_url", "person_title", "person_headline", "person_seniority", "person_department", "person_email",
     "person_email_status", "person_phone", "person_city", "person_region", "person_country", "person_company_name",
     "person_company_domain"}
)  # fmt: skip
_EMAIL_STATUSES: Final = {"verified": "valid", "unverified": "unknown", "extrapolated": "risky"}
#: What Apollo puts where an address was found but not unlocked.
_LOCKED: Final = "email_not_unlocked@"


def person_of(reply: Reply) -> dict[str, Any] | None:
    """The person of a match, or None where nobody was enriched."""
    person = mapping(json_body(reply), "person")
    return dict(person) if person else None


def organization_of(reply: Reply) -> dict[str, Any] | None:
    """The organisation of an answer, or None."""
    organization = mapping(json_body(reply), "organization")
    return dict(organization) if organization else None


def request_id_of(reply: Reply) -> str | None:
    """A request's id as text: a signed 64-bit integer, often negative, read without loss.

    >>> request_id_of(Reply(200, {}, b'{"request_id": -4415218273659164001}'))
    '-4415218273659164001'
    """
    body = json_body(reply)
    number = whole(body, "request_id")
    return str(number) if number is not None else text(body, "request_id")


def parse_person(subject: Subject, reply: Reply, observed_at: datetime) -> Parsed:
    """The claims of a match about this person; one about somebody else is refused."""
    person, voice = person_of(reply), Voice(NAME, NAME, CONFIDENCE, observed_at)
    refused = _other_person(subject, person)
    if refused:
        return Parsed(refused=refused)
    return _parsed(voice.facts(_person(person)))


def parse_organization(subject: Subject, reply: Reply, observed_at: datetime) -> Parsed:
    """The claims of an organisation that is the subject."""
    organization, voice = organization_of(reply), Voice(NAME, NAME, CONFIDENCE, observed_at)
    refused = other_company(
        subject,
        text(organization, "primary_domain") or text(organization, "website_url"),
        text(organization, "linkedin_url"),
    )
    return Parsed(refused=refused) if refused else _parsed(voice.facts(_organization(organization)))


def parse_phones(person_id: str, reply: Reply, observed_at: datetime) -> Parsed:
    """Phone numbers of one person from a webhook's body or from the polled copy of it."""
    voice = Voice(NAME, NAME, CONFIDENCE, observed_at)
    return _parsed(voice.facts(_phones(phones_of(reply, person_id), "api:people.phone_numbers")))


def phones_of(reply: Reply, person_id: str = "") -> tuple[dict[str, Any], ...]:
    """The phone entries of one person (of all without ``person_id``)."""
    body = json_body(reply)
    result = mapping(body, "webhook_result") or body
    return tuple(
        dict(entry)
        for person in objects(result, "people")
        if not person_id or text(person, "id") == person_id
        for entry in objects(person, "phone_numbers")
    )


def _parsed(claims: tuple[Claim, ...]) -> Parsed:
    return Parsed(claims, {claim.field: str(claim.value) for claim in claims if claim.field in IDENTIFIERS})


def _other_person(subject: Subject, person: Any) -> str:
    page, ours = text(person, "linkedin_url"), subject.get("person_linkedin_url")
    if page and ours and not same_linkedin(page, ours):
        return "the answer is about another LinkedIn profile"
    name, known = text(person, "name"), subject.get("person_name")
    if name and known and not same_person(name, known):
        return "the answer is about a person of another name"
    return ""


def _person(found: Any) -> list[Spoken]:
    email = text(found, "email")
    if email and email.startswith(_LOCKED):
        email = None
    department = next(iter(texts(found, "departments")), "").removeprefix("master_").replace("_", " ")
    spoken: list[Spoken] = [
        ("person_name", text(found, "name"), "api:name"),
        ("person_first_name", text(found, "first_name"), "api:first_name"),
        ("person_last_name", text(found, "last_name"), "api:last_name"),
        ("person_linkedin_url", text(found, "linkedin_url"), "api:linkedin_url"),
        ("person_twitter_url", text(found, "twitter_url"), "api:twitter_url"),
        ("person_github_url", text(found, "github_url"), "api:github_url"),
        ("person_title", text(found, "title"), "api:title"),
        ("person_headline", text(found, "headline"), "api:headline"),
        ("person_seniority", text(found, "seniority"), "api:seniority"),
        ("person_department", department or None, "api:departments"),
        ("person_email", email, "api:email"),
        ("person_city", text(found, "city"), "api:city"),
        ("person_region", text(found, "state"), "api:state"),
        ("person_country", text(found, "country"), "api:country"),
        ("person_company_name", text(found, "organization", "name"), "api:organization.name"),
        ("person_company_domain", text(found, "organization", "primary_domain"), "api:organization.primary_domain"),
    ]
    if email:
        status = _EMAIL_STATUSES.get(text(found, "email_status") or "")
        spoken.append(("person_email_status", status, "api:email_status"))
    contact = tuple(dict(entry) for entry in objects(found, "contact", "phone_numbers"))
    return spoken + _phones(contact, "api:contact.phone_numbers")


def _phones(entries: tuple[dict[str, Any], ...], path: str) -> list[Spoken]:
    """Numbers that are not known to be wrong, in their order of preference."""
    good = [entry for entry in entries if (text(entry, "status_cd") or text(entry, "status")) != "invalid_number"]
    good.sort(key=lambda entry: whole(entry, "position") or 0)
    return [("person_phone", text(entry, "sanitized_number") or text(entry, "raw_number"), path) for entry in good]


def _organization(found: Any) -> list[Spoken]:
    count = whole(found, "estimated_num_employees")
    funding = dig(found, "total_funding")
    has_funding = isinstance(funding, int | float) and not isinstance(funding, bool) and 0 < funding < 10**14
    return [
        ("company_name", text(found, "name"), "api:name"),
        ("company_domain", text(found, "primary_domain"), "api:primary_domain"),
        ("company_website", text(found, "website_url"), "api:website_url"),
        ("company_linkedin_url", text(found, "linkedin_url"), "api:linkedin_url"),
        ("company_twitter_url", text(found, "twitter_url"), "api:twitter_url"),
        ("company_facebook_url", text(found, "facebook_url"), "api:facebook_url"),
        ("company_crunchbase_url", text(found, "crunchbase_url"), "api:crunchbase_url"),
        ("company_logo_url", text(found, "logo_url"), "api:logo_url"),
        (
            "company_phone",
            text(found, "primary_phone", "sanitized_number") or text(found, "phone"),
            "api:primary_phone",
        ),
        ("company_founded_year", whole(found, "founded_year"), "api:founded_year"),
        ("company_industry", text(found, "industry"), "api:industry"),
        ("company_keywords", texts(found, "keywords"), "api:keywords"),
        ("company_languages", texts(found, "languages"), "api:languages"),
        ("company_employee_count", count, "api:estimated_num_employees"),
        # There is no range in an answer: the band follows from the count.
        ("company_size", count, "api:estimated_num_employees"),
        ("company_street", text(found, "street_address"), "api:street_address"),
        ("company_city", text(found, "city"), "api:city"),
        ("company_region", text(found, "state"), "api:state"),
        ("company_postal_code", text(found, "postal_code"), "api:postal_code"),
        ("company_country", text(found, "country"), "api:country"),
        ("company_address", text(found, "raw_address"), "api:raw_address"),
        ("company_description", text(found, "short_description"), "api:short_description"),
        ("company_revenue", text(found, "annual_revenue_printed"), "api:annual_revenue_printed"),
        ("company_funding_total", round(funding) if has_funding else None, "api:total_funding"),
        ("company_technologies", texts(found, "technology_names"), "api:technology_names"),
    ]
