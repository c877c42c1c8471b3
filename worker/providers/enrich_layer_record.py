"""What an Enrich Layer record says: claims and identifiers of a company or a person, as pure functions.

Shapes: https://enrichlayer.com/docs and the vendor's clients, read 2026-11-21.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from worker.domain.subject import Entity, Subject
from worker.providers.agreement import host_of, other_company, with_scheme
from worker.providers.answering import Parsed
from worker.providers.typed import dig, mapping, objects, text, texts, whole
from worker.providers.voice import Spoken, Voice

NAME: Final = "enrich_layer"
CONFIDENCE: Final = 0.95

_COMPANY_TEXTS: Final = (
    ("company_name", "name"),
    ("company_description", "description"),
    ("company_industry", "industry"),
)
_PLACES: Final = (
    ("company_street", "line_1"),
    ("company_city", "city"),
    ("company_region", "state"),
    ("company_postal_code", "postal_code"),
    ("company_country", "country"),
)
_PERSON_TEXTS: Final = (
    ("person_name", "full_name"),
    ("person_first_name", "first_name"),
    ("person_last_name", "last_name"),
    ("person_headline", "headline"),
    ("person_city", "city"),
    ("person_region", "state"),
    ("person_country", "country"),
)
GIVES: Final = frozenset(
    {
        "company_website",
        "company_domain",
        "company_size",
        "company_employee_count",
        "company_type",
        "company_founded_year",
        "company_keywords",
        "company_linkedin_url",
        "person_title",
        "person_company_name",
        "person_linkedin_url",
        *(field for table in (_COMPANY_TEXTS, _PLACES, _PERSON_TEXTS) for field, _ in table),
    }
)


def record_in(body: Any) -> Mapping[str, Any] | None:
    """The record of a good answer, which is flat; None when it names nobody."""
    record = mapping(body)
    named = ("name", "universal_name_id", "full_name", "public_identifier", "first_name")
    return record if record is not None and any(text(record, name) for name in named) else None


def parse(body: Any, subject: Subject, observed_at: datetime) -> Parsed:
    """Claims and identifiers of a good answer. Never raises, whatever ``body`` is."""
    record = record_in(body)
    if record is None:
        return Parsed(refused="the answer holds no record")
    voice = Voice(NAME, NAME, CONFIDENCE, observed_at)
    if subject.entity is Entity.PERSON:
        return _person(record, voice)
    refused = other_company(subject, text(record, "website"), company_page(record))
    return Parsed(refused=refused) if refused else _company(record, voice)


def company_page(record: Mapping[str, Any]) -> str | None:
    """The address of the company's LinkedIn page, from its name there."""
    slug = text(record, "universal_name_id")
    return f"https://www.linkedin.com/company/{slug}" if slug else None


def size_text(record: Mapping[str, Any]) -> str | None:
    """``company_size`` as a band: [51, 200] is ``51-200``, [10001, null] is ``10001+``."""
    ends = dig(record, "company_size")
    if not isinstance(ends, list) or len(ends) != 2:
        return None
    lowest, highest = whole({"end": ends[0]}, "end"), whole({"end": ends[1]}, "end")
    if lowest is None:
        return None
    return f"{lowest}-{highest}" if highest is not None else f"{lowest}+" if ends[1] is None else None


def _company(record: Mapping[str, Any], voice: Voice) -> Parsed:
    website, kind = text(record, "website"), text(record, "company_type")
    page = company_page(record)
    spoken: list[Spoken] = [
        *((field, text(record, name), f"api:{name}") for field, name in _COMPANY_TEXTS),
        ("company_website", with_scheme(website) if website else None, "api:website"),
        ("company_domain", host_of(website) if website else None, "api:website"),
        ("company_size", size_text(record), "api:company_size"),
        ("company_employee_count", whole(record, "company_size_on_linkedin"), "api:company_size_on_linkedin"),
        ("company_type", kind.replace("_", " ").lower() if kind else None, "api:company_type"),
        ("company_founded_year", whole(record, "founded_year"), "api:founded_year"),
        ("company_keywords", texts(record, "specialities"), "api:specialities"),
        ("company_linkedin_url", page, "api:universal_name_id"),
        *((field, text(record, "hq", name), f"api:hq.{name}") for field, name in _PLACES),
    ]
    leads = ("company_website", "company_domain", "company_linkedin_url", "company_name")
    return Parsed(voice.facts(spoken), _identifiers(spoken, leads))


def _person(record: Mapping[str, Any], voice: Voice) -> Parsed:
    slug = text(record, "public_identifier")
    post = current_post(record)
    spoken: list[Spoken] = [
        *((field, text(record, name), f"api:{name}") for field, name in _PERSON_TEXTS),
        ("person_linkedin_url", f"https://www.linkedin.com/in/{slug}" if slug else None, "api:public_identifier"),
        ("person_title", text(post, "title"), "api:experiences.title"),
        ("person_company_name", text(post, "company"), "api:experiences.company"),
    ]
    leads = ("person_linkedin_url", "person_name", "person_company_name")
    identifiers = _identifiers(spoken, leads)
    if employer := text(post, "company_linkedin_profile_url"):
        identifiers["company_linkedin_url"] = with_scheme(employer)
    return Parsed(voice.facts(spoken), identifiers)


def current_post(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The post a person holds: the one without an end that ``occupation`` names, else the one begun last."""
    open_ended = [post for post in objects(record, "experiences") if "ends_at" in post and post["ends_at"] is None]
    occupation = (text(record, "occupation") or "").casefold()
    named = [post for post in open_ended if occupation and (text(post, "company") or "\n").casefold() in occupation]
    return max(named or open_ended, key=_begun, default={})


def _begun(post: Mapping[str, Any]) -> tuple[int, int, int]:
    year, month, day = (whole(post, "starts_at", part) or 0 for part in ("year", "month", "day"))
    return year, month, day


def _identifiers(spoken: list[Spoken], names: tuple[str, ...]) -> dict[str, str]:
    return {field: value for field, value, _ in spoken if field in names and isinstance(value, str) and value}
