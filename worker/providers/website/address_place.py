"""City, region and country of an address: beside its postal code, behind it, or on the next line."""

import re

from worker.providers.website.address import BREAK, LEAD, PIECE, Address
from worker.providers.website.address_signs import (
    BARE_NUMBER,
    CITY_PREFIX,
    COUNTY,
    LABEL,
    PART_ONLY,
    STREET_CITY,
    is_city,
)
from worker.providers.website.countries import BY_NAME
from worker.providers.website.postal import AU_STATES, CA_PROVINCES, US_STATES
from worker.providers.website.region import country_in
from worker.providers.website.rendering import Rendering
from worker.providers.website.streets import street_score

_BRACKETED = re.compile(r"^\s?\(([^\W\d_][^()\d]{1,30})\)")
_CAPITAL_PAIR = re.compile(r"[a-zà-ÿ]\s[A-Z]{2}$")
_CITY_STATES = (
    "luxemb",
    "singap",
    "panam",
    "méxico",
    "mexico",
    "guatemala",
    "monaco",
    "hong kong",
    "macau",
    "san marino",
)
#: Names of countries that no word of an address is by chance.
_COUNTRIES = tuple(name for name in BY_NAME if len(name) > 3)
_SMALL_LEAD = re.compile(r"^(?:in|at)\s(?=[A-Z])")
_PARTS = re.compile(r"\s?[,()]\s?")
_REGIONS = frozenset(
    name.lower()
    for name in (
        *US_STATES.values(),
        *CA_PROVINCES.values(),
        *AU_STATES.values(),
        *AU_STATES,
        "Québec",
        "Maharashtra",
        "Karnataka",
        "Tamil Nadu",
        "Gujarat",
        "Kerala",
        "Punjab",
        "Haryana",
        "Rajasthan",
        "Uttar Pradesh",
        "Madhya Pradesh",
        "West Bengal",
        "Telangana",
        "Andhra Pradesh",
        "Odisha",
        "Uttarakhand",
        "Selangor",
        "Gauteng",
        "KwaZulu-Natal",
        "Western Cape",
    )
) - {"new york", "washington", "victoria", "georgia"}
_COUNTRY_FIRST = re.compile(r"^[\s,]{1,3}[^\W\d_][^\d,;]{2,24}[,;]\s(?=[^\W\d_])")
_AFTER_CITY = re.compile(r"^,\s?([A-ZÁÉÍÓÚ][^\W\d_]{3,20}(?:\s[^\W\d_]{2,12}){0,2})(?=\s?[·|,.;(–-]|\s*$)")


def city_below(address: Address, rendering: Rendering, index: int) -> None:
    """Forms and tables put the city on a line of its own below the code."""
    if index + 2 < len(rendering.lines) and PART_ONLY.match(rendering.lines[index + 1][:40]):
        index += 1
    below = rendering.lines[index + 1] if index + 1 < len(rendering.lines) else ""
    label = LABEL.match(below)
    city = below[label.end() :] if label else below
    if is_city(city) and not BREAK.search(below) and country_in(city) is None:
        address.city = city
        address.end_line, address.end_column = index + 1, len(below)


def city_behind(address: Address, after: str) -> None:
    """A city behind a code that usually ends the address: "Rua Azul 5, CEP 01234-567, Recife"."""
    city = PIECE.split(after)[0].strip()
    if is_city(city) and city[:1].isupper() and country_in(city) is None:
        address.city = city


def without_country(address: Address) -> None:
    """Take a country off the end of a city: "Sens France", "Basel/Switzerland"."""
    found = country_in(address.city)
    rest = address.city[: -len(found[1])] if found and address.city.endswith(found[1]) else ""
    if found and rest.strip(" -/,–") and rest[-1] in " -/," and not found[1].lower().startswith(_CITY_STATES):
        address.city, address.country = rest.strip(" -/,–"), found[0]


def province(address: Address, behind: str) -> None:
    """The province that Italians and Spaniards write behind a city: Milano (MI), Vigo (Pontevedra)."""
    if address.country not in {"IT", "ES", "PT", "FR"}:
        return
    bracketed = _BRACKETED.match(behind)
    if bracketed and country_in(bracketed.group(1)) is None:
        address.region = bracketed.group(1).strip()
    elif address.country == "ES" and (named := _AFTER_CITY.match(behind)) and country_in(named.group(1)) is None:
        address.region = named.group(1)
    elif address.country == "IT" and _CAPITAL_PAIR.search(address.city):
        address.city, _, address.region = address.city.rpartition(" ")


def starts_with_country(tail: str) -> bool:
    """Whether a country's name, rather than a city's, stands first behind a code."""
    name = LEAD.sub("", tail)[:24].lower()
    if name.startswith(_CITY_STATES):
        return False
    return name.startswith(_COUNTRIES) and any(
        name.startswith(word) and not name[len(word) : len(word) + 1].isalpha() for word in _COUNTRIES
    )


def country_first(address: Address, tail: str) -> str:
    """What follows a country between a code and its city: "01001, Ukraine, Kyiv"; empty where no city follows."""
    ahead = _COUNTRY_FIRST.match(tail)
    found = country_in(ahead.group()) if ahead else None
    if not ahead or not found:
        return ""
    address.country = found[0]
    return tail[ahead.end() - 1 :]


def city_from(pieces: list[str], address: Address) -> None:
    """Take city (and county) off the end of the pieces before a postal code."""
    last = pieces[-1].strip()
    split = STREET_CITY.match(last) if any(c.isdigit() for c in last) else None
    if split:
        pieces[-1] = split.group("street")
        address.city = _SMALL_LEAD.sub("", split.group("city"))
        return
    if street_score(last) >= 2 and len(pieces) == 1 and not re.search(r"^[^\d]{2,30}$", last):
        return
    if address.country in BY_NAME.values() and last.lower() in BY_NAME and len(pieces) > 1:
        pieces.pop()
        last = pieces[-1].strip()
    if len(pieces) > 1 and not address.region and is_region(last):
        address.region = last
        pieces.pop()
        last = pieces[-1].strip()
    elif address.country in {"GB", "IE"} and not address.region and COUNTY.match(last):
        address.region = last
        pieces.pop()
        return
    behind_number = len(pieces) > 1 and bool(BARE_NUMBER.match(pieces[-2].strip()))
    score = street_score(last)
    numbered_street = score >= 2 and any(c.isdigit() for c in last)
    if is_city(last) and not numbered_street and not (score and behind_number):
        address.city = CITY_PREFIX.sub("", last)
        pieces.pop()


def is_region(text: str) -> bool:
    """Whether a text is a county, state or province."""
    return bool(COUNTY.match(text)) or text.lower().strip(" .") in _REGIONS


def split_city(address: Address) -> None:
    """Part a state or a province that stands on the line of a city from it: "Ashville, NC", "Laval (Québec)"."""
    parts = [part for part in _PARTS.split(address.city) if part]
    if len(parts) < 2 or not is_city(parts[0]):
        return
    address.city = parts[0]
    if not address.region and country_in(parts[1]) is None:
        address.region = parts[1]


def country_of(address: Address, rendering: Rendering, index: int, after: str, line: str, end: int, local: str) -> None:
    """A country named behind the code, or alone on the next line, where that does not head the next office's lines."""
    found = country_in(after[:60]) if after else None
    if found:
        address.country = found[0]
        at = line.find(found[1], end)
        if at >= 0:
            address.end_column = at + len(found[1])
        return
    if index + 1 < len(rendering.lines) and not after:
        following = rendering.lines[index + 1]
        if len(following) <= 32:
            found = country_in(following)
            if found and found[0] == (local or found[0]) and len(found[1]) >= len(following.strip(" .,")) - 4:
                address.country = found[0]
                address.end_line, address.end_column = index + 1, len(following)
