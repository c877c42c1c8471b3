"""Evidence for a prompt: the parts of the pages that matter for the asked fields, within a token budget."""
# ruff: noqa: E501 - word lists

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from worker.domain.folding import fold
from worker.domain.page import Page
from worker.domain.proving import cues
from worker.domain.visible_text import machine_spans, overlaps

#: What stands where something was left out.
LEFT_OUT: Final = "[...]"
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ud800-\udfff]")

_ABOUT: Final = (
    "we are", "we build", "we make", "we offer", "we help", "about", "our mission", "company", "specialis", "specializ", "provide",
    "products", "services", "maker of", "leading", "wir sind", "über uns", "unternehmen", "leistungen", "produkte", "nous sommes",
    "entreprise", "à propos", "somos", "empresa", "quiénes", "siamo", "azienda", "chi siamo", "wij zijn", "over ons", "bedrijf",
    "会社概要", "事業内容", "私たち", "关于我们", "公司简介", "회사소개",
)  # fmt: skip
_ADDRESS: Final = (
    "street", "road", "avenue", "address", "headquarter", "based in", "located", "straße", "strasse", "str.", "anschrift", "adresse",
    "rue", "siège", "calle", "dirección", "via$", "indirizzo", "sede", "adres", "住所", "所在地", "地址", "주소", "contact", "kontakt",
)  # fmt: skip
_PERSON: Final = (
    "team",
    "ceo",
    "founder",
    "director",
    "manager",
    "head of",
    "geschäftsführ",
    "contact",
    "kontakt",
    "directeur",
    "gerente",
)
_CUES: Final[dict[str, tuple[str, ...]]] = {
    "company_name": cues.NAMING, "company_legal_name": cues.NAMING, "company_parent_name": cues.PARENT, "company_former_name": cues.FORMER,
    "company_description": _ABOUT, "company_industry": _ABOUT, "company_keywords": _ABOUT, "company_technologies": _ABOUT,
    "company_type": _ABOUT, "company_size": cues.PEOPLE, "company_employee_count": cues.PEOPLE,
    "company_founded_year": (*cues.FOUNDED, *cues.SINCE), "company_phone": cues.PHONE, "company_fax": cues.FAX,
    "company_email": ("@", "(at)", "[at]", "mail"), "company_revenue": cues.REVENUE, "company_funding_total": cues.FUNDING,
    "company_registration_id": cues.REGISTER, "company_vat_id": cues.VAT, "company_opening_hours": ("hours", "öffnungszeit", "open", "horaires", "horario", "orari", "営業時間"),
    "company_street": _ADDRESS, "company_city": _ADDRESS, "company_region": _ADDRESS, "company_postal_code": _ADDRESS,
    "company_country": _ADDRESS, "company_address": _ADDRESS,
}  # fmt: skip
_URL: Final = ("http", "www.", ".com/", "@")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A page as it is put before the model; ``number`` counts from 1 in the order of the pages given."""

    number: int
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    index: int
    text: str
    tokens: int
    score: float


def tokens_in(text: str) -> int:
    """An estimate of a text's tokens: three ASCII characters or one other character make one.

    >>> tokens_in("abcdef"), tokens_in("日本")
    (2, 2)
    """
    plain = sum(character.isascii() for character in text)
    return math.ceil(plain / 3) + len(text) - plain


def pack(pages: Sequence[Page], fields: Collection[str], names: Collection[str], budget: int) -> tuple[Excerpt, ...]:
    """The excerpts to send, at most ``budget`` estimated tokens, in the pages' order.

    Everything fits as a rule. If not, lines are taken by what they hold of the asked ``fields`` (their cue words), of
    the subject's ``names`` and by their place on the page, each with its neighbours, since labels precede values.
    Text that speaks to machines is left out always. Pure: the same pages give the same excerpts.
    """
    lines = [line for number, page in enumerate(pages) for line in _lines(number, page)]
    if sum(line.tokens for line in lines) > budget:
        lines = _chosen(lines, fields, names, budget)
    return tuple(
        Excerpt(number + 1, page.url, text)
        for number, page in enumerate(pages)
        if (text := _joined([line for line in lines if line.page == number]))
    )


def _lines(number: int, page: Page) -> list[_Line]:
    spans = machine_spans(page.text)
    found: list[_Line] = []
    position = 0
    for index, raw in enumerate(page.text.split("\n")):
        start, position = position, position + len(raw) + 1
        text = _CONTROLS.sub(" ", raw).rstrip()
        if text.strip() and not overlaps(spans, start, start + len(raw)):
            found.append(_Line(number, index, text, tokens_in(text) + 1, 0.0))
    return found


def _chosen(lines: list[_Line], fields: Collection[str], names: Collection[str], budget: int) -> list[_Line]:
    wanted = [words for name in sorted(fields) if (words := _words_for(name))]
    own = [fold(name) for name in names if name]
    scores = [_score(line, wanted, own) for line in lines]
    order = sorted(range(len(lines)), key=lambda at: (-scores[at], lines[at].page, lines[at].index))
    taken: set[int] = set()
    left = budget
    for at in order:
        for near in (at, at - 1, at + 1):
            if 0 <= near < len(lines) and near not in taken and lines[near].page == lines[at].page:
                if lines[near].tokens <= left:
                    taken.add(near)
                    left -= lines[near].tokens
                elif near == at and left > 120:
                    # A line longer than the room there is gives its beginning.
                    cut = lines[near].text[:left]
                    lines[near] = _Line(lines[near].page, lines[near].index, cut, left, 0.0)
                    taken.add(near)
                    left = 0
    return [lines[at] for at in sorted(taken)]


def _words_for(field: str) -> tuple[str, ...]:
    if field in _CUES:
        return _CUES[field]
    if field.endswith(("_url", "_website", "_domain")):
        return _URL
    return _PERSON if field.startswith("person_") else ()


def _score(line: _Line, wanted: Sequence[tuple[str, ...]], names: Sequence[str]) -> float:
    folded = fold(line.text)
    score = 2.0 * sum(cues.has(folded, words) for words in wanted) + 3.0 * any(name in folded for name in names)
    # Openings of pages, and of the first pages, hold more than what follows.
    return score + 1.0 / (1 + line.index / 8) + 0.5 / (1 + line.page)


def _joined(lines: Sequence[_Line]) -> str:
    parts: list[str] = []
    before = -1
    for line in lines:
        if parts and line.index > before + 1 and line.index - before > 2:
            parts.append(LEFT_OUT)
        parts.append(line.text)
        before = line.index
    return "\n".join(parts)
