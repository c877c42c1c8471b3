"""HTTP to configured endpoints: kept connections, capped replies, no redirect to another host. Shell.

Plain requests go over connections of our own (``wire.py``); what needs more, a proxy above all, goes through aiohttp.
"""

import asyncio
from collections.abc import Mapping
from math import inf
from time import monotonic
from urllib.parse import urljoin, urlsplit

import aiohttp

from worker.domain.call import HttpRequest, Reply
from worker.gateway.faults import ReplyTooLarge
from worker.gateway.http_text import place_of, request_bytes
from worker.gateway.options import GatewayOptions
from worker.gateway.wire import Wires, left_s

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
#: Methods whose replies end where they say (a reply to HEAD does not).
_PLAIN = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Transport:
    """Sends requests to addresses that the operator configured and therefore trusts. Opens its connections when first
    used, in the running loop. Raises TimeoutError, NotConnected, BrokenReply, ReplyTooLarge, OSError, and what
    aiohttp raises."""

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._wires = Wires(
            most=options.connections, connect_s=options.connect_s, largest_bytes=options.largest_reply_bytes
        )

    async def send(self, request: HttpRequest, timeout_s: float = inf) -> Reply:
        """One request, one reply, within a time; redirects are followed only within the same host, for GET."""
        url, params, until = request.url, request.params, monotonic() + timeout_s
        for _ in range(_MOST_REDIRECTS):
            reply = await self._once(request, url, params, until)
            if reply.status not in _REDIRECTS or request.method != "GET":
                return reply
            onward = urljoin(url, reply.headers.get("location", ""))
            if urlsplit(onward)[:2] != urlsplit(url)[:2]:
                return reply
            url, params = onward, {}
        return reply

    async def _once(self, request: HttpRequest, url: str, params: Mapping[str, str], until: float) -> Reply:
        place = None if self._options.proxy or request.method not in _PLAIN else place_of(url)
        if place is None:
            async with asyncio.timeout(left_s(until)):
                return await self._through_session(request, url, params)
        agent = self._options.user_agent
        message = request_bytes(request.method, place, params, request.headers, request.body, agent)
        return await self._wires.exchange(place.origin, message, until)

    async def _through_session(self, request: HttpRequest, url: str, params: Mapping[str, str]) -> Reply:
        async with self._open().request(
            request.method,
            url,
            params=params or None,
            headers=request.headers,
            data=request.body,
            allow_redirects=False,
            proxy=self._options.proxy,
        ) as response:
            body = await self._body(response)
            return Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)

    async def close(self) -> None:
        """Close every connection."""
        self._wires.close()
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            options = self._options
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=options.connections, ttl_dns_cache=60),
                headers={"User-Agent": options.user_agent},
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=options.connect_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
            # aiohttp quietly sends GET and other idempotent requests again when a kept connection breaks (client.py,
            # ``retry_persistent_connection``): a provider that had already counted the first would bill twice.
            self._session._retry_connection = False  # noqa: SLF001
        return self._session

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        first = await response.content.readany()
        if response.content.at_eof():
            return first
        parts, size = [first], len(first)
        async for part in response.content.iter_any():
            parts.append(part)
            size += len(part)
            if size > self._options.largest_reply_bytes:
                response.close()
                raise ReplyTooLarge
        return b"".join(parts)
