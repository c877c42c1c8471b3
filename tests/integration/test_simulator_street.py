"""The simulated websites, LinkedIn's host, DNS and traps."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import dns.asyncresolver
import dns.resolver
import pytest

from simulator import Fault, Simulator
from simulator.traps import FORBIDDEN_URLS, set_traps


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A small world without latency."""
    async with Simulator(companies=10) as running:
        yield running


async def page(simulator: Simulator, host: str, path: str = "/") -> tuple[int, str, bytes]:
    """Status, Location or content type, and body of a page."""
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://{simulator.sites}{path}", headers={"Host": host}, allow_redirects=False) as response,
    ):
        told = response.headers.get("Location") or response.headers.get("Content-Type", "")
        return response.status, str(told), await response.read()


async def test_sites_differ_as_real_ones_do(simulator: Simulator) -> None:
    """Charsets, redirects, failures and refusals on the wire."""
    assert (await page(simulator, "www.acme.example"))[0] == 200
    status, kind, body = await page(simulator, "sakura-seimitsu.example")
    assert (status, kind) == (200, "text/html")
    assert "桜精密工業" in body.decode("shift_jis")
    latin = (await page(simulator, "atelier-brume.example", "/a-propos.html"))[2]
    assert "Élodie" in latin.decode("latin-1")
    assert (await page(simulator, "chesawatt.example"))[:2] == (301, "http://brightharbor.example/")
    assert (await page(simulator, "brokenworks.example"))[0] == 500
    assert b"Disallow: /" in (await page(simulator, "closeddoor.example", "/robots.txt"))[2]
    assert (await page(simulator, "acme.example", "/nothing"))[0] == 404
    assert (await page(simulator, "lostpages.example", "/nothing"))[0] == 200
    assert (await page(simulator, "nobody.example"))[0] == 404


async def test_generated_companies_have_sites(simulator: Simulator) -> None:
    """Each one's home page is there."""
    made = [company for company in simulator.world.companies if company.made]
    pages = await asyncio.gather(*(page(simulator, company.domain) for company in made))
    assert {status for status, _, _ in pages} == {200}
    assert set(simulator.world.domains) - set(simulator.street.hosts) == set()


async def test_linkedin_shows_a_wall(simulator: Simulator) -> None:
    """999 by default, a redirect or an open company page on demand; robots.txt forbids unless open."""
    path = "/company/acme-planning-example"
    status, _, body = await page(simulator, "www.linkedin.com", path)
    assert status == 999
    assert b"authwall" in body
    assert b"Disallow: /\n" in (await page(simulator, "www.linkedin.com", "/robots.txt"))[2]
    simulator.house.settings["linkedin"] = "redirect"
    status, target, _ = await page(simulator, "www.linkedin.com", path)
    assert (status, "/authwall" in target) == (302, True)
    simulator.house.settings["linkedin"] = "open"
    assert b"51-200 employees" in (await page(simulator, "www.linkedin.com", path))[2]


async def test_a_site_fails_by_rule(simulator: Simulator) -> None:
    """Only the named host, only once."""
    simulator.faults.append(Fault("5xx", provider="site", host="acme.example", status=502, times=1))
    assert (await page(simulator, "nordwerk.example"))[0] == 200
    assert (await page(simulator, "acme.example"))[0] == 502
    assert (await page(simulator, "acme.example"))[0] == 200


def resolver(simulator: Simulator) -> dns.asyncresolver.Resolver:
    """A resolver that asks the simulator, and no cache."""
    host, _, port = simulator.dns.address.partition(":")
    found = dns.asyncresolver.Resolver(configure=False)
    found.nameservers, found.port, found.lifetime = [host], int(port), 2.0
    return found


async def test_dns_knows_mails_and_rebinds(simulator: Simulator) -> None:
    """MX, null MX, none, NXDOMAIN, and a name that turns to loopback after one look."""
    ask = resolver(simulator)
    assert [item.to_text() for item in await ask.resolve("acme.example", "MX")] == ["10 mail.acme.example."]
    assert [item.to_text() for item in await ask.resolve("nullmx-a.example", "MX")] == ["0 ."]
    with pytest.raises(dns.resolver.NoAnswer):
        await ask.resolve("nomx-a.example", "MX")
    with pytest.raises(dns.resolver.NXDOMAIN):
        await ask.resolve("nxdomain-a.example", "A")
    set_traps(simulator.dns)
    seen = [(await ask.resolve("rebind.example", "A"))[0].to_text() for _ in range(3)]
    assert seen == ["93.184.215.14", "127.0.0.1", "127.0.0.1"]


async def test_the_trap_counts_who_falls_in(simulator: Simulator) -> None:
    """One request is one hit, kept with its line; the list of tricks is long enough and has no double."""
    async with aiohttp.ClientSession() as client, client.get(f"http://{simulator.traps.address}/secret") as response:
        assert (await response.json(content_type=None))["secret"] == "reached"
    assert simulator.traps.hits["GET /secret HTTP/1.1"] == 1
    port = int(simulator.traps.address.rsplit(":", 1)[1])
    for host in simulator.traps.hosts:
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        assert b"reached" in await reader.read()
        writer.close()
        await writer.wait_closed()
    assert simulator.traps.hits["GET / HTTP/1.0"] == len(simulator.traps.hosts)
    assert len(set(FORBIDDEN_URLS)) == len(FORBIDDEN_URLS) >= 60


async def test_a_listing_copies_a_year_off_and_a_register_is_right(simulator: Simulator) -> None:
    """Two hosts that speak of others: one to corroborate with, one that must not count."""
    register = (await page(simulator, "registry-notes.example", "/c/acme-planning-example"))[2]
    listing = (await page(simulator, "everylisting.example", "/acme-planning-example"))[2]
    assert b"2011" in register
    assert b"2010" in listing
    assert (await page(simulator, "everylisting.example", "/nobody"))[0] == 404


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("robots-404.example", 404),
        ("robots-503.example", 503),
        ("robots-429.example", 429),
        ("robots-bom.example", 200),
    ],
)
async def test_robots_files_are_as_odd_as_they_come(simulator: Simulator, host: str, status: int) -> None:
    """Statuses that RFC 9309 tells apart, a byte order mark, and a page behind each."""
    assert (await page(simulator, host, "/robots.txt"))[0] == status
    assert (await page(simulator, host))[0] == 200


async def test_a_large_robots_file_has_a_rule_on_either_side_of_500_kib(simulator: Simulator) -> None:
    """What a parser may cut off is past the size that it must read."""
    body = (await page(simulator, "robots-large.example", "/robots.txt"))[2]
    assert body.index(b"/private") < 500 * 1024 < body.index(b"/late")


async def test_redirects_lead_to_the_trap_only_for_who_follows(simulator: Simulator) -> None:
    """Every astray host answers with a Location; nothing has been reached."""
    _, target, _ = await page(simulator, "to-loopback.example")
    assert target == f"http://{simulator.traps.address}/"
    assert (await page(simulator, "loop.example", "/7"))[1] == "/8"
    assert (await page(simulator, "to-file.example"))[1] == "file:///etc/passwd"
    assert sum(simulator.traps.hits.values()) == 0


async def test_a_bomb_is_small_on_the_wire(simulator: Simulator) -> None:
    """A megabyte-capped reader meets the hundred megabytes only after decompression."""
    url = f"http://{simulator.sites}/"
    async with (
        aiohttp.ClientSession(auto_decompress=False) as client,
        client.get(url, headers={"Host": "bomb.example"}) as response,
    ):
        assert response.headers["Content-Encoding"] == "gzip"
        assert len(await response.read()) < 200_000


async def test_the_receiver_answers_as_its_path_says(simulator: Simulator) -> None:
    """Statuses, Retry-After, a failure that heals, a reset; every delivery is kept."""
    async with aiohttp.ClientSession() as client:

        async def post(path: str) -> tuple[int, str]:
            async with client.post(f"{simulator.api}/_hook/{path}", data=b"{}", allow_redirects=False) as response:
                return response.status, response.headers.get("Retry-After", "")

        assert await post("204") == (204, "")
        assert await post("429-2") == (429, "2")
        assert await post("301") == (301, "")
        assert [await post("fail-2-200/one") for _ in range(3)] == [(500, ""), (500, ""), (200, "")]
        with pytest.raises(aiohttp.ClientError):
            await post("reset")
    assert len(simulator.receiver.got) == 7
    assert simulator.receiver.got[0].body == b"{}"
