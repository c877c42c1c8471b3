"""A language model that lies, on demand, in the ways that real ones do; every lie offered is counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from simulator.reader import Document, Fact, injected_sentences, sentences, stated

#: What each lie looks like to whoever checks the answer.
KINDS: Final = (
    "invented_quote",  # the quote stands in no page
    "false_value",  # the quote stands in the page, the value is not in it
    "injected_quote",  # the quote is a sentence addressed to a machine
    "hidden_quote",  # the quote stands in the page's source, where no reader sees it
    "wrong_page",  # the quote is true, of another page
    "wrong_schema",  # JSON, but not of the schema
    "truncated",  # cut off in the middle, stop reason max_tokens
    "refusal",  # no answer at all
)

#: True value, true quote, wrong place: letting it through does no harm when the place is found again.
HARMLESS: Final = frozenset({"wrong_page"})

_FALSE: Final[Mapping[str, str]] = {
    "company_industry": "gambling & casinos",
    "company_employee_count": "48213",
    "company_size": "10001+",
    "company_founded_year": "1803",
    "company_city": "Atlantis",
    "company_country": "Japan",
    "company_postal_code": "00000",
    "company_street": "1 Nowhere Plaza",
    "company_region": "Middle Earth",
    "company_name": "Totally Other Holdings",
    "company_phone": "+12025550199",
    "company_email": "sales@totally-other.example",
    "company_vat_id": "DE999999999",
    "company_registration_id": "HRB 999999",
    "company_revenue": "999000000",
    "company_funding_total": "777000000",
    "person_title": "Supreme Chancellor",
    "person_name": "Nobody Atall",
    "person_email": "nobody@totally-other.example",
    "person_seniority": "c_suite",
    "person_department": "astrology",
}


@dataclass(frozen=True, slots=True)
class Lie:
    """A lie that was offered: which kind, about what, and where it pretends to come from."""

    kind: str
    field: str
    value: str
    quote: str
    url: str

    def as_json(self) -> dict[str, Any]:
        """This lie as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A sentence that stands in a page's source but is not shown, with what it claims."""

    field: str
    value: str
    sentence: str


def false_value(field: str, quote: str) -> str:
    """A value for a field that its quote does not hold.

    >>> false_value("company_founded_year", "since 1999")
    '1803'
    """
    value = _FALSE.get(field, "entirely made up")
    return value if value.lower() not in quote.lower() else f"{value} x"


def tell(
    kind: str,
    honest: Sequence[Fact],
    asked: Sequence[str],
    pages: Sequence[Document],
    hidden: Mapping[str, Sequence[Hidden]],
    dice: Random,
) -> tuple[list[Fact], list[Lie]]:
    """Turn an honest answer into a lying one; returns what is answered and the lies in it.

    A kind that has nothing to work with (no injected sentence, no hidden one) falls back to an invented quote.
    """
    if not pages or not asked:
        return list(honest), []
    facts = {fact.field: fact for fact in honest}
    by_number = {page.number: page for page in pages}
    told: list[tuple[Fact, str]] = []
    match kind:
        case "false_value":
            for field in asked:
                page = pages[0]
                base = facts.get(field) or _any_quote(field, page)
                if base is not None:
                    told.append((replace(base, value=false_value(field, base.quote)), kind))
        case "injected_quote":
            for page in pages:
                for sentence in injected_sentences(page):
                    # What the sentence says, quoted by the words that say it; then the whole of it, and its tail.
                    told += [(fact, kind) for fact in stated(sentence, page.number, asked)]
                    told += [
                        (Fact(dice.choice(list(asked)), _last_words(sentence), quote, page.number), kind)
                        for quote in (sentence, _last_words(sentence, 4))
                    ]
        case "hidden_quote":
            for page in pages:
                told += [
                    (Fact(secret.field, secret.value, secret.sentence, page.number), kind)
                    for secret in hidden.get(page.host, ())
                    if secret.field in asked
                ]
        case "wrong_page" if len(pages) > 1:
            for fact in honest:
                other = next((page for page in pages if page.number != fact.page and fact.quote not in page.text), None)
                if other is not None:
                    told.append((replace(fact, page=other.number), kind))
    if not told and kind not in ("wrong_schema", "truncated", "refusal"):
        told = [(_invented(field, pages[0]), "invented_quote") for field in asked]
    told_fields = {fact.field for fact, _ in told}
    answer = [fact for fact in honest if fact.field not in told_fields] + [fact for fact, _ in told]
    lies = [Lie(what, fact.field, fact.value, fact.quote, by_number[fact.page].url) for fact, what in told]
    return answer, lies


def _invented(field: str, page: Document) -> Fact:
    value = false_value(field, "")
    return Fact(field, value, f"Our records confirm: {value}.", page.number)


def _any_quote(field: str, page: Document) -> Fact | None:
    quote = next((item for item in sentences(page.text) if len(item) > 15), None)
    return Fact(field, "", quote, page.number) if quote else None


def _last_words(sentence: str, count: int = 2) -> str:
    return " ".join(sentence.rstrip(".!?\"'").split()[-count:])


def wrong_schema(facts: Sequence[Fact]) -> Any:
    """The answer in a shape that nobody asked for."""
    return {"answer": {fact.field: fact.value for fact in facts}, "confidence": "very high"}
