"""Rules for head counts, sizes, years and amounts: a number, beside a word that says what is counted."""
# ruff: noqa: E501 - a table of number words

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from worker.domain.claim import Value
from worker.domain.fields.numbers import band_of, numbers_in
from worker.domain.proving import cues
from worker.domain.proving.quoted import Quoted

_NUMBER: Final = re.compile(r"\d{1,3}(?:[.,'’  ]\d{3})+|\d+")
_NEAR: Final = 48
_WORDS: Final = {
    word: number
    for number, words in {
        1: "one", 2: "two zwei deux dos", 3: "three drei trois tres", 4: "four vier quatre cuatro", 5: "five fünf cinq cinco",
        6: "six sechs seis", 7: "seven sieben sept siete", 8: "eight acht huit ocho", 9: "nine neun neuf nueve",
        10: "ten zehn dix diez", 11: "eleven elf onze once", 12: "twelve zwölf douze doce", 13: "thirteen", 14: "fourteen vierzehn",
        15: "fifteen fünfzehn quinze quince", 16: "sixteen", 17: "seventeen", 18: "eighteen", 19: "nineteen",
        20: "twenty zwanzig vingt veinte", 30: "thirty dreißig trente treinta", 40: "forty vierzig quarante cuarenta",
        50: "fifty fünfzig cinquante cincuenta", 60: "sixty sechzig soixante", 70: "seventy siebzig", 80: "eighty achtzig",
        90: "ninety neunzig", 100: "hundred hundert cent cien",
    }.items()
    for word in words.split()
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    number: int
    start: int
    end: int


def _figures(folded: str) -> Iterator[_Found]:
    for match in _NUMBER.finditer(folded):
        yield _Found(int(re.sub(r"\D", "", match[0])), *match.span())
    for match in re.finditer(r"[^\W\d]+(?:-[^\W\d]+)?", folded):
        parts = match[0].split("-")
        if all(part in _WORDS for part in parts):
            yield _Found(sum(_WORDS[part] for part in parts), *match.span())


def _gap(folded: str, figure: _Found, cue: tuple[int, int]) -> float:
    """How far a figure stands from a cue; infinite across the end of a sentence or beyond 48 code points."""
    left, right = (figure.end, cue[0]) if figure.start < cue[0] else (cue[1], figure.start)
    if right - left > _NEAR or re.search(r"[!?;。]|\.\s", folded[left:right]):
        return float("inf")
    # Readers of most languages put the figure first ("42 employees").
    return max(0, right - left) + (0.0 if figure.start < cue[0] else 0.5)


def _nearest(folded: str, figures: list[_Found], words: tuple[str, ...]) -> Iterator[_Found]:
    """For each cue the figure that belongs to it."""
    for cue in cues.places_of(folded, words):
        best = min(figures, key=lambda figure: _gap(folded, figure, cue), default=None)
        if best is not None and _gap(folded, best, cue) != float("inf"):
            yield best


_YEARLIKE: Final = re.compile(
    r"(?:since|in|founded|established|est\.?|from|seit|gegründet|anno|depuis|en|desde|dal|nel|sinds|©|copyright)\s\Z"
)


def _heads(folded: str) -> list[_Found]:
    """Figures that can be head counts: not years after a preposition, not percentages, money or figures with a unit."""
    kept: list[_Found] = []
    for figure in _figures(folded):
        before, after = folded[max(0, figure.start - 14) : figure.start], folded[figure.end : figure.end + 8]
        if 1500 <= figure.number <= 2100 and _YEARLIKE.search(before):
            continue
        if re.match(
            r"\s?(?:%|€|\$|£|years|jahre|ans\b|años|anni|countries|länder|m²|km|年|か国)", after
        ) or before.endswith(("€", "$", "£")):
            continue
        kept.append(figure)
    return kept


def people(_: str, value: Value, quoted: Quoted) -> str:
    """A head count: the number that belongs to a word for people."""
    folded = quoted.folded
    found = {figure.number for figure in _nearest(folded, _heads(folded), cues.PEOPLE)}
    return "number beside people" if value in found else ""


_RANGE: Final = re.compile(r"(\d[\d.,' ]*)\s?(?:-|to|bis|à|a)\s?(\d[\d.,' ]*)")


def size(_: str, value: Value, quoted: Quoted) -> str:
    """A size: a range beside people as written, or the band of a head count."""
    folded = quoted.folded
    if not cues.has(quoted.led, (*cues.PEOPLE, "size", "größe", "taille", "規模")):
        return ""
    ranges = {tuple(numbers_in(match[1].strip()) + numbers_in(match[2].strip())) for match in _RANGE.finditer(folded)}
    if tuple(numbers_in(str(value))) in ranges:
        return "range beside people"
    if ranges:
        return ""
    for figure in _nearest(folded, _heads(folded), cues.PEOPLE):
        if value == band_of(figure.number):
            return "band of a number beside people"
        if value == f"{figure.number}+":
            return "number beside people"
    return ""


#: Decades and guesses are no years: the 1990s, die 1990er, around 1990, les années 1990.
_DECADE_AFTER: Final = re.compile(r"'?s\b|-?er(?:n|jahren?|s)?\b|-(?:luku|talet|tallet)|-х|年代|년대")
_ABOUT_BEFORE: Final = re.compile(
    r"(?:(?<!\w)(?:around|about|circa|ca\.|c\.|approx\.|approximately|roughly|before|after|vor|um|nach|années|anni|años|early|late|mid|vers|hacia|antes de) ?|~ ?)\Z"
)


def year(_: str, value: Value, quoted: Quoted) -> str:
    """A founding year: the year that belongs to a word for founding, else to a word such as since."""
    folded = quoted.led
    years = [
        figure
        for figure in _figures(folded)
        if 1000 <= figure.number <= 2100
        and not _DECADE_AFTER.match(folded, figure.end)
        and not _ABOUT_BEFORE.search(folded, max(0, figure.start - 16), figure.start)
    ]
    for words in (cues.FOUNDED, cues.SINCE):
        found = {figure.number for figure in _nearest(folded, years, words)}
        if found:
            return "year beside founding" if value in found else ""
    return ""


def _amount(folded: str) -> set[int]:
    found = set()
    for match in re.finditer(
        r"(?:us\$|\$|usd)\s?([\d.,]+)\s?(million|billion|thousand|mn|bn|m|b|k)?\b|([\d.,]+)\s?(million|billion|thousand|mn|bn|m|b|k)?\s?(?:us-?dollars?|usd|dollars?|us\$|\$)",
        folded,
    ):
        digits, scale = (match[1], match[2]) if match[1] else (match[3], match[4])
        factor = {"t": 10**3, "k": 10**3, "m": 10**6, "b": 10**9}.get((scale or "")[:1], 1)
        plain = digits.rstrip(".,").replace(",", "")
        if re.fullmatch(r"\d+(\.\d+)?", plain):
            found.add(round(float(plain) * factor))
    return found


def dollars(_: str, value: Value, quoted: Quoted) -> str:
    """An amount in US dollars beside a word for funding."""
    if value not in _amount(quoted.folded) or not cues.has(quoted.line, cues.FUNDING):
        return ""
    # What was raised may have been given away: somebody has to have invested it.
    only_raised = not cues.has(quoted.line, tuple(cue for cue in cues.FUNDING if cue != "raised"))
    return (
        ""
        if only_raised and not re.search(r"(?<!\w)(?:investor|from|led by|backed)", quoted.line)
        else "amount beside funding"
    )
