"""Which pieces of a line with a postal code are the street."""

import re
from collections.abc import Sequence

from worker.providers.website.address import BREAK, LEAD, PIECE, SEPARATOR, Address
from worker.providers.website.address_signs import BARE_NUMBER, CITY_PREFIX, PART_OF_HOUSE, is_city
from worker.providers.website.legal_forms import has_strong_form
from worker.providers.website.streets import street_score

_CITY_LEAD = re.compile(
    r"^(?!(?:Unit|Suite|Flat|Block|Level|Shop|Plot|Building|House|Studio|Room|Office|Floor|Apartment|Box|Hall|No)\b)[A-Z][a-z]{3,20}\s(?=\d{1,4}[A-Za-z]?\s)"
)
#: "Hafenstraße 12 in 20457 Hamburg": the small word in front of the code.
_SMALL_END = re.compile(r"(?<=\w)\s(?:in|à|a|en|te|i|w|v|em|u|på)$")
_HOUSE_ONLY = re.compile(r"^(?:д|дом|буд|корп|стр|№|no|nr|n[º°])?\.?\s?\d{1,4}\s?[A-Za-zА-я]?$", re.I)
_WHOLE_WORD = re.compile(r"[^\W\d_]{5}$")
_HOUSE_NUMBER = re.compile(r"^(?:n[°ºr.]{0,2}\s?)?\d{1,4}\s?[A-Za-z]?$")


def drop_sentences(pieces: list[str]) -> None:
    """Leave out the sentences that stand in front of a street on a long line."""
    for number in range(len(pieces) - 1, -1, -1):
        if len(pieces[number]) <= 50 and street_score(pieces[number]):
            continue
        head, dot, rest = pieces[number].rpartition(". ")
        if len(pieces[number]) <= 50 and not _WHOLE_WORD.search(head):
            continue
        if dot and head[-1:].isalnum() and (street_score(rest) >= 2 or rest.strip().isdigit()):
            pieces[: number + 1] = [rest]
            return


def without_city(address: Address, street: str) -> str:
    """A street without the city that some write in front of it: "Oxford 22 Mill Lane"."""
    if address.city and street.startswith(f"{address.city} ") and street_score(street[len(address.city) + 1 :]) >= 2:
        return street[len(address.city) + 1 :]
    lead = _CITY_LEAD.match(street)
    if not address.city and address.country in {"GB", "IE"} and lead and street_score(street[lead.end() :]) >= 2:
        address.city = lead.group().strip()
        return street[lead.end() :]
    return street


def house_names(pieces: list[str]) -> list[str]:
    """Houses with names instead of numbers, as the British write them: the two pieces left of the town."""
    names = [piece.strip() for piece in pieces if 3 <= len(piece.strip()) <= 40]
    names = [name for name in names if name[:1].isupper() and not has_strong_form(name) and name[-1] not in ":!?"]
    return names[-2:] if len(names) == len(pieces) else names[-1:]


def next_piece(rest: str) -> str:
    """The street behind a separator behind a city: "00187 Roma - via del Corso 12 - tel. 1"; empty for none."""
    cut = SEPARATOR.match(LEAD.sub("", rest)) or SEPARATOR.match(rest)
    if cut is None:
        return ""
    text = BREAK.split(SEPARATOR.split(rest[cut.end() :])[0])[0].strip(" ,.;")
    return text if street_score(text) >= 2 and len(text) <= 60 else ""


def behind_town(pieces: Sequence[str], tail: str, *, bare: bool) -> list[str]:
    """The street behind a code that has its city in front of it: "Sofia 1000, ul. Rila 5"; empty for none.

    ``bare`` tells that no comma need stand between code and street, as Hungarians write.
    """
    town = CITY_PREFIX.sub("", pieces[-1].strip())
    if not is_city(town) or not (bare or (tail[:1] in {",", ";"} and len(pieces) <= 2)):
        return []
    if any(map(street_score, pieces if not bare else pieces[-1:])):
        return []
    street = [piece.rstrip(" .") for piece in street_behind(LEAD.sub("", tail))]
    return street if street_score(", ".join(street)) >= 2 and tail.find(street[0]) <= 3 else []


def street_behind(after: str) -> list[str]:
    """The pieces behind a city that make a street and a house: "ul. Dlinnaya, d. 5, of. 2"."""
    pieces = [piece.strip() for piece in PIECE.split(after) if piece and piece.strip()][:6]
    first = next(
        (
            n
            for n, piece in enumerate(pieces)
            if street_score(piece) >= 1
            or (n + 1 < len(pieces) and _HOUSE_NUMBER.match(pieces[n + 1]) and street_score(f"{piece} {pieces[n + 1]}"))
        ),
        None,
    )
    if first is None:
        return []
    if first and _HOUSE_ONLY.match(pieces[first]):
        first -= 1
    found = [pieces[first]]
    for piece in pieces[first + 1 :]:
        if not (any(c.isdigit() for c in piece) and len(piece) <= 24):
            break
        found.append(piece)
    return found


def street_here(pieces: list[str]) -> list[str]:
    """The pieces of a line from the first that looks like a street."""
    if pieces and (small := _SMALL_END.search(pieces[-1])):
        pieces = [*pieces[:-1], pieces[-1][: small.start()]]
    for position, piece in enumerate(pieces):
        if street_score(piece.strip()) >= 1 and len(piece) <= 90:
            before = pieces[position - 1].strip() if position else ""
            # A house number in front of its street, a building's name in front of its floor.
            whole = BARE_NUMBER.match(before) or (
                PART_OF_HOUSE.match(piece.strip()) and before and not has_strong_form(before)
            )
            return [part.strip() for part in pieces[position - bool(whole) :]]
        following = pieces[position + 1].strip() if position + 1 < len(pieces) else ""
        if _HOUSE_NUMBER.match(following) and street_score(f"{piece.strip()} {following}") >= 1:
            behind = pieces[position + 2].strip() if position + 2 < len(pieces) else ""
            own = behind[:1].islower() or has_strong_form(piece)
            if own and street_score(behind) and street_score(f"{following} {behind}") >= 2:
                # "Acme, 4, boulevard Bleu": the number is that of the street behind it.
                continue
            return [part.strip() for part in pieces[position:]]
    return []


def has_house_above(lines: Sequence[str], index: int, taken: int) -> bool:
    """Whether a street with its house stands one or two lines above a line that is none of an address's."""
    return any(
        street_score(lines[above]) >= 2 and lines[above][:1].isdigit() and len(lines[above]) <= 50
        for above in range(index - 1, max(taken, index - 3), -1)
    )
