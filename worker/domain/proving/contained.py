"""Rules for values that a quote holds as they are."""

import re

from worker.domain.claim import Value
from worker.domain.folding import fold
from worker.domain.names import LEGAL_FORMS
from worker.domain.proving import cues
from worker.domain.proving.quoted import Quoted, Rule, holds


def contained(_: str, value: Value, quoted: Quoted) -> str:
    """The quote holds the value as whole words."""
    return "contained" if holds(quoted.folded, fold(str(value))) else ""


def own(_: str, value: Value, quoted: Quoted) -> str:
    """Contained, in a quote that does not speak of other places or companies."""
    needle, folded = fold(str(value)), quoted.folded
    own_part = cues.without_customers(folded)
    return "contained" if holds(own_part, needle) and not cues.has(folded, cues.ELSEWHERE) else ""


def name(_: str, value: Value, quoted: Quoted) -> str:
    """Contained, in a quote that names the company itself: by a naming word, a legal form or the site's host."""
    folded, needle = quoted.folded, fold(str(value))
    if not holds(folded, needle) or cues.has(folded, cues.OTHERS):
        return ""
    if quoted.own_name or cues.has(quoted.led, cues.NAMING) or _has_form(quoted.line, needle):
        return "contained"
    return ""


def _has_form(folded: str, needle: str) -> bool:
    """Whether a legal form stands right behind a name (or, in Japanese, beside it)."""
    for start, end in cues.whole_words(folded, needle):
        behind = re.match(r"[\s,]{0,2}([\w.]+)", folded[end : end + 16])
        if behind and behind[1].replace(".", "") in LEGAL_FORMS:
            return True
        around = folded[max(0, start - 4) : end + 4]
        if any(form in around for form in LEGAL_FORMS if not form.isascii()):
            return True
    return False


def beside(words: tuple[str, ...]) -> Rule:
    """Contained, beside one of the words."""

    def rule(_: str, value: Value, quoted: Quoted) -> str:
        found = any(True for _ in cues.whole_words(quoted.folded, fold(str(value))))
        return "contained beside a cue" if found and cues.has(quoted.led, words) else ""

    return rule


def legal_name(_: str, value: Value, quoted: Quoted) -> str:
    """A name with a legal form in it, or one that the page uses for the company itself."""
    plain = re.sub(r"[.,()]", "", fold(str(value)))
    has_form = any(word in LEGAL_FORMS for word in plain.split()) or any(
        form in plain for form in LEGAL_FORMS if not form.isascii()
    )
    return name("", value, quoted) or ("contained" if has_form and own("", value, quoted) else "")


def description(_: str, value: Value, quoted: Quoted) -> str:
    """A description is copied from the page, at least 20 characters of it."""
    needle, folded = fold(str(value)).rstrip(" .…"), quoted.folded
    return "contained" if len(needle) >= 20 and needle in folded else ""


def items(_: str, value: Value, quoted: Quoted) -> str:
    """Each item of a list stands in the quote."""
    folded = quoted.folded
    items = value if isinstance(value, tuple) else (str(value),)
    return "contained" if items and all(holds(folded, fold(item)) for item in items) else ""
