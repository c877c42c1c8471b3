"""From what was seen on a page to claims about the company: which of several values is the company's own."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from worker.domain.claim import Claim, Evidence
from worker.domain.fields import FIELDS, Context, InvalidValue
from worker.providers.website.address import Address
from worker.providers.website.found import Mention
from worker.providers.website.host_names import host_core
from worker.providers.website.legal_forms import has_strong_form, split_legal_form
from worker.providers.website.names import FREE_MAIL
from worker.providers.website.places import Places
from worker.providers.website.socials import find_profiles

if TYPE_CHECKING:
    from worker.providers.website.page import Reading

#: Local parts of addresses that a company answers to as a company.
_GENERAL_MAIL = re.compile(
    r"^(?:info|contact|kontakt|office|hello|hallo|mail|email|post|service|support|sales|team|contacto|contatti|contato|contactez|bonjour|hola|ciao|enquir\w+|inquir\w+|admin|reception|zentrale|welcome|ask|general|empfang|biuro|firma|posta|myynti|order\w*)",
    re.I,
)
_TECHNICAL_MAIL = re.compile(
    r"^(?:webmaster|noreply|no-reply|abuse|hostmaster|postmaster|privacy|datenschutz|dpo|dsb|dmca|gdpr|rgpd|press|presse|jobs?|career|karriere|bewerbung|hr|copyright|legal|unsubscribe)",
    re.I,
)
_GROUP = re.compile(
    r"(?:part\sof|member\sof|subsidiary\sof|owned\sby|teil\sder|tochter\sder|filiale\sd[eu]|groupe)\s(?:the\s)?$", re.I
)
#: More values of one kind than this are a directory, not a company's own.
MAX_OWN = 5
#: What an address without a postal code weighs against one with it.
WITHOUT_CODE = 0.75


def claims_of(
    reading: Reading, mentions: dict[str, tuple[Mention, ...]], places: Places, observed_at: datetime, confidence: float
) -> tuple[Claim, ...]:
    """The claims that one page supports, each with its evidence. Values that their field refuses are left out."""
    maker = _Maker(reading, observed_at, confidence)
    claims: list[Claim] = []
    for field, raw, evidence, weight in _values(reading, mentions, places):
        claim = maker.make(field, raw, evidence, weight)
        if claim is not None:
            claims.append(claim)
    unique: dict[tuple[str, object], Claim] = {}
    for claim in claims:
        unique.setdefault((claim.field, claim.value), claim)
    return tuple(unique.values())


class _Maker:
    def __init__(self, reading: Reading, observed_at: datetime, confidence: float) -> None:
        self.source = reading.host.removeprefix("www.") or "website"
        self.observed_at = observed_at
        self.confidence = confidence
        self.context = Context(region=reading.regions[0] if reading.regions else "", year=observed_at.year)

    def make(self, field: str, raw: object, evidence: Evidence, weight: float) -> Claim | None:
        if field not in FIELDS:
            return None
        try:
            value = FIELDS[field].normalise(raw, self.context)
        except InvalidValue:
            return None
        shown = raw if isinstance(raw, str) and raw != value else None
        return Claim(
            field=field, value=value, source=self.source, provider="website", confidence=round(self.confidence * weight, 3),
            observed_at=self.observed_at, evidence=(evidence,), display=shown,
        )  # fmt: skip


Spoken = tuple[str, object, Evidence, float]


def _values(reading: Reading, mentions: dict[str, tuple[Mention, ...]], places: Places) -> Iterator[Spoken]:
    if reading.host:
        yield "company_domain", reading.host, places.at("url", reading.document.url), 1.0
        yield (
            "company_website",
            reading.document.url or f"https://{reading.host}/",
            places.at("url", reading.document.url),
            1.0,
        )
    yield from _name(reading, mentions, places)
    yield from _mail(reading, mentions)
    for word, field in (("phones", "company_phone"), ("faxes", "company_fax")):
        own = [mention for mention in mentions[word] if mention.normal]
        if len(own) > 2:
            # A directory of others: the owner's number stands on the line that names the owner.
            named = [mention for mention in own if _beside_name(mention, reading, places)]
            own = [*named, *(mention for mention in own if mention not in named)] if len(named) == 1 else own
        for number, mention in enumerate(own[:MAX_OWN]):
            yield field, mention.normal, mention.evidence, (1.0 if mention.score >= 1 else 0.92) - 0.04 * number
    yield from _addresses(reading, places)
    for fact in reading.facts:
        evidence = places.of(fact.line, fact.column, fact.length, fact.path, fact.quote)
        yield fact.field, fact.value, evidence, fact.weight
    keys = [name.key for name in reading.names[:2]]
    for field, url, path, text in find_profiles(reading.rendering, reading.structured, reading.host, keys):
        yield field, url, places.at(path, text or url), 1.0


def _name(reading: Reading, mentions: dict[str, tuple[Mention, ...]], places: Places) -> Iterator[Spoken]:
    if not reading.names:
        return
    best = reading.names[0]
    # Certainty grows with the number of places that agree and with the domain's.
    weight = min(1.0, 0.55 + 0.09 * len(best.places) + 0.25 * best.agreement)
    yield (
        "company_name",
        split_legal_form(best.text)[0] if best.agreement else best.text,
        mentions["names"][0].evidence,
        weight,
    )
    for name, mention in zip(reading.names[:8], mentions["names"], strict=False):
        for form in name.forms:
            if split_legal_form(form)[1] and (
                name.key == best.key or best.key.startswith(name.key) or name.key.startswith(best.key)
            ):
                yield "company_legal_name", form, _form_evidence(form, mention, places), 0.95
                return
    # The owner's trade name may have nothing of its legal one; a single company named on the page is it all the same.
    for places_of_owner in ({"imprint"}, {"copyright", "address", "structured", "h1"}):
        formal = {
            name.key: form
            for name in reading.names
            for form in name.forms
            if has_strong_form(form) and name.places.keys() & places_of_owner and not _part_of(form, places)
        }
        if len(formal) == 1:
            break
    if len(formal) == 1:
        form = next(iter(formal.values()))
        yield "company_legal_name", form, _form_evidence(form, mentions["names"][0], places), 0.8


def _part_of(form: str, places: Places) -> bool:
    """Whether a page says that its owner is part of this company."""
    text = places.rendering.text
    at = text.find(form)
    return at > 0 and _GROUP.search(text[max(0, at - 24) : at]) is not None


def _form_evidence(form: str, mention: Mention, places: Places) -> Evidence:
    at = places.rendering.text.find(form)
    return places.span(at, at + len(form)) if at >= 0 else mention.evidence


def _beside_name(mention: Mention, reading: Reading, places: Places) -> bool:
    start = mention.evidence.start
    if start is None or not reading.names:
        return False
    return reading.names[0].text in places.rendering.lines[places.rendering.line_at(start)]


def _mail(reading: Reading, mentions: dict[str, tuple[Mention, ...]]) -> Iterator[Spoken]:
    core = host_core(reading.host)
    ranked = []
    for number, mention in enumerate(mentions["emails"]):
        local, _, domain = mention.normal.partition("@")
        own = bool(core) and host_core(domain) == core
        free = domain.partition(".")[0] in FREE_MAIL
        if _TECHNICAL_MAIL.match(local) and len(mentions["emails"]) > 1:
            continue
        if not own and not free and len(mentions["emails"]) > 1 and core:
            continue
        ranked.append((-2 * own - bool(_GENERAL_MAIL.match(local)), number, mention))
    ranked.sort(key=lambda item: item[:2])
    for place, (_, _, mention) in enumerate(ranked[:MAX_OWN]):
        yield "company_email", mention.value, mention.evidence, 1.0 - 0.05 * place


def _addresses(reading: Reading, places: Places) -> Iterator[Spoken]:
    addresses = reading.addresses or reading.bare
    if not addresses:
        return
    best = _main_address(reading, addresses)
    evidence = places.of_address(best)
    whole = 1.0 if reading.addresses else WITHOUT_CODE
    weight = whole if len(addresses) <= 2 else 0.9 * whole
    street = best.street
    for large in (best.region, best.city):
        # East Asian streets begin with the city; the claim for the street does not repeat it.
        if (
            large
            and best.country in {"JP", "CN", "TW", "KR"}
            and street.startswith(large)
            and len(street) > len(large) + 2
        ):
            street = street[len(large) :].strip()
    for part in ("street", "city", "region", "postal_code", "country"):
        value = street if part == "street" else getattr(best, part)
        if value:
            yield f"company_{part}", value, evidence, weight
    for number, address in enumerate(addresses[:MAX_OWN]):
        yield "company_address", address.text, places.of_address(address), whole * (1.0 - 0.05 * number)


def _main_address(reading: Reading, addresses: list[Address]) -> Address:
    """The seat: with a street, not a box, in the likeliest country, structured data's before the rest."""
    structured = {(a.postal_code, a.street) for o in reading.structured.organisations[:1] for a in o.addresses}

    name = reading.names[0].text if reading.names else ""

    def worth(item: tuple[int, Address]) -> float:
        number, address = item
        score = 2.0 * bool(address.street) - 1.0 * address.box + 0.5 * bool(address.city) - 0.1 * number
        score += 1.5 * (len(addresses) > 2 and bool(name) and name in reading.rendering.lines[max(address.line, 0)])
        score += 1.0 * ((address.postal_code, address.street) in structured)
        return score + 0.5 * (address.country == reading.regions[0])

    return max(enumerate(addresses), key=worth)[1]
