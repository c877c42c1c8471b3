"""A provider on loopback for gateway tests: does what the test says, and counts what it was asked."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Outside:
    """``url`` answers everything by ``handler``; ``asked`` counts requests by path, ``stamps`` are their times."""

    url: str = ""
    handler: Handler | None = None
    asked: dict[str, int] = field(default_factory=dict)
    stamps: list[float] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    agents: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """All requests so far."""
        return sum(self.asked.values())

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Count, then do as told; without a handler, say hello with the path."""
        self.asked[request.path] = self.asked.get(request.path, 0) + 1
        self.stamps.append(time.time())
        self.agents.add(request.headers.get("User-Agent", ""))
        self.arrived.set()
        if self.handler is not None:
            return await self.handler(request)
        return web.json_response({"path": request.path})


@asynccontextmanager
async def outside() -> AsyncIterator[Outside]:
    """A running server."""
    here = Outside()
    server = web.Server(here.answer)  # type: ignore[arg-type]
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    here.url = f"http://{host}:{port}"
    try:
        yield here
    finally:
        await runner.cleanup()
