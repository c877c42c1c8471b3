"""Canonical identities: which key a subject has, from whatever address a job names it by. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

from worker.domain.claim import Claim
from worker.domain.fields.field import NO_CONTEXT, InvalidValue
from worker.domain.fields.web import (
    SHARED_HOSTS,
    email,
    linkedin_company,
    linkedin_person,
    registrable_domain,
    split_url,
    url,
)
from worker.domain.names import company_key, person_key
from worker.domain.subject import Entity, Subject


def company_at(address: str) -> Subject:
    """The company that a web address belongs to, by its registrable domain.

    On shared hosts (social networks, link lists) the first part of the path belongs to the identity, and the address
    is no website of the company's own. Raises InvalidValue.

    >>> company_at("http://www.acme.example/en/?x=1").key
    'company:acme.example'
    """
    address = str(url(address, NO_CONTEXT))
    host = urlsplit(address).hostname or ""
    domain = registrable_domain(host)
    if domain not in SHARED_HOSTS:
        parts = urlsplit(address)
        known = {"company_domain": domain, "company_website": f"{parts.scheme}://{parts.netloc}"}
        return Subject(Entity.COMPANY, f"company:{domain}", known)
    page = next((part for part in urlsplit(address).path.split("/") if part), "")
    if not page:
        raise InvalidValue(f"{domain} is shared by many: a path is needed to tell whose page it is")
    return Subject(Entity.COMPANY, f"company:{domain}/{unquote(page).casefold()}", {})


def company_on_linkedin(address: str) -> Subject:
    """The company of a LinkedIn company page. Raises InvalidValue.

    >>> company_on_linkedin("uk.linkedin.com/company/Acme-Rockets/about/").key
    'company:linkedin.com/company/acme-rockets'
    """
    page = str(linkedin_company(address, NO_CONTEXT))
    return Subject(Entity.COMPANY, f"company:linkedin.com{urlsplit(page).path}", {"company_linkedin_url": page})


def person_on_linkedin(address: str) -> Subject:
    """The person of a LinkedIn profile. Raises InvalidValue.

    >>> person_on_linkedin("https://www.linkedin.com/in/Ada-L/?originalSubdomain=uk").key
    'person:linkedin.com/in/ada-l'
    """
    page = str(linkedin_person(address, NO_CONTEXT))
    return Subject(Entity.PERSON, f"person:linkedin.com{urlsplit(page).path}", {"person_linkedin_url": page})


def person_with_email(address: str) -> Subject:
    """The person (or mailbox) of an email address, ``mailto:`` forgiven. Raises InvalidValue.

    >>> person_with_email("mailto:Ada@Acme.example").key
    'person:mailto:ada@acme.example'
    """
    found = str(email(address, NO_CONTEXT))
    return Subject(Entity.PERSON, f"person:mailto:{found}", {"person_email": found})


def person_at(name: str, company: str) -> Subject:
    """A person known by name and employer only; ``company`` is a domain or a name. Raises InvalidValue.

    >>> person_at("Ada Lovelace", "acme.example").key
    'person:ada lovelace@acme.example'
    """
    if not person_key(name).strip() or not company.strip():
        raise InvalidValue("a name and a company are needed")
    known = {"person_name": " ".join(name.split())}
    try:
        if "." not in company or " " in company.strip():
            raise InvalidValue("not a domain")
        where = registrable_domain(split_url(company).hostname or "")
        known["person_company_domain"] = where
    except InvalidValue:
        where = company_key(company)
        known["person_company_name"] = " ".join(company.split())
    return Subject(Entity.PERSON, f"person:{person_key(name)}@{where}", known)


def subject_of(reference: str) -> Subject:
    """The subject that a reference names: a key, a LinkedIn address, an email address, a domain or web address.

    Raises InvalidValue when it is none of these.

    >>> subject_of("ada@acme.example").key, subject_of("www.acme.example").key
    ('person:mailto:ada@acme.example', 'company:acme.example')
    """
    line = reference.strip()
    for entity in Entity:
        if line.startswith(f"{entity.value}:"):
            tail = line.partition(":")[2]
            try:
                found = subject_of(tail)
            except InvalidValue:
                return Subject(entity, line)
            return found if found.key == line else Subject(entity, line)
    if "@" in line and "/" not in line:
        return person_with_email(line)
    for read in (person_on_linkedin, company_on_linkedin):
        try:
            return read(line)
        except InvalidValue:
            continue
    return company_at(line)


def aliases(subject: Subject) -> tuple[str, ...]:
    """Every key under which the subject may be met again, its own first.

    A name alone identifies nobody: only domains, LinkedIn pages and email addresses count.

    >>> aliases(Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"}))
    ('company:acme.example',)
    """
    keys = [subject.key]
    known: Mapping[str, str] = subject.identifiers
    readers = (
        (("company_domain", _company_domain), ("company_linkedin_url", company_on_linkedin))
        if subject.entity is Entity.COMPANY
        else (("person_linkedin_url", person_on_linkedin), ("person_email", person_with_email))
    )
    for name, read in readers:
        if value := known.get(name):
            try:
                keys.append(read(value).key)
            except InvalidValue:
                continue
    return tuple(dict.fromkeys(keys))


#: How sure a claim must be for its value to become another key of the subject.
SURE: Final = 0.75
_KEY_FIELDS: Final = frozenset({"company_domain", "company_linkedin_url", "person_linkedin_url", "person_email"})


def strong_identifiers(subject: Subject, claims: Iterable[Claim]) -> Subject:
    """The subject with only those identifiers that may become keys: from its own key, or stated with confidence.

    A wrong key would join two subjects for good, so what a search or an LLM found is not enough.
    """
    sure: dict[str, str] = {}
    for claim in sorted(claims, key=lambda one: (-one.confidence, str(one.value))):
        if claim.field in _KEY_FIELDS and not claim.inferred and claim.confidence >= SURE:
            sure.setdefault(claim.field, str(claim.value))
    return Subject(subject.entity, subject.key, sure)


def _company_domain(domain: str) -> Subject:
    return company_at(f"https://{domain}")
