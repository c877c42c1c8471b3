"""Which URLs and addresses may be reached."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.address import is_public, literal, parse_target, plain_host, refused_address
from worker.gateway.resolver import PublicResolver
from worker.gateway.robots import Rules, rules_from
from worker.gateway.safe_fetch import hosts_from


@given(st.ip_addresses())
def test_public_is_never_wider_than_the_registries(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """What is public here is global and unicast for the standard library too."""
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast


@given(st.ip_addresses(v=4))
def test_an_embedded_address_is_never_public_when_it_is_not(address: ipaddress.IPv4Address) -> None:
    """No IPv6 notation of an inner IPv4 address passes."""
    if is_public(address):
        return
    number = int(address)
    for embedded in (
        (0xFFFF << 32) | number,
        number,
        (0x0064_FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0x2001_0000 << 96) | (number ^ 0xFFFF_FFFF),
        (0x2A00_1450 << 96) | (0x5EFE << 32) | number,
    ):
        assert not is_public(ipaddress.IPv6Address(embedded))


@pytest.mark.parametrize("text", ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001::1"])
def test_ordinary_addresses_are_public(text: str) -> None:
    """The check does not shut the world out."""
    assert refused_address(ipaddress.ip_address(text)) is None


def test_the_operator_may_allow_a_network() -> None:
    """An exception counts for its network only."""
    allowed = (ipaddress.ip_network("10.1.0.0/16"),)
    assert refused_address(ipaddress.ip_address("10.1.2.3"), allowed) is None
    assert refused_address(ipaddress.ip_address("10.2.2.3"), allowed) is not None


@pytest.mark.parametrize(
    ("url", "target", "port"),
    [
        ("http://Acme.Example", "http://acme.example", 80),
        ("https://acme.example:443/a?b=c", "https://acme.example/a?b=c", 443),
        ("http://acme.example.:8080/", "http://acme.example:8080/", 8080),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/ü", 443),
        ("http://93.184.216.34/", "http://93.184.216.34/", 80),
        ("http://[2606:4700::1]:8080/", "http://[2606:4700::1]:8080/", 8080),
    ],
)
def test_ordinary_urls_are_taken_apart(url: str, target: str, port: int) -> None:
    """Hosts are lower-case ASCII, default ports are left out, the rest stays."""
    found = parse_target(url)
    assert (found.url, found.port) == (target, port)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    """Anything at all is a target or is refused as bad input."""
    for url in (text, f"http://{text}/", f"http://acme.example{text}", f"https://{text}@acme.example/"):
        try:
            target = parse_target(url)
        except PageRefused as refused:
            assert refused.outcome == Outcome.BAD_INPUT  # noqa: PT017 - both ends are fine, nothing else is
        else:
            assert target.scheme in ("http", "https")
            assert "@" not in target.url.split("/")[2]


@pytest.mark.parametrize("host", ["0x7f.1", "2130706433", "0177.0.0.1", "127.1", "1", "0x", "1.2.3.4.5", "256.1.1.1"])
def test_odd_notations_are_refused(host: str) -> None:
    """What libraries read differently is read by nobody here."""
    with pytest.raises(PageRefused):
        literal(host)


@pytest.mark.parametrize("host", ["", ".", "%31", "a%25b", "xn--\udce4.example"])
def test_hosts_that_are_none(host: str) -> None:
    """Empty, encoded and broken hosts are refused."""
    with pytest.raises(PageRefused):
        plain_host(host)


def test_stand_ins_by_name_suffix_and_for_all() -> None:
    """The exact name first, then the nearest suffix, then the star."""
    places = {"acme.example": ("127.0.0.1", 1), ".example": ("127.0.0.1", 2), "*": ("127.0.0.1", 3)}
    resolver = PublicResolver(places)
    assert [resolver.stand_in(name) for name in ("acme.example", "b.example", "c.test")] == list(places.values())
    assert PublicResolver({}).stand_in("acme.example") is None
    assert hosts_from(" A.example=127.0.0.1:8080 , *=127.0.0.1:9 ,") == {
        "a.example": "127.0.0.1:8080",
        "*": "127.0.0.1:9",
    }


@pytest.mark.parametrize(
    ("status", "allowed"), [(200, True), (204, True), (401, True), (403, True), (404, True), (429, False), (500, False)]
)
def test_what_a_robots_txt_status_means(status: int, allowed: bool) -> None:
    """No rules allow, a failing server does not."""
    assert rules_from(status, b"").allows("https://acme.example/team", "enrichd") is allowed


def test_robots_rules_after_the_rfc() -> None:
    """Longest match, allow on a tie, our own group, wildcards, and robots.txt itself."""
    rules = rules_from(
        200,
        b"\xef\xbb\xbfUser-agent: EnrichD\nDisallow: /a\nAllow: /a/b\nDisallow: /*.pdf$\nCrawl-delay: 99\n"
        b"User-agent: *\nDisallow: /\n",
    )
    allowed = {
        path: rules.allows(f"https://acme.example{path}", "enrichd")
        for path in ("/", "/a", "/a/b/c", "/x.pdf", "/x.pdf?y", "/robots.txt")
    }
    assert allowed == {"/": True, "/a": False, "/a/b/c": True, "/x.pdf": False, "/x.pdf?y": True, "/robots.txt": True}
    assert rules.delay_s("enrichd") == 10.0
    assert Rules().delay_s("enrichd") == 0.0
