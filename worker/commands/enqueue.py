"""``enrichd enqueue``: add a job the way any producer does, with one XADD, after checking that it can be read."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from config.settings import Settings
from worker.commands.servers import servers
from worker.domain.errors import EntryError
from worker.domain.job import Delivery
from worker.domain.lane import DEFAULT_LANE, Lane
from worker.queue.keys import Keys

_BLOCK_MS: Final = 1_000


def lane_named(text: str) -> Lane:
    """A lane by name or number. Raises EntryError for neither."""
    for lane in Lane:
        if text.lower() in (lane.suffix, str(int(lane))):
            return lane
    raise EntryError("lane", f"is {text!r}", "one of " + ", ".join(f"{lane.suffix} ({int(lane)})" for lane in Lane))


def pairs(options: Sequence[str]) -> dict[str, str]:
    """``name=value`` arguments as fields. Raises EntryError for one without an equals sign."""
    fields = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals or not name:
            raise EntryError("--field", f"is {option!r}", "name=value")
        fields[name] = value
    return fields


def checked(fields: Mapping[str, str], settings: Settings, lane: Lane = DEFAULT_LANE) -> None:
    """Read the entry as a worker will. Raises EntryError saying what is wrong with it."""
    from worker.jobs import load_kinds
    from worker.queue.codec import decode, parse

    flat = [part.encode() for pair in fields.items() for part in pair]
    parse(decode(flat), Delivery("", lane, "0-0", 1), load_kinds(settings.plugins))


async def enqueue(settings: Settings, fields: Mapping[str, str], lane: Lane, *, wait_s: float | None) -> str:
    """Add the entry, print how to follow it, and wait for its end when asked to; returns the job's id."""
    from worker.queue.client import open_client

    checked(fields, settings, lane)
    keys = Keys(settings.queue_name)
    stream = keys.lanes[lane]
    async with servers(settings) as where:
        client: Any = open_client(where.redis_url, socket_timeout_s=settings.redis_timeout_ms / 1000 + _BLOCK_MS / 1000)
        async with client:
            last = await client.xrevrange(keys.events, count=1)
            entry = (await client.xadd(stream, dict(fields))).decode()
            job_id = fields.get("id") or f"{stream}/{entry}"
            print(f"Added job {job_id} to {stream} as entry {entry}.")
            print(f"  enrichd status {job_id}")
            if not await _has_workers(client, stream):
                print("No worker is reading this queue yet; start one with: enrichd run")
            if wait_s is not None:
                name = keys.job(fields.get("workspaceId", "default"), job_id).removeprefix(keys.job_prefix)
                since = last[0][0].decode() if last else "0-0"
                await asyncio.wait_for(_ended(client, keys.events, name, since), wait_s)
    return job_id


async def _has_workers(client: Any, stream: str) -> bool:
    return any(group["consumers"] for group in await client.xinfo_groups(stream))


async def _ended(client: Any, events: str, name: str, since: str) -> None:
    """Return when the events stream says that the job has ended."""
    while True:
        for _, entries in await client.xread({events: since}, block=_BLOCK_MS) or ():
            for entry_id, event in entries:
                since = entry_id.decode()
                if name.encode() in event:
                    return
