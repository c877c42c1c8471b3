"""Whose it is: whether a page says something of one person rather than of another on the same list."""

import re
from collections.abc import Iterator
from typing import Final

from worker.domain.folding import fold
from worker.domain.proving import cues, roles

#: How far a name may stand from what is said about its bearer, in code points.
_NEAR: Final = 160
_SAME_LINE: Final = 40
_NAME_LIKE: Final = re.compile(r"[^\W\d_a-z][\w'’-]+ (?:[^\W\d_a-z]\. )?[^\W\d_a-z][\w'’-]+")
_ROLE_WORDS: Final = tuple(
    word for words in (*roles.SENIORITIES.values(), *roles.DEPARTMENTS.values()) for listed in words for word in listed
)


def says_of(text: str, start: int, end: int, name: str) -> bool:
    """Whether what stands at (start, end) of a page's text is said of the person called ``name``.

    The name stands before it, at most one line between and no other name among them, or behind it on the same line
    when nothing else precedes it there (``CFO: Ada Ng``). A span that holds the name itself must hold no other.
    """
    for left, right in _occurrences(text, name):
        if left >= start and right <= end:
            if not _other_name(text[start:left]) and not _other_name(text[right:end]):
                return True
        elif right <= start:
            between = text[right:start]
            lines = [line for line in between.split("\n")[1:-1] if line.strip()]
            if len(between) <= _NEAR and len(lines) <= 1 and not _other_name(between):
                return True
        elif left >= end:
            between = text[end:left]
            leading = text[text.rfind("\n", 0, start) + 1 : start].strip(" \t-–—•*·|:")
            if len(between) <= _SAME_LINE and "\n" not in between and not leading and not _other_name(between):
                return True
        else:
            return True
    return False


def _occurrences(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where a name stands, in either order of its words and with other given names in between."""
    words = [re.escape(word) for word in name.replace(",", " ").split() if word.strip(".")]
    if not words:
        return
    first, last = words[0], words[-1]
    forms = [rf"{first}\W{{1,3}}(?:[\w.'’-]{{1,30}}\W{{1,3}}){{0,2}}{last}", rf"{last},?\W{{1,3}}{first}"]
    for form in forms if len(words) > 1 else [first]:
        for match in re.finditer(rf"(?<!\w){form}(?!\w)", text, re.IGNORECASE):
            yield match.span()


def _other_name(text: str) -> bool:
    return any(not cues.has(fold(match[0]), _ROLE_WORDS) for match in _NAME_LIKE.finditer(text))


def names_mailbox(address: str, name: str) -> bool:
    """Whether the local part of an email address bears a person's last name.

    >>> names_mailbox("a.ng@acme.example", "Ada Ng"), names_mailbox("info@acme.example", "Ada Ng")
    (True, False)
    """
    words = re.findall(r"\w+", fold(name))
    parts = re.split(r"[._+-]|\d+", address.partition("@")[0].casefold())
    local = "".join(parts)
    return bool(words) and (words[-1] in parts or (len(words[-1]) > 3 and words[-1] in local))
