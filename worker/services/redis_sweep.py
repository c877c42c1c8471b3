"""Looks through every key of a Redis for texts, and takes them out; lanes are left to the workers."""

import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from redis.asyncio import Redis

from worker.domain.suppression import pattern_of

_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to us: key prefixes. Hashes under ``whole`` go as a whole.

    ``lanes`` and what begins with one of ``waiting`` are streams of entries that workers have yet to read: nothing may
    be deleted from them (the group's lag would be lost), each is dropped when its turn comes.
    """

    prefixes: tuple[str, ...]
    whole: tuple[str, ...] = ()
    lanes: frozenset[str] = field(default_factory=frozenset)
    waiting: tuple[str, ...] = ()

    def is_lane(self, name: str) -> bool:
        """Whether a key is such a stream."""
        return name in self.lanes or (bool(self.waiting) and name.startswith(self.waiting))


class RedisSweep:
    """One Redis, looked through with SCAN: slow and complete, for rare use. Raises redis' errors."""

    def __init__(self, redis: Redis, scope: Scope) -> None:
        self._redis: Any = redis  # redis-py types replies as every shape they could have
        self._scope = scope

    async def find(self, strings: Iterable[str]) -> dict[str, int]:
        """Keys in which any of the texts stands, with the number of places."""
        return await self._walk(_matcher(strings), remove=False)

    async def sweep(self, strings: Iterable[str]) -> dict[str, int]:
        """Take the texts out of everything but the lanes; the keys that had them."""
        return await self._walk(_matcher(strings), remove=True)

    async def _walk(self, text: re.Pattern[bytes], *, remove: bool) -> dict[str, int]:
        found: dict[str, int] = {}
        async for name in self._names():
            shown = name.decode("utf-8", "replace")
            count = await self._in_key(name, text, remove=remove and not self._scope.is_lane(shown))
            if count:
                found[shown] = count
        return found

    async def _names(self) -> AsyncIterator[bytes]:
        for prefix in self._scope.prefixes:
            pattern = re.sub(r"([*?\[\]\\])", r"\\\1", prefix) + "*"
            async for name in self._redis.scan_iter(match=pattern, count=_PAGE):
                yield name

    async def _in_key(self, name: bytes, text: re.Pattern[bytes], *, remove: bool) -> int:
        kind = (await self._redis.type(name)).decode()
        if text.search(name):
            if remove:
                await self._redis.delete(name)
            return 1
        if kind == "string":
            held = await self._redis.get(name)
            hit = held is not None and text.search(held) is not None
            if hit and remove:
                await self._redis.delete(name)
            return int(hit)
        if kind == "hash":
            return await self._in_hash(name, text, remove=remove)
        if kind == "stream":
            return await self._in_stream(name, text, remove=remove)
        if kind in {"zset", "set"}:
            return await self._in_members(name, kind, text, remove=remove)
        if kind == "list":
            held = [item for item in await self._redis.lrange(name, 0, -1) if text.search(item)]
            for item in held if remove else ():
                await self._redis.lrem(name, 0, item)
            return len(held)
        return 0

    async def _in_hash(self, name: bytes, text: re.Pattern[bytes], *, remove: bool) -> int:
        hits = [
            field_name
            async for field_name, value in self._redis.hscan_iter(name, count=_PAGE)
            if text.search(field_name) or text.search(value)
        ]
        if hits and remove:
            if name.decode("utf-8", "replace").startswith(self._scope.whole):
                await self._redis.delete(name)
            else:
                await self._redis.hdel(name, *hits)
        return len(hits)

    async def _in_members(self, name: bytes, kind: str, text: re.Pattern[bytes], *, remove: bool) -> int:
        scan = self._redis.zscan_iter if kind == "zset" else self._redis.sscan_iter
        members = [item[0] if kind == "zset" else item async for item in scan(name, count=_PAGE)]
        hits = [member for member in members if text.search(member)]
        if hits and remove:
            await (self._redis.zrem if kind == "zset" else self._redis.srem)(name, *hits)
        return len(hits)

    async def _in_stream(self, name: bytes, text: re.Pattern[bytes], *, remove: bool) -> int:
        count, start = 0, b"-"
        while True:
            page = await self._redis.xrange(name, start, b"+", _PAGE)
            hits = [
                entry
                for entry, fields in page
                if fields and any(text.search(part) for pair in fields.items() for part in pair)
            ]
            count += len(hits)
            if hits and remove:
                await self._redis.xdel(name, *hits)
            if len(page) < _PAGE:
                return count
            start = b"(" + page[-1][0]


def _matcher(strings: Iterable[str]) -> re.Pattern[bytes]:
    """The texts as they are and as they stand in keys; nothing at all when there are none."""
    forms = {form for text in strings for form in (text, text.replace("%", "%25").replace(":", "%3A"))}
    if not forms:
        return re.compile(b"(?!)")
    ordered = sorted(forms, key=lambda form: (-len(form), form))
    return re.compile(pattern_of(ordered).encode("utf-8", "replace"), re.IGNORECASE)
