"""What a logged-out LinkedIn page says: its JSON-LD graph, and a company's about list read by the shape of values.

Source: stored logged-out pages, 2023 to 2026. The labels of the about list follow the visitor's language, its order
does not: website, industry, size, headquarters, type, founded, specialties, each left out when unknown.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import orjson
from selectolax.lexbor import LexborHTMLParser, LexborNode

from worker.domain.subject import Entity, Subject
from worker.providers.agreement import host_of, other_company, profile_url, site_of
from worker.providers.answering import Parsed
from worker.providers.lead import plain
from worker.providers.typed import dig, mapping, objects, text, texts, whole
from worker.providers.voice import Spoken, Voice

NAME: Final = "linkedin_pages"
SOURCE: Final = "linkedin.com"
CONFIDENCE: Final = 0.95

#: The about list's places by the page's own marks, which do not depend on its language.
_MARKS: Final[Mapping[str, str]] = {
    "about-us__website": "company_website",
    "about-us__industry": "company_industry",
    "about-us__size": "company_size",
    "about-us__headquarters": "company_city",
    "about-us__organizationType": "company_type",
    "about-us__foundedOn": "company_founded_year",
    "about-us__specialties": "company_keywords",
}
_ADDRESS: Final = (
    ("company_street", "streetAddress"),
    ("company_city", "addressLocality"),
    ("company_region", "addressRegion"),
    ("company_postal_code", "postalCode"),
    ("company_country", "addressCountry"),
)
GIVES: Final = frozenset(
    {
        "company_name",
        "company_domain",
        "company_description",
        "company_employee_count",
        "company_linkedin_url",
        "company_logo_url",
        "person_name",
        "person_title",
        "person_city",
        "person_country",
        "person_company_name",
        "person_linkedin_url",
        *_MARKS.values(),
        *(field for field, _ in _ADDRESS),
    }
)
_YEAR: Final = re.compile(r"(?:1[5-9]|20)\d\d")
_COUNT: Final = r"\d[\d.,'\u2019\u00a0\u202f ]{0,14}"
#: A band, an open number, or a count, with a few words that are no numbers around it.
_SIZE: Final = re.compile(
    rf"\D{{0,20}}?(?:{_COUNT}\s?[-\u2013\u2014~\u301c]\s?{_COUNT}|{_COUNT}\+|{_COUNT}\s)\D{{0,40}}"
)
_SITE: Final = re.compile(r"(?:https?://\S{3,}|(?:[\w-]{1,63}\.){1,5}[a-zA-Z]{2,24}(?:/\S*)?)", re.IGNORECASE)
_LONGEST_VALUE: Final = 2000


def has_facts(body: bytes, entity: Entity) -> bool:
    """Does a page hold what this provider reads?"""
    page = LexborHTMLParser(body)
    wanted = "Organization" if entity is Entity.COMPANY else "Person"
    return graph_node(page, wanted) is not None or (entity is Entity.COMPANY and bool(about_values(page)))


def parse(body: bytes, url: str, subject: Subject, observed_at: datetime) -> Parsed:
    """Claims and identifiers of a page. Never raises, whatever ``body`` is."""
    page = LexborHTMLParser(body)
    voice = Voice(NAME, SOURCE, CONFIDENCE, observed_at, url)
    if subject.entity is Entity.PERSON:
        return _person(graph_node(page, "Person") or {}, url, voice)
    node, about = graph_node(page, "Organization") or {}, about_facts(about_values(page))
    website = about.get("company_website") or _outside(node)
    if refused := other_company(subject, website, url):
        return Parsed(refused=refused)
    return _company(node, about, website, url, voice)


def graph_node(page: LexborHTMLParser, kind: str) -> Mapping[str, Any] | None:
    """The first node of a type in the page's JSON-LD, alone or in a graph."""
    for script in page.css('script[type="application/ld+json"]'):
        try:
            data = orjson.loads(script.text(deep=False) or "")
        except ValueError:
            continue
        for node in (*objects(data, "@graph"), *objects({"list": data}, "list"), mapping(data) or {}):
            if kind in texts(node, "@type"):
                return node
    return None


def about_values(page: LexborHTMLParser) -> tuple[tuple[str, str], ...]:
    """(mark, value) of the about list in the page's order; the mark is empty where the page has none."""
    found = []
    for item in page.css("dl dd")[:40]:
        value = _shown(item)
        if value:
            found.append((_mark(item), value))
    return tuple(found)


def _shown(item: LexborNode) -> str:
    """An item's text; for a link that leaves through a redirect, where it leads."""
    link = item.css_first("a[href]")
    if link is not None:
        target = (link.attributes.get("href") or "")[:_LONGEST_VALUE]
        try:
            parts = urlsplit(target)
            through = parse_qs(parts.query, max_num_fields=20).get("url", [""])[0]
        except ValueError:
            return ""
        leads_to = through if "/redir/" in parts.path else target
        if leads_to.startswith(("http://", "https://")) and site_of(leads_to) != SOURCE:
            return leads_to
    return " ".join(item.text(deep=True)[:_LONGEST_VALUE].split())


def _mark(item: LexborNode) -> str:
    for node in (item, item.parent):
        mark = (node.attributes.get("data-test-id") or "") if node is not None else ""
        if mark in _MARKS:
            return mark
    return ""


def about_facts(values: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The about list's facts: by the page's marks, else by the shape of values and their order.

    Website, size and year are told by their shape; what stands between them by its place.

    >>> about_facts((("", "acme.example"), ("", "Robotik"), ("", "51–200 Beschäftigte"), ("", "Leeds, England"),
    ...              ("", "Privatbesitz"), ("", "2011"), ("", "Roboter, Lager")))["company_industry"]
    'Robotik'
    """
    marked = {_MARKS[mark]: value for mark, value in values if mark}
    return marked or dict(_by_shape([value for _, value in values]))


def _by_shape(values: list[str]) -> Iterator[tuple[str, str]]:
    size = next((at for at, value in enumerate(values) if len(value) < 80 and _SIZE.fullmatch(value)
                 and not _YEAR.fullmatch(value)), None)  # fmt: skip
    year = next((at for at, value in enumerate(values) if _YEAR.fullmatch(value)), None)
    if size is None:
        return
    yield "company_size", values[size]
    before = values[:size]
    site = next((at for at, value in enumerate(before) if _SITE.fullmatch(value)), None)
    if site is not None:
        yield "company_website", before[site]
    if before and site != len(before) - 1:
        yield "company_industry", before[-1]
    between = values[size + 1 : year] if year is not None and year > size else []
    if year is not None and year > size:
        yield "company_founded_year", values[year]
        if len(between) == 2:
            yield "company_city", between[0]
            yield "company_type", between[1]
        elif len(between) == 1 and "," in between[0]:
            yield "company_city", between[0]
        if len(values) == year + 2:
            yield "company_keywords", values[year + 1]


def _company(node: Mapping[str, Any], about: Mapping[str, str], website: str | None, url: str, voice: Voice) -> Parsed:
    page = profile_url("company_linkedin_url", url)
    address = mapping(node, "address") or {}
    description = text(node, "description")
    spoken: list[Spoken] = [
        ("company_name", _plain(text(node, "name")), "json-ld:Organization.name"),
        ("company_description", _plain(description), "json-ld:Organization.description"),
        ("company_employee_count", whole(node, "numberOfEmployees", "value"), "json-ld:Organization.numberOfEmployees"),
        ("company_logo_url", text(node, "logo", "contentUrl"), "json-ld:Organization.logo"),
        *((field, _plain(text(address, name)), f"json-ld:Organization.address.{name}") for field, name in _ADDRESS),
        ("company_website", website, "about:website"),
        ("company_domain", host_of(website) if website else None, "about:website"),
        ("company_linkedin_url", page, "page:url"),
    ]
    listed = ("company_industry", "company_size", "company_type", "company_founded_year")
    spoken.extend((field, about.get(field), f"about:{field}") for field in listed)
    keywords = tuple(part for word in about.get("company_keywords", "").split(",") if (part := word.strip()))
    spoken.append(("company_keywords", keywords, "about:company_keywords"))
    if "addressLocality" not in address and (place := about.get("company_city")):
        spoken.append(("company_city", place.split(",")[0].strip(), "about:company_city"))
    leads = ("company_name", "company_website", "company_domain", "company_linkedin_url")
    return Parsed(voice.facts(spoken), _identifiers(spoken, leads))


def _outside(node: Mapping[str, Any]) -> str | None:
    """The company's own site among ``sameAs``."""
    return next((address for address in texts(node, "sameAs") if site_of(address) not in (None, SOURCE)), None)


def _person(node: Mapping[str, Any], url: str, voice: Voice) -> Parsed:
    if not node:
        return Parsed(refused="the page holds no person")
    employer = next((work for work in objects(node, "worksFor") if dig(work, "member", "endDate") is None), {})
    titles = texts(node, "jobTitle")
    spoken: list[Spoken] = [
        ("person_name", _plain(text(node, "name")), "json-ld:Person.name"),
        ("person_title", _plain(titles[0]) if titles else None, "json-ld:Person.jobTitle"),
        ("person_city", _city(text(node, "address", "addressLocality")), "json-ld:Person.address.addressLocality"),
        ("person_country", text(node, "address", "addressCountry"), "json-ld:Person.address.addressCountry"),
        ("person_company_name", _plain(text(employer, "name")), "json-ld:Person.worksFor.name"),
        ("person_linkedin_url", profile_url("person_linkedin_url", url), "page:url"),
    ]
    identifiers = _identifiers(spoken, ("person_name", "person_company_name", "person_linkedin_url"))
    page = profile_url("company_linkedin_url", text(employer, "url") or "")
    if page:
        identifiers["company_linkedin_url"] = page
    return Parsed(voice.facts(spoken), identifiers)


def _plain(shown: str | None) -> str | None:
    """Readable text, or None for what LinkedIn masks with asterisks before visitors."""
    return None if shown is None or "***" in shown else plain(shown) or None


def _city(place: str | None) -> str | None:
    return place.split(",")[0].strip() or None if place else None


def _identifiers(spoken: list[Spoken], names: tuple[str, ...]) -> dict[str, str]:
    return {field: value for field, value, _ in spoken if field in names and isinstance(value, str) and value}
