"""Requests as bytes and bodies without their coding: worker.gateway.http_text."""

import gzip
import zlib
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.gateway.faults import BrokenReply, ReplyTooLarge
from worker.gateway.http_text import Place, place_of, query, request_bytes, unpacked

MOST = 10_000


def place(url: str) -> Place:
    """A URL that is plain."""
    found = place_of(url)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("url", "host", "port", "target", "authority"),
    [
        ("http://api.example", "api.example", 80, "/", "api.example"),
        ("https://api.example:8443/a b?q=ä", "api.example", 8443, "/a%20b?q=%C3%A4", "api.example:8443"),
        ("http://[::1]:8080/x", "::1", 8080, "/x", "[::1]:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
    ],
)
def test_places(url: str, host: str, port: int, target: str, authority: str) -> None:
    """A URL becomes what is connected to, asked for and named in the Host header."""
    assert place(url) == Place(url.startswith("https"), host, port, target, authority)


@pytest.mark.parametrize(
    "url", ["http://user:word@api.example/", "ftp://api.example/", "/v1", "http://", "http://[::1"]
)
def test_what_is_not_plain_has_no_place(url: str) -> None:
    """URLs that need more than a connection are left to the general client."""
    assert place_of(url) is None


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text()))
def test_parameters_are_read_back(params: dict[str, str]) -> None:
    """Any text in a parameter arrives as it was; a lone surrogate arrives as a question mark."""
    expected = [(name, value.encode("utf-8", "replace").decode()) for name, value in params.items()]
    assert parse_qsl(query(params), keep_blank_values=True) == expected


def test_a_whole_request() -> None:
    """Defaults are added once, given headers win, and a body has its length."""
    message = request_bytes(
        "POST", place("https://api.example/v1?a=1"), {"b": "2 3"}, {"user-agent": "x", "X-Api-Key": "k"}, b"{}", "bot"
    )
    head, _, body = message.partition(b"\r\n\r\n")
    assert body == b"{}"
    assert head.decode().split("\r\n") == [
        "POST /v1?a=1&b=2+3 HTTP/1.1",
        "user-agent: x",
        "X-Api-Key: k",
        "Host: api.example",
        "Accept: */*",
        "Accept-Encoding: gzip, deflate",
        "Content-Type: application/octet-stream",
        "Content-Length: 2",
    ]


def test_a_body_is_framed_by_us_alone() -> None:
    """A header cannot say another length than the body has."""
    headers = {"Content-Length": "7", "Transfer-Encoding": "chunked", "Connection": "close"}
    message = request_bytes("POST", place("http://api.example/"), {}, headers, None, "bot")
    assert message.count(b"Content-Length: 0") == 1
    assert b"chunked" not in message
    assert b"close" not in message


@pytest.mark.parametrize(("name", "value"), [("X", "a\r\nY: b"), ("X", "a\nb"), ("X", "a\0"), ("X:", "a"), ("", "a")])
def test_headers_cannot_end_their_line(name: str, value: str) -> None:
    """A key with a line break in it is refused, and not quoted in the error."""
    with pytest.raises(ValueError, match="does not belong there"):
        request_bytes("GET", place("http://api.example/"), {}, {name: value}, None, "bot")


def raw_deflate(data: bytes) -> bytes:
    """Deflate without its zlib envelope, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@given(st.binary(max_size=2000))
def test_codings_are_undone(data: bytes) -> None:
    """Both kinds of deflate, gzip in one or more members, and one coding over another."""
    assert unpacked(gzip.compress(data), "gzip", MOST) == data
    assert unpacked(gzip.compress(data) * 2, "x-gzip", MOST) == data * 2
    assert unpacked(zlib.compress(data), "deflate", MOST) == data
    assert unpacked(raw_deflate(data), "Deflate", MOST) == data
    assert unpacked(gzip.compress(zlib.compress(data)), "deflate, gzip", MOST) == data
    assert unpacked(data, "identity", MOST) == data


def test_a_packed_body_is_cut_off_at_its_cap() -> None:
    """A bomb is not unfolded: neither one, nor many small ones in a row."""
    for bomb in (gzip.compress(bytes(10_000_000)), gzip.compress(bytes(MOST // 2 + 1)) * 2):
        with pytest.raises(ReplyTooLarge):
            unpacked(bomb, "gzip", MOST)


@pytest.mark.parametrize(
    ("body", "coding"),
    [(gzip.compress(b"a" * 100, mtime=0)[:-9], "gzip"), (b"no", "gzip"), (b"x", "br"), (b"\x78\x00", "deflate")],
    ids=["cut off", "no gzip", "not asked for", "no deflate"],
)
def test_damaged_codings_are_no_reply(body: bytes, coding: str) -> None:
    """A body that is cut off, is no such coding, or has one that nobody asked for."""
    with pytest.raises(BrokenReply):
        unpacked(body, coding, MOST)
