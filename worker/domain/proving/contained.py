"""Rules for descriptions, lists and amounts that a quote holds as they are."""
# ruff: noqa: E501 - word lists

import re
from typing import Final

from worker.domain.claim import Value
from worker.domain.folding import fold
from worker.domain.proving import cues
from worker.domain.proving.quoted import Quoted, holds

#: Sentences that every site has and that describe none.
_BOILERPLATE: Final = (
    "cookie", "javascript", "all rights reserved", "copyright", "privacy", "terms of", "newsletter", "log in", "sign in", "subscribe", "browser",
    "datenschutz", "alle rechte", "anmelden", "confidentialité", "mentions légales", "privacidad", "informativa", "click here", "read more",
)  # fmt: skip
_TECHNOLOGY: Final = (
    "built with", "built on", "powered by", "runs on", "technolog", "stack", "framework", "developed in", "written in", "hosted on", "programmed in",
    "technik:", "技術", "技术", "技術スタック",
)  # fmt: skip
_TIME: Final = re.compile(r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:am|pm|a\.m|p\.m|uhr|h|時)\b|\d時")
_LANGUAGES: Final = frozenset(
    [
        "english",
        "german",
        "french",
        "spanish",
        "italian",
        "portuguese",
        "dutch",
        "polish",
        "czech",
        "slovak",
        "hungarian",
        "romanian",
        "bulgarian",
        "greek",
        "turkish",
        "russian",
        "ukrainian",
        "swedish",
        "norwegian",
        "danish",
        "finnish",
        "japanese",
        "chinese",
        "mandarin",
        "cantonese",
        "korean",
        "arabic",
        "hebrew",
        "hindi",
        "thai",
        "vietnamese",
        "croatian",
        "serbian",
        "slovenian",
        "estonian",
        "latvian",
        "lithuanian",
        "catalan",
        "irish",
        "welsh",
        "deutsch",
        "englisch",
        "französisch",
        "spanisch",
        "italienisch",
        "russisch",
        "polnisch",
        "türkisch",
        "niederländisch",
        "anglais",
        "français",
        "allemand",
        "espagnol",
        "italien",
        "inglés",
        "español",
        "francés",
        "alemán",
        "italiano",
        "inglese",
        "francese",
        "tedesco",
        "nederlands",
        "engels",
        "duits",
        "frans",
        "polski",
        "português",
        "svenska",
        "norsk",
        "dansk",
        "suomi",
        "čeština",
        "magyar",
        "日本語",
        "英語",
        "中文",
        "英文",
        "한국어",
        "中国語",
        "русский",
        "українська",
    ]
)


def description(_: str, value: Value, quoted: Quoted) -> str:
    """A description is copied from the page, at least 20 characters of it, and no boilerplate."""
    needle = fold(str(value)).rstrip(" .…")
    wordy = len(needle.split()) >= 4 or (not needle.isascii() and len(needle) >= 20)
    if (
        len(needle) < 20
        or not wordy
        or cues.has(needle, _BOILERPLATE)
        or "@" in needle
        or len(re.findall(r"\d+", needle)) > 3
    ):
        return ""
    folded = quoted.led
    starts = (match.start() for match in re.finditer(re.escape(needle), folded))
    # From the start of a sentence, not from its middle.
    return (
        "contained" if any(not folded[:at].strip() or folded[:at].rstrip()[-1] in ".!?。:|–-" for at in starts) else ""
    )


def items(field: str, value: Value, quoted: Quoted) -> str:
    """Each item of a list stands in the quote; languages are listed ones, hours hold figures, technologies have a cue."""
    folded = quoted.folded
    found = [fold(item) for item in (value if isinstance(value, tuple) else (str(value),))]
    if not found or not all(holds(folded, item) for item in found):
        return ""
    if field == "company_languages" and not all(item in _LANGUAGES for item in found):
        return ""
    if field == "company_opening_hours" and not any(_TIME.search(item) for item in found):
        return ""
    if field == "company_keywords" and not all(
        re.search(r"[^\W\d]{4}|[^\x00-\u02ff]{2}", item) and len(item.split()) <= 5 and "@" not in item
        for item in found
    ):
        return ""
    if field == "company_technologies" and not (cues.has(quoted.led, _TECHNOLOGY) and _proper(value)):
        return ""
    return "contained"


def _proper(value: Value) -> bool:
    """Whether every item is written like the name of a product: with a capital, a figure or a dot."""
    return all(re.search(r"[A-Z\d]|\w\.\w", item) for item in (value if isinstance(value, tuple) else (str(value),)))


#: A unit that is no money, right after an amount.
_UNIT: Final = re.compile(
    r" ?(?:million|mio\.?|mn|m|bn|billion|thousand|k)? ?(?:lit(?:re|er)s?|ton(?:ne)?s?|t|kg|kwh|mwh|gwh|units?|pieces|stück|bottles|users|visitors|orders|downloads|"
    r"hectolit\w+|hl|m2|m²|km|miles|customers|kunden|%|percent|prozent)(?!\w)"
)


def revenue(_: str, value: Value, quoted: Quoted) -> str:
    """An amount as written, close to a word for revenue in the same sentence."""
    folded, needle = quoted.led, fold(str(value))
    if not re.search(r"\d", needle) or not any(True for _ in cues.whole_words(quoted.folded, needle)):
        return ""
    for start, end in cues.whole_words(folded, needle):
        if _UNIT.match(quoted.line, quoted.line.find(needle) + len(needle)):
            continue
        for left, right in cues.places_of(folded, cues.REVENUE):
            gap = folded[right:start] if right <= start else folded[end:left]
            if len(gap) <= 48 and not re.search(r"[!?;。]|\.\s", gap):
                return "contained beside a cue"
    return ""
