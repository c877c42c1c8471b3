"""The street of an address on the lines above its postal code, or below it."""

import re
from collections.abc import Mapping

from worker.providers.website.address import BREAK, SEPARATOR, TRAIL, Address
from worker.providers.website.address_place import city_from, is_region
from worker.providers.website.address_signs import (
    CARE,
    LABEL,
    NOT_PLACE,
    PART_OF_HOUSE,
    PART_ONLY,
    PRICE,
    SECONDARY,
)
from worker.providers.website.address_street import has_house_above
from worker.providers.website.address_table import column_above
from worker.providers.website.postal import PostalRule
from worker.providers.website.rendering import H1, HEADING, Rendering
from worker.providers.website.streets import street_score

_NUMBER_FIRST = re.compile(r"^(?:n[º°ro.]{1,2}|#|lote?\b|edif)\s?\d", re.I)
_STATE_CODE = re.compile(r"\b[A-Z]{2}\.?,?\s{1,3}\d{5}\b")
MAX_UP = 6


def street_below(
    rendering: Rendering, index: int, address: Address, numbers: Mapping[int, list[tuple[int, int]]]
) -> list[str]:
    """The street on the line below code and city, where there is none above: Hungarians and Poles write so."""
    last = address.end_line
    below = rendering.lines[last + 1] if last + 1 < len(rendering.lines) else ""
    if not below or numbers.get(last + 1) or len(below) > 70 or not any(c.isdigit() for c in below):
        return []
    if BREAK.search(below) or NOT_PLACE.search(below) or rendering.bits[last + 1] & (H1 | HEADING):
        return []
    if address.country == "US" and (
        not below[0].isdigit() or _STATE_CODE.search("".join(rendering.lines[last + 2 : last + 3]))
    ):
        # The street of the next office.
        return []
    if street_score(below) < (
        1 if not address.city and address.postal_code == rendering.lines[index].strip("〒 ") else 2
    ):
        return []
    address.end_line, address.end_column = last + 1, len(below)
    return [below.strip(" .,;")]


def street_above(
    rendering: Rendering,
    index: int,
    taken: int,
    address: Address,
    numbers: Mapping[int, list[tuple[int, int]]],
    rule: PostalRule,
    column: int,
    inline: bool,
) -> tuple[list[str], int, int]:
    """Street lines above a postal code's line: (pieces, top line, column)."""
    pending: list[tuple[int, str, int]] = []
    best: list[str] = []
    top, top_column = index, column
    houses = rule.strong and address.country in {"GB", "IE"}
    between = 0  # lines with a phone number or a mail address that stand between a city and its street
    for j in column_above(rendering, index) or range(index - 1, max(taken, index - 1 - MAX_UP), -1):
        line = rendering.lines[j]
        if PART_ONLY.match(line) and len(line) <= 40:
            continue
        if (
            not best
            and not inline
            and between < 3
            and len(line) <= 60
            and (numbers.get(j) or "@" in line or BREAK.match(line))
            and has_house_above(rendering.lines, j, taken)
        ):
            between += 1
            continue
        label = LABEL.match(line)
        text = line[label.end() :] if label else line
        shift = label.end() if label else 0
        if (
            PRICE.search(text)
            or NOT_PLACE.search(text)
            or (len(text) > 110 and not best)
            or "@" in line
            or numbers.get(j)
            or BREAK.search(line)
        ):
            tail = SEPARATOR.split(line)[-1]
            if j == index - 1 and street_score(tail) >= 2 and not numbers.get(j) and "@" not in tail:
                return [tail], j, line.rfind(tail)
            break
        parts = SEPARATOR.split(text)
        if len(parts) > 1 and street_score(parts[-1]) >= 2 and not PART_OF_HOUSE.match(parts[-1]):
            shift += text.rfind(parts[-1])
            text = parts[-1]
        if not text.strip() or text.rstrip().endswith(":"):
            break
        score = street_score(text)
        heading = rendering.bits[j] & (H1 | HEADING) != 0
        care = bool(CARE.match(text))
        if score == 0 and care and not best and has_house_above(rendering.lines, j, taken):
            continue
        if score == 0 and (heading or care):
            break
        pending.append((score, TRAIL.sub("", text.strip()), shift))
        # A floor or a bare number wants its street above it, and so does a line that its comma says goes on below.
        on_top = not best or SECONDARY.match(best[0]) or _NUMBER_FIRST.match(best[0]) or text.rstrip().endswith(",")
        if score >= 2 or (score == 1 and (on_top or any(c.isdigit() for c in text))):
            best = [piece for _, piece, _ in reversed(pending)]
            top, top_column = j, shift
            if text[:1].isdigit() and score >= 2 and not SECONDARY.match(text):
                break
        elif best or (len(pending) > 2 and not (houses and len(pending) <= 4 and len(text) <= 30 and "." not in text)):
            break
        if label:
            break
    if not best and rule.strong and pending and not inline and address.country in {"GB", "IE", "JP", "IN"}:
        # Houses with names instead of numbers: the lines above the code are the address all the same.
        lines = [piece for _, piece, _ in pending[:3] if len(piece) <= 50 and piece[:1].isupper()]
        if len(lines) == len(pending[:3]) >= 2:
            best = list(reversed(lines[:2] if len(lines) == 2 else lines[:3]))
            top, top_column = index - len(best), 0
    if not address.city and best:
        # The line next to the code is the city when it has no sign of a street.
        last = best[-1]
        if len(best) > 1 and street_score(last) == 0:
            address.city = best.pop()
            if len(best) > 1 and is_region(address.city) and street_score(best[-1]) == 0:
                address.region, address.city = address.city, best.pop()
        elif "," in last:
            pieces = [piece.strip() for piece in last.split(",") if piece.strip()]
            city_from(pieces, address)
            best[-1:] = [", ".join(pieces)] if pieces else []
    return best, top, top_column
