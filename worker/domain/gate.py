"""The identity gate: is this the company or person that was asked about? Pure.

Companies compare by domain first, then by LinkedIn page, then by name without legal form together with the country;
people by profile or email address, then by name together with the employer. What contradicts the subject is refused
with the reason; silence is no contradiction. Each source of a finding is judged by itself: a search brings many.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from worker.domain.claim import Claim
from worker.domain.fields.field import InvalidValue
from worker.domain.fields.web import SHARED_HOSTS, registrable_domain, split_url
from worker.domain.freshness import is_human
from worker.domain.identity import SURE
from worker.domain.names import OTHER_ENTITY, company_key, company_words, fold, same_person
from worker.domain.record import FieldValue
from worker.domain.subject import Entity, Subject

#: What a former employer must not tell about a person: all that belongs to the job there.
EMPLOYMENT: Final = frozenset(
    {"person_company_name", "person_company_domain", "person_title", "person_seniority", "person_department",
     "person_headline", "person_email"}
)  # fmt: skip
#: Who has fetched the page that its claims name as their source.
FIRST_HAND: Final = frozenset({"website", "linkedin_pages"})
#: Mail hosts whose domain says nothing about an employer. Source: the largest public mail services by user count.
FREE_MAIL: Final = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com", "icloud.com",
     "me.com", "aol.com", "gmx.de", "gmx.net", "gmx.com", "web.de", "t-online.de", "mail.ru", "yandex.ru", "qq.com",
     "163.com", "126.com", "proton.me", "protonmail.com", "orange.fr", "free.fr", "libero.it", "naver.com", "zoho.com"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruling:
    """What may join the record. ``refused`` maps fields to reasons, ``notes`` tell of relations that were seen."""

    accepted: tuple[Claim, ...]
    refused: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Match:
    same: bool
    reason: str = ""
    note: str = ""
    #: Known by more than a name.
    certain: bool = False


def judge(subject: Subject, record: Mapping[str, FieldValue], claims: Iterable[Claim]) -> Ruling:
    """Which of a finding's normalised claims are about the subject; ``record`` is what is known of it so far."""
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.source, []).append(claim)
    accepted: list[Claim] = []
    refused: dict[str, str] = {}
    notes: dict[str, None] = {}
    for source, group in groups.items():
        if subject.entity is Entity.COMPANY:
            match = _company(subject, record, source, group)
            passed = group
        else:
            match = _person(subject, record, group)
            passed, reasons = _employment(subject, record, group, match)
            refused.update(reasons)
        if match.note:
            notes[match.note] = None
        if match.same:
            accepted.extend(passed)
        else:
            notes[f"refused what {source} says: {match.reason}"] = None
            refused.update({claim.field: match.reason for claim in group})
    for claim in accepted:
        refused.pop(claim.field, None)
    return Ruling(tuple(accepted), refused, tuple(notes))


def domain_of(text: str | None) -> str:
    """The registrable domain of a host, address or email address, or ""."""
    try:
        return registrable_domain(split_url((text or "").rpartition("@")[2]).hostname or "")
    except InvalidValue:
        return ""


def _said(claims: Iterable[Claim], *names: str) -> list[str]:
    return [str(claim.value) for claim in claims if claim.field in names and not claim.inferred]


def _known(subject: Subject, record: Mapping[str, FieldValue], name: str) -> str:
    value = record.get(name)
    if value is not None and value.human:
        return str(value.value)
    return subject.get(name) or (str(value.value) if value is not None and not value.inferred else "")


def _company(subject: Subject, record: Mapping[str, FieldValue], source: str, claims: list[Claim]) -> _Match:
    own = domain_of(_known(subject, record, "company_domain") or subject.get("company_website"))
    host = domain_of(source) if "." in source else ""
    owns = {own, _moved_to(record)} - {""} if own else set()
    if host in owns:
        return _Match(True, certain=True)
    spoken = {claim.provider for claim in claims}
    if own and host and spoken == {"website"}:
        if host in SHARED_HOSTS:
            return _Match(False, f"{own} leads to {host}, where many have pages")
        return _Match(True, note=f"{own} leads to {host} now", certain=True)
    told = {domain for text in _said(claims, "company_domain", "company_website") if (domain := domain_of(text))}
    if owns & told:
        return _Match(True, certain=True)
    page, pages = subject.get("company_linkedin_url"), _said(claims, "company_linkedin_url")
    # What an engine or a model reads off somebody's page: a directory links to many companies' profiles.
    hearsay = bool(host) and not spoken <= FIRST_HAND
    if page and page in pages and not hearsay:
        return _Match(True, note=f"also found at {', '.join(sorted(told))}" if own and told else "", certain=True)
    if own and hearsay and not told and _neighbour(own, host):
        return _Match(False, f"{host} is another company's own site, not {own}")
    return _by_name(subject, record, claims, own, told, hearsay=hearsay)


def _moved_to(record: Mapping[str, FieldValue]) -> str:
    """The domain that the company's own site has led to, or "": said by that site itself, read first hand."""
    value = record.get("company_domain")
    if value is None or value.inferred or value.confidence < SURE:
        return ""
    domain = str(value.value)
    return domain if any(domain_of(source) == domain for source in value.sources) else ""


def _neighbour(own: str, host: str) -> bool:
    """Whether a host is called like the company, or like its group, holding or foundation: then it is no directory."""
    one, other = (re.sub(r"\W", "", name.split(".", maxsplit=1)[0]) for name in (own, host))
    return one == other or (other.startswith(one) and other.removeprefix(one) in OTHER_ENTITY)


def _by_name(
    subject: Subject, record: Mapping[str, FieldValue], claims: list[Claim], own: str, told: set[str], *, hearsay: bool
) -> _Match:
    name, names = _known(subject, record, "company_name"), _said(claims, "company_name", "company_legal_name")
    former = _said(claims, "company_former_name")
    renamed = next((old for old in former if name and company_key(old) == company_key(name)), "")
    if renamed and names:
        return _Match(True, note=f"renamed: {renamed} is {names[0]} now", certain=True)
    parent = _known(subject, record, "company_parent_name")
    if parent and any(company_key(parent) == company_key(one) for one in names):
        return _Match(False, f"describes the parent company {parent}", note=f"parent company: {parent}")
    if name and any(company_key(name) == company_key(one) for one in _said(claims, "company_parent_name")):
        child = names[0] if names else "another company"
        return _Match(False, f"describes a subsidiary, {child}", note=f"subsidiary: {child}")
    if own and told:
        other = ", ".join(sorted(told))
        same = bool(name) and any(company_key(name) == company_key(one) for one in names)
        what = "another company of the same name" if same else "another company"
        return _Match(False, f"{what}: {other}, not {own}")
    if not names:
        return _Match(True)
    # A provider was asked about this company; a page that a search found may be about its holding.
    heard = [one for one in names if not (name and hearsay and _other_entity(name, one))]
    if not _names_agree(name, own, heard):
        return _Match(False, f"another company: {names[0]}, not {name or own}")
    here, there = _known(subject, record, "company_country"), _said(claims, "company_country")
    if here and there and here not in there and not told:
        return _Match(False, f"same name in another country: {there[0]}, not {here}")
    if not told and (town := _other_town(record, claims)):
        return _Match(False, f"same name in another town: {town}")
    return _Match(True)


def _other_town(record: Mapping[str, FieldValue], claims: list[Claim]) -> str:
    """The town that the claims name when it is not the one that is known; a near postal code makes it the same."""
    here, there = (
        {name: [fold(one) for one in said if one] for name, said in places.items()}
        for places in (
            {name: [_known_text(record, name)] for name in ("company_city", "company_postal_code")},
            {name: _said(claims, name) for name in ("company_city", "company_postal_code")},
        )
    )
    codes, others = here["company_postal_code"], there["company_postal_code"]
    if codes and others:
        near = any(one[:2] == code[:2] for one in others for code in codes)
        return "" if near else others[0]
    cities, towns = here["company_city"], there["company_city"]
    if not cities or not towns or any(one in city or city in one for one in towns for city in cities):
        return ""
    return f"{towns[0].title()}, not {cities[0].title()}"


def _known_text(record: Mapping[str, FieldValue], name: str) -> str:
    value = record.get(name)
    return "" if value is None or value.inferred else str(value.value)


def _names_agree(name: str, domain: str, names: list[str]) -> bool:
    """Whether any of the names can be the subject's, by its known name, else by its domain's label."""
    # Names in different scripts cannot be compared: they do not contradict each other.
    latin = company_key(name or domain).isascii()
    if any(company_key(one).isascii() is not latin for one in names) or _label_agrees(domain, names):
        return True
    if not name:
        return not domain
    own = company_words(name)
    return any(
        company_key(name) == company_key(one) or own <= company_words(one) or company_words(one) <= own for one in names
    )


def _other_entity(known: str, said: str) -> bool:
    """Whether a name says group, holding or foundation where the known one does not."""
    return bool((company_words(said) - company_words(known)) & OTHER_ENTITY)


def _label_agrees(domain: str, names: list[str]) -> bool:
    label = "".join(character for character in domain.split(".", maxsplit=1)[0] if character.isalnum())
    if not label:
        return False
    for one in names:
        key = company_key(one)
        initials = "".join(word[0] for word in one.split() if word[0].isalnum()).casefold()
        if label in key or key in label or label == initials:
            return True
        if len(initials) > 2 and label.startswith(initials):
            return True
        if any(len(word) > 3 and word in label for word in company_words(one)):
            return True
    return False


def _person(subject: Subject, record: Mapping[str, FieldValue], claims: list[Claim]) -> _Match:
    page, pages = subject.get("person_linkedin_url"), _said(claims, "person_linkedin_url")
    address, addresses = subject.get("person_email"), _said(claims, "person_email")
    if page and pages:
        if page in pages:
            return _Match(True, certain=True)
        if not (address and address in addresses):
            return _Match(False, "another person's profile")
    if address and address in addresses:
        return _Match(True, certain=True)
    if address and any(_numbered(address, one) for one in addresses):
        return _Match(False, "a person of the same name in the same company")
    name, names = _known(subject, record, "person_name"), _said(claims, "person_name")
    if name and names and not any(same_person(name, one) for one in names):
        return _Match(False, "another person: the names differ")
    if name and names and not page and not address and _other_employer(subject, record, claims):
        return _Match(False, "a person of the same name at another company")
    return _Match(True)


def _numbered(one: str, other: str) -> bool:
    """Whether two addresses differ in a figure only: mailboxes of namesakes."""
    return one != other and re.sub(r"\d+(?=@)", "", one) == re.sub(r"\d+(?=@)", "", other)


def _employer(subject: Subject, record: Mapping[str, FieldValue]) -> tuple[str, str]:
    """The employer that the job itself names: (domain, name), each "" when unknown."""
    told = ((name, record.get(name)) for name in ("person_company_domain", "person_company_name"))
    typed = {name: str(value.value) for name, value in told if value is not None and value.human}
    domain = typed.get("person_company_domain", "")
    if subject.key.startswith("person:mailto:"):
        mail = domain_of(subject.get("person_email"))
        domain = domain or ("" if mail in FREE_MAIL else mail)
    name = typed.get("person_company_name", "")
    if "@" in subject.key and not subject.key.startswith("person:mailto:"):
        domain = domain or subject.get("person_company_domain") or ""
        name = name or subject.get("person_company_name") or ""
    return domain, name


def _other_employer(subject: Subject, record: Mapping[str, FieldValue], claims: Iterable[Claim]) -> str:
    """The employer that the claims name, when it is not the one that the job names; else ""."""
    held = list(claims)
    domain, name = _employer(subject, record)
    domains = {found for text in _said(held, "person_company_domain") if (found := domain_of(text))}
    names = _said(held, "person_company_name")
    if domain and domains:
        return "" if domain in domains else sorted(domains)[0]
    if name and names:
        return "" if any(company_key(name) == company_key(one) for one in names) else names[0]
    if domain and names and not name:
        return "" if _label_agrees(domain, names) else names[0]
    return ""


def _employment(
    subject: Subject, record: Mapping[str, FieldValue], claims: list[Claim], match: _Match
) -> tuple[list[Claim], dict[str, str]]:
    """The right person may be described at a former employer: what belongs to that job is left out."""
    other = _other_employer(subject, record, claims) if match.same else ""
    if not other:
        return claims, {}
    given = " / ".join(part for part in _employer(subject, record) if part)
    reason = f"describes a job at {other}, not at {given}"
    address = subject.get("person_email")
    kept = [
        claim
        for claim in claims
        if claim.field not in EMPLOYMENT
        or is_human(claim)
        or (claim.field == "person_email" and claim.value == address)
    ]
    return kept, {claim.field: reason for claim in claims if claim not in kept}
