"""The one list of fields: what a job may ask for and a provider may claim.

Ages: contact data of people decays fastest (vendors and users put it at 2 to 3 % a month), registers hardly at all.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.fields import numbers, places, web
from worker.domain.fields.field import DAY_S, Context, Field, Key, Read, plain_key
from worker.domain.fields.text import listed, text, texts
from worker.domain.names import company_key, compatible_names, fold, person_key
from worker.domain.subject import Entity

_LINE: Final = text(200)
_NAME: Final = text(160)


def _on(name: Callable[[str], str]) -> Key:
    return lambda value: name(str(value))


_NOT_WORDS: Final = re.compile(r"[\W_]+")


def _words(value: Value) -> str:
    return _NOT_WORDS.sub("", fold(str(value)))


_OWNERSHIP: Final = {
    "private": "private", "privately held": "private", "private company": "private",
    "private limited company": "private",
    "public": "public", "public company": "public", "publicly traded": "public", "listed": "public",
    "nonprofit": "nonprofit", "non profit": "nonprofit", "not for profit": "nonprofit", "ngo": "nonprofit",
    "government": "government", "government agency": "government", "public sector": "government",
    "educational": "educational", "educational institution": "educational", "education": "educational",
    "partnership": "partnership", "self employed": "self_employed", "self owned": "self_employed",
    "sole proprietorship": "sole_proprietorship", "cooperative": "cooperative", "subsidiary": "subsidiary",
}  # fmt: skip
_SENIORITY: Final = {
    "owner": "owner", "founder": "founder", "co founder": "founder", "c suite": "c_suite", "cxo": "c_suite",
    "c level": "c_suite", "executive": "c_suite", "chief": "c_suite", "partner": "partner", "vp": "vp",
    "vice president": "vp", "director": "director", "head": "head", "manager": "manager", "lead": "senior",
    "senior": "senior", "mid": "mid", "mid level": "mid", "junior": "entry", "entry": "entry", "entry level": "entry",
    "intern": "intern", "training": "intern", "trainee": "intern", "unpaid": "intern",
}  # fmt: skip
_EMAIL_STATUS: Final = {
    "valid": "valid", "deliverable": "valid", "verified": "valid", "ok": "valid", "invalid": "invalid",
    "undeliverable": "invalid", "bounced": "invalid", "catch all": "catch_all", "accept all": "catch_all",
    "risky": "risky", "extrapolated": "risky", "guessed": "risky", "disposable": "risky", "unknown": "unknown",
    "unverified": "unknown", "unavailable": "unknown", "webmail": "valid",
}  # fmt: skip
_EMAIL_LEVEL: Final = {
    "syntax": "syntax", "domain": "domain", "mx": "mx", "list": "list", "lists": "list", "smtp": "smtp",
    "provider": "provider",
}  # fmt: skip


#: Mailboxes that speak for a company, the general ones first.
_GENERAL: Final = frozenset(
    {"info", "hello", "contact", "kontakt", "office", "mail", "hallo", "contacto", "contato", "contatti", "post",
     "welcome", "enquiries", "inquiries", "team", "hi", "email", "bonjour", "accueil", "biuro", "firma", "zentrale"}
)  # fmt: skip
_FUNCTIONS: Final = frozenset(
    {"sales", "support", "service", "help", "press", "media", "jobs", "careers", "billing", "orders", "booking",
     "reservations", "marketing", "admin", "vertrieb", "bestellung", "ventas", "commercial", "shop", "reception"}
)  # fmt: skip


def _general_first(address: Value) -> int:
    """A company's general mailbox says more about it than a department's, and that more than a person's."""
    box = str(address).partition("@")[0]
    return 2 if box in _GENERAL else 1 if box in _FUNCTIONS else 0


def _short_forms(one: Value, other: Value) -> bool:
    return compatible_names(str(one), str(other))


def _social(host: str, form: str, *others: str, deep: tuple[str, ...] = ()) -> Read:
    return web.profile((host, *others), form, deep=deep)


def _company(name: str, kind: str, read: Read, days: float, key: Key = plain_key, **more: Any) -> Field:
    return Field(f"company_{name}", Entity.COMPANY, kind, read, days * DAY_S, 3 * days * DAY_S, key, **more)


def _person(name: str, kind: str, read: Read, days: float, key: Key = plain_key, **more: Any) -> Field:
    more.setdefault("sensitive", True)
    return Field(f"person_{name}", Entity.PERSON, kind, read, days * DAY_S, 3 * days * DAY_S, key, **more)


_ALL: Final = (
    _company("name", "text", _NAME, 180, _on(company_key), compatible=_short_forms),
    _company("legal_name", "text", _NAME, 365, _on(company_key)),
    _company("former_name", "text", _NAME, 3650, _on(company_key), many=True),
    _company("parent_name", "text", _NAME, 180, _on(company_key)),
    _company("domain", "domain", web.domain, 365),
    _company("website", "url", web.website, 365, web.website_key),
    _company("description", "text", text(2000), 90, _words),
    _company("industry", "text", text(120), 180, _words, inferable=True),
    _company("size", "band", numbers.size, 90, numbers.size_key),
    _company("employee_count", "number", numbers.people, 60),
    _company("founded_year", "year", numbers.year, 3650),
    _company("type", "word", listed(_OWNERSHIP, "company type", open_ended=True), 365),
    _company("street", "text", _LINE, 180, _words),
    _company("city", "text", text(100), 180, _words),
    _company("region", "text", text(100), 180, places.region_key),
    _company("postal_code", "text", text(16), 180, places.alphanumeric_key),
    _company("country", "country", places.country, 365),
    _company("address", "text", text(300), 180, _words, many=True),
    _company("phone", "phone", places.phone, 120, many=True),
    _company("fax", "phone", places.phone, 365, many=True),
    _company("email", "email", web.email, 90, many=True, prefer=_general_first),
    _company("opening_hours", "texts", texts(120, 21), 60, collection=True),
    _company("languages", "texts", texts(40, 20), 180, collection=True),
    _company("linkedin_url", "profile", web.linkedin_company, 365, web.tail_key(2)),
    _company("twitter_url", "profile", _social("x.com", "https://x.com/{}", "twitter.com"), 365, web.tail_key(1)),
    _company(
        "facebook_url",
        "profile",
        _social("facebook.com", "https://www.facebook.com/{}", "fb.com", deep=("pages", "people", "groups")),
        365,
        web.tail_key(1),
    ),
    _company(
        "instagram_url", "profile", _social("instagram.com", "https://www.instagram.com/{}"), 365, web.tail_key(1)
    ),
    _company(
        "youtube_url",
        "profile",
        _social("youtube.com", "https://www.youtube.com/{}", deep=("channel", "c", "user")),
        365,
        web.tail_key(1),
    ),
    _company("tiktok_url", "profile", _social("tiktok.com", "https://www.tiktok.com/@{}"), 365, web.tail_key(1)),
    _company(
        "xing_url",
        "profile",
        _social("xing.com", "https://www.xing.com/{}", deep=("pages", "companies")),
        365,
        web.tail_key(1),
    ),
    _company("github_url", "profile", _social("github.com", "https://github.com/{}"), 365, web.tail_key(1)),
    _company(
        "crunchbase_url",
        "profile",
        _social("crunchbase.com", "https://www.crunchbase.com/{}", deep=("organization",)),
        365,
        web.tail_key(1),
    ),
    _company("logo_url", "url", web.url, 90, web.url_key),
    _company("technologies", "texts", texts(80, 200), 60, collection=True),
    _company("keywords", "texts", texts(80, 100), 90, collection=True),
    _company("revenue", "text", text(80), 180, _words),
    _company("funding_total", "money", numbers.money, 60),
    _company("registration_id", "text", text(60), 730, places.alphanumeric_key, many=True),
    _company("vat_id", "vat", places.vat_id, 730),
    _person("name", "text", _NAME, 730, _on(person_key)),
    _person("first_name", "text", text(80), 730, _words),
    _person("last_name", "text", text(80), 730, _words),
    _person("title", "text", _LINE, 90, _words),
    _person("headline", "text", text(300), 90, _words),
    _person("seniority", "word", listed(_SENIORITY, "seniority", open_ended=True), 90, inferable=True, sensitive=False),
    _person("department", "text", text(80), 90, _words, inferable=True, sensitive=False),
    _person("email", "email", web.email, 90, many=True),
    _person("email_status", "word", listed(_EMAIL_STATUS, "email status"), 30, sensitive=False),
    _person("email_level", "word", listed(_EMAIL_LEVEL, "level of validation"), 30, sensitive=False),
    _person("email_reasons", "texts", texts(80, 20), 30, collection=True, sensitive=False),
    _person("phone", "phone", places.phone, 120, many=True),
    _person("city", "text", text(100), 180, _words),
    _person("region", "text", text(100), 180, places.region_key),
    _person("country", "country", places.country, 365, sensitive=False),
    _person("linkedin_url", "profile", web.linkedin_person, 365, web.tail_key(1)),
    _person("twitter_url", "profile", _social("x.com", "https://x.com/{}", "twitter.com"), 365, web.tail_key(1)),
    _person("github_url", "profile", _social("github.com", "https://github.com/{}"), 365, web.tail_key(1)),
    _person("company_name", "text", _NAME, 90, _on(company_key), sensitive=False, compatible=_short_forms),
    _person("company_domain", "domain", web.domain, 90, sensitive=False),
)

FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.name: field for field in _ALL})

#: Fields that lead on to other providers.
IDENTIFIERS: Final = frozenset(
    {"company_name", "company_domain", "company_website", "company_linkedin_url", "company_country", "company_city",
     "person_name", "person_first_name", "person_last_name", "person_email", "person_linkedin_url",
     "person_company_name", "person_company_domain"}
)  # fmt: skip


def field_names(entity: Entity) -> tuple[str, ...]:
    """The names of all fields of companies or of people, in the catalogue's order."""
    return tuple(name for name, field in FIELDS.items() if field.entity is entity)


__all__ = ["FIELDS", "IDENTIFIERS", "Context", "field_names"]
