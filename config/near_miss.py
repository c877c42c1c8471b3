"""Misspelt settings: names in the environment that look like ours but are not. Pure."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final

#: Share of matching letters above which a name is taken for a misspelling; ``REDIS_URI`` for ``REDIS_URL`` has .89.
_SIMILAR: Final = 0.86
_SHORTEST: Final = 5


def near_misses(given: Iterable[str], known: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs (name given, setting probably meant), in the order given.

    >>> near_misses(["CONCURENCY", "PATH", "CONCURRENCY"], ["CONCURRENCY"])
    [('CONCURENCY', 'CONCURRENCY')]
    """
    names = sorted(known)
    candidates = (name for name in given if name not in names and len(name) >= _SHORTEST)
    return [(name, meant) for name in candidates if (meant := _closest(name, names))]


def _closest(name: str, known: Iterable[str]) -> str | None:
    best, best_ratio = None, _SIMILAR
    matcher = SequenceMatcher(b=name, autojunk=False)
    for candidate in known:
        if candidate[0] != name[0] or abs(len(candidate) - len(name)) > 4:
            continue
        matcher.set_seq1(candidate)
        if matcher.real_quick_ratio() > best_ratio and (ratio := matcher.ratio()) > best_ratio:
            best, best_ratio = candidate, ratio
    return best
