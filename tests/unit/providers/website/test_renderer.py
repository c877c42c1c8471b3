"""When a page is drawn, what a drawn page may ask for, and what happens without a browser."""

from datetime import datetime

import pytest

from worker.domain.call import Reply
from worker.domain.errors import ConfigError
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.providers.website import PageFinding, open_provider, renderer
from worker.providers.website.crawl import crawl
from worker.providers.website.page import parse_at
from worker.providers.website.renderer import Caps, Door, FetchPage

HTML = {"content-type": "text/html"}
SHELL = b'<html><title>Acme</title><body><div id="root"></div><script src="/app.js"></script></body></html>'
DRAWN = b"<html><title>Acme Rope Works</title><body><p>Acme Rope Works</p><p>Phone +44 117 496 0123</p></body></html>"


class Drawing:
    """A renderer that gives a fixed page, or refuses."""

    def __init__(self, refusal: PageRefused | None = None) -> None:
        self.asked: list[str] = []
        self.refusal = refusal

    async def __call__(self, url: str, start: Reply, fetch: FetchPage) -> Reply:
        """The drawn page."""
        self.asked.append(url)
        if self.refusal is not None:
            raise self.refusal
        return Reply(200, HTML, DRAWN)

    async def close(self) -> None:
        """Nothing was started."""


async def parse(body: bytes, url: str, headers: dict[str, str], observed_at: datetime, status: int) -> PageFinding:
    """Parse in place."""
    return parse_at(body, url, headers, observed_at, status)


async def read(body: bytes, render: Drawing | None, status: int = 200) -> PageFinding:
    """The only page of a crawl."""

    async def fetch(url: str) -> Reply:
        return Reply(status, HTML, body)

    return (await crawl(["https://acme.example/"], fetch, parse, 1, render)).pages[0].finding


async def test_an_empty_shell_is_drawn_and_read_again() -> None:
    """What scripts put on the page is found, under the page's own address."""
    drawing = Drawing()
    finding = await read(SHELL, drawing)
    assert (finding.kind, finding.phones, finding.url) == ("", ("+44 117 496 0123",), "https://acme.example/")
    assert drawing.asked == ["https://acme.example/"]


@pytest.mark.parametrize(("body", "status"), [(DRAWN, 200), (SHELL, 404)])
async def test_nothing_else_is_drawn(body: bytes, status: int) -> None:
    """A page that says something by itself, or that is an error, costs no browser."""
    drawing = Drawing()
    await read(body, drawing, status)
    assert drawing.asked == []


async def test_a_page_that_cannot_be_drawn_stays_an_empty_shell() -> None:
    """A failing browser leaves what was there without it."""
    finding = await read(SHELL, Drawing(PageRefused(Outcome.TRANSIENT, "too slow")))
    assert finding.kind == "empty_shell"
    assert (await read(SHELL, None)).kind == "empty_shell"


@pytest.mark.parametrize(
    ("url", "method", "kind", "framed", "why"),
    [
        ("https://acme.example/app.js", "GET", "script", False, ""),
        ("https://acme.example/data", "GET", "fetch", False, ""),
        ("https://acme.example/data", "POST", "fetch", False, "no plain question"),
        ("file:///etc/passwd", "GET", "document", False, "no http"),
        ("ws://acme.example/", "GET", "websocket", False, "no http"),
        ("https://acme.example/logo.png", "GET", "image", False, "a image holds no text"),
        ("https://ads.example/", "GET", "document", True, "frames are not drawn"),
    ],
)
def test_what_a_page_may_ask_for(url: str, method: str, kind: str, framed: bool, why: str) -> None:
    """Only questions for documents, scripts and data are let through."""
    assert Door(Caps()).refuses(url, method, kind, framed=framed) == why


def test_requests_and_bytes_of_a_page_are_counted() -> None:
    """A page cannot ask for ever, nor bring everything."""
    door = Door(Caps(requests=2, largest_bytes=10))
    ask = ("https://acme.example/a", "GET", "fetch")
    assert [door.refuses(*ask, framed=False) for _ in range(3)] == ["", "", "too many requests"]
    door = Door(Caps(requests=5, largest_bytes=10))
    assert (door.refuses(*ask, framed=False), door.admits(8), door.admits(8)) == ("", True, False)
    assert door.refuses(*ask, framed=False) == "too many bytes"


def test_drawing_without_playwright_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who switches drawing on without the extra learns it at the start, by the setting's name."""
    monkeypatch.setattr(renderer, "is_installed", lambda: False)
    with pytest.raises(ConfigError, match="WEBSITE_RENDER"):
        open_provider({"WEBSITE_RENDER": "true"})


async def test_providers_share_one_browser() -> None:
    """Workspaces with the same browser have one renderer, which the last of them closes."""
    one, other = renderer.join("/usr/bin/nowhere"), renderer.join("/usr/bin/nowhere")
    assert one is other
    closed: list[str] = []

    async def close() -> None:
        closed.append("closed")

    one.close = close  # type: ignore[method-assign]
    await renderer.leave(one)
    assert closed == []
    await renderer.leave(other)
    assert closed == ["closed"]
