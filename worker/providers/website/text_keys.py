"""Keys under which names are compared: without case, accents, punctuation and legal form."""

import re
import unicodedata
from functools import lru_cache

from worker.providers.website.legal_forms import split_legal_form

_WORD = re.compile(r"[^\W_]+")
_COMBINING = re.compile("[\u0300-\u036f]+")
_MARKS = {
    "®": "", "™": "", "©": "", "’": "'", "‘": "'", "´": "'", "`": "'", "ß": "ss", "ø": "o", "Ø": "o", "ł": "l",
    "Ł": "l", "æ": "ae", "Æ": "ae", "œ": "oe", "đ": "d", "ı": "i",
}  # fmt: skip
_MARKED = re.compile(f"[{''.join(_MARKS)}]")
#: Bytes of small letters, and NUL, as they are; all else a space.
_SMALL_LETTERS = bytes(byte if 97 <= byte <= 122 or byte == 0 else 32 for byte in range(256))


def fold(text: str) -> str:
    """Lower case without accents.

    >>> fold("Café Müller")
    'cafe muller'
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    text = _MARKED.sub(lambda match: _MARKS[match.group()], text)
    return _COMBINING.sub("", unicodedata.normalize("NFKD", text.lower()))


def small(text: str) -> str:
    """A text in small letters, as long as before, for expressions that would take either case: they are searched for
    much faster when case counts. The two letters i of Turkish become the one of ASCII, as there.

    >>> small("MOBİL: Üst")
    'mobil: üst'
    """
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().replace("ı", "i")


def small_letters(text: str) -> str:
    """A text with a space, or several, for all but the letters from a to z; NUL stays, to keep texts apart.

    >>> small_letters("o-nas, Über uns").split()
    ['o', 'nas', 'ber', 'uns']
    """
    return text.encode(errors="replace").translate(_SMALL_LETTERS).decode()


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The folded words of a name; ``&`` and "and" are left out, apostrophes close up."""
    return tuple(
        w for w in _WORD.findall(fold(text).replace("'", "")) if w not in {"and", "und", "et", "y", "e", "og", "och"}
    )


@lru_cache(maxsize=8192)
def name_key(text: str) -> str:
    """The key of a company name: words without legal form, a leading article and punctuation, joined."""
    core, _ = split_legal_form(text)
    parts = words(core) or words(text)
    if len(parts) > 1 and parts[0] == "the":
        parts = parts[1:]
    return "".join(parts)
