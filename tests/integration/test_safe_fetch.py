"""Fetching pages from outside: nothing inside is reached, nothing outside hurts."""

import asyncio
import gzip
import itertools
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tests.support.dns import names
from tests.support.outside import Outside, outside
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.options import FetchOptions
from worker.gateway.safe_fetch import SafeFetch

#: {port} is the trap's; every one of these leads, or could be read as leading, to somewhere inside.
TRICKS = """
http://127.0.0.1:{port}/
https://127.0.0.1:{port}/
http://127.0.0.2:{port}/
http://127.255.255.254:{port}/
http://127.1:{port}/
http://127.0.1:{port}/
http://0:{port}/
http://0.0.0.0:{port}/
http://2130706433:{port}/
http://0x7f000001:{port}/
http://0x7f.1:{port}/
http://0x7f.0x0.0x0.0x1:{port}/
http://0177.0.0.1:{port}/
http://017700000001:{port}/
http://0177.0x0.0.1:{port}/
http://127.0.0.01:{port}/
http://127.0.0.1.:{port}/
http://3232235777:{port}/
http://[::1]:{port}/
http://[::]:{port}/
http://[0:0:0:0:0:0:0:1]:{port}/
http://[::ffff:127.0.0.1]:{port}/
http://[::ffff:7f00:1]:{port}/
http://[::ffff:0:127.0.0.1]:{port}/
http://[::127.0.0.1]:{port}/
http://[64:ff9b::127.0.0.1]:{port}/
http://[64:ff9b::7f00:1]:{port}/
http://[64:ff9b:1::7f00:1]:{port}/
http://[2002:7f00:1::]:{port}/
http://[2002:a00:1::1]:{port}/
http://[2001:0:4136:e378:8000:63bf:80ff:fffe]:{port}/
http://[2001:db8::1]:{port}/
http://[2a00:1450::5efe:127.0.0.1]:{port}/
http://[fe80::1]:{port}/
http://[fe80::1%25eth0]:{port}/
http://[fc00::1]:{port}/
http://[fd00:ec2::254]/latest/meta-data/
http://[fec0::1]:{port}/
http://[ff02::1]:{port}/
http://[::1%25lo]:{port}/
http://10.0.0.1:{port}/
http://172.16.0.1:{port}/
http://172.31.255.255:{port}/
http://192.168.0.1:{port}/
http://100.64.0.1:{port}/
http://169.254.169.254/latest/meta-data/
http://169.254.170.2/v2/credentials
http://100.100.100.200/latest/meta-data/
http://192.0.0.192/opc/v1/instance/
http://168.63.129.16/machine
http://198.18.0.1:{port}/
http://192.0.2.1:{port}/
http://203.0.113.9:{port}/
http://224.0.0.1:{port}/
http://255.255.255.255:{port}/
http://240.0.0.1:{port}/
http://localhost:{port}/
http://LOCALHOST:{port}/
http://localhost.:{port}/
http://foo.localhost:{port}/
http://localhost.localdomain:{port}/
http://metadata.google.internal/computeMetadata/v1/
http://metadata/computeMetadata/v1/
http://redis:{port}/
http://kubernetes.default.svc.cluster.local:{port}/
http://①②⑦.⓪.⓪.①:{port}/
http://127。0。0。1:{port}/
http://１２７.0.0.1:{port}/
http://ⓛocalhost:{port}/
http://good.example@127.0.0.1:{port}/
http://127.0.0.1:{port}@good.example/
http://good.example:pw@127.0.0.1:{port}/
http://good.example\\@127.0.0.1:{port}/
http://good.example%00.127.0.0.1:{port}/
http://127.0.0.1%2f@good.example:{port}/
http://%31%32%37.0.0.1:{port}/
http://127.0.0.1%09:{port}/
http://127.0.0.1\t:{port}/
http://loop.example:{port}/
http://loop6.example:{port}/
http://mapped.example:{port}/
http://private.example:{port}/
http://mixed.example:{port}/
http://nat64.example:{port}/
http://metadata.example/latest/meta-data/
http://zero.example:{port}/
ftp://127.0.0.1:{port}/
file:///etc/passwd
gopher://127.0.0.1:{port}/_INFO
dict://127.0.0.1:{port}/info
javascript:alert(1)
//127.0.0.1:{port}/
http://
http://good.example:22/
http://good.example:6379/
http://good.example:99999/
http://[::1/
http://-x.example:{port}/
""".strip("\n").split("\n")

ZONE = {
    "loop.example": ["127.0.0.1"],
    "loop6.example": ["::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "private.example": ["10.0.0.7"],
    "mixed.example": ["127.0.0.5", "127.0.0.1"],
    "nat64.example": ["64:ff9b::7f00:1"],
    "metadata.example": ["169.254.169.254"],
    "zero.example": ["0.0.0.0"],
}


@asynccontextmanager
async def fetcher(**options: Any) -> AsyncIterator[SafeFetch]:
    """A SafeFetch without delays between requests."""
    fetch = SafeFetch(FetchOptions(**{"host_delay_s": 0.0, "total_s": 10.0, **options}))
    try:
        yield fetch
    finally:
        await fetch.close()


async def refusal(fetch: SafeFetch, url: str) -> PageRefused:
    """The refusal of a URL; fails when it is fetched."""
    with pytest.raises(PageRefused) as caught:
        await fetch.fetch(url)
    return caught.value


def at(world: Outside) -> str:
    """``address:port`` of a server."""
    return world.url.removeprefix("http://")


def site(pages: dict[str, Any], robots: str | int = 404) -> Any:
    """A handler for a site; values are HTML, bytes or ready responses."""

    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/robots.txt":
            return web.Response(status=robots) if isinstance(robots, int) else web.Response(text=robots)
        page = pages.get(request.path)
        if callable(page):
            return await page(request)  # type: ignore[no-any-return]
        return web.Response(status=404) if page is None else web.Response(text=page, content_type="text/html")

    return handler


async def test_no_trick_reaches_the_inside() -> None:
    """Addresses, notations and names: each is refused, and the trap on loopback hears nothing (``-rP`` prints them)."""
    async with outside() as trap, names(lambda name, _: ZONE.get(name)) as dns:
        port = at(trap).rpartition(":")[2]
        async with fetcher(dns_servers=(dns.place,), allow=("127.0.0.5",)) as fetch:
            for trick in TRICKS:
                url = trick.format(port=port)
                refused = await refusal(fetch, url)
                assert refused.outcome == Outcome.BAD_INPUT, (url, refused.reason)
                print(f"{refused.reason:55} {trick!r}")
        assert trap.total == 0
        assert len(TRICKS) >= 60


async def test_every_redirect_is_checked() -> None:
    """A public site that redirects inwards gets no further, by any status, spelling or number of hops."""
    async with outside() as trap, outside() as world:
        port = at(trap).rpartition(":")[2]
        inward = [trick.format(port=port) for trick in TRICKS if "\n" not in trick and "example" not in trick]

        async def lead(request: web.Request) -> web.Response:
            number = int(request.query["n"])
            status = (301, 302, 303, 307, 308)[number % 5]
            raw = inward[number].encode("ascii", "ignore").decode()
            return web.Response(status=status, headers={"Location": raw or "/"})

        world.handler = site({"/go": lead})
        async with fetcher(hosts={"good.example": at(world)}) as fetch:
            for number, target in enumerate(inward):
                if not target.isascii() or "\t" in target:
                    continue
                refused = await refusal(fetch, f"http://good.example/go?n={number}")
                # A relative-looking target ("http://", "javascript:") may also lead nowhere on the site itself.
                assert refused.outcome in (Outcome.BAD_INPUT, Outcome.MISS), target
        assert trap.total == 0


async def test_a_rebinding_name_never_reaches_the_trap() -> None:
    """The address that was checked is the one that is connected to, however often the name changes its mind."""
    async with outside() as trap:
        port = int(at(trap).rpartition(":")[2])
        good = web.ServerRunner(web.Server(lambda _: _hello()), shutdown_timeout=0.1)
        await good.setup()
        await web.TCPSite(good, "127.0.0.5", port).start()

        def flip(name: str, times: int) -> list[str] | None:
            return ["127.0.0.5"] if times % 2 else ["127.0.0.1"]

        try:
            async with names(flip) as dns:
                reached, refused = 0, 0
                for number in range(12):
                    # A new client each time: no connection is kept, each fetch resolves anew.
                    async with fetcher(dns_servers=(dns.place,), allow=("127.0.0.5",), obey_robots=False) as fetch:
                        try:
                            reply = await fetch.fetch(f"http://rebind.example:{port}/{number}")
                        except PageRefused as error:
                            refused += error.outcome == Outcome.BAD_INPUT
                        else:
                            assert reply.body == b"good"
                            reached += 1
                assert (trap.total, reached, refused) == (0, 6, 6)
        finally:
            await good.cleanup()


async def _hello() -> web.Response:
    return web.Response(text="good")


async def test_the_environment_cannot_set_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables are not read: only the operator's own setting counts."""
    async with outside() as trap, outside() as world:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, trap.url)
        world.handler = site({"/": "hello"})
        async with fetcher(hosts={"good.example": at(world)}) as fetch:
            assert (await fetch.fetch("http://good.example/")).body == b"hello"
        assert trap.total == 0


async def test_a_proxy_is_given_checked_addresses_only() -> None:
    """Through a proxy the checked address is asked for, not a name that the proxy would resolve by itself."""
    seen: list[tuple[str, str]] = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append((request.host, request.headers["Host"]))
        return web.Response(text="by proxy", content_type="text/html")

    async with outside() as relay, names(lambda name, _: {"far.example": ["8.8.4.4"], **ZONE}.get(name)) as dns:
        relay.handler = proxy
        async with fetcher(dns_servers=(dns.place,), proxy=relay.url, obey_robots=False) as fetch:
            assert (await fetch.fetch("http://far.example/x")).body == b"by proxy"
            await refusal(fetch, "http://private.example/x")
            await refusal(fetch, "http://10.0.0.1/")
        assert seen == [("8.8.4.4", "far.example")]


async def test_a_page_comes_with_its_final_address() -> None:
    """Redirects are followed, fragments dropped, and the reply says where it was found."""

    async def lead(_: web.Request) -> web.Response:
        raise web.HTTPFound("https://www.good.example/home#top")

    async with outside() as world:
        world.handler = site({"/": lead, "/home": "hello"})
        async with fetcher(hosts={".example": at(world)}) as fetch:
            reply = await fetch.fetch("http://good.example/#part")
            assert (reply.status, reply.body) == (200, b"hello")
            assert reply.headers["x-enrichd-url"] == "https://www.good.example/home"
        assert world.agents == {FetchOptions().user_agent}


async def test_endless_redirects_end() -> None:
    """Six redirects are one too many."""

    async def onward(request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/r?n={int(request.query.get('n', '0')) + 1}")

    async with outside() as world:
        world.handler = site({"/r": onward})
        async with fetcher(hosts={"*": at(world)}) as fetch:
            assert (await refusal(fetch, "http://good.example/r")).reason == "too many redirects"
        assert world.asked["/r"] == 6


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
async def test_a_bomb_is_cut_at_the_cap(coding: str) -> None:
    """200 MB of zeros in 200 KB: the page ends at its cap of decompressed bytes and says so."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    bomb = packer.compress(bytes(200 * 2**20)) + packer.flush()

    async def send(_: web.Request) -> web.Response:
        return web.Response(body=bomb, headers={"Content-Encoding": coding, "Content-Type": "text/html"})

    async with outside() as world:
        world.handler = site({"/": send})
        async with fetcher(hosts={"*": at(world)}, largest_bytes=100_000) as fetch:
            reply = await fetch.fetch("http://good.example/")
            assert (len(reply.body), reply.headers["x-enrichd-truncated"]) == (100_000, "1")


async def test_what_is_too_large_too_slow_or_no_text_is_refused() -> None:
    """Header floods, slow drips, silence and pictures each have their end."""
    stop = asyncio.Event()

    async def flood(_: web.Request) -> web.Response:
        return web.Response(headers={f"X-{n}": "x" * 1000 for n in range(40)}, content_type="text/html")

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/html"})
        await response.prepare(request)
        while not stop.is_set():
            await response.write(b".")
            await asyncio.sleep(0.05)
        return response

    async def silent(_: web.Request) -> web.Response:
        await stop.wait()
        return web.Response()

    async def picture(_: web.Request) -> web.Response:
        return web.Response(body=b"GIF", content_type="image/gif")

    async with outside() as world:
        world.handler = site({"/flood": flood, "/drip": drip, "/silent": silent, "/picture": picture})
        async with fetcher(hosts={"*": at(world)}, total_s=0.6, idle_s=0.3) as fetch:
            reasons = {
                path: await refusal(fetch, f"http://good.example{path}")
                for path in ("/flood", "/drip", "/silent", "/picture")
            }
        stop.set()
    assert {path: one.outcome for path, one in reasons.items()} == {
        "/flood": Outcome.MISS,
        "/drip": Outcome.TRANSIENT,
        "/silent": Outcome.TRANSIENT,
        "/picture": Outcome.MISS,
    }


async def test_robots_txt_is_obeyed_and_fetched_once() -> None:
    """The longest rule wins, our own group before the general one, and the file is asked for once."""
    rules = "User-agent: *\nDisallow: /\n\nUser-agent: enrichd\nDisallow: /private\nAllow: /private/press$\n"
    async with outside() as world:
        world.handler = site({"/": "hello", "/private/press": "press"}, rules)
        async with fetcher(hosts={"*": at(world)}) as fetch:
            await asyncio.gather(*(fetch.fetch("http://good.example/") for _ in range(5)))
            assert (await fetch.fetch("http://good.example/private/press")).body == b"press"
            assert (await refusal(fetch, "http://good.example/private/data")).outcome == Outcome.BLOCKED
        assert world.asked["/robots.txt"] == 1
        assert "/private/data" not in world.asked


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, None), (403, None), (429, Outcome.TRANSIENT), (503, Outcome.TRANSIENT)]
)
async def test_a_missing_robots_txt_allows_and_a_failing_one_forbids(status: int, outcome: Outcome | None) -> None:
    """4xx means no rules, 5xx and 429 mean not now."""
    async with outside() as world:
        world.handler = site({"/": "hello"}, status)
        async with fetcher(hosts={"*": at(world)}) as fetch:
            if outcome is None:
                assert (await fetch.fetch("http://good.example/")).body == b"hello"
            else:
                assert (await refusal(fetch, "http://good.example/")).outcome == outcome


async def test_a_host_is_asked_politely() -> None:
    """Two at a time, and starts at least the delay apart, while other hosts go on."""
    under_way, most = 0, 0

    async def slowly(_: web.Request) -> web.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.05)
        under_way -= 1
        return web.Response(text="ok", content_type="text/html")

    async with outside() as world:
        world.handler = site({"/": slowly})
        async with fetcher(hosts={"*": at(world)}, host_delay_s=0.02, obey_robots=False) as fetch:
            await asyncio.gather(*(fetch.fetch("http://good.example/") for _ in range(8)))
        gaps = [late - early for early, late in itertools.pairwise(world.stamps)]
        assert most <= 2
        assert min(gaps) > 0.01


async def test_a_dead_host_and_an_unknown_name() -> None:
    """A name that nobody has is final; a refused connection is not."""
    async with outside() as world:
        gone = at(world)
    async with (
        names(lambda name, _: None) as dns,
        fetcher(dns_servers=(dns.place,), hosts={"gone.example": gone}) as fetch,
    ):
        assert (await refusal(fetch, "http://nobody.example/")).outcome == Outcome.MISS
        assert (await refusal(fetch, "http://gone.example/")).outcome == Outcome.TRANSIENT


async def test_compressed_pages_are_unpacked() -> None:
    """The body is what the site wrote, whatever its transfer coding."""

    async def packed(_: web.Request) -> web.Response:
        body = gzip.compress("größe".encode("latin-1"))
        return web.Response(body=body, headers={"Content-Encoding": "gzip", "Content-Type": "text/html"})

    async with outside() as world:
        world.handler = site({"/": packed})
        async with fetcher(hosts={"*": at(world)}) as fetch:
            assert (await fetch.fetch("http://good.example/")).body == "größe".encode("latin-1")
