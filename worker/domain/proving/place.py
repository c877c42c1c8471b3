"""Rules for parts of a postal address: the value stands where an address has it, and speaks of the company's own seat."""
# ruff: noqa: E501 - word lists

import re
from typing import Final

from worker.domain.claim import Value
from worker.domain.fields.places import country_code
from worker.domain.folding import fold
from worker.domain.proving import cues, roles
from worker.domain.proving.quoted import Quoted, holds

#: What stands just before a town or region, in folded text.
_LEADS: Final = re.compile(
    r"(?:\b(?:in|from|of|at|city|town|seat|à|en|a|te|aus|zu|nach|di|da|de|i|w|v|gemeinde|stadt|sitz|sede|siège|county|state|region|city of|"
    r"ort|ville|ciudad|città|plaats)[: ]+|[,;:|·•/–-]\s*|\b[a-z]{0,2}-?\d{3,6}[a-z]{0,2},?\s+|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2},?\s+)$"
)
_CALLING: Final = (
    "tel$",
    "tel.",
    "tél",
    "phone",
    "telephone",
    "telefon",
    "fax",
    "toll free",
    "toll-free",
    "call$",
    "ring$",
    "+",
)
#: What stands just behind it.
_TRAILS: Final = re.compile(
    r"^(?:\s*[,;|·•/–]|-based|-area|\s+[a-z]{0,2}-?\d{4,6}\b|\s+[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b|\s+area\b|\s*$)"
)
_EAST_ASIAN: Final = re.compile(r"[都道府県市区町村省州郡]|[시도구군]")
_SEAT: Final = (
    "based in", "located in", "headquarter", "our office", "address", "anschrift", "adresse", "sitz", "standort", "siège", "sede", "dirección",
    "indirizzo", "adres", "住所", "所在地", "地址", "주소", "visit us", "find us", "contact", "kontakt", "impressum", "imprint",
)  # fmt: skip


def town(_: str, value: Value, quoted: Quoted) -> str:
    """A town or region, where an address or a sentence about the seat has it; not among places delivered to."""
    folded, needle = cues.without_customers(quoted.line), fold(str(value))
    if not holds(folded, needle) or not holds(quoted.folded, needle):
        return ""
    if str(value)[:1].islower() and not any(part in quoted.text for part in (str(value).title(), str(value).upper())):
        return ""
    if _STREET.search(needle) or re.search(r"\d", needle) or country_code(needle) or _counts(needle):
        return ""
    if not re.match(r"[^\W\d_]", str(value)) or "@" in needle or roles.is_role(needle):
        return ""
    if any(len(label) > 3 and re.sub(r"\W", "", needle).startswith(label) for label in quoted.own_labels):
        return ""  # the company's own name
    in_address = _is_address(fold(quoted.block).replace(needle, " "))
    for start, end in cues.whole_words(folded, needle):
        if _elsewhere(folded, start, end):
            continue
        before, after = folded[max(0, start - 24) : start], folded[end : end + 16]
        led, trailed = bool(_LEADS.search(before)), bool(_TRAILS.match(after))
        preposition = bool(re.search(r"[^\W\d]+ $", before)) and led
        alone = not before.strip() and not after.strip() and _beside_address(quoted, str(value))
        opening = not before.strip() and bool(re.match(r"^(?:,|-based|\s+[a-z]{0,2}-?\d{4,6}\b)", after)) and in_address
        if preposition and (trailed or in_address or after[:1] in {".", "!"}):
            return "contained in an address"
        if (led and trailed and in_address) or alone or opening:
            return "contained in an address"
    return "contained in an address" if _EAST_ASIAN.search(folded) and needle in folded else ""


_STREET: Final = re.compile(
    r"\b(?:street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|way|square|drive|dr\.?|court|place|row|quay|boulevard|blvd\.?|highway|parkway|terrace|close|"
    r"crescent|wharf|yard|park|hill|rue|chemin|allée|impasse|quai|calle|avenida|plaza|paseo|carrer|via|viale|piazza|corso|rua|praça|ulica|ul\.|aleja|gata|"
    r"vej|suite|floor|unit|building)\b|(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|damm|ufer|markt|chaussee|straat|laan|plein|kade|gracht|gatan|"
    r"vägen|gade|veien|katu|tie)\b|丁目|番|号|路|街|로|길"
)
_HOUSE: Final = re.compile(
    r"^\d{1,5} ?[a-z]?(?:[-/]\d{1,5})?[ ,]|[ ,]\d{1,5} ?[a-z]?(?:[-/]\d{1,5} ?[a-z]?)?$|\d+(?:丁目|番|号|-)"
)
_CODE: Final = (
    r"(?:(?:[a-z]{1,3}-)?\d{4,6}|\d{5}-\d{4}|\d{4} ?[a-z]{2}|[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}|[a-z]\d[a-z] ?\d[a-z]\d|\d{2}-\d{3}|\d{3} \d{2}"
    r"|\d{3}-\d{4}|\d{4}-\d{3}|\d{5}-\d{3}|[a-z]\d{2} ?[a-z\d]{4})"
)
_POSTAL: Final = re.compile(_CODE)
_NEAR_CODE: Final = re.compile(rf"(?<![\w/-]){_CODE}(?![\w/-])")
_DATE: Final = re.compile(r"\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{4}-\d{2}-\d{2}")


def _is_address(folded: str) -> bool:
    """Whether a text holds a street's word, or a postal code that is no part of a date."""
    bare = _DATE.sub(" ", folded)
    return bool(_STREET.search(bare)) or bool(_NEAR_CODE.search(bare)) or cues.has(bare, _SEAT)


def _beside_address(quoted: Quoted, value: str) -> bool:
    """Whether the line before or after the value's own is a street or a postal code."""
    lines = [line for line in quoted.block.split("\n") if line.strip()]
    own = next((at for at, line in enumerate(lines) if line.strip(" .,") == value), None)
    if own is None:
        return False
    beside = [_DATE.sub(" ", fold(line)) for line in (*lines[max(0, own - 1) : own], *lines[own + 1 : own + 2])]
    return any(_NEAR_CODE.search(line) or (_STREET.search(line) and re.search(r"\d", line)) for line in beside)


def street(_: str, value: Value, quoted: Quoted) -> str:
    """A street with its number: a street's word in it, or a postal code or address word near it; no year, no count."""
    needle = fold(str(value))
    if not _HOUSE.search(needle) or not re.search(r"[^\W\d]{3}", needle) or _counts(needle):
        return ""
    if (
        _DATE.search(needle)
        or len(needle.split()) > 7
        or re.search(r"[.:!?] ", needle.replace("st. ", "").replace("str. ", ""))
    ):
        return ""
    rest = fold(quoted.block).replace(needle, " ")
    told = _STREET.search(needle) or (_is_address(rest) and not _speaks_of_numbers(quoted))
    return _with_number(needle, quoted) if told else ""


def postal_code(_: str, value: Value, quoted: Quoted) -> str:
    """A postal code: of the form of one, with a street or another part of an address near it; no year, no count."""
    needle = fold(str(value))
    if not _POSTAL.fullmatch(needle) or sum(character.isdigit() for character in needle) < 2:
        return ""
    rest = fold(quoted.block).replace(needle, " ")
    with_town = bool(
        re.match(rf"\W*{re.escape(str(value))},? [^\W\d_a-z]\w{{2,}}(?: \S+){{0,2}}$", quoted.text.strip())
    )
    in_address = with_town or bool(_STREET.search(rest)) or cues.has(rest, _SEAT) or "〒" in quoted.block
    year = bool(re.fullmatch(r"(?:1[5-9]|20)\d\d", needle)) and cues.has(quoted.line, (*cues.FOUNDED, *cues.SINCE, "©"))
    return _with_number(needle, quoted) if in_address and not year else ""


def address(_: str, value: Value, quoted: Quoted) -> str:
    """A whole address: contained, with a street's word or a postal code in it."""
    needle = fold(str(value))
    whole = bool(_STREET.search(needle)) or bool(re.search(r"\d{4,6}|\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b", needle))
    if _DATE.search(needle) or _counts(needle) or (_speaks_of_numbers(quoted) and not _STREET.search(needle)):
        return ""
    return _with_number(needle, quoted) if whole else ""


def _counts(needle: str) -> bool:
    words = (*cues.FOUNDED, *cues.SINCE, *cues.PHONE, *cues.FAX, *cues.REGISTER, *cues.VAT, *cues.PEOPLE, "@", "©")
    return cues.has(needle, words)


def _speaks_of_numbers(quoted: Quoted) -> bool:
    """Whether the line counts people, tells years or gives phone numbers, so that its figures are no house numbers."""
    return cues.has(quoted.line, (*cues.FOUNDED, *cues.SINCE, *cues.PEOPLE, *_CALLING, "©"))


def _with_number(needle: str, quoted: Quoted) -> str:
    folded = cues.without_customers(quoted.folded)
    if not any(character.isdigit() for character in needle) or not holds(folded, needle):
        return ""
    own = any(not _elsewhere(folded, start, end) for start, end in cues.whole_words(folded, needle))
    return "contained in an address" if own else ""


def _elsewhere(folded: str, start: int, end: int) -> bool:
    """Whether the words around a place say that it is somebody else's or a market."""
    return cues.has(folded[max(0, start - 60) : end + 30], cues.ELSEWHERE)
