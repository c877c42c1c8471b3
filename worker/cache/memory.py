"""The tier in a process's own memory: whole records, least recently used first out, within a byte budget.

It only holds what Redis announces changes of: while the announcements cannot be heard, it holds nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Final

from worker.domain.claim import Claim

#: Bytes that a claim's objects take beside its texts, measured with tracemalloc on CPython 3.11, rounded up.
_PER_CLAIM: Final = 700
_PER_EVIDENCE: Final = 250
_PER_RECORD: Final = 400

Key = tuple[str, str]


def weight(claims: tuple[Claim, ...]) -> int:
    """About how many bytes of memory a record takes."""
    total = _PER_RECORD
    for claim in claims:
        total += _PER_CLAIM + _text(claim.value) + len(claim.display or "") + len(claim.source)
        for proof in claim.evidence:
            total += _PER_EVIDENCE + len(proof.quote) + len(proof.url) + len(proof.path) + len(proof.page_hash)
    return total


def _text(value: object) -> int:
    if isinstance(value, tuple):
        return sum(60 + len(item) for item in value)
    return len(value) if isinstance(value, str) else 8


class MemoryTier:
    """Records by (workspace, key). ``life_s`` bounds how long one is held unseen by Redis."""

    def __init__(self, most_bytes: int, *, life_s: float = 60.0, clock: Callable[[], float] = monotonic) -> None:
        self._most_bytes = most_bytes
        self._life_s = life_s
        self._clock = clock
        self._held: OrderedDict[Key, tuple[float, int, tuple[Claim, ...]]] = OrderedDict()
        self._filling: dict[Key, list[object]] = {}
        self._listening = False
        self.bytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, workspace: str, key: str) -> tuple[Claim, ...] | None:
        """All claims of a record, or None when it is not held."""
        held = self._held.get((workspace, key))
        if held is None or held[0] <= self._clock():
            if held is not None:
                self._drop((workspace, key))
            self.misses += 1
            return None
        self._held.move_to_end((workspace, key))
        self.hits += 1
        return held[2]

    @contextmanager
    def filling(self, workspace: str, key: str) -> Iterator[Callable[[tuple[Claim, ...]], None]]:
        """Read a record and hold it, unless it is announced as changed while it is being read."""
        name, token = (workspace, key), object()
        tokens = self._filling.setdefault(name, [])
        tokens.append(token)

        def fill(claims: tuple[Claim, ...]) -> None:
            if token in tokens and self._filling.get(name) is tokens:
                self._put(name, claims)

        try:
            yield fill
        finally:
            if token in tokens:
                tokens.remove(token)
            if not tokens and self._filling.get(name) is tokens:
                del self._filling[name]

    def forget(self, workspace: str, key: str) -> None:
        """Drop a record, also one that is being read just now."""
        self._filling.pop((workspace, key), None)
        self._drop((workspace, key))

    def listen(self, *, heard: bool) -> None:
        """Whether announcements of changes are heard; when they are not, everything is dropped."""
        self._listening = heard
        if not heard:
            self._filling.clear()
            self._held.clear()
            self.bytes = 0

    def _put(self, name: Key, claims: tuple[Claim, ...]) -> None:
        size = weight(claims)
        if not self._listening or size > self._most_bytes:
            return
        self._drop(name)
        self._held[name] = (self._clock() + self._life_s, size, claims)
        self.bytes += size
        while self.bytes > self._most_bytes:
            self._drop(next(iter(self._held)))

    def _drop(self, name: Key) -> None:
        if (held := self._held.pop(name, None)) is not None:
            self.bytes -= held[1]
