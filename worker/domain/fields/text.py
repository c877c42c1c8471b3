"""Normalisers for texts, lists of texts and listed words."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

from worker.domain.claim import Value
from worker.domain.fields.field import Context, InvalidValue, Read

#: Words that sources put where they know nothing.
_PLACEHOLDERS: Final = frozenset(
    {"n/a", "na", "n.a.", "none", "null", "nil", "undefined", "unknown", "not available", "not specified", "tbd",
     "todo", "-", "--", "—", ".", "?", "nan", "[object object]", "keine angabe", "lorem ipsum"}
)  # fmt: skip
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u200b\u2060\ufeff]")


def clean(raw: str) -> str:
    """Text that PostgreSQL and JSON take: NUL, other controls and lone surrogates removed.

    >>> clean("a\\x00b")
    'ab'
    """
    return _UNSAFE.sub("", raw)


def squeeze(raw: Any) -> str:
    """One line of NFC text with single spaces. Raises InvalidValue when there is nothing to read."""
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise InvalidValue(f"expected text, not {type(raw).__name__}")
    text = str(raw)
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", clean(text))
    text = " ".join(text.split())
    if not text:
        raise InvalidValue("empty")
    return text


def text(limit: int, *, letters: bool = True) -> Read:
    """A normaliser for one line of text of at most ``limit`` characters, cut at a word.

    With ``letters``, a text without a single letter or digit is refused, like a placeholder (``n/a``).
    """

    def read(raw: Any, _: Context) -> Value:
        line = squeeze(raw)
        if line.casefold() in _PLACEHOLDERS:
            raise InvalidValue(f"{line!r} is a placeholder")
        if letters and not any(map(str.isalnum, line)):
            raise InvalidValue("no letter or digit in it")
        if len(line) > limit:
            cut = line.rfind(" ", limit // 2, limit)
            line = line[: cut if cut > 0 else limit].rstrip()
        return line

    return read


def listed(words: Mapping[str, str], what: str, *, open_ended: bool = False) -> Read:
    """A normaliser for one of a list of words; ``words`` maps what is met, in lower case, to the word.

    ``open_ended`` lists keep a word they do not know as it is.
    """
    allowed = frozenset(words.values())
    expected = ", ".join(sorted(allowed))

    def read(raw: Any, _: Context) -> Value:
        line = squeeze(raw)
        word = line.casefold().replace("_", " ").replace("-", " ")
        if (known := words.get(word)) is not None:
            return known
        if line.casefold() in allowed:
            return line.casefold()
        if open_ended and word not in _PLACEHOLDERS and len(line) <= 80:
            return line
        raise InvalidValue(f"{line[:40]!r} is no {what}; expected one of {expected}")

    return read


def texts(limit: int, most: int) -> Read:
    """A normaliser for up to ``most`` short texts, from a sequence or from one text with commas or semicolons."""
    one = text(limit)

    def read(raw: Any, context: Context) -> Value:
        items: Sequence[Any]
        if isinstance(raw, str):
            items = re.split(r"[,;\n]", raw)
        elif isinstance(raw, list | tuple | set | frozenset):
            items = sorted(raw, key=str) if isinstance(raw, set | frozenset) else raw
        else:
            raise InvalidValue(f"expected a list of texts, not {type(raw).__name__}")
        found: dict[str, str] = {}
        for item in items:
            try:
                word = str(one(item, context))
            except InvalidValue:
                continue
            word = re.sub(r"[,;]", " ", word) if isinstance(raw, str) else word
            found.setdefault(word.casefold(), word)
            if len(found) == most:
                break
        if not found:
            raise InvalidValue("no text in the list")
        return tuple(found.values())

    return read
