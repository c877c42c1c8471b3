"""Rules for what is written in a form of its own: email and web addresses, phone numbers, countries, registers."""

import re
from typing import Final

from worker.domain.claim import Value
from worker.domain.fields import FIELDS, Context, InvalidValue
from worker.domain.fields.places import country_code
from worker.domain.folding import fold
from worker.domain.proving import cues
from worker.domain.proving.quoted import Quoted, Rule

_TOKEN: Final = re.compile(r"[^\s<>()\[\]{}\"'“”„«»|,;]{3,300}")
_AT: Final = re.compile(
    r"\s{0,3}(?:\(at\)|\[at\]|\{at\}|\(@\)|\[@\]|\(ät\)|\(arroba\)|\(chiocciola\)|\s(?:at|\(a\)|\[a\])\s)\s{0,3}",
    re.IGNORECASE,
)
_DOT: Final = re.compile(
    r"\s{0,3}(?:\(dot\)|\[dot\]|\{dot\}|\(punkt\)|\[punkt\]|\(point\)|\(punto\)|\sdot\s)\s{0,3}", re.IGNORECASE
)
_PHONE: Final = re.compile(
    r"(?:\+|00)?[\d(][\d\s().\-/\u2010-\u2015]{4,40}\d(?:\s?(?:ext|x|durchwahl|dw)\.?\s?\d{1,6})?", re.IGNORECASE
)


def email(field: str, value: Value, quoted: Quoted) -> str:
    """An address in the quote, also a disguised one, reads as the value."""
    plain = _DOT.sub(".", _AT.sub("@", quoted.text))
    for token in _TOKEN.finditer(plain):
        if "@" in token[0] and _read(field, token[0].strip(".:").removeprefix("mailto:"), quoted.context) == value:
            return "parsed"
    return ""


def _read(field: str, raw: str, context: Context) -> Value | None:
    try:
        return FIELDS[field].normalise(raw, context)
    except InvalidValue:
        return None


def phone(field: str, value: Value, quoted: Quoted) -> str:
    """A number in the quote reads as the value, and its label says phone or fax as the field does."""
    wants_fax = field == "company_fax"
    text = f"{quoted.before} {quoted.text}"
    for match in _PHONE.finditer(text):
        if _read(field, match[0], quoted.context) != value:
            continue
        label = fold(text[max(0, match.start() - 40) : match.start()])
        marks = [
            (end, words is cues.FAX) for words in (cues.FAX, cues.PHONE) for _, end in cues.places_of(label, words)
        ]
        is_fax = max(marks)[1] if marks else False
        if is_fax == wants_fax:
            return "parsed"
    return ""


#: Fields that name the company's own site, so the site or the name has to bear the value out.
_OWN: Final = frozenset({"company_domain", "company_website"})


def _label(value: str) -> str:
    """The name in a domain: ``acme`` of ``https://www.acme.example``."""
    host = re.sub(r"^https?://(?:www\.)?", "", value).split("/")[0]
    return re.sub(r"\W", "", host.rsplit(".", 1)[0].split(".")[-1] if host.count(".") == 1 else host.split(".")[0])


def address(field: str, value: Value, quoted: Quoted) -> str:
    """A token of the quote reads as the same web address, domain or profile; bare handles need the network's name."""
    wanted = FIELDS[field].compare_key(value)
    network = field.removeprefix("company_").removeprefix("person_").removesuffix("_url")
    for token in _TOKEN.finditer(quoted.text):
        raw = token[0].strip(".:!?")
        if "." not in raw and network not in quoted.led:
            continue
        found = _read(field, raw, quoted.context)
        if field in _OWN and found is not None and _label(str(found)) not in quoted.own_labels:
            continue
        if found is not None and FIELDS[field].compare_key(found) == wanted:
            return "parsed"
    return ""


_CODES: Final = {"UK", "US", "USA", "U.S.", "U.S.A.", "UAE", "U.K."}
_POSTAL: Final = {
    "D": "DE",
    "A": "AT",
    "CH": "CH",
    "F": "FR",
    "I": "IT",
    "B": "BE",
    "L": "LU",
    "NL": "NL",
    "S": "SE",
    "DK": "DK",
    "PL": "PL",
    "CZ": "CZ",
}


def country(_: str, value: Value, quoted: Quoted) -> str:
    """A country's name, or the prefix of a postal code, stands for the value."""
    if cues.has(quoted.folded, cues.ELSEWHERE):
        return ""
    if any(_POSTAL.get(match[1]) == value for match in re.finditer(r"\b([A-Z]{1,2})[-–]\d{4,5}\b", quoted.text)):
        return "mapped from a postal prefix"
    words = re.findall(r"[^\W\d_][\w.'’-]*|[^\W\d_]", cues.without_customers(quoted.text))
    for size in (1, 2, 3, 4):
        for start in range(len(words) - size + 1):
            name = " ".join(words[start : start + size])
            if (len(name) > 3 or name in _CODES or not name.isascii()) and country_code(name.rstrip(".,")) == value:
                return "mapped from a country's name"
    # Scripts without spaces between words.
    for part in re.findall(r"日本|中国|한국|대한민국", quoted.text):
        if country_code(part) == value:
            return "mapped from a country's name"
    return ""


def _alnum(text: str) -> str:
    return "".join(character for character in fold(text) if character.isalnum())


#: Words that say what a number is; the nearest one before it decides.
_LABELS: Final = (cues.REGISTER, cues.VAT, cues.PHONE, cues.FAX)


def number_of(words: tuple[str, ...]) -> Rule:
    """Letters and digits of an official number, in the quote, where the nearest label says that it is one of these."""

    def rule(_: str, value: Value, quoted: Quoted) -> str:
        wanted = _alnum(str(value))
        wordy = re.search(r"[^\W\d]{6}", str(value))
        if len(re.sub(r"\D", "", wanted)) < 4 or wordy or wanted not in _runs(quoted.text):
            return ""
        text = f"{quoted.before} {quoted.text}"
        digits = re.sub(r"\D", "", wanted)[-4:]
        spread = r"\W{0,3}".join(digits)
        for match in re.finditer(spread, fold(text)):
            label = fold(text)[: match.start()]
            ends = [(end, kind is words) for kind in _LABELS for _, end in cues.places_of(label, kind)]
            if ends and max(ends)[1]:
                return "contained beside a cue"
        return ""

    return rule


def _runs(text: str) -> set[str]:
    """Letters and digits of every run of up to eight neighbouring tokens."""
    tokens = [_alnum(token) for token in re.split(r"[\s,;:|()]+", text)]
    return {
        "".join(tokens[start:end])
        for start in range(len(tokens))
        for end in range(start + 1, min(start + 9, len(tokens) + 1))
    }
