"""Erasure: a person or company leaves rows, caches, memories, answers, dead letters; only salted hashes stay.

Suppression is written first, so that no worker begins anew. What is still queued is dropped when a worker picks it
up; the report closes when every lane has passed the point at which the erasure began and nothing is left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from redis.asyncio import Redis

from worker.domain.erased_text import text_keys
from worker.domain.identity import aliases, subject_of
from worker.domain.suppression import named_keys, strings_of
from worker.services.redis_sweep import RedisSweep
from worker.services.suppression import REFRESH_S
from worker.store.records import Records
from worker.store.suppressions import Suppressions

Forget = Callable[[str, Iterable[str]], Awaitable[None]]
_POLL_S: Final = 0.25
#: After this long every worker knows what was suppressed; entries picked up before may still be under way.
HEARD_S: Final = REFRESH_S + 1.0


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of an erasure. ``left`` is where texts still stand; ``waiting`` which lanes had not passed yet."""

    number: int
    keys: tuple[str, ...]
    removed: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        """Whether nothing is left anywhere."""
        return not self.left and not self.waiting


class Lanes:
    """The streams of a queue: where they are now, and whether the group has passed a point."""

    def __init__(self, redis: Redis, streams: Sequence[str], group: str) -> None:
        self._redis: Any = redis
        self._streams = tuple(streams)
        self._group = group

    async def now(self) -> dict[str, str]:
        """The last entry of each stream that has any."""
        found = {}
        for stream in self._streams:
            last = await self._redis.xrevrange(stream, count=1)
            if last:
                found[stream] = last[0][0].decode()
        return found

    async def waiting(self, points: Mapping[str, str]) -> dict[str, str]:
        """The streams that still hold an entry from before their point: ended entries are deleted, so it is open."""
        found = {}
        for stream, point in points.items():
            first = await self._redis.xrange(stream, "-", point, 1)
            if first:
                found[stream] = first[0][0].decode()
        return found


class Eraser:
    """Erases by any reference: a key, a web or LinkedIn address, an email address."""

    def __init__(
        self,
        records: Records,
        suppressions: Suppressions,
        lanes: Lanes,
        sweeps: Sequence[RedisSweep],
        forget: Forget,
        *,
        heard_s: float = HEARD_S,
    ) -> None:
        self._records = records
        self._suppressions = suppressions
        self._lanes = lanes
        self._sweeps = sweeps
        self._forget = forget
        self._heard_s = heard_s

    async def erase(self, workspace: str, reference: str, *, extra: Sequence[str] = (), wait_s: float = 60.0) -> Erased:
        """Erase a subject. ``extra`` are further texts that identify it (a name, a number).

        Waits up to ``wait_s`` seconds for the lanes; run it again when the report is not closed. Raises InvalidValue
        for a reference that names nobody, StoreUnavailable, and redis' errors.
        """
        subject = subject_of(reference)
        stored = await self._records.find(workspace, subject.key)
        keys = tuple(dict.fromkeys((*aliases(subject), *(stored.keys if stored else ()))))
        claims = [claim for _, claim in stored.claims] if stored else []
        known = subject.knowing(stored.subject.identifiers) if stored else subject
        keys = tuple(dict.fromkeys((*keys, *named_keys(known, claims))))
        strings = tuple(dict.fromkeys((*strings_of(known, keys, claims), *extra)))
        await self._suppressions.add(workspace, (*keys, *text_keys(strings)))
        removed: dict[str, int] = {}
        await self._sweep(workspace, keys, strings, removed)
        await asyncio.sleep(self._heard_s)
        points = await self._lanes.now()
        number = await self._suppressions.begin(workspace, points)
        waiting = await self._passed(points, wait_s)
        await self._sweep(workspace, keys, strings, removed)
        left = await self._left(workspace, strings)
        erased = Erased(number, keys, removed, left, waiting)
        if erased.closed:
            await self._suppressions.close(number, removed)
        return erased

    async def _sweep(
        self, workspace: str, keys: Sequence[str], strings: Sequence[str], removed: dict[str, int]
    ) -> None:
        mentioned = await self._suppressions.mentioning(workspace, strings)
        subjects = await self._suppressions.drop_subject(workspace, keys)
        found = {"subjects": subjects, **await self._suppressions.sweep(workspace, strings)}
        for sweep in self._sweeps:
            found["redis"] = found.get("redis", 0) + sum((await sweep.sweep(strings)).values())
        await self._forget(workspace, (*keys, *mentioned))
        for place, count in found.items():
            if count:
                removed[place] = removed.get(place, 0) + count

    async def _passed(self, points: Mapping[str, str], wait_s: float) -> dict[str, str]:
        waiting = await self._lanes.waiting(points)
        end = asyncio.get_running_loop().time() + wait_s
        while waiting and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_POLL_S)
            waiting = await self._lanes.waiting(points)
        return waiting

    async def _left(self, workspace: str, strings: Sequence[str]) -> dict[str, int]:
        left = dict(await self._suppressions.left(workspace, strings))
        for sweep in self._sweeps:
            left.update(await sweep.find(strings))
        return left
