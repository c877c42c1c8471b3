"""The servers a command talks to: those of the settings, or embedded ones shared while they are needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config.settings import Settings

if TYPE_CHECKING:
    from worker.embedded import EmbeddedServers


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses, with passwords. ``embedded`` tells whose they are."""

    redis_url: str
    database_url: str
    embedded: bool


@asynccontextmanager
async def servers(settings: Settings) -> AsyncIterator[Servers]:
    """Join or start embedded servers when no URL is set; they stop when the last process has left.

    Raises ConfigError when the extra is not installed, ServerDidNotStart with the server's own words.
    """
    if settings.redis_url is not None and settings.database_url is not None:
        yield Servers(settings.redis_url, settings.database_url, embedded=False)
        return
    joined = await join_whole(settings.data_dir)
    try:
        yield Servers(joined.redis_url, joined.database_url, embedded=True)
    finally:
        await asyncio.shield(asyncio.to_thread(joined.leave))


async def join_whole(folder: Path | None, *, ephemeral: bool = False) -> "EmbeddedServers":
    """Join a folder's servers. A cancelled start is not cut off in the middle: it is finished, and left again."""
    from worker.embedded import join

    joining = asyncio.ensure_future(asyncio.to_thread(join, folder, ephemeral=ephemeral))
    try:
        return await asyncio.shield(joining)
    except asyncio.CancelledError:
        await asyncio.to_thread((await joining).leave)
        raise
