"""HTTP to configured endpoints: one session, capped replies, no redirect to another host. Shell."""

from urllib.parse import urljoin, urlsplit

import aiohttp

from worker.domain.call import HttpRequest, Reply
from worker.gateway.faults import ReplyTooLarge
from worker.gateway.options import GatewayOptions

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3


class Transport:
    """Sends requests to addresses that the operator configured and therefore trusts. Opens its session when first
    used, in the running loop. Raises what aiohttp raises, and ReplyTooLarge."""

    def __init__(self, options: GatewayOptions) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: HttpRequest) -> Reply:
        """One request, one reply; redirects are followed only within the same host, for GET."""
        url, params = request.url, request.params
        for _ in range(_MOST_REDIRECTS):
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
                reply = Reply(response.status, {name.lower(): value for name, value in response.headers.items()}, body)
            if reply.status not in _REDIRECTS or request.method != "GET":
                return reply
            onward = urljoin(str(response.url), reply.headers.get("location", ""))
            if urlsplit(onward)[:2] != urlsplit(url)[:2]:
                return reply
            url, params = onward, {}
        return reply

    async def close(self) -> None:
        """Close every connection."""
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
