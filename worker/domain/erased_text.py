"""Texts of erased people and companies, recognised in text by their hashes and blotted out. Pure.

What was erased is known only by salted hashes, so everything in a text that could be an email address, a phone
number, a web address or a name is brought into one form and looked up. Blots are as long as what they cover: places
that were counted in the text stay where they were.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

import orjson

from worker.domain.names import fold

Holds = Callable[[Iterable[str]], bool]

#: Held wherever any text is: one look tells a workspace in which nobody was erased.
ANY: Final = "text:"
BLOT: Final = "█"
#: Phone numbers are compared by their last digits: those are the same with and without country and trunk codes.
_PHONE_DIGITS: Final = 8
_NAME_WORDS: Final = (2, 3, 4)
#: A string this short, in an answer, may be a name whatever its capitals.
_SHORT: Final = 80

_TOKEN: Final = re.compile(r"[^\s<>\"'()\[\]{},;|]+")
_PHONE: Final = re.compile(r"\+?\d[\d\s()./\u00a0-]{5,22}\d")
_WORD: Final = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-][^\W\d_]+)*\.?")
_EDGES: Final = ".:!?*/«»“”„\u200b"


def text_keys(strings: Iterable[str]) -> tuple[str, ...]:
    """What is remembered, hashed, of texts that were erased.

    >>> text_keys(["Ada Lovelace", "+44 20 7183 8750", "Ada@Acme.example"])
    ('text:', 'text:name:ada lovelace', 'text:phone:71838750', 'text:email:ada@acme.example')
    """
    found = dict.fromkeys([ANY])
    for text in strings:
        line = text.strip()
        digits = re.sub(r"\D", "", line)
        if "@" in line:
            found[f"text:email:{line.casefold()}"] = None
        elif re.fullmatch(r"[+\d\s()./-]+", line):
            if len(digits) >= _PHONE_DIGITS:
                found[f"text:phone:{digits[-_PHONE_DIGITS:]}"] = None
        elif "." in line and " " not in line:
            found[f"text:link:{_link(line)}"] = None
        elif len(words := fold(line).split()) in _NAME_WORDS:
            found[_name(words)] = None
            if not any("a" <= letter <= "z" for word in words for letter in word):
                found[_name(["".join(words)])] = None
    return tuple(found)


def scrub(text: str, holds: Holds, *, names: bool = True) -> str:
    """The text with everything erased in it blotted out; the same object when nothing is.

    ``names`` off leaves names alone, where they may be a namesake's.
    """
    seen: dict[str, bool] = {}
    blots = []
    for start, end, keys in _candidates(text, names=names):
        for key in keys:
            if key not in seen:
                seen[key] = holds((key,))
            if seen[key]:
                blots.append((start, end))
                break
    if not blots:
        return text
    letters = list(text)
    for start, end in blots:
        letters[start:end] = BLOT * (end - start)
    return "".join(letters)


def scrub_json(value: Any, holds: Holds, *, names: bool = True) -> Any:
    """A JSON value with every string in it scrubbed, names of objects' members too."""
    if isinstance(value, str):
        return scrub(value, holds, names=names)
    if isinstance(value, list):
        return [scrub_json(item, holds, names=names) for item in value]
    if isinstance(value, dict):
        return {scrub(name, holds, names=names): scrub_json(one, holds, names=names) for name, one in value.items()}
    return value


def scrub_body(body: bytes, holds: Holds, *, names: bool = True) -> bytes:
    """An answer's body scrubbed: JSON string by string, anything else as UTF-8 text; the same object when clean."""
    try:
        data = orjson.loads(body)
    except ValueError:
        text = body.decode("utf-8", "surrogateescape")
        clean = scrub(text, holds, names=names)
        return body if clean is text else clean.encode("utf-8", "surrogateescape")
    scrubbed = scrub_json(data, holds, names=names)
    return body if scrubbed == data else orjson.dumps(scrubbed)


def _candidates(text: str, *, names: bool) -> Iterator[tuple[int, int, Iterable[str]]]:
    """What may have been erased: where it stands, and the keys it would have."""
    for match in _TOKEN.finditer(text):
        token = match.group()
        if "@" in token or "." in token:
            bare = token.strip(_EDGES)
            start = match.start() + token.find(bare)
            yield start, start + len(bare), _address_keys(bare)
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        if len(digits) >= _PHONE_DIGITS:
            yield match.start(), match.end(), (f"text:phone:{digits[-_PHONE_DIGITS:]}",)
    if names:
        yield from _name_candidates(text)


def _address_keys(token: str) -> Iterator[str]:
    address = token.casefold().removeprefix("mailto:").partition("?")[0] if "@" in token else ""
    if address:
        yield f"text:email:{address}"
        yield from _host_keys(address.rpartition("@")[2])
        return
    link = _link(token)
    host, *path = link.split("/")
    yield from _host_keys(host)
    for depth in range(1, min(len(path), 4) + 1):
        yield f"text:link:{'/'.join([host, *path[:depth]])}"


def _host_keys(host: str) -> Iterator[str]:
    labels = host.split(".")
    for first in range(max(0, len(labels) - 5), len(labels) - 1):
        yield f"text:link:{'.'.join(labels[first:])}"


def _link(text: str) -> str:
    bare = re.sub(r"^[a-z]+://", "", text.casefold()).removeprefix("www.")
    return bare.partition("?")[0].partition("#")[0].rstrip("/")


def _name_candidates(text: str) -> Iterator[tuple[int, int, Iterable[str]]]:
    whole = len(text) <= _SHORT
    folded: dict[str, str] = {}
    row: list[tuple[int, int, str, bool]] = []
    for match in _WORD.finditer(text):
        word, (start, end) = match.group(), match.span()
        if row and not _adjacent(text, row[-1][1], start):
            row = []
        if word not in folded:
            folded[word] = fold(word)
        row = [*row[-(_NAME_WORDS[-1] - 1) :], (start, end, folded[word], whole or not word[0].islower())]
        if len(word) <= 12 and word[0].lower() == word[0].upper():
            yield start, end, (_name([folded[word]]),)
        for count in _NAME_WORDS[: len(row) - 1]:
            if row[-count][3]:
                yield row[-count][0], end, (_name([part[2] for part in row[-count:]]),)


def _adjacent(text: str, end: int, start: int) -> bool:
    gap = text[end:start]
    return len(gap) <= 4 and gap.strip(" \t\r\n\u00a0,") == ""


def _name(words: Iterable[str]) -> str:
    """A name's key: "Lovelace, Ada" and "Ada Lovelace" have the same."""
    return f"text:name:{' '.join(sorted(words))}"
