"""Fairness inside a lane: looks through a long backlog for workspaces other than the one at its head. Shell.

The looking is done here and not in Lua: a plain XRANGE costs Redis a fifth of what it costs to hand the same entries
to a script, and nobody waits behind it. What is found is moved by a verb. One worker of a queue looks at a time.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from redis.asyncio import Redis

from worker.queue.client import guarded
from worker.queue.connection import exchange, unparsed
from worker.queue.keys import Keys
from worker.queue.page import look_over, workspace_of
from worker.queue.scripts import run

#: How long one worker is the one who looks, unless it looks again.
TURN_MS: Final = 3_000
#: A backlog that is gone sooner than this needs nobody to look through it.
SOON_S: Final = 4.0
#: Seconds over which a lane's pace is measured.
_PACE_S: Final = 1.0


class Stand(NamedTuple):
    """How far a lane's group has read: the last entry id, entries left, entries read in all (None: unknown)."""

    last: bytes
    lag: int
    read: int | None


class Pace:
    """How fast lanes are read, from what their groups have read in all."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, int]] = {}
        self._per_s: dict[str, float] = {}

    def gone_in_s(self, stream: str, stand: Stand, now: float) -> float:
        """Seconds until a lane will have been read to its end at its present pace; infinite while that is unknown."""
        if stand.read is None:
            return float("inf")
        then, read = self._seen.setdefault(stream, (now, stand.read))
        if now - then >= _PACE_S:
            self._per_s[stream] = max(stand.read - read, 0) / (now - then)
            self._seen[stream] = (now, stand.read)
        pace = self._per_s.get(stream, 0.0)
        return stand.lag / pace if pace else float("inf")


class Shares:
    """Gives small workspaces behind a big one's backlog places of their own."""

    def __init__(self, client: Redis, keys: Keys, consumer: str) -> None:
        self._client: Any = client  # redis-py types replies as every shape they could have
        self._keys = keys
        self._consumer = consumer
        self._pace = Pace()

    @guarded
    async def look(self, long: int, most: int, room: int) -> tuple[int, int]:
        """Look on through lanes with ``long`` and more entries left, at most ``most`` entries of each.

        ``room`` is how many entries a place may hold. Returns (entries looked at, entries given a place).
        """
        if not await run(self._client, "hold", [self._keys.scout_turn], [self._consumer, TURN_MS]):
            return 0, 0
        stands, cursors = await self._standing()
        looked, copied = 0, 0
        for stream, stand in stands.items():
            cursor = cursors.get(stream.encode())
            if stand.lag < long:
                if cursor is not None:
                    await self._client.hdel(self._keys.scout, stream)
            elif self._pace.gone_in_s(stream, stand, time.monotonic()) > SOON_S:
                start = stand.last if cursor is None or _before(cursor, stand.last) else cursor
                seen, placed = await self._look_through(stream, stand.last, start, most, room)
                looked, copied = looked + seen, copied + placed
        return looked, copied

    async def _standing(self) -> tuple[Mapping[str, Stand], Mapping[bytes, bytes]]:
        commands: list[tuple[str, str]] = [("HGETALL", self._keys.scout)]
        for stream in self._keys.lane_streams:
            commands += (("XINFO GROUPS", stream), ("XLEN", stream))
        cursors, *replies = await exchange(self._client.connection_pool, commands)
        stands = {}
        for stream, groups, length in zip(self._keys.lane_streams, replies[::2], replies[1::2], strict=True):
            for flat in groups if isinstance(groups, list) else ():
                group = _pairs(flat)
                if group[b"name"] == self._keys.group.encode():
                    lag = length if group[b"lag"] is None else group[b"lag"]
                    stands[stream] = Stand(group[b"last-delivered-id"], lag, group[b"entries-read"])
        return stands, _pairs(cursors) if isinstance(cursors, list) else {}

    async def _look_through(self, stream: str, last: bytes, start: bytes, most: int, room: int) -> tuple[int, int]:
        pool = self._client.connection_pool
        (head,) = await exchange(pool, [("XRANGE", stream, b"(" + last, "+", "COUNT", 1)])
        if isinstance(head, Exception):
            raise head
        if not head:
            return 0, 0
        dominant = workspace_of(head[0][1])
        page = look_over(await unparsed(pool, "XRANGE", stream, b"(" + start, "+", "COUNT", most), dominant)
        if not page.entries:
            return 0, 0
        copied, full = 0, 0
        if page.others:
            keys = [stream, self._keys.parked, self._keys.moved, self._keys.paused]
            copied, full = await run(self._client, "share", keys, [self._keys.group, room, *page.others])
        if page.entries < most and full:
            # the end was reached with some left out: begin again at the head
            await self._client.hdel(self._keys.scout, stream)
        else:
            await self._client.hset(self._keys.scout, stream, page.last)
        return page.entries, int(copied)


def _pairs(flat: Sequence[Any]) -> dict[Any, Any]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _before(entry_id: bytes, other: bytes) -> bool:
    return _parts(entry_id) < _parts(other)


def _parts(entry_id: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition(b"-")
    return int(milliseconds), int(sequence or 0)
