"""Rules for values that a quote holds as they are."""

import re

from worker.domain.claim import Value
from worker.domain.folding import fold
from worker.domain.names import LEGAL_FORMS
from worker.domain.proving import cues
from worker.domain.proving.quoted import Quoted, Rule, holds


def contained(_: str, value: Value, quoted: Quoted) -> str:
    return "contained" if holds(quoted.folded, fold(str(value))) else ""


def own(_: str, value: Value, quoted: Quoted) -> str:
    """Contained, in a quote that does not speak of other places or companies."""
    needle, folded = fold(str(value)), quoted.folded
    own_part = cues.without_customers(folded)
    return "contained" if holds(own_part, needle) and not cues.has(folded, cues.ELSEWHERE) else ""


def name(_: str, value: Value, quoted: Quoted) -> str:
    """Contained, in a quote that names the company itself: by a naming word, a legal form or the site's host."""
    folded = quoted.folded
    if not holds(folded, fold(str(value))) or cues.has(folded, cues.OTHERS):
        return ""
    return "contained" if quoted.own_name or cues.has(quoted.led, cues.NAMING) else ""


def beside(words: tuple[str, ...]) -> Rule:
    """Contained, beside one of the words."""

    def rule(_: str, value: Value, quoted: Quoted) -> str:
        found = any(True for _ in cues.whole_words(quoted.folded, fold(str(value))))
        return "contained beside a cue" if found and cues.has(quoted.led, words) else ""

    return rule


def legal_name(_: str, value: Value, quoted: Quoted) -> str:
    plain = re.sub(r"[.,()]", "", fold(str(value)))
    has_form = any(word in LEGAL_FORMS for word in plain.split()) or any(
        form in plain for form in LEGAL_FORMS if not form.isascii()
    )
    return name("", value, quoted) or ("contained" if has_form and own("", value, quoted) else "")


def description(_: str, value: Value, quoted: Quoted) -> str:
    needle, folded = fold(str(value)).rstrip(" .…"), quoted.folded
    return "contained" if len(needle) >= 20 and needle in folded else ""


def items(_: str, value: Value, quoted: Quoted) -> str:
    folded = quoted.folded
    items = value if isinstance(value, tuple) else (str(value),)
    return "contained" if items and all(holds(folded, fold(item)) for item in items) else ""
