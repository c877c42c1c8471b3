"""What operators and upkeep do to a queue: marks, pauses, publishing, looking. Shell.

Cancelling, moving and clearing are marks, never deletions: deleting an entry that was not read yet turns the group's
lag into NULL for good, and autoscalers read it.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from worker.domain.lane import Lane
from worker.queue.client import guarded
from worker.queue.keys import Keys
from worker.queue.scripts import run

#: Marks of kinds whose only provider has no free turn before a time.
BOOKED: Final = "booked:"


@dataclass(frozen=True, slots=True)
class LaneDepth:
    """One stream: entries in it, not read yet (None when Redis cannot tell), read and running, age of the oldest."""

    stream: str
    length: int
    lag: int | None
    pending: int
    oldest_s: float


@dataclass(frozen=True, slots=True)
class Depth:
    """The whole queue at a moment. ``next_due_s`` is None when nothing is delayed."""

    lanes: tuple[LaneDepth, ...]
    delayed: int
    next_due_s: float | None
    dead: int
    parked: Mapping[str, int]
    paused: tuple[str, ...]
    consumers: Mapping[str, int]


class Control:
    """A queue as operators see it. Raises QueueUnavailable while Redis is away."""

    def __init__(self, client: Redis, keys: Keys) -> None:
        self._client: Any = client  # redis-py types replies as every shape they could have
        self.keys = keys

    # -- marks -----------------------------------------------------------------------------------------------

    @guarded
    async def mark_cancelled(self, names: Sequence[str], life_ms: int) -> None:
        """Cancel jobs wherever they are, also those not seen yet; what is delayed is taken out."""
        if not names:
            return
        until = int(time.time() * 1000) + life_ms
        async with self._client.pipeline(transaction=False) as pipe:
            pipe.zadd(self.keys.cancels, dict.fromkeys(names, until))
            pipe.zrem(self.keys.delayed, *names)
            pipe.hdel(self.keys.delayed_entries, *names)
            await pipe.execute()

    @guarded
    async def unmark(self, names: Sequence[str]) -> None:
        """Forget cancel marks."""
        if names:
            await self._client.zrem(self.keys.cancels, *names)

    @guarded
    async def cancelled_among(self, names: Sequence[str]) -> set[str]:
        """Which of these jobs are marked."""
        if not names or not await self._client.zcard(self.keys.cancels):
            return set()
        scores = await self._client.execute_command("ZMSCORE", self.keys.cancels, *names)
        return {name for name, score in zip(names, scores, strict=True) if score is not None}

    async def move(self, name: str, lane: Lane, window: int = 1_000) -> bool:
        """Give a job that waits, in a lane or for its time, another lane. False when it does not wait there."""
        if await self.move_delayed(name, lane):
            return True
        for stream in self.keys.streams:
            if stream != self.keys.lanes[lane] and await self._move_from(stream, name, lane, window):
                return True
        return False

    @guarded
    async def _move_from(self, stream: str, name: str, lane: Lane, window: int) -> bool:
        keys, after = [stream, self.keys.lanes[lane], self.keys.moved], ""
        while True:
            moved, last = await run(self._client, "move", keys, [self.keys.group, name, after, window])
            if moved:
                return True
            after = last.decode()
            if not after:
                return False

    @guarded
    async def move_delayed(self, name: str, lane: Lane) -> bool:
        """Give a delayed job another lane to come back to. False when it is not delayed."""
        packed = await self._client.hget(self.keys.delayed_entries, name)
        if packed is None:
            return False
        entry = orjson.loads(packed)
        entry[0] = self.keys.lanes[lane]
        await self._client.hset(self.keys.delayed_entries, name, orjson.dumps(entry))
        return True

    @guarded
    async def clear(self) -> int:
        """Cancel everything that waits in the lanes now; returns about how many entries that is."""
        count = 0
        for stream in self.keys.streams:
            last = await self._client.xrevrange(stream, count=1)
            if last and last[0][0] is not None:
                await self._client.hset(self.keys.cleared, stream, last[0][0])
                count += await self._client.xlen(stream)
        return count

    @guarded
    async def forget_marks(self) -> int:
        """Drop marks that have served their time."""
        now = int(time.time() * 1000)
        dropped = int(await self._client.zremrangebyscore(self.keys.cancels, "-inf", now))
        if await self._client.zcard(self.keys.moved) or await self._client.exists(self.keys.cleared):
            lengths = [await self._client.xlen(stream) for stream in self.keys.lane_streams]
            if not any(lengths):  # every entry that they could be about has been read
                await self._client.delete(self.keys.moved, self.keys.cleared)
        return dropped

    # -- pauses ----------------------------------------------------------------------------------------------

    @guarded
    async def pause(self, what: str) -> None:
        """Stop taking ``queue``, ``kind:<kind>``, ``workspace:<id>`` or ``provider:<name>``."""
        await self._client.hset(self.keys.paused, what, int(time.time() * 1000))

    @guarded
    async def resume(self, what: str) -> bool:
        """Take it again; what was parked comes back. False when it was not paused."""
        return bool(await self._client.hdel(self.keys.paused, what))

    @guarded
    async def paused(self) -> tuple[str, ...]:
        """What is paused."""
        return tuple(sorted(name.decode() for name in await self._client.hkeys(self.keys.paused)))

    @guarded
    async def book_out(self, kind: str, until_ms: int) -> None:
        """Park new entries of a kind until a time; a later time that was given before stays."""
        field = f"{BOOKED}{kind}"
        known = await self._client.hget(self.keys.paused, field)
        # Two workers may both write: the earlier end is then told again by whoever still sees a line.
        if known is None or int(known) < until_ms:
            await self._client.hset(self.keys.paused, field, until_ms)

    @guarded
    async def end_bookings(self) -> list[str]:
        """Take in again what need not wait any longer; gives the kinds that may."""
        marks = await self._client.hgetall(self.keys.paused)
        now = time.time() * 1000
        over = [name for name, until in marks.items() if name.startswith(BOOKED.encode()) and int(until) <= now]
        if over:
            await self._client.hdel(self.keys.paused, *over)
        return [name.decode().removeprefix(BOOKED) for name in over]

    # -- publishing ------------------------------------------------------------------------------------------

    @guarded
    async def publish(self, entries: Sequence[tuple[str, Mapping[str, str]]]) -> list[str]:
        """Add entries; returns ``<stream>/<entry id>`` of each."""
        if not entries:
            return []
        async with self._client.pipeline(transaction=False) as pipe:
            for stream, fields in entries:
                pipe.xadd(stream, dict(fields))
            added = await pipe.execute()
        return [f"{stream}/{entry.decode()}" for (stream, _), entry in zip(entries, added, strict=True)]

    @guarded
    async def entries_exist(self, references: Sequence[str]) -> list[bool]:
        """Whether ``<stream>/<entry id>`` is still there, read or not."""
        if not references:
            return []
        async with self._client.pipeline(transaction=False) as pipe:
            for reference in references:
                stream, _, entry_id = reference.rpartition("/")
                pipe.xrange(stream, entry_id, entry_id)
            return [bool(found) for found in await pipe.execute()]

    @guarded
    async def are_delayed(self, names: Sequence[str]) -> list[bool]:
        """Whether jobs are in the delayed set, with their entries."""
        if not names:
            return []
        scores = await self._client.execute_command("ZMSCORE", self.keys.delayed, *names)
        return [score is not None for score in scores]

    @guarded
    async def wake(self, names: Sequence[str]) -> set[str]:
        """Make delayed jobs due now; gives those that were delayed. The others are running, or have ended."""
        if not names:
            return set()
        now = int(time.time() * 1000)
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.zadd(self.keys.delayed, dict.fromkeys(names, now), xx=True, lt=True)
            pipe.execute_command("ZMSCORE", self.keys.delayed, *names)
            _, scores = await pipe.execute()
        return {name for name, score in zip(names, scores, strict=True) if score is not None}

    @guarded
    async def delay(self, items: Iterable[tuple[str, int, str]]) -> None:
        """Put (name, due ms, packed entry) into the delayed set."""
        async with self._client.pipeline(transaction=True) as pipe:
            for name, due_ms, packed in items:
                pipe.zadd(self.keys.delayed, {name: due_ms})
                pipe.hset(self.keys.delayed_entries, name, packed)
            await pipe.execute()

    @guarded
    async def read_through(self, stream: str) -> tuple[int, int | None]:
        """(last delivered entry's time in ms, lag) of a stream's group; (0, None) when there is no group."""
        for group in await self._groups(stream):
            if group["name"] == self.keys.group.encode():
                last = group["last-delivered-id"].decode()
                return int(last.partition("-")[0]), group["lag"]
        return 0, None

    @guarded
    async def carried(self, stream: str, since_ms: int, most: int = 10_000) -> set[str]:
        """Names of jobs whose entries, added from ``since_ms`` on, somebody has read and not settled yet."""
        return {
            name.decode() for name in await run(self._client, "carried", [stream], [self.keys.group, since_ms, most])
        }

    # -- litter ---------------------------------------------------------------------------------

    @guarded
    async def remove_idle_consumers(self, idle_ms: int) -> int:
        """Remove consumers that own nothing and have not been heard of for ``idle_ms``."""
        removed = 0
        for stream in self.keys.streams:
            removed += int(await run(self._client, "leave", [stream], [self.keys.group, "", idle_ms]))
        return removed

    # -- looking ---------------------------------------------------------------------------------------------

    @guarded
    async def depth(self) -> Depth:
        """Everything ``enrichd queue`` shows."""
        now = time.time()
        consumers: dict[str, int] = {}
        lanes = [await self._lane_depth(stream, now, consumers) for stream in self.keys.streams]
        first = await self._client.zrange(self.keys.delayed, 0, 0, withscores=True)
        parked = await self._client.hgetall(self.keys.parked)
        return Depth(
            lanes=tuple(lanes),
            delayed=await self._client.zcard(self.keys.delayed),
            next_due_s=first[0][1] / 1000 - now if first else None,
            dead=await self._client.xlen(self.keys.dead),
            parked={place.decode(): int(count) for place, count in parked.items()},
            paused=await self.paused(),
            consumers=consumers,
        )

    async def _lane_depth(self, stream: str, now: float, consumers: dict[str, int]) -> LaneDepth:
        length = await self._client.xlen(stream)
        lag: int | None = length
        pending = 0
        for group in await self._groups(stream):
            if group["name"] == self.keys.group.encode():
                lag, pending = group["lag"], group["pending"]
                for consumer in await self._client.xinfo_consumers(stream, self.keys.group):
                    name = consumer["name"].decode()
                    consumers[name] = consumers.get(name, 0) + consumer["pending"]
        oldest = await self._client.xrange(stream, count=1)
        first = oldest[0][0].decode() if oldest else ""
        age = max(now - int(first.partition("-")[0]) / 1000, 0.0) if first else 0.0
        return LaneDepth(stream, length, lag, pending, age)

    async def _groups(self, stream: str) -> list[dict[str, Any]]:
        try:
            return list(await self._client.xinfo_groups(stream))
        except ResponseError as error:
            if "no such key" in str(error):
                return []
            raise
