"""A real headless Chromium draws pages, and reaches nothing but what the safe fetch brings."""

import asyncio
import shutil
from collections.abc import AsyncIterator

import pytest

from tests.support.scripted_gateway import ScriptedGateway
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.providers.website.page import parse_page
from worker.providers.website.renderer import BrowserRenderer, Caps, is_installed

BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), "")

pytestmark = pytest.mark.skipif(
    not (is_installed() and BROWSER), reason="needs the extra 'render' and a Chromium on the path"
)

URL = "https://acme-rope.example/"
SHELL = b'<html lang="en"><title>Acme</title><body><div id="root"></div><script src="/app.js"></script></body></html>'
APP = b"""
const say = (text) => { const p = document.createElement("p"); p.textContent = text; document.body.append(p); };
const tell = async (url) => {
  try { say("reached " + url + " " + (await fetch(url)).status); } catch { say("refused " + url); }
};
fetch("/contact.json").then((r) => r.json()).then((c) => say("Phone " + c.phone));
tell("http://127.0.0.1:%d/secret"); tell("http://169.254.169.254/latest/meta-data");
const socket = new WebSocket("ws://127.0.0.1:%d/socket");
new Image().src = "http://127.0.0.1:%d/pixel";
const frame = document.createElement("iframe"); frame.src = "http://127.0.0.1:%d/frame"; document.body.append(frame);
const link = document.createElement("a"); link.href = "data:application/zip,x"; link.download = "x.zip"; link.click();
"""


@pytest.fixture
async def draw() -> AsyncIterator[BrowserRenderer]:
    """A renderer with the browser of this machine."""
    renderer = BrowserRenderer(BROWSER, Caps(total_s=15.0))
    yield renderer
    await renderer.close()


async def test_what_scripts_write_is_read_and_nothing_inside_is_reached(draw: BrowserRenderer) -> None:
    """Data comes through the safe fetch; a listener on this machine hears of no other request."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    asked: list[str] = []
    pages = {
        f"{URL}app.js": Reply(200, {"content-type": "text/javascript"}, APP.replace(b"%d", str(port).encode())),
        f"{URL}contact.json": Reply(200, {"content-type": "application/json"}, b'{"phone": "+44 117 496 0123"}'),
    }

    async def fetch(url: str) -> Reply:
        asked.append(url)
        if url not in pages:
            raise PageRefused(Outcome.BAD_INPUT, "not public")
        return pages[url]

    try:
        drawn = await draw(URL, Reply(200, {"content-type": "text/html"}, SHELL), fetch)
    finally:
        server.close()
        await server.wait_closed()
    text = parse_page(drawn.body, URL, dict(drawn.headers)).pages[0].text
    assert "Phone +44 117 496 0123" in text
    assert f"refused http://127.0.0.1:{port}/secret" in text
    assert "refused http://169.254.169.254/latest/meta-data" in text
    assert heard == []
    assert not any("pixel" in url or "frame" in url or "socket" in url for url in asked)


async def test_a_page_that_never_ends_is_cut_off() -> None:
    """A script that runs for ever costs no more than its time."""
    renderer = BrowserRenderer(BROWSER, Caps(total_s=2.0))
    shell = b"<html><body><script>for (;;) {}</script></body></html>"
    try:
        with pytest.raises(PageRefused) as refused:
            await renderer(URL, Reply(200, {"content-type": "text/html"}, shell), ScriptedGateway(pages={}).page)
        assert refused.value.outcome == Outcome.TRANSIENT
        drawn = await renderer(URL, Reply(200, {"content-type": "text/html"}, SHELL), ScriptedGateway(pages={}).page)
        assert b"root" in drawn.body
    finally:
        await renderer.close()
