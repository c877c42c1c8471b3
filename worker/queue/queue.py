"""The queue: what workers do to the lanes, each a single round trip. Shell.

Every verb raises QueueUnavailable while Redis is away, GroupMissing when a group has to be made again.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from worker.domain.job import Delivery
from worker.domain.lane import DEFAULT_LANE, Lane
from worker.queue.client import guarded, translate
from worker.queue.entry_fields import PARKED_LANE, SCHEMA
from worker.queue.keys import Keys
from worker.queue.scripts import run, run_together

LANES: Final = tuple(Lane)


class Entry(Struct, frozen=True, gc=False):
    """A delivered entry, not yet parsed: ``flat`` is ``[field, value, ...]``. ``mark`` is '' or 'cancel'."""

    delivery: Delivery
    flat: list[bytes]
    mark: str = ""


class Settlement(Struct, frozen=True, gc=False):
    """The Redis side of one settled run.

    ``action``: ``ack`` only; ``done`` also writes hash and event; ``later`` also schedules ``entry`` for ``due_ms``.
    """

    delivery: Delivery
    action: str
    name: str = ""
    status: str = ""
    result: bytes = b""
    due_ms: int = 0
    entry: str = ""


class Letter(Struct, frozen=True, gc=False):
    """A dead letter: flat fields for the dead stream; ``name`` and ``result`` for the job's hash ('' without one)."""

    delivery: Delivery
    fields: list[str | bytes]
    name: str = ""
    result: bytes = b""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what the queue leaves behind. Times in milliseconds."""

    job_hash_life_ms: int = 3_600_000
    result_bytes: int = 64 * 1024 * 1024
    events: int = 10_000
    dead_letters: int = 10_000
    owned: int = 10_000


class Queue:
    """One queue as one consumer sees it."""

    def __init__(self, client: Redis, reader: Redis, keys: Keys, consumer: str, limits: Limits) -> None:
        self._client = client
        self._reader = reader
        self.keys = keys
        self.consumer = consumer
        self._limits = limits
        self._pull_keys = [*keys.streams, keys.paused, keys.cancels, keys.moved, keys.parked, keys.cleared]
        self._cursors = dict.fromkeys(keys.streams, "0-0")
        self._number = {stream: number for number, stream in enumerate(keys.streams, 1)}

    @guarded
    async def ensure_groups(self) -> None:
        """Create the lanes and their group, reading from the beginning: entries may have come before any worker."""
        for stream in self.keys.streams:
            try:
                await self._client.xgroup_create(stream, self.keys.group, id="0", mkstream=True)
            except ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    @guarded
    async def wait(self, block_ms: int) -> list[tuple[int, str]]:
        """Block until a lane has something: (lane number, entry id) of at most one entry per lane, now ours."""
        reply = await self._reader.execute_command(
            "XREADGROUP", "GROUP", self.keys.group, self.consumer, "COUNT", 1, "BLOCK", block_ms,
            "STREAMS", *self.keys.streams, *([">"] * len(self.keys.streams)),
        )  # fmt: skip
        return [
            (self._number[stream.decode()], entry_id.decode())
            for stream, entries in _streams(reply)
            for entry_id, *_ in entries
        ]

    @guarded
    async def pull(
        self, budget: int, held: Sequence[tuple[int, str]] = (), number: int = 0
    ) -> tuple[bool, list[Entry]]:
        """Up to ``budget`` new entries over all lanes, most urgent first: (the queue is paused, entries).

        ``held`` are entries that ``wait`` has read. ``number`` counts pulls: every 50th one lets a later lane in
        turn go first, and parking places take turns by it.
        """
        args = self._pull_args(budget, number)
        for stream_number, entry_id in held:
            args += (stream_number, entry_id)
        paused, found = await run(self._client, "pull", self._pull_keys, args)
        return bool(paused), self._entries(found)

    def _pull_args(self, budget: int, number: int) -> list[Any]:
        return [self.keys.group, self.consumer, budget, len(LANES), number, SCHEMA]

    def _entries(self, found: Sequence[tuple[int, Sequence[tuple[bytes, list[bytes]]], Sequence[int]]]) -> list[Entry]:
        out: list[Entry] = []
        for number, batch, cancelled in found:
            stream = self.keys.streams[number - 1]
            lane = self.keys.lane_of.get(stream)
            start = len(out)
            for entry_id, flat in batch:
                home = lane if lane is not None else self._home(flat)
                out.append(Entry(Delivery(stream, home, entry_id.decode(), 1), flat))
            for place in cancelled:
                out[start + place - 1] = replace(out[start + place - 1], mark="cancel")
        return out

    def delivered(self, number: int, entry_id: str) -> Delivery:
        """The first delivery of an entry that ``wait`` has read from stream ``number``."""
        stream = self.keys.streams[number - 1]
        return Delivery(stream, self.keys.lane_of.get(stream, DEFAULT_LANE), entry_id, 1)

    def _delivery(self, stream: str, entry_id: bytes, count: int, flat: Sequence[bytes]) -> Delivery:
        lane = self.keys.lane_of.get(stream)
        return Delivery(stream, lane if lane is not None else self._home(flat), entry_id.decode(), count)

    def _home(self, flat: Sequence[bytes]) -> Lane:
        """The lane of an entry that waited in a parking place: it is written on it."""
        home = dict(zip(flat[::2], flat[1::2], strict=False)).get(PARKED_LANE.encode(), b"").decode()
        return self.keys.lane_of.get(home, DEFAULT_LANE)

    @guarded
    async def settle(self, items: Sequence[Settlement]) -> int:
        """Acknowledge and delete settled entries; returns how many were not this consumer's any more."""
        keys, args = self._settle_call(items)
        return len(await run(self._client, "settle", keys, args)) // 2

    @guarded
    async def turn(self, items: Sequence[Settlement], budget: int, number: int) -> tuple[Exception | None, list[Entry]]:
        """``settle`` and then ``pull``, in one round trip: (what went wrong with the former, entries of the latter).

        The entries are this consumer's even when settling went wrong. Nothing is said of a pull that went wrong: the
        next one will say it.
        """
        keys, args = self._settle_call(items)
        settled, pulled = await run_together(
            self._client,
            ("settle", keys, args),
            ("pull", self._pull_keys, self._pull_args(budget, number)),
        )
        entries = [] if isinstance(pulled, Exception) else self._entries(pulled[1])
        return (translate(settled) if isinstance(settled, Exception) else None), entries

    def _settle_call(self, items: Sequence[Settlement]) -> tuple[list[str], list[Any]]:
        limits = self._limits
        window = time.time_ns() // 1_000_000 // limits.job_hash_life_ms
        keys = [
            *self.keys.streams,
            self.keys.delayed,
            self.keys.delayed_entries,
            self.keys.events,
            self.keys.result_bytes(window),
            self.keys.result_bytes(window - 1),
        ]
        args: list[Any] = [
            self.keys.group, self.consumer, len(self.keys.streams), limits.owned, limits.job_hash_life_ms,
            limits.result_bytes, self.keys.job_prefix, limits.events,
        ]  # fmt: skip
        groups: dict[tuple[str, int, str, str], list[Settlement]] = {}
        for item in items:
            delivery = item.delivery
            groups.setdefault((delivery.stream, delivery.count, item.action, item.status), []).append(item)
        for (stream, count, action, status), group in groups.items():
            ids = [item.delivery.entry_id for item in group]
            args += (self._number[stream], count, action, status, *_bounds(ids), len(group))
            unnamed = f"{stream}/"
            for entry_id, item in zip(ids, group, strict=True):
                name = item.name
                args += (entry_id, "" if name == unnamed + entry_id else name, item.entry or item.result)
                if action == "later":
                    args.append(item.due_ms)
        return keys, args

    @guarded
    async def bury(self, letter: Letter) -> bool:
        """Move one entry to the dead letters. False when it is not this consumer's any more."""
        delivery, limits = letter.delivery, self._limits
        keys = [delivery.stream, self.keys.dead, self.keys.events]
        if letter.name:
            keys.append(self.keys.job_prefix + letter.name)
        args = [
            self.keys.group, self.consumer, delivery.entry_id, delivery.count, limits.dead_letters, limits.events,
            limits.job_hash_life_ms, letter.name, letter.result, *letter.fields,
        ]  # fmt: skip
        return bool(await run(self._client, "bury", keys, args))

    @guarded
    async def renew(self, deliveries: Iterable[Delivery]) -> set[tuple[str, str]]:
        """Renew leases; returns (stream, entry id) of those that are no longer ours in that delivery."""
        lost: set[tuple[str, str]] = set()
        for stream, group in _by_stream(deliveries).items():
            args: list[Any] = [self.keys.group, self.consumer, self._limits.owned]
            for delivery in group:
                args += (delivery.entry_id, delivery.count)
            lost.update((stream, entry_id.decode()) for entry_id in await run(self._client, "renew", [stream], args))
        return lost

    @guarded
    async def reclaim(self, lease_ms: int, most: int) -> list[Entry]:
        """Take over entries whose owner let the lease lapse, at most ``most``; the cursors are kept between calls."""
        out: list[Entry] = []
        for stream in self.keys.streams:
            if len(out) >= most:
                break
            args = [self.keys.group, self.consumer, lease_ms, self._cursors[stream], most - len(out), 50]
            cursor, found = await run(self._client, "reclaim", [stream], args)
            self._cursors[stream] = cursor.decode()
            out += [Entry(self._delivery(stream, entry_id, int(count), flat), flat) for entry_id, count, flat in found]
        return out

    @guarded
    async def hand_back(self, deliveries: Iterable[Delivery], idle_ms: int) -> int:
        """Make entries reclaimable at once, with no delivery counted; returns how many."""
        done = 0
        for stream, group in _by_stream(deliveries).items():
            args: list[Any] = [self.keys.group, self.consumer, idle_ms, self._limits.owned]
            for delivery in group:
                args += (delivery.entry_id, delivery.count)
            done += int(await run(self._client, "hand_back", [stream], args))
        return done

    @guarded
    async def promote(self, most: int) -> tuple[int, int]:
        """Move due entries to their lanes: (moved, next due time in ms or -1)."""
        keys = [self.keys.delayed, self.keys.delayed_entries, *self.keys.lane_streams]
        moved, due = await run(self._client, "promote", keys, [most])
        return int(moved), int(float(due))

    @guarded
    async def note_processing(self, running: Iterable[tuple[Delivery, str]]) -> None:
        """Tell producers that these jobs (delivery, name) are being worked on, unless they have ended meanwhile."""
        args: list[Any] = [self.keys.group, self.consumer, self.keys.job_prefix, self._limits.job_hash_life_ms]
        for delivery, name in running:
            args += (self._number[delivery.stream], delivery.entry_id, name)
        await run(self._client, "note", self.keys.streams, args)

    @guarded
    async def park(self, delivery: Delivery, place: str) -> bool:
        """Move one owned entry to a parking place. False when it is not this consumer's any more."""
        keys = [delivery.stream, self.keys.parked]
        lane = self.keys.lanes[delivery.lane]
        args = [self.keys.group, self.consumer, delivery.entry_id, delivery.count, place, lane]
        return bool(await run(self._client, "park", keys, args))

    @guarded
    async def hold_suspect(self, life_ms: int) -> bool:
        """Be (or stay) the one consumer of this queue that tries suspects, for ``life_ms``."""
        return bool(await run(self._client, "hold", [self.keys.suspect], [self.consumer, life_ms]))

    @guarded
    async def release_suspect(self) -> None:
        """Let another consumer try suspects."""
        await run(self._client, "hold", [self.keys.suspect], [self.consumer, 0])

    @guarded
    async def count_crash(self, name: str, life_ms: int) -> int:
        """Count one crash of a job while it ran alone; returns how many there have been."""
        async with self._client.pipeline(transaction=True) as pipe:
            pipe.hincrby(self.keys.suspect_crashes, name, 1)
            pipe.pexpire(self.keys.suspect_crashes, life_ms)
            return int((await pipe.execute())[0])

    @guarded
    async def leave(self) -> bool:
        """Remove this consumer from the group, if nothing is pending for it (DELCONSUMER drops pending entries)."""
        removed = 0
        for stream in self.keys.streams:
            removed += int(await run(self._client, "leave", [stream], [self.keys.group, self.consumer, 0]))
        return removed > 0

    @guarded
    async def ping(self) -> None:
        """Raise QueueUnavailable when Redis does not answer."""
        await self._client.execute_command("PING")

    async def close(self) -> None:
        """Close both clients."""
        await self._reader.aclose()
        await self._client.aclose()


def _bounds(ids: Sequence[str]) -> tuple[str, str]:
    """What a range of entry ids that holds all of these may begin and end with.

    >>> _bounds(["1763765100000-9", "1763765100000-10"])
    ('1763765100000', '1763765100000')
    """
    if len({(len(entry_id), entry_id.find("-")) for entry_id in ids}) == 1:
        # numbers of one length sort as text does
        return min(ids), max(ids)
    times = [entry_id.partition("-")[0] for entry_id in ids]
    return min(times, key=int), max(times, key=int)


def _by_stream(deliveries: Iterable[Delivery]) -> Mapping[str, list[Delivery]]:
    groups: dict[str, list[Delivery]] = {}
    for delivery in deliveries:
        groups.setdefault(delivery.stream, []).append(delivery)
    return groups


def _streams(reply: Any) -> Iterable[tuple[bytes, list[tuple[bytes, Any]]]]:
    """XREADGROUP's reply, whichever protocol's shape the client made of it."""
    if not reply:
        return ()
    if isinstance(reply, dict):
        return [(name, batches[0] if batches else []) for name, batches in reply.items()]
    return [(name, entries) for name, entries in reply]
