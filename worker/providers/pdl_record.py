"""What a People Data Labs record says: claims and identifiers of a company or a person, as pure functions.

Shapes: https://docs.peopledatalabs.com (company and person schema), read 2026-11-21.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import host_of, other_company, same_linkedin, with_scheme
from worker.providers.answering import Parsed
from worker.providers.typed import mapping, objects, text, texts, whole
from worker.providers.voice import Spoken, Voice

NAME: Final = "pdl"
CONFIDENCE: Final = 0.95

#: (field, name in the answer) of plain texts; addresses get a scheme.
_COMPANY_TEXTS: Final = (
    ("company_description", "summary"),
    ("company_industry", "industry"),
    ("company_size", "size"),
    ("company_type", "type"),
    ("company_revenue", "inferred_revenue"),
)
_PLACES: Final = (
    ("company_street", "street_address"),
    ("company_city", "locality"),
    ("company_region", "region"),
    ("company_postal_code", "postal_code"),
    ("company_country", "country"),
)
_COMPANY_ADDRESSES: Final = (
    ("company_website", "website"),
    ("company_linkedin_url", "linkedin_url"),
    ("company_twitter_url", "twitter_url"),
    ("company_facebook_url", "facebook_url"),
)
_PERSON_TEXTS: Final = (
    ("person_name", "full_name"),
    ("person_first_name", "first_name"),
    ("person_last_name", "last_name"),
    ("person_title", "job_title"),
    ("person_headline", "headline"),
    ("person_department", "job_title_role"),
    ("person_city", "location_locality"),
    ("person_region", "location_region"),
    ("person_country", "location_country"),
    ("person_company_name", "job_company_name"),
)
_PERSON_ADDRESSES: Final = (
    ("person_linkedin_url", "linkedin_url"),
    ("person_twitter_url", "twitter_url"),
    ("person_github_url", "github_url"),
)
GIVES: Final = frozenset(
    {
        "company_name",
        "company_domain",
        "company_employee_count",
        "company_founded_year",
        "company_keywords",
        "person_seniority",
        "person_email",
        "person_phone",
        "person_company_domain",
        *(field for table in (_COMPANY_TEXTS, _PLACES, _COMPANY_ADDRESSES) for field, _ in table),
        *(field for table in (_PERSON_TEXTS, _PERSON_ADDRESSES) for field, _ in table),
    }
)
#: What kinds of email address are a person's own at work; personal ones are not taken.
_WORK_EMAILS: Final = ("current_professional", "professional")


def record_in(body: Any) -> Mapping[str, Any] | None:
    """The record of a good answer: under ``data`` for a person, the body itself for a company; None when there is none.

    Only a record that names somebody counts.
    """
    record = mapping(body, "data") or mapping(body)
    named = ("id", "name", "full_name", "display_name", "website", "linkedin_url")
    return record if record is not None and any(text(record, name) for name in named) else None


def parse(body: Any, subject: Subject, observed_at: datetime, by: str = "") -> Parsed:
    """Claims and identifiers of a good answer. Never raises, whatever ``body`` is.

    ``by`` is the parameter that was asked by. A company asked for by its website may answer with another one when its
    LinkedIn page is the subject's: that is for the pipeline to judge. Asked for by that page, it would prove nothing.
    """
    record = record_in(body)
    if record is None:
        return Parsed(refused="the answer holds no record")
    voice = Voice(NAME, NAME, CONFIDENCE, observed_at)
    if subject.entity is Entity.COMPANY:
        page, ours = text(record, "linkedin_url"), subject.get("company_linkedin_url")
        same_page = by != "profile" and bool(page and ours) and same_linkedin(page or "", ours or "")
        aliases = texts(record, "alternative_domains")
        refused = "" if same_page else other_company(subject, text(record, "website"), page, aliases)
        return Parsed(refused=refused) if refused else _company(record, voice)
    refused = other_person(record, subject)
    return Parsed(refused=refused) if refused else _person(record, voice)


def other_person(record: Mapping[str, Any], subject: Subject) -> str:
    """Why the record is about another person: another LinkedIn page than the one that was asked about."""
    asked_page = subject.get("person_linkedin_url")
    pages = [page for page in (text(record, "linkedin_url"), *_profile_addresses(record)) if page]
    if asked_page and pages and not any(same_linkedin(page, asked_page) for page in pages):
        return f"the answer is about {pages[0]}, not {asked_page}"
    return ""


def _profile_addresses(record: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        address
        for profile in objects(record, "profiles")
        if text(profile, "network") == "linkedin" and (address := text(profile, "url"))
    )


def _company(record: Mapping[str, Any], voice: Voice) -> Parsed:
    location = mapping(record, "location") or {}
    named = "display_name" if text(record, "display_name") else "name"
    website = text(record, "website")
    spoken: list[Spoken] = [
        ("company_name", text(record, named), f"api:{named}"),
        ("company_domain", host_of(website) if website else None, "api:website"),
        ("company_employee_count", whole(record, "employee_count"), "api:employee_count"),
        ("company_founded_year", whole(record, "founded"), "api:founded"),
        ("company_keywords", texts(record, "tags"), "api:tags"),
        *_texts(record, _COMPANY_TEXTS),
        *_addresses(record, _COMPANY_ADDRESSES),
        *((field, text(location, name), f"api:location.{name}") for field, name in _PLACES),
    ]
    leads = ("company_website", "company_domain", "company_linkedin_url", "company_name")
    return Parsed(voice.facts(spoken), _identifiers(spoken, leads))


def _person(record: Mapping[str, Any], voice: Voice) -> Parsed:
    website = text(record, "job_company_website")
    levels = texts(record, "job_title_levels")
    spoken: list[Spoken] = [
        *_texts(record, _PERSON_TEXTS),
        *_addresses(record, _PERSON_ADDRESSES),
        ("person_seniority", levels[0] if levels else None, "api:job_title_levels"),
        ("person_email", *_work_email(record)),
        ("person_phone", *_phone(record)),
        ("person_company_domain", host_of(website) if website else None, "api:job_company_website"),
    ]
    leads = ("person_linkedin_url", "person_email", "person_name", "person_company_name", "person_company_domain")
    return Parsed(voice.facts(spoken), _identifiers(spoken, leads))


def _texts(record: Mapping[str, Any], table: tuple[tuple[str, str], ...]) -> list[Spoken]:
    return [(field, text(record, name), f"api:{name}") for field, name in table]


def _addresses(record: Mapping[str, Any], table: tuple[tuple[str, str], ...]) -> list[Spoken]:
    return [
        (field, with_scheme(address) if (address := text(record, name)) else None, f"api:{name}")
        for field, name in table
    ]


def _work_email(record: Mapping[str, Any]) -> tuple[Value | None, str]:
    if own := text(record, "work_email"):
        return own, "api:work_email"
    for kind in _WORK_EMAILS:
        for entry in objects(record, "emails"):
            if text(entry, "type") == kind and (address := text(entry, "address")):
                return address, "api:emails"
    return None, ""


def _phone(record: Mapping[str, Any]) -> tuple[Value | None, str]:
    if mobile := text(record, "mobile_phone"):
        return mobile, "api:mobile_phone"
    listed = texts(record, "phone_numbers")
    return (listed[0], "api:phone_numbers") if listed else (None, "")


def _identifiers(spoken: list[Spoken], names: tuple[str, ...]) -> dict[str, str]:
    return {field: value for field, value, _ in spoken if field in names and isinstance(value, str) and value}
