"""Folding: text reduced to what a reader compares, with the way back to the original's code points."""

import re
import unicodedata
from functools import cached_property
from typing import Final

#: Characters that are spelled in several ways without a difference in meaning; None removes.
_SPELLINGS: Final[dict[int, str | None]] = {
    **dict.fromkeys(map(ord, "‘’‚‛′`´ʼ＇"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″«»＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f"), None),
}
_SPACES: Final = re.compile(r"\s+")


def fold(text: str) -> str:
    """Text for comparison: compatibility forms, case, dashes, quotation marks and runs of space made equal.

    >>> fold("Caf\u00e9\u00a0\u201cEins\u201d \u2013  24\u202fh")
    'café "eins" - 24 h'
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SPELLINGS).casefold()
    return _SPACES.sub(" ", plain).strip()


def _fold_character(character: str) -> str:
    if character.isspace():
        return " "
    return unicodedata.normalize("NFKC", character).translate(_SPELLINGS).casefold()


class Searchable:
    """A text in which quotes are found; the folded copy is made only when a verbatim search fails.

    Positions are code points of ``text``.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        parts: list[str] = []
        offsets: list[int] = []
        space = True
        for position, character in enumerate(self.text):
            simple = character.isascii() and not character.isspace()
            plain = character.lower() if simple else _fold_character(character)
            for piece in plain:
                if piece == " ":
                    if space:
                        continue
                    space = True
                else:
                    space = False
                parts.append(piece)
                offsets.append(position)
        return "".join(parts), offsets

    def find(self, quote: str, start: int = 0) -> tuple[int, int] | None:
        """Where ``quote`` stands at or after ``start``: (start, end), end exclusive; None when it does not.

        A verbatim match is taken first, then one that differs in case, spacing or spelling of punctuation only.
        """
        quote = quote.strip()
        if not quote:
            return None
        found = self.text.find(quote, start)
        if found >= 0:
            return found, found + len(quote)
        needle = "".join(map(_fold_character, _SPACES.sub(" ", quote))).strip()
        needle = _SPACES.sub(" ", needle)
        if not needle:
            return None
        folded, offsets = self._folded
        at = folded.find(needle)
        while at >= 0 and offsets[at] < start:
            at = folded.find(needle, at + 1)
        if at < 0:
            return None
        return offsets[at], offsets[at + len(needle) - 1] + 1
