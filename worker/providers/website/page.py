"""One page, from bytes to a PageFinding: the order of steps, and nothing else."""
# ruff: noqa: E501, SIM905 - patterns and word lists are easier to read and to compare unbroken

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from worker.domain.finding import Outcome
from worker.domain.page import Page
from worker.providers.website.address import Address
from worker.providers.website.addresses import find_addresses
from worker.providers.website.charset import decode
from worker.providers.website.claims import claims_of
from worker.providers.website.document import Document, host_of, read_document
from worker.providers.website.elements import find_elements, parse
from worker.providers.website.emails import Email, find_emails, given, valid_address
from worker.providers.website.fact import Fact
from worker.providers.website.facts import find_facts
from worker.providers.website.former import former_names
from worker.providers.website.found import Mention, PageAddress, PageFinding
from worker.providers.website.hosts import host_in
from worker.providers.website.jsonld import load
from worker.providers.website.links import links_of
from worker.providers.website.microdata import read_markup
from worker.providers.website.names import FREE_MAIL, Candidate, rank_names
from worker.providers.website.no_company import kind_of_page
from worker.providers.website.people import Person, find_people
from worker.providers.website.phones import Number, find_numbers, link_numbers
from worker.providers.website.places import Places
from worker.providers.website.region import country_names, vote
from worker.providers.website.rendering import RENDERING, Rendering, render
from worker.providers.website.structured import Structured, read_structured
from worker.providers.website.text_keys import words

NAME = "website"
CONFIDENCE = 0.80
#: Bytes of a document that are read; the rest is not looked at.
MAX_BYTES = 6_000_000
#: Words that many hosts on a page share and that belong to nobody who writes there.
_NOT_OWN = frozenset(
    "facebook twitter x linkedin instagram youtube google goo youtu pinterest vimeo flickr tripadvisor yelp addthis sharethis w3 adobe microsoft apple macromedia wordpress blogspot blogger paypal amazon"
    " maps bing yahoo mapquest t wa me bit bbb constantcontact mailchimp gravatar gstatic googleapis cloudflare jquery tumblr reddit digg delicious stumbleupon feedburner xing vk ok weibo whatsapp schema ogp archive".split()
)


class Reading(msgspec.Struct, gc=False):
    """A page read in all its parts, before anything is concluded."""

    document: Document
    rendering: Rendering
    structured: Structured
    html: str
    host: str
    regions: list[str]
    emails: list[Email]
    numbers: list[Number]
    addresses: list[Address]
    names: list[Candidate]
    facts: list[Fact]
    people: list[Person]
    #: Addresses without a postal code, on pages that show none with one.
    bare: list[Address]


def parse_page(html: bytes, url: str, headers: Mapping[str, str]) -> PageFinding:
    """Everything that a page says about the organisation behind it. Pure: no network, no clock but the claims' time.

    ``html`` is the document's bytes as fetched, ``url`` its final address (may be empty), ``headers`` the response's
    (``content-type`` is looked at). Never raises, whatever the bytes hold.
    """
    return parse_at(html, url, headers, datetime.now(UTC))


def parse_at(
    html: bytes, url: str, headers: Mapping[str, str], observed_at: datetime, status: int = 200
) -> PageFinding:
    """``parse_page`` for a page that was fetched at ``observed_at`` with an HTTP ``status``."""
    body = html[:MAX_BYTES]
    page_hash = hashlib.sha256(html).hexdigest()
    text, encoding = decode(body, headers)
    if b"\x00" in body:
        text = text.replace("\x00", "")
    # What was valid UTF-8 is parsed as it came.
    as_it_came = encoding == "utf-8" and "\ufffd" not in text and b"\x00" not in body
    reading = read(text, url, body if as_it_came else text)
    document, rendering = reading.document, reading.rendering
    places = Places(url, page_hash, rendering)
    kind = kind_of_page(document, rendering, text, status)
    mentions = _mentions(reading, places)
    if kind == "parked" and reading.addresses and (mentions["phones"] or mentions["emails"]):
        # "Coming soon" with an address and a number is a company's page all the same.
        kind = ""
    shown = given(reading.emails)
    page = Page(url=url, text=rendering.text, title=document.title, page_hash=page_hash, rendering=RENDERING)
    claims = () if kind else claims_of(reading, mentions, places, observed_at, CONFIDENCE)
    outcome = Outcome.BLOCKED if kind in {"challenge", "login"} else Outcome.HIT if claims else Outcome.MISS
    return PageFinding(
        provider=NAME,
        outcome=outcome,
        claims=claims,
        reason=kind.replace("_", " ") if kind else "" if claims else "the page says nothing about a company",
        pages=(page,),
        url=url,
        kind=kind,
        host=reading.host,
        emails=shown,
        linked_emails=tuple(email.address for email in reading.emails if email.address not in shown),
        phones=tuple(mention.value for mention in mentions["phones"]),
        faxes=tuple(mention.value for mention in mentions["faxes"]),
        addresses=tuple(
            PageAddress(
                **{**address.as_json(), "postal_code": address.prefix + address.postal_code},
                evidence=places.of_address(address),
            )
            for address in reading.addresses
        ),
        names=tuple(mention.value for mention in mentions["names"]),
        mentions=mentions,
        links=links_of(document, rendering, reading.host),
        regions=tuple(reading.regions),
        language=document.language,
        encoding=encoding,
        people=tuple(_person(person, places) for person in reading.people),
    )


def read(text: str, url: str, source: str | bytes) -> Reading:
    """Read a decoded document in all its parts; ``source`` is ``text`` or the UTF-8 that it was decoded from."""
    parser = parse(source)
    elements = find_elements(parser)
    document = read_document(parser, elements.head, url)
    markup = read_markup(parser, text) if elements.marked else []
    structured = _structured(document, markup)
    rendering = render(parser, elements)
    emails = _with_structured(find_emails(rendering, text), structured)
    host, others = _hosts(document, rendering)
    named = country_names(rendering)
    domains = [email.address.partition("@")[2] for email in emails[:40]]
    regions = vote(rendering, document.language, host, others, domains, named)
    numbers = find_numbers(rendering, regions)
    spans: dict[int, list[tuple[int, int]]] = {}
    for number in numbers:
        spans.setdefault(number.line, []).append((number.column, number.column + number.length))
    addresses, bare = find_addresses(rendering, regions, spans, named)
    numbers += link_numbers(rendering, structured, regions)
    addresses = _unite(addresses, [a for o in structured.organisations[:60] for a in o.addresses])
    own_hosts = [host, *_further_hosts(host, others, emails)] if host else _further_hosts("", others, emails)
    names = rank_names(document, rendering, structured, own_hosts, addresses)
    facts = find_facts(document, rendering, structured, regions)
    facts.extend(former_names(rendering, tuple(name.text for name in names[:3])))
    people = find_people(rendering, structured)
    return Reading(
        document, rendering, structured, text, host, regions, emails, numbers, addresses, names, facts, people, bare
    )


def _structured(document: Document, markup: list[dict[str, Any]]) -> Structured:
    values: list[Any] = []
    for script in document.json_ld[:50]:
        value = load(script)
        if value is not None:
            values.append(value)
    return read_structured(values, markup)


def _with_structured(emails: list[Email], structured: Structured) -> list[Email]:
    known = {email.address.lower() for email in emails}
    for organisation in structured.organisations[:60]:
        for text, path in organisation.emails:
            address = valid_address(text)
            if address and address.lower() not in known:
                known.add(address.lower())
                emails.append(Email(address, -1, 0, 0, path=path))
    return emails


def _hosts(document: Document, rendering: Rendering) -> tuple[str, list[str]]:
    """(own host, hosts linked to, commonest first). Without an address of its own a page's links tell its site."""
    counts: Counter[str] = Counter()
    for authority, count in rendering.authorities.items():
        host = host_in(authority)
        if "." in host:
            counts[host] += count
    own = ""
    for address in (document.url, document.canonical, document.meta.get("og:url", ""), document.base):
        own = host_of(address)
        if own and "." in own:
            break
    return own, [host for host, _ in counts.most_common(60)]


def _further_hosts(own: str, others: Sequence[str], emails: Sequence[Email]) -> list[str]:
    """Hosts that may be the owner's too: the commonest mail domain, then the commonest linked one."""
    found: list[str] = []
    domains = Counter(email.address.partition("@")[2] for email in emails)
    for domain, _ in domains.most_common(4):
        if domain.partition(".")[0] not in FREE_MAIL and domain != own:
            found.append(domain)
    if not own:
        for host in others[:6]:
            label = host.removeprefix("www.").split(".")
            if not _NOT_OWN & set(label) and host not in found:
                found.append(host)
    return found[:3]


def _unite(seen: list[Address], structured: list[Address]) -> list[Address]:
    """Addresses once each: what is visible first, filled up from structured data; equal ones are joined."""
    out: list[Address] = []
    known: dict[tuple[str, str], Address] = {}
    for address in [*seen, *structured]:
        key = ("".join(words(address.postal_code)), "".join(words(address.street))[:10])
        earlier = known.get(key)
        if earlier is not None:
            for part in ("city", "region", "country"):
                if not getattr(earlier, part):
                    setattr(earlier, part, getattr(address, part))
            continue
        known[key] = address
        out.append(address)
    return out


def _mentions(reading: Reading, places: Places) -> dict[str, tuple[Mention, ...]]:
    mentions: dict[str, tuple[Mention, ...]] = {
        "emails": tuple(
            Mention(email.address, places.of(email.line, email.column, email.length, email.path), email.address.lower())
            for email in reading.emails
        ),
        "names": tuple(
            Mention(name.text, places.of_name(name), name.key, round(name.score, 2)) for name in reading.names[:20]
        ),
    }
    for word in ("phones", "faxes"):
        kept: dict[str, Mention] = {}
        for number in reading.numbers:
            if number.phone if word == "phones" else number.fax:
                key = number.e164[-9:] or number.digits[-9:]
                kept.setdefault(
                    key,
                    Mention(
                        number.text,
                        places.of(number.line, number.column, number.length, number.path),
                        number.e164,
                        1.0 if number.labelled else 0.5,
                    ),
                )
        mentions[word] = tuple(kept.values())
    return mentions


def _person(person: Person, places: Places) -> dict[str, Any]:
    evidence = places.of(person.line, person.column, person.length, person.path, person.name)
    return {"name": person.name, "role": person.role, "evidence": evidence.as_json()}
