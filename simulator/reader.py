"""A reader that stands in for a language model: it looks for known facts in the pages it is given and quotes them.

It is honest and literal: what the page does not say it does not answer, and orders in a page are nothing to it.
Lies are told elsewhere (``lies``).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulator.world import Company, Person, World, size_band

_DOCUMENT: Final = re.compile(
    r'<document-([0-9a-f]{12,}) number="(\d+)" url="([^"]*)">\n(.*?)\n</document-\1>', re.DOTALL
)
_SENTENCE: Final = re.compile(r"[^\n]{1,400}?(?:[.!?。](?=\s|$)|$|(?<=。))", re.MULTILINE)
_FOUNDED: Final = re.compile(
    r"(?:founded in|founded|since|established in|est\.|gegründet|seit|fondée en|depuis|desde|fundada en|dal|sinds|"
    r"創業|設立)"
    r"\D{0,12}(1[89]\d\d|20[0-2]\d)",
    re.IGNORECASE,
)
_STAFF: Final = re.compile(
    r"(?<![\d.,–+-])(\d{1,3}(?:[.,]\d{3})|\d{1,6})\s{0,2}"
    r"(?:employees|people|staff|colleagues|Mitarbeiter\w*|Beschäftigte|salariés|personnes|"
    r"empleados|personas|dipendenti|medewerkers|pracowników|名|funcionários)",
    re.IGNORECASE,
)
_BAND: Final = re.compile(r"(?<!\d)(\d{1,2},?\d{0,3}[-–]\d{1,2},?\d{0,3}|10,001\+|10001\+) employees")
_EMAIL: Final = re.compile(r"[\w.+-]{1,40}@[\w-]{1,40}\.[\w.-]{1,20}\w")

_MACHINE_WORDS: Final = (
    "ignore",
    "instruction",
    "assistant",
    "ai model",
    "language model",
    "system prompt",
    "disregard",
)


@dataclass(frozen=True, slots=True)
class Document:
    """One page as it was put before the reader."""

    number: int
    url: str
    text: str

    @property
    def host(self) -> str:
        """The page's host, without ``www.``."""
        return self.url.split("://", 1)[-1].split("/")[0].split(":")[0].removeprefix("www.")


@dataclass(frozen=True, slots=True)
class Fact:
    """An answer: a field, its value as text, and the words of the page that say so."""

    field: str
    value: str
    quote: str
    page: int

    def as_json(self) -> dict[str, Any]:
        """This fact as the asked-for JSON object."""
        return {"field": self.field, "value": self.value, "quote": self.quote, "page": self.page}


def documents(prompt: str) -> list[Document]:
    """The fenced pages in a prompt."""
    return [Document(int(number), url, text) for _, number, url, text in _DOCUMENT.findall(prompt)]


def sentences(text: str) -> Iterator[str]:
    """The sentences and short lines of a page, as they stand in it."""
    for match in _SENTENCE.finditer(text):
        if sentence := match.group().strip():
            yield sentence


def injected_sentences(document: Document) -> list[str]:
    """Sentences of a page that speak to a machine."""
    return [item for item in sentences(document.text) if any(word in item.lower() for word in _MACHINE_WORDS)]


def _holding(text: str, form: str) -> str | None:
    """The shortest sentence that holds a form, or None."""
    sought, where = form.lower(), text.lower()
    if not form or (start := where.find(sought)) < 0:
        return None
    # Lower-casing may change a text's length; then the form itself has to be found as it is.
    as_it_stands = text[start : start + len(form)] if len(where) == len(text) else form
    return next((sentence for sentence in sentences(text) if as_it_stands in sentence), as_it_stands)


def _forms(company: Company) -> dict[str, list[tuple[str, str]]]:
    """For each field, the values and the forms in which a page may state them."""
    forms: dict[str, list[tuple[str, str]]] = {
        "company_name": [(company.name, company.legal_name), (company.name, company.name)],
        "company_industry": [
            (company.industry, company.industry),
            (company.sells, company.sells),
        ],
        "company_description": [(company.description, company.description)],
        "company_city": [(company.city, company.city)],
        "company_street": [(company.street, company.street)],
        "company_postal_code": [(company.postal_code, company.postal_code)],
        "company_region": [(company.region, company.region)],
        "company_country": [(company.country_name, company.country_name)],
        "company_email": [(company.email, company.email)],
        "company_registration_id": [(company.registration_id, company.registration_id)],
        "company_vat_id": [(company.vat_id, company.vat_id)],
        "company_domain": [(company.domain, company.domain)],
        "company_keywords": [(word, word) for word in company.keywords],
        "company_technologies": [(word, word) for word in company.technologies],
        "company_founded_year": [(str(company.founded_year), str(company.founded_year))],
    }
    return forms


def _person_forms(person: Person) -> dict[str, list[tuple[str, str]]]:
    return {
        "person_name": [(person.name, person.name), (person.name, f"{person.last_name} {person.first_name}")],
        "person_first_name": [(person.first_name, person.name)],
        "person_last_name": [(person.last_name, person.name)],
        "person_title": [(person.title, person.title)],
        "person_email": [(person.email, person.email)],
        "person_company_name": [(person.company, person.company)],
        "person_city": [(person.city, person.city)],
        "person_seniority": [(person.seniority, person.title)],
        "person_department": [(person.department, person.title)],
    }


def _told_about(world: World, document: Document) -> Company | None:
    """The company whose site a page is on, or whose profile or listing it is."""
    return world.company(domain=document.host) or world.company(linkedin=document.url)


def _pattern_facts(document: Document, asked: Sequence[str]) -> Iterator[Fact]:
    """What any reader sees without knowing the company, orders to machines left out."""
    text = document.text
    for sentence in injected_sentences(document):
        text = text.replace(sentence, "")
    yield from stated(text, document.number, asked)


def stated(text: str, number: int, asked: Sequence[str]) -> Iterator[Fact]:
    """A founding year, a head count, an address to write to, as a text says them."""
    if "company_founded_year" in asked and (match := _FOUNDED.search(text)):
        yield Fact("company_founded_year", match.group(1), match.group(), number)
    if "company_size" in asked and (match := _BAND.search(text)):
        yield Fact("company_size", match.group(1).replace(",", "").replace("–", "-"), match.group(), number)
    if match := _STAFF.search(text):
        count = int(re.sub(r"\D", "", match.group(1)))
        if "company_employee_count" in asked:
            yield Fact("company_employee_count", str(count), match.group(), number)
        if "company_size" in asked:
            yield Fact("company_size", size_band(count), match.group(), number)
    if "company_email" in asked and (match := _EMAIL.search(text)):
        yield Fact("company_email", match.group(), match.group(), number)


def read(world: World, prompt: str, asked: Sequence[str]) -> list[Fact]:
    """Answer ``asked`` fields from the pages in a prompt; the first page that states a field wins."""
    found: dict[str, Fact] = {}
    pages = documents(prompt)
    outside = _DOCUMENT.sub("", prompt).lower()
    for document in pages:
        company = _told_about(world, document)
        forms = _forms(company) if company else {}
        people = company.people if company else world.people[:0]
        person = next((item for item in people if item.name.lower() in outside or item.slug in outside), None)
        if person is None and len(people) == 1:
            person = people[0]
        if person is not None:
            forms |= _person_forms(person)
        for field in asked:
            for value, form in forms.get(field, ()):
                if field not in found and value and (quote := _holding(document.text, form)):
                    found[field] = Fact(field, value, quote, document.number)
        for fact in _pattern_facts(document, asked):
            found.setdefault(fact.field, fact)
    return [found[field] for field in asked if field in found]
