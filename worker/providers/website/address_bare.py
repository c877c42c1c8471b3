"""Addresses without a postal code, where a country writes none or a page leaves it out: street, house and a known city.

Looked for only on pages that show no full address; the claims made from them weigh less.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from worker.providers.website.address import BREAK, PIECE, SEPARATOR, Address
from worker.providers.website.address_signs import CITY_PREFIX, LABEL, NOT_PLACE, WORD_LABEL, is_city, is_prose
from worker.providers.website.address_street import street_behind, street_here
from worker.providers.website.cities import BY_CITY
from worker.providers.website.countries import BY_NAME
from worker.providers.website.rendering import Rendering
from worker.providers.website.streets import is_box, street_score

_DAY = re.compile(
    r"\b(?:19|20)\d\d\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?\s\d|\d\s?(?:st|nd|rd|th)$",
    re.I,
)
MAX_BARE = 12
MAX_LINE = 140


def bare_addresses(
    rendering: Rendering,
    numbers: Mapping[int, list[tuple[int, int]]],
    countries: Mapping[int, str],
    cities: Mapping[int, str],
) -> list[Address]:
    """Streets with a house or a box beside a large city or a country.

    ``numbers`` are the spans of phone numbers by line, ``countries`` and ``cities`` the countries that are named beside
    a line or that a large city on it stands for.
    """
    found: list[Address] = []
    if not cities and not countries:
        return found
    taken = -1
    for index in rendering.numbered:
        near = index in cities or index + 1 in cities or index in countries
        line = rendering.lines[index]
        if not near or index <= taken or not 8 <= len(line) <= MAX_LINE or NOT_PLACE.search(line):
            continue
        for start, text in _segments(line, numbers.get(index, ())):
            address = _read(rendering, index, start, text, countries.get(index, ""), numbers)
            if address is not None:
                found.append(address)
                taken = address.end_line
                break
        if len(found) >= MAX_BARE:
            break
    return found


def _segments(line: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    """What stands between separators, labels and phone numbers on a line, with its column."""
    end = min([start for start, _ in spans], default=len(line))
    at = 0
    for segment in SEPARATOR.split(line[:end]):
        start = line.index(segment, at)
        at = start + len(segment)
        text = BREAK.split(segment, 1)[0]
        label = LABEL.match(text) or WORD_LABEL.match(text)
        shift = label.end() if label else 0
        if len(text) - shift >= 8 and any(c.isdigit() for c in text[shift:]):
            yield start + shift, text[shift:]


def _read(
    rendering: Rendering,
    index: int,
    start: int,
    text: str,
    country: str,
    numbers: Mapping[int, list[tuple[int, int]]],
) -> Address | None:
    pieces = [piece.strip(" .()") for piece in PIECE.split(text.strip(" .,;")) if piece and piece.strip(" .()")]
    end_line, end_column = index, start + len(text.rstrip(" .,;"))
    below = rendering.lines[index + 1] if index + 1 < len(rendering.lines) else ""
    city, code, rest = _without_place(pieces)
    if not city and rest and len(below) <= 60 and index + 1 not in numbers and not any(c.isdigit() for c in below):
        # The city on the line below its street.
        city, code, left = _without_place([piece.strip(" .") for piece in PIECE.split(below) if piece])
        if left or not city:
            return None
        end_line, end_column = index + 1, len(below)
    if not city:
        return None
    street = street_here(rest) or street_behind(", ".join(rest))
    joined = ", ".join(street)
    if (
        not street
        or street_score(joined) < 2
        or _DAY.search(joined)
        or is_prose(text)
        or not any(c.isdigit() for c in joined)
    ):
        return None
    return Address(
        street=joined, city=city, country=code or country, line=index, column=start, end_line=end_line,
        end_column=end_column, text=text.strip(" .,;") + (f", {below.strip(' .,;')}" if end_line > index else ""),
        box=is_box(joined),
    )  # fmt: skip


def _without_place(pieces: Sequence[str]) -> tuple[str, str, list[str]]:
    """(city, country's code, the other pieces): a large city, or whatever city stands right before a country."""
    left = list(pieces)
    code = ""
    for number, piece in enumerate(left):
        if piece.lower() in BY_NAME and (number == 0 or number >= len(left) - 1):
            code = BY_NAME[piece.lower()]
            del left[number]
            break
    for number, piece in enumerate(left):
        name = CITY_PREFIX.sub("", piece)
        home = BY_CITY.get(name.lower(), "")
        if home and code in ("", home):
            return name, home, left[:number] + left[number + 1 :]
    if code and len(left) >= 2 and is_city(left[-1]) and not street_score(left[-1]) and left[-1][:1].isupper():
        return left[-1], code, left[:-1]
    return "", code, left
