"""A receiver of outgoing webhooks, under /_hook on the API port: what it answers is in the path, what it got is kept.

    /_hook/200  /_hook/204  /_hook/410  /_hook/500      that status
    /_hook/301                                          a redirect to the trap's neighbour, not to be followed
    /_hook/429-2                                        429 with Retry-After: 2
    /_hook/slow-31                                      200 after 31 seconds
    /_hook/reset                                        the connection is reset
    /_hook/fail-2-200                                   500 for the first two deliveries, then 200
Anything after a further slash tells receivers apart: /_hook/204/one.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook that arrived. Header names are lower-case; ``received_at`` is unix seconds."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    received_at: float


@dataclass
class Receiver:
    """Keeps every delivery in ``got``."""

    got: list[Delivery] = field(default_factory=list)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _seen: Counter[str] = field(default_factory=Counter)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Take one delivery and answer as its path asks."""
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append(Delivery(request.path, headers, body, time.time()))
        self._seen[request.path] += 1
        asked = request.path.removeprefix("/_hook/").split("/")[0]
        kind, _, rest = asked.partition("-")
        match kind:
            case "reset":
                if request.transport is not None:
                    request.transport.abort()
                return web.Response(status=500)
            case "slow":
                await self._pause(float(rest or 31))
                return web.Response(status=200)
            case "fail":
                times, _, then = rest.partition("-")
                failing = self._seen[request.path] <= int(times or 1)
                return web.Response(status=500 if failing else int(then or 200))
            case "301" | "302" | "307" | "308":
                return web.Response(status=int(kind), headers={"Location": "/_hook/200/followed"})
            case _ if kind.isdigit():
                return web.Response(status=int(kind), headers={"Retry-After": rest} if rest else {})
        return web.Response(status=404, text="no such receiver\n")

    async def _pause(self, seconds: float) -> None:
        waits = asyncio.ensure_future(self.closing.wait())
        try:
            await asyncio.wait({waits}, timeout=seconds)
        finally:
            waits.cancel()
