"""Postal addresses in lines of text: from the postal code outwards, up the lines to the street."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re
from collections.abc import Collection, Mapping, Sequence

from worker.providers.website.address import BREAK, EAST_ASIAN, LEAD, PIECE, SEPARATOR, TRAIL, Address, text_of
from worker.providers.website.address_bare import bare_addresses
from worker.providers.website.address_fit import fits
from worker.providers.website.address_lines import street_above, street_below
from worker.providers.website.address_place import (
    city_behind,
    city_below,
    city_from,
    country_first,
    country_of,
    province,
    split_city,
    starts_with_country,
    without_country,
)
from worker.providers.website.address_rules import applicable, matches, named_nearby, possible_rules
from worker.providers.website.address_signs import (
    BOX_END,
    CITY_PREFIX,
    CODE_WORD,
    COPYRIGHT,
    DATE,
    DISTRICT,
    LABEL,
    PART_OF_HOUSE,
    PROSE_LEAD,
    SECONDARY,
    WORD_LABEL,
    YEARISH,
    city_only,
    is_city,
    is_placeholder,
    street_only,
)
from worker.providers.website.address_street import (
    behind_town,
    drop_sentences,
    house_names,
    next_piece,
    street_behind,
    street_here,
    without_city,
)
from worker.providers.website.cities import BY_CITY, cities_nearby
from worker.providers.website.countries import BY_NAME
from worker.providers.website.east_asian import east_asian
from worker.providers.website.legal_forms import has_strong_form
from worker.providers.website.outline import outline_of
from worker.providers.website.postal import PREFIX_COUNTRY, PostalRule
from worker.providers.website.rendering import Rendering
from worker.providers.website.streets import is_box, street_score

_CITY = re.compile(r"^[^\W\d_][^\d\n|•·;:@()\[\]]{0,48}")
_RUNS = re.compile(r"\d+")
_CITY_END = re.compile(
    r"(?<=[a-zß-ÿ]{3})\.\s|\s(?=(?:ул|пр|пер|пр-т|просп|бул|наб|мкр|вул)\.|P\.?\s?IVA|C\.?F\.|REA\b|NIP\b|CIF\b|NIF\b|VAT\b)|\s(?=(?:Tel|Telefon|Fax|Phone|Tlf|T)\b)"
)
_NUMBER_LABEL = re.compile(
    r"(?<!\w)(?:t[eé]l(?:efon\w?)?|phone|(?:tele)?fax|mob(?:il\w?)?|vat|ust-?id|hrb?|siren|kvk|cvr)\.?\s?:?\s?[(+]?\s?$",
    re.I,
)
_COLONY = re.compile(r"^(?:col(?:onia)?|fracc(?:ionamiento)?|barrio|zona)\b", re.I)
_NAME_AND_NUMBER = re.compile(r"^[^\W\d_]{3,30}[^\d]{0,30}\d{1,4}\s?[A-Za-z]?$")
_WORD_NEXT = re.compile(r"\s?[^\W\d_]")
_CITY_FOLLOWS = re.compile(r"[\s,–-]{1,3}[A-ZÀ-Þ][a-zà-ÿ]")
#: "India 400 705": the country stands in front of the code, alone on its line.
_COUNTRY_AHEAD = re.compile(r"^([^\W\d_]{4,14})[\s-]{1,3}\d{3}[\s-]?\d{2,4}$")
#: Countries that may write the city and the code above the street.
_STREET_LAST = frozenset({"RU", "UA", "BY", "KZ", "BG"})
MAX_ADDRESSES = 120


def find_addresses(
    rendering: Rendering,
    regions: Sequence[str],
    numbers: Mapping[int, list[tuple[int, int]]],
    named: Collection[str] = (),
) -> tuple[list[Address], list[Address]]:
    """Every address with a postal code in the text, in its order; where there is none, those without a code.

    ``regions`` are country codes, likeliest first; ``numbers`` the spans of phone numbers by line; ``named`` the
    countries that the text names: a country named beside a code says how to read it.
    """
    nearby = named_nearby(rendering, named) if named else {}
    cities = cities_nearby(rendering)
    possible = possible_rules(rendering)
    usable: dict[tuple[str, str], list[tuple[PostalRule, str]]] = {}
    by_sizes: dict[tuple[str, str, frozenset[int]], list[tuple[PostalRule, str]]] = {}
    found: list[Address] = []
    taken = -1  # the last line that belongs to an earlier address
    for index in rendering.numbered:
        line = rendering.lines[index]
        if not 3 <= len(line) <= 1200:
            continue
        local = nearby.get(index, "")
        if not local and named and (ahead := _COUNTRY_AHEAD.match(line)):
            local = BY_NAME.get(ahead.group(1).lower(), "")
        city = "" if local else cities.get(index, "")
        hint = "" if city == regions[0] else city
        if (local, hint) not in usable:
            usable[local, hint] = applicable(possible, regions, local, named, hint)
        end_before = 0
        sizes = frozenset(map(len, _RUNS.findall(line)))
        rules = by_sizes.get((local, hint, sizes))
        if rules is None:
            rules = [item for item in usable[local, hint] if not item[0].sizes.isdisjoint(sizes)]
            by_sizes[local, hint, sizes] = rules
        if not rules:
            continue
        outline = b"" if rendering.foreign else outline_of(line)
        for rule, match in matches(line, outline, rules, numbers.get(index, ())):
            address = _assemble(rendering, index, line, match, rule, regions, taken, end_before, numbers, local or city)
            if address is not None and not (
                city and YEARISH.match(address.postal_code) and address.city.lower() not in BY_CITY
            ):
                found.append(address)
                taken = max(index, address.end_line)
                end_before = match.end()
        if len(found) >= MAX_ADDRESSES:
            break
    return found, [] if found else bare_addresses(rendering, numbers, nearby, cities)


def _assemble(
    rendering: Rendering, index: int, line: str, match: re.Match[str], chosen: tuple[PostalRule, str], regions: Sequence[str], taken: int,
    floor: int, numbers: Mapping[int, list[tuple[int, int]]], local: str,
) -> Address | None:  # fmt: skip
    rule, country = chosen
    groups = match.groupdict()
    address = Address(
        postal_code=re.sub(r"\s{2,}", " ", match.group("postal").strip()), country=country, end_line=index
    )
    if groups.get("prefix"):
        address.country = PREFIX_COUNTRY.get(groups["prefix"], country)
        address.prefix = line[match.start("prefix") : match.start("postal")]
    address.region = (groups.get("region") or "").strip(" .,")
    head = line[floor : match.start()]
    head_at = floor
    for cut in SEPARATOR.finditer(head):
        if cut.end() < len(head.rstrip()) and not _keeps(head[: cut.start()], head[cut.end() :]):
            head_at = floor + cut.end()
    for cut in BREAK.finditer(head):
        head_at = max(head_at, floor + cut.end())
    for _, number_end in numbers.get(index, ()):
        if number_end <= match.start():
            head_at = max(head_at, number_end)
    head = line[head_at : match.start()]
    label = LABEL.match(head)
    if not label and (word := WORD_LABEL.match(head)):
        head_at += word.end()
        head = head[word.end() :]
    if label:
        head_at += label.end()
        head = head[label.end() :]
    if not rule.strong and _NUMBER_LABEL.search(line[max(0, match.start() - 14) : match.start("postal")]):
        return None
    notice = COPYRIGHT.match(head) if "©" in head or "(" in head or "opyright" in head else None
    if notice:
        head_at += notice.end()
        head = head[notice.end() :]
    prose = PROSE_LEAD.match(head)
    if prose:
        head_at += prose.end()
        head = head[prose.end() :]
    lead = LEAD.match(head)
    if lead:
        head_at += lead.end()
        head = head[lead.end() :]
    coded = CODE_WORD.search(head[-24:])
    if coded:
        head = head[: len(head) - len(head[-24:]) + coded.start()]
    elif not rule.strong and BOX_END.search(line[max(0, match.start("postal") - 14) : match.start("postal")]):
        return None
    tail = line[match.end() :]
    stop = len(tail)
    lead = LEAD.match(tail)
    for pattern in (SEPARATOR, BREAK):
        cut_ = pattern.search(tail, lead.end() if lead and rule.city_after else 0)
        if cut_:
            stop = min(stop, cut_.start())
    for start, _ in numbers.get(index, ()):
        if start >= match.end():
            stop = min(stop, start - match.end())
    tail = tail[:stop]
    pieces = [piece for piece in PIECE.split(TRAIL.sub("", head)) if piece and piece.strip()]
    end = match.end()
    if EAST_ASIAN.search(line) or (
        not head.strip()
        and not tail.strip(" )")
        and index + 1 < len(rendering.lines)
        and EAST_ASIAN.search(rendering.lines[index + 1])
    ):
        return east_asian(rendering, index, match, head, head_at, tail, address, taken)
    if (
        YEARISH.match(address.postal_code)
        and pieces
        and rule.city_after
        and not rule.strong
        and not street_here(pieces)
    ):
        return None
    city_after = rule.city_after
    if city_after and starts_with_country(tail):
        tail = country_first(address, tail) if not pieces else ""
        city_after = tail != ""
        tail = tail or line[match.end() : match.end() + stop]
    crossed = behind_town(pieces, tail, bare=city_after and address.country == "HU") if pieces and tail else []
    if crossed:
        address.city, city_after, pieces = CITY_PREFIX.sub("", pieces[-1].strip()), False, crossed
        end = line.find(crossed[-1], end) + len(crossed[-1])
    if not pieces and address.country == "BR" and _CITY_FOLLOWS.match(tail):
        # Brazilians write the code in front of the city as well.
        city_after = True
    drop_sentences(pieces)
    if city_after:
        city = _CITY.match(LEAD.sub("", tail))
        if city:
            text = _CITY_END.split(PIECE.split(city.group())[0])[0]
            address.city = TRAIL.sub("", text)
            end = line.find(address.city, match.end()) + len(address.city)
            district = DISTRICT.match(line[end - len(address.city) : end + 3])
            if district:
                end += len(district.group()) - len(address.city)
                address.city = district.group()
            address.city = CITY_PREFIX.sub("", city_only(address.city))
            if (
                len(address.postal_code) < 5
                and address.country not in {regions[0], local}
                and _is_house(address.postal_code, tail)
            ):
                return None
            province(address, line[end : end + 40])
            without_country(address)
        elif not line[match.end() :].strip(" ,"):
            city_below(address, rendering, index)
            if not (address.city or groups.get("prefix") or head.strip()) and len(address.postal_code) < 5:
                return None
        after = TRAIL.sub("", LEAD.sub("", line[end : match.end() + stop]))
    else:
        after = TRAIL.sub("", LEAD.sub("", tail))
        if YEARISH.match(address.postal_code) and _WORD_NEXT.match(tail) and not starts_with_country(tail):
            return None
        if not address.city and _is_house(address.postal_code, tail) and not rule.strong and not coded:
            return None
        if pieces and not address.city:
            city_from(pieces, address)
        if not address.city and pieces and after:
            city_behind(address, after)
    if address.end_line == index:
        country_of(address, rendering, index, after, line, end, local)
    if address.city.lower() in BY_NAME and rule.countries[0] != "SG" and not city_after:
        address.city = ""
    street, top, column = street_here(pieces), index, head_at
    if (
        not street
        and city_after
        and after
        and (_goes_on(address, regions) or street_score(PIECE.split(after)[0].strip()) >= 2)
    ):
        street = street_behind(after)
        if street and not any(c.isdigit() for c in "".join(street)):
            street = []
        if street:
            end = max(end, line.find(street[-1], end) + len(street[-1]))
    if not street and city_after and address.city and (behind := next_piece(line[end:])):
        street, end = [behind], line.find(behind, end) + len(behind)
    whole = city_after and street and _NAME_AND_NUMBER.match(street[0]) and not SECONDARY.match(street[0])
    part = len(street) == 1 and PART_OF_HOUSE.match(street[0])
    if (
        not street
        or part
        or (len(pieces) <= 1 and street_score(street[0]) < 2 and not street[0][:1].isdigit() and not whole)
    ):
        above, top, column = street_above(rendering, index, taken, address, numbers, rule, head_at, bool(pieces))
        if above:
            street = above + [piece for piece in street if piece not in above]
        else:
            top, column = index, head_at
    if (
        not street
        and not after
        and not pieces
        and (rule.city_after or address.country in _STREET_LAST or (rule.strong and address.country == "US"))
    ):
        street = street_below(rendering, index, address, numbers)
    if not street and rule.strong and address.country in {"GB", "IE"}:
        street = house_names(pieces)
    if not street and not (
        rule.strong and is_city(address.city) and (address.country in regions[:3] or address.country == local)
    ):
        return None
    if (
        not label
        and not coded
        and not fits(address, rule, street, regions, local, city_after or not tail.strip(" .,;)"))
    ):
        return None
    if DATE.search(line[max(0, match.start("postal") - 14) : match.end("postal")]):
        return None
    if "/" in address.city and address.country in {"BR", "TR", "AR", "UY", "IT"}:
        address.city, _, address.region = (part.strip() for part in address.city.partition("/"))
    if address.country == "MX" and _COLONY.match(address.city) and after:
        street.append(address.city)
        address.city, _, address.region = (part.strip() for part in after.partition(","))
        address.region = PIECE.split(address.region)[0]
    split_city(address)
    street = street_only(street)
    address.street = without_city(address, ", ".join(street))
    if is_placeholder(f"{address.street}, {address.city} {address.region}"):
        return None
    address.box = bool(street) and is_box(address.street)
    address.line, address.column = top, column
    address.end_line = max(index, address.end_line)
    if address.end_line == index:
        address.end_column = max(end, address.end_column)
    address.text = text_of(rendering, address)
    return address


def _keeps(left: str, right: str) -> bool:
    """Whether a separator inside a line parts pieces of one address rather than an address from something else."""
    pieces = [piece.strip() for piece in PIECE.split(left[-160:])][-5:]
    sure = any(
        street_score(piece) >= 2 or (piece[:1].isdigit() and street_score(piece) == 1 and len(piece) <= 40)
        for piece in pieces
    )
    sure = sure or street_score(", ".join(pieces)) >= 2
    first = PIECE.split(right)[0].strip()
    if not sure and (PART_OF_HOUSE.match(first) or is_box(first)):
        # An estate or a building, and the part of it that stands for a house number.
        return street_score(pieces[-1]) >= 1 and not has_strong_form(pieces[-1])
    return sure and (street_score(first) < 2 or PART_OF_HOUSE.match(first) is not None)


def _is_house(code: str, tail: str) -> bool:
    """Whether a would-be code is a house number: a street stands behind it."""
    first = PIECE.split(tail)[0]
    return first[:1] == " " and len(code) <= 6 and street_score(first.strip()) >= 1 and street_score(code + first) >= 2


def _goes_on(address: Address, regions: Sequence[str]) -> bool:
    return (
        address.country in {"RU", "UA", "BY", "KZ", "HU", "CN", "JP", "KR", "TR", "LT", "LV"}
        or regions[0] == address.country
    )


__all__ = ["Address", "find_addresses"]
