"""Proof: does a value that a model offers follow from a quote that stands in visible text?

The model's word counts for nothing here. A quote is located in what was fetched, outside of parts that speak to
machines; the value is normalised; a listed rule has to lead from the one to the other (``proving.rules``).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from worker.domain.claim import Evidence, Value
from worker.domain.fields import FIELDS, Context, InvalidValue
from worker.domain.fields.places import country_code, region_of_domain
from worker.domain.fields.web import registrable_domain
from worker.domain.folding import Searchable, fold
from worker.domain.names import company_key
from worker.domain.page import Page
from worker.domain.proving.person import names_mailbox, says_of
from worker.domain.proving.quoted import Quoted
from worker.domain.proving.rules import follows
from worker.domain.proving.sentence import UNREAD, doubt
from worker.domain.visible_text import machine_spans, overlaps

#: What a quote may measure, in code points: below, it says nothing; above, it is no quote.
_SHORTEST: Final = 2
_LONGEST: Final = 700
_LONGEST_DESCRIPTION: Final = 2_400
_PERSON_NAMES: Final = frozenset({"person_name", "person_first_name", "person_last_name"})
_AROUND: Final = 60


@dataclass(frozen=True, slots=True)
class Offer:
    """What a model offers: a value, and where it says to have read it. ``page`` counts from 1; 0 is unknown."""

    field: str
    value: str
    quote: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Proven:
    """A value that follows from its evidence by ``rule``; ``inferred`` when it was concluded."""

    value: Value
    evidence: Evidence
    rule: str
    host: str
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """An offer that is not taken, and why."""

    why: str


class Prover:
    """Judges offers about one subject against a fixed set of pages.

    ``identifiers`` are what is known of the subject (its name decides what a page may say about a person).
    """

    def __init__(self, pages: Sequence[Page], identifiers: Mapping[str, str], year: int = 2100) -> None:
        self._pages = tuple(pages)
        self._texts = tuple(Searchable(page.text) for page in pages)
        self._identifiers = identifiers
        self._year = year

    def prove(self, offer: Offer) -> Proven | Refused:
        """The offer as a proven value, or why it is refused. Never raises, whatever the model wrote."""
        field = FIELDS.get(offer.field)
        if field is None:
            return Refused("no such field")
        quote = offer.quote.strip()
        longest = _LONGEST_DESCRIPTION if offer.field == "company_description" else _LONGEST
        if len(quote) < _SHORTEST:
            return Refused("no quote")
        if len(quote) > longest:
            return Refused("quote too long")
        where = self._locate(quote, offer.page)
        if isinstance(where, Refused):
            return where
        page, start, end = where
        context = Context(region=self._region(page), year=self._year)
        try:
            value = field.normalise(offer.value, context)
        except InvalidValue:
            return Refused("not a value of its field")
        if offer.field.startswith("person_") and not self._about_person(offer, value, page, start, end):
            return Refused("not about this person")
        if offer.field.startswith("company_") and offer.field not in UNREAD:
            why = doubt(offer.field, str(value), page.text, start, end, partial(self._is_own, page))
            if why:
                return Refused(why)
        quoted = Quoted(
            text=page.text[start:end],
            before=_line_before(page.text, start),
            after=_line_after(page.text, end),
            own_labels=self._own_labels(page),
            block=page.text[max(0, start - _AROUND) : end + _AROUND],
            context=context,
            own_name=offer.field.endswith("_name") and self._own_name(str(value), page),
        )
        rule = follows(offer.field, value, quoted)
        if not rule or (rule.startswith("inferred") and not field.inferable):
            return Refused("value does not follow from its quote")
        evidence = Evidence(
            url=page.url,
            quote=quoted.text,
            start=start,
            end=end,
            page_hash=page.page_hash,
            rendering=page.rendering,
        )
        return Proven(value, evidence, rule, _host(page.url), inferred=rule.startswith("inferred"))

    def _locate(self, quote: str, number: int) -> tuple[Page, int, int] | Refused:
        """The quote on the page it was said to be on, else on the first that has it."""
        order = sorted(range(len(self._pages)), key=lambda index: (index != number - 1, index))
        seen = False
        for index in order:
            spans = machine_spans(self._pages[index].text)
            at = 0
            while (found := self._texts[index].find(quote, at)) is not None:
                if not overlaps(spans, *found):
                    return self._pages[index], *found
                seen = True
                at = found[0] + 1
        return Refused("quote speaks to machines" if seen else "quote not found")

    def _region(self, page: Page) -> str:
        """The country whose phone numbers a page writes without a prefix: the subject's own, else its domain's."""
        known = self._identifiers.get("company_country") or self._identifiers.get("person_country") or ""
        return (country_code(known) if known else None) or region_of_domain(_host(page.url))

    def _own_labels(self, page: Page) -> frozenset[str]:
        """What the company's own domain may be called: as the page's, a known domain's, or as the company."""
        known = self._identifiers.get("company_domain") or self._identifiers.get("person_company_domain") or ""
        name = self._identifiers.get("company_name") or self._identifiers.get("person_company_name")
        labels = {re.sub(r"\W", "", fold(host.split(".")[0])) for host in (_host(page.url), known) if host}
        return frozenset(labels | ({re.sub(r"\W", "", company_key(name))} if name else set()))

    def _is_own(self, page: Page, name: str) -> bool:
        """Whether a name in a sentence is the company's: like its domain, a name known before, the title or the (c)."""
        key = re.sub(r"\W", "", fold(name))
        labels = {label for label in self._own_labels(page) if len(label) >= 3}
        if not key or any(key.startswith(label) or (len(key) >= 4 and label.startswith(key)) for label in labels):
            return True
        # Two letters of a label or more may stand for the words of a name.
        initials = "".join(word[:1] for word in fold(name).split())
        return initials in labels or fold(name) in self._headings(page)

    def _headings(self, page: Page) -> str:
        """Where a page says whose it is: title, first line, and lines with a copyright sign, folded."""
        lines = page.text.splitlines()
        marked = [line for line in lines if "©" in line or "(c)" in line.casefold() or "copyright" in line.casefold()]
        return fold(" | ".join([page.title, *lines[:1], *marked]))

    def _own_name(self, name: str, page: Page) -> bool:
        """Whether the page's host, or a name known before, bears a company's name."""
        key = re.sub(r"\W", "", company_key(name))
        known = self._identifiers.get("company_name")
        label = re.sub(r"\W", "", fold(_host(page.url).split(".")[0]))
        capital = not name.rsplit(maxsplit=1)[-1][:1].islower()
        borne = key == label or (len(label) >= 5 and key.startswith(label) and capital)
        return bool(key) and (borne or (known is not None and company_key(known) == company_key(name)))

    def _about_person(self, offer: Offer, value: Value, page: Page, start: int, end: int) -> bool:
        """Whether what is said about a person is said about this one."""
        name = self._identifiers.get("person_name") or self._identifiers.get("person_last_name")
        if not name:
            return offer.field in _PERSON_NAMES
        if offer.field == "person_email" and names_mailbox(str(value), name):
            return True
        inside = Searchable(page.text[start:end]).find(offer.value)
        if inside is not None:
            start, end = start + inside[0], start + inside[1]
        return says_of(page.text, start, end, name)


def _line_before(text: str, start: int) -> str:
    left = text.rfind("\n", 0, start) + 1
    return text[max(left, start - _AROUND) : start]


def _line_after(text: str, end: int) -> str:
    right = text.find("\n", end)
    return text[end : min(len(text) if right < 0 else right, end + _AROUND)]


def _host(url: str) -> str:
    try:
        host = urlsplit(url).hostname or ""
        return registrable_domain(host)
    except (ValueError, InvalidValue):
        return ""
