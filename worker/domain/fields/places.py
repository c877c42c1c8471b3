"""Normalisers for countries and what belongs to them: phone numbers, VAT and register numbers."""

import re
from functools import lru_cache
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.fields.field import Context, InvalidValue
from worker.domain.fields.text import squeeze

#: Names and short forms that ISO 3166 does not list, in lower case.
_ALIASES: Final = {
    "uk": "GB", "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB",
    "usa": "US", "u.s.a.": "US", "u.s.": "US", "united states of america": "US", "america": "US",
    "deutschland": "DE", "allemagne": "DE", "alemania": "DE", "österreich": "AT", "oesterreich": "AT",
    "schweiz": "CH", "suisse": "CH", "svizzera": "CH", "frankreich": "FR", "españa": "ES", "espana": "ES",
    "italia": "IT", "nederland": "NL", "the netherlands": "NL", "holland": "NL", "belgië": "BE", "belgique": "BE",
    "danmark": "DK", "norge": "NO", "sverige": "SE", "suomi": "FI", "polska": "PL", "česko": "CZ",
    "czech republic": "CZ", "česká republika": "CZ", "magyarország": "HU", "românia": "RO", "ελλάδα": "GR",
    "türkiye": "TR", "turkey": "TR", "brasil": "BR", "méxico": "MX", "россия": "RU", "russia": "RU",
    "україна": "UA", "日本": "JP", "中国": "CN", "대한민국": "KR", "한국": "KR", "south korea": "KR", "korea": "KR",
    "north korea": "KP", "taiwan": "TW", "vietnam": "VN", "iran": "IR", "uae": "AE", "éire": "IE",
    "ivory coast": "CI", "hong kong": "HK", "macau": "MO", "cape verde": "CV", "palestine": "PS", "syria": "SY",
}  # fmt: skip
#: Country-code top-level domains that say little about the country.
_GENERIC_TLDS: Final = frozenset(
    {"io", "co", "ai", "me", "tv", "cc", "fm", "ly", "gg", "to", "ws", "sh", "la", "vc", "nu", "st", "ac", "eu", "im"}
)


@lru_cache(maxsize=4096)
def country_code(name: str) -> str | None:
    """The ISO 3166-1 alpha-2 code of a country's name or code, or None.

    >>> country_code("Deutschland"), country_code("usa"), country_code("Atlantis")
    ('DE', 'US', None)
    """
    wanted = name.strip().casefold()
    if wanted in _ALIASES:
        return _ALIASES[wanted]
    import pycountry

    try:
        found = pycountry.countries.lookup(wanted)
    except LookupError:
        return None
    return str(found.alpha_2)


def country(raw: Any, _: Context) -> Value:
    """A country as its ISO 3166-1 alpha-2 code."""
    line = squeeze(raw).strip(" .,")
    if (code := country_code(line)) is None:
        raise InvalidValue(f"{line[:40]!r} is no country that ISO 3166 lists")
    return code


def region_of_domain(domain: str) -> str:
    """The country a domain's ending speaks for, or "" (``.io`` and the like say nothing).

    >>> region_of_domain("acme.co.uk"), region_of_domain("acme.io")
    ('GB', '')
    """
    ending = domain.rsplit(".", 1)[-1].casefold()
    if len(ending) != 2 or ending in _GENERIC_TLDS:
        return ""
    return country_code(ending) or ""


_NORTH_AMERICAN: Final = re.compile(
    r"(?:1[-. ])?\(?[2-9]\d{2}\)?[-. ]{1,2}[2-9]\d{2}[-. ]\d{4}(?:\s{0,3}(?:ext|x|#|,)[. :]{0,3}\d{1,7})?\Z", re.I
)


def phone(raw: Any, context: Context) -> Value:
    """A phone number in E.164, an extension behind it as in RFC 3966 (``+15125550143;ext=12``).

    A number without a country code is read in the context's region.
    """
    line = squeeze(raw)
    if line.casefold().startswith("tel:"):
        line = line[4:]
    if len(line) > 60:
        raise InvalidValue("too long for a phone number")
    return _phone(line, context.region)


@lru_cache(maxsize=4096)
def _phone(line: str, home: str) -> str:
    """What stands on one page of a site stands on most of them; ``home`` may be empty."""
    import phonenumbers

    region = home or ("US" if _NORTH_AMERICAN.match(line) else None)
    try:
        number = phonenumbers.parse(line, region)
    except phonenumbers.NumberParseException as problem:
        if not region and not line.startswith(("+", "00")):
            raise InvalidValue("no country code, and the region is not known") from problem
        raise InvalidValue("not a phone number") from problem
    if not phonenumbers.is_possible_number(number):
        raise InvalidValue("no number of this length exists in that country")
    text = str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return f"{text};ext={number.extension}" if number.extension else text


#: The letters and digits after the country prefix (European Commission, VIES; CH: UID register).
_VAT_SHAPES: Final = {
    "AT": r"U\d{8}", "BE": r"[01]\d{9}", "BG": r"\d{9,10}", "CY": r"\d{8}[A-Z]", "CZ": r"\d{8,10}", "DE": r"\d{9}",
    "DK": r"\d{8}", "EE": r"\d{9}", "EL": r"\d{9}", "ES": r"[A-Z0-9]\d{7}[A-Z0-9]", "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}", "GB": r"(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})", "XI": r"(?:\d{9}|\d{12})",
    "HR": r"\d{11}", "HU": r"\d{8}", "IE": r"(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])", "IT": r"\d{11}",
    "LT": r"(?:\d{9}|\d{12})", "LU": r"\d{8}", "LV": r"\d{11}", "MT": r"\d{8}", "NL": r"[A-Z0-9+*]{10}\d{2}",
    "PL": r"\d{10}", "PT": r"\d{9}", "RO": r"\d{2,10}", "SE": r"\d{12}", "SI": r"\d{8}", "SK": r"\d{10}",
    "NO": r"\d{9}(?:MVA)?", "CHE": r"\d{9}(?:MWST|TVA|IVA|VAT)?",
}  # fmt: skip


def vat_id(raw: Any, _: Context) -> Value:
    """A VAT number with its country prefix and without spaces, in the shape its country uses."""
    line = re.sub(r"[\s./-]", "", squeeze(raw)).upper()
    prefix = "CHE" if line.startswith("CHE") else line[:2]
    shape = _VAT_SHAPES.get(prefix)
    if shape is None or not re.fullmatch(shape, line[len(prefix) :]):
        raise InvalidValue("no VAT number of a country we know the shape of")
    return line


@lru_cache(maxsize=1)
def _states() -> dict[str, str]:
    """States of the USA and provinces of Canada by their postal codes; no two share one (ISO 3166-2)."""
    import pycountry

    states = (one for one in pycountry.subdivisions if one.country_code in ("US", "CA"))
    return {str(one.code).partition("-")[2]: str(one.name) for one in states}


def region_key(value: Value) -> str:
    """A region's name in letters and digits; postal codes of North American states stand for their names.

    >>> region_key("OR") == region_key("Oregon")
    True
    """
    line = str(value).strip()
    return alphanumeric_key(_states().get(line, line) if len(line) == 2 and line.isupper() else line)


def alphanumeric_key(value: Value) -> str:
    """Letters and digits only, for numbers that are written in many ways."""
    return "".join(character for character in str(value).casefold() if character.isalnum())
