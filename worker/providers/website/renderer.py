"""Pages that only JavaScript fills, drawn by a headless browser that reaches nothing by itself.

Every request of the browser is answered from here: with what the gateway's safe fetch brings (robots.txt, public
addresses, caps), or not at all. Behind that, the browser has a proxy that does not exist, so a request that got past
(a web socket, a prefetch, WebRTC) leads nowhere. Documents, scripts and data are fetched, with GET; pictures, styles,
fonts, frames, downloads and pop-ups are not. Needs the extra ``render`` (Playwright, https://playwright.dev/python/docs/network).
"""

import asyncio
import contextlib
import importlib.util
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext, Playwright, Route

FetchPage = Callable[[str], Awaitable[Reply]]

#: Kinds of requests (Playwright's ``resource_type``) that text can come from.
WANTED: Final = frozenset({"document", "script", "xhr", "fetch"})
#: Headers that speak of the transfer, which is over, or that would keep the page's own scripts from running here.
_NOT_PASSED_ON: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie", "x-enrichd-url"}
)
#: What a proxy that nobody listens at is called; loopback is sent there too.
_NOWHERE: Final = "http://127.0.0.1:9"
_SWITCHES: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--mute-audio",
    "--no-first-run",
    "--no-pings",
)


class Renderer(Protocol):
    """Draws a page and gives its HTML as it stands then."""

    async def __call__(self, url: str, start: Reply, fetch: FetchPage) -> Reply:
        """The page at ``url``, which was fetched as ``start``; all else it asks for goes through ``fetch``.
        Raises PageRefused when it cannot be drawn."""

    async def close(self) -> None:
        """End what was started."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds of one page: seconds in all, seconds without news that mean it is done, requests, bytes brought."""

    total_s: float = 20.0
    start_s: float = 30.0
    requests: int = 60
    largest_bytes: int = 10_000_000
    at_once: int = 2


class Door:
    """What one page may still ask for. Pure but for its counts."""

    def __init__(self, caps: Caps) -> None:
        self._requests = caps.requests
        self._bytes = caps.largest_bytes

    def refuses(self, url: str, method: str, kind: str, *, framed: bool) -> str:
        """Why a request is not answered; empty when it may be fetched, which is then counted."""
        if not url.startswith(("http://", "https://")):
            return "no http"
        if method != "GET":
            return "no plain question"
        if kind not in WANTED:
            return f"a {kind} holds no text"
        if framed:
            return "frames are not drawn"
        if self._requests <= 0:
            return "too many requests"
        if self._bytes <= 0:
            return "too many bytes"
        self._requests -= 1
        return ""

    def admits(self, size: int) -> bool:
        """Whether so many bytes still fit; they are counted."""
        self._bytes -= size
        return self._bytes >= 0


def is_installed() -> bool:
    """Whether the extra is there."""
    return importlib.util.find_spec("playwright") is not None


class BrowserRenderer:
    """One headless Chromium, started by the first page that needs it, with a context of its own for each page.

    ``executable`` is the browser's path; empty means the one that Playwright installed.
    """

    def __init__(self, executable: str = "", caps: Caps | None = None) -> None:
        self.executable = executable
        self.caps = caps or Caps()
        self._starting = asyncio.Lock()
        self._room = asyncio.Semaphore(self.caps.at_once)
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None

    async def __call__(self, url: str, start: Reply, fetch: FetchPage) -> Reply:
        """See ``Renderer``."""
        from playwright.async_api import Error

        try:
            async with self._room:
                browser = await self._open()
                async with asyncio.timeout(self.caps.total_s):
                    body = await self._draw(browser, url, start, fetch)
        except TimeoutError:
            raise PageRefused(Outcome.TRANSIENT, "drawing the page took too long") from None
        except Error as error:
            raise PageRefused(Outcome.TRANSIENT, f"the browser failed ({type(error).__name__})") from None
        return Reply(start.status, {"content-type": "text/html; charset=utf-8", "x-enrichd-url": url}, body)

    async def close(self) -> None:
        """End the browser."""
        from playwright.async_api import Error

        browser, self._browser = self._browser, None
        playwright, self._playwright = self._playwright, None
        if browser is not None:
            with contextlib.suppress(Error):
                await browser.close()
        if playwright is not None:
            await playwright.stop()

    async def _open(self) -> "Browser":
        async with self._starting:
            if self._browser is not None and self._browser.is_connected():
                return self._browser
            await self.close()
            from playwright.async_api import async_playwright

            async with asyncio.timeout(self.caps.start_s):
                self._playwright = await async_playwright().start()
                self._browser = await self._playwright.chromium.launch(
                    executable_path=self.executable or None,
                    args=list(_SWITCHES),
                    proxy={"server": _NOWHERE, "bypass": "<-loopback>"},
                    # Chromium has no sandbox for the superuser.
                    chromium_sandbox=os.geteuid() != 0,
                    handle_sigint=False, handle_sigterm=False, handle_sighup=False,
                    # The daemon's keys are none of the browser's business.
                    env={"HOME": "/tmp", "PATH": "/usr/bin:/bin"},  # noqa: S108 - where a browser may write
                )  # fmt: skip
            return self._browser

    async def _draw(self, browser: "Browser", url: str, start: Reply, fetch: FetchPage) -> bytes:
        from playwright.async_api import TimeoutError as LateError

        context = await browser.new_context(accept_downloads=False, service_workers="block")
        try:
            door = Door(self.caps)
            await _guard(context, door, url, start, fetch)
            page = await context.new_page()
            # Pages that a page opens are closed; its own is the first.
            context.on("page", lambda other: asyncio.ensure_future(other.close()))
            limit_ms = self.caps.total_s * 500
            with contextlib.suppress(LateError):
                await page.goto(url, wait_until="domcontentloaded", timeout=limit_ms)
                await page.wait_for_load_state("networkidle", timeout=limit_ms)
            html: str = await page.content()
            return html.encode()[: self.caps.largest_bytes]
        finally:
            with contextlib.suppress(Exception):
                await context.close()


async def _guard(context: "BrowserContext", door: Door, url: str, start: Reply, fetch: FetchPage) -> None:
    """Answer every request of a context here."""

    async def answer(route: "Route") -> None:
        request = route.request
        framed = request.is_navigation_request() and request.frame.parent_frame is not None
        if door.refuses(request.url, request.method, request.resource_type, framed=framed):
            await route.abort("blockedbyclient")
            return
        try:
            reply = start if request.url == url and request.is_navigation_request() else await fetch(request.url)
        except PageRefused:
            await route.abort("accessdenied")
            return
        if not door.admits(len(reply.body)):
            await route.abort("blockedbyclient")
            return
        headers = {name: value for name, value in reply.headers.items() if name.lower() not in _NOT_PASSED_ON}
        await route.fulfill(status=reply.status, headers=headers, body=reply.body)

    async def at_a_time(route: "Route") -> None:
        # What is under way when the page is done fails with its context.
        with contextlib.suppress(Exception):
            await answer(route)

    await context.route("**/*", at_a_time)
    await context.route_web_socket("**/*", lambda socket: asyncio.ensure_future(socket.close()))


#: Browsers by their path, with how many use each: workspaces have providers of their own, and one browser is enough.
_SHARED: Final[dict[str, tuple[BrowserRenderer, int]]] = {}


def join(executable: str) -> BrowserRenderer:
    """The renderer that all with this browser share."""
    renderer, users = _SHARED.get(executable) or (BrowserRenderer(executable), 0)
    _SHARED[executable] = (renderer, users + 1)
    return renderer


async def leave(renderer: BrowserRenderer) -> None:
    """Give the renderer back; the last one ends the browser."""
    _, users = _SHARED.get(renderer.executable, (renderer, 1))
    if users > 1:
        _SHARED[renderer.executable] = (renderer, users - 1)
        return
    _SHARED.pop(renderer.executable, None)
    await renderer.close()
