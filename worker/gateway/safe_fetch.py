"""Pages from outside, fetched so that nothing inside can be reached and nothing outside can hurt. Shell.

Every hop of a redirect is checked like a URL of its own. Names are resolved here, and what was checked is what is
connected to: the connector gets the checked addresses, and looks at each once more when it makes the socket. Through
an egress proxy the checked address is asked for, not the name, so that the proxy has nothing left to resolve.
"""

import asyncio
import ipaddress
import re
import ssl
from collections.abc import Mapping
from time import monotonic
from typing import Any
from urllib.parse import urldefrag, urljoin

import aiohttp
from yarl import URL

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.address import Target, parse_target, refused_address
from worker.gateway.options import FetchOptions
from worker.gateway.politeness import Politeness
from worker.gateway.resolver import NoSuchName, NotPublic, PublicResolver, refusal_of
from worker.gateway.robots import Robots

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GRACE_S = 5.0
#: Nobody reads a company out of these.
_NOT_TEXT = re.compile(
    r"(?:image|video|audio|font)/(?!svg)|application/(?:zip|gzip|x-tar|octet-stream|vnd\.|pdf|msword)"
)
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,text/*;q=0.8,*/*;q=0.1"


class TooManyRedirects(PageRefused):
    """A page that leads on and on."""

    def __init__(self) -> None:
        super().__init__(Outcome.MISS, "too many redirects")


class SafeFetch:
    """Fetches pages. Opens its connections when first used, in the running loop."""

    def __init__(self, options: FetchOptions | None = None) -> None:
        self._options = options = options or FetchOptions()
        self._allowed = tuple(ipaddress.ip_network(text, strict=False) for text in options.allow)
        stand_ins = {name.lower(): _place(text) for name, text in options.hosts.items()}
        self._ports = frozenset(port for _, port in stand_ins.values())
        self._resolver = PublicResolver(stand_ins, self._allowed, options.dns_servers)
        self._politeness = Politeness(options.host_concurrency, options.host_delay_s, options.concurrency)
        agent = options.user_agent.partition("/")[0]
        self._robots = Robots(self._follow_for_robots, agent, options.robots_life_s) if options.obey_robots else None
        self._session: aiohttp.ClientSession | None = None

    async def fetch(self, url: str) -> Reply:
        """A page, after redirects; ``x-enrichd-url`` holds where it was found, ``x-enrichd-truncated`` says that it
        was longer than its cap. Any status may come back. Raises PageRefused."""
        return await self._follow(url, obey=True)

    async def close(self) -> None:
        """Close every connection."""
        if self._session is not None:
            await self._session.close()
        await self._resolver.close()

    async def _follow_for_robots(self, url: str) -> Reply:
        try:
            return await self._follow(url, obey=False)
        except TooManyRedirects:
            return Reply(404, {}, b"")

    async def _follow(self, url: str, *, obey: bool) -> Reply:
        ends_at = monotonic() + self._options.total_s
        for _ in range(self._options.redirects + 1):
            target = parse_target(urldefrag(url).url, self._ports)
            if target.address is not None and (why := refused_address(target.address, self._allowed)):
                raise PageRefused(Outcome.BAD_INPUT, why)
            delay_s = 0.0
            if obey and self._robots is not None:
                delay_s = await self._robots.check(target.origin, target.url)
            async with self._politeness.visit(target.host, delay_s):
                reply = await self._get(target, ends_at)
            location = reply.headers.get("location", "")
            if reply.status not in _REDIRECTS or not location:
                return Reply(reply.status, {**reply.headers, "x-enrichd-url": target.url}, reply.body)
            try:
                url = urljoin(target.url, location)
            except ValueError:
                raise PageRefused(Outcome.BAD_INPUT, "it redirects to something that is no URL") from None
        raise TooManyRedirects

    async def _get(self, target: Target, ends_at: float) -> Reply:
        try:
            async with asyncio.timeout(max(0.01, ends_at - monotonic())):
                url, extra = await self._where(target)
                async with self._open().get(url, allow_redirects=False, **extra) as response:
                    return await self._take(response)
        except PageRefused:
            raise
        except TimeoutError:
            raise PageRefused(Outcome.TRANSIENT, "timed out") from None
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError):
            raise PageRefused(Outcome.MISS, "its certificate is not valid") from None
        except aiohttp.ClientConnectorError as error:
            raise refusal_of(error.os_error) from None
        except (NotPublic, NoSuchName) as error:
            raise refusal_of(error) from None
        except aiohttp.InvalidURL:
            raise PageRefused(Outcome.BAD_INPUT, "the URL is not one") from None
        except aiohttp.ClientResponseError as error:
            raise PageRefused(Outcome.MISS, f"no proper HTTP ({type(error).__name__})") from None
        except (aiohttp.ClientError, OSError) as error:
            raise PageRefused(Outcome.TRANSIENT, f"the connection broke ({type(error).__name__})") from None

    async def _where(self, target: Target) -> tuple[URL, dict[str, Any]]:
        """The URL to ask for, and how: itself, its stand-in, or its checked address through the proxy."""
        url = URL(target.url)
        stand_in = self._resolver.stand_in(target.host)
        if stand_in is not None:
            there = url.with_scheme("http").with_host(stand_in[0]).with_port(stand_in[1])
            return there, {"headers": {"Host": url.host_port_subcomponent or target.host}}
        if self._options.proxy is None:
            return url, {}
        address = target.address or (await self._resolver.addresses(target.host))[0]
        if self._options.proxy_resolves:
            return url, {"proxy": self._options.proxy}
        host = url.host_port_subcomponent or target.host
        extra: dict[str, Any] = {"proxy": self._options.proxy, "headers": {"Host": host}}
        if target.scheme == "https":
            extra["server_hostname"] = target.host
        return url.with_host(str(address)), extra

    async def _take(self, response: aiohttp.ClientResponse) -> Reply:
        """Read a reply within its caps: headers, decompressed bytes, and the slowest speed worth waiting for."""
        options = self._options
        if sum(len(name) + len(value) for name, value in response.raw_headers) > options.largest_header_bytes:
            raise PageRefused(Outcome.MISS, "its headers are too large")
        headers = {name.lower(): value for name, value in response.headers.items()}
        if response.status in _REDIRECTS and "location" in headers:
            return Reply(response.status, headers, b"")
        if _NOT_TEXT.match(headers.get("content-type", "").strip().lower()):
            raise PageRefused(Outcome.MISS, "it is no text")
        body = bytearray()
        started = monotonic()
        async for part in response.content.iter_any():
            body += part
            took_s = monotonic() - started
            if took_s > _GRACE_S and len(body) < took_s * options.slowest_bytes_per_s:
                raise PageRefused(Outcome.TRANSIENT, "it comes too slowly")
            if len(body) > options.largest_bytes:
                response.close()
                headers["x-enrichd-truncated"] = "1"
                del body[options.largest_bytes :]
                break
        return Reply(response.status, headers, bytes(body))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            options = self._options
            if options.proxy is not None:
                # Every connection goes to the operator's own proxy, or to a stand-in.
                connector = aiohttp.TCPConnector(limit=0)
            else:
                connector = aiohttp.TCPConnector(
                    limit=0,
                    resolver=self._resolver,
                    ttl_dns_cache=30,
                    socket_factory=self._resolver.connect_socket,
                )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={
                    "User-Agent": options.user_agent,
                    "Accept": _ACCEPT,
                    "Accept-Language": "en,*;q=0.5",
                    "Accept-Encoding": "gzip, deflate",
                },
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=options.idle_s, sock_read=options.idle_s),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                max_line_size=options.largest_header_bytes,
                max_field_size=options.largest_header_bytes,
            )
        return self._session


def _place(text: str) -> tuple[str, int]:
    """``127.0.0.1:8080`` taken apart. Raises ValueError."""
    host, _, port = text.rpartition(":")
    return str(ipaddress.ip_address(host.strip("[]"))), int(port)


def hosts_from(text: str) -> Mapping[str, str]:
    """A comma list of ``name=address:port`` as FetchOptions.hosts.

    >>> hosts_from("acme.example=127.0.0.1:8080")
    {'acme.example': '127.0.0.1:8080'}
    """
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip().lower(): place.strip() for name, _, place in pairs}
