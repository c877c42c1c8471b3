"""HTTP/1.1 as text: a request's bytes, and a body without its content coding. Core.

RFC 9112 (message syntax), RFC 9110 sections 8.4 and 12.5.3 (content codings).
"""

import re
import zlib
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

import msgspec
from yarl import URL

from worker.gateway.faults import BrokenReply, ReplyTooLarge

#: What ``unpacked`` understands.
CODINGS = "gzip, deflate"
_BREAKS = re.compile(r"[\r\n\0]")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_GZIP = 16 + zlib.MAX_WBITS


class Place(msgspec.Struct, frozen=True, gc=False):
    """Where a request goes: ``host`` as it is resolved and certified, ``target`` as it stands in the request line,
    ``authority`` as it stands in the Host header."""

    secure: bool
    host: str
    port: int
    target: str
    authority: str

    @property
    def origin(self) -> tuple[bool, str, int]:
        """What connections are kept by."""
        return self.secure, self.host, self.port


@lru_cache(1024)
def place_of(url: str) -> Place | None:
    """A URL's parts; None for what needs more than a plain connection (user-info, another scheme, no host).

    >>> place_of("https://api.example/v1?a=b#top")
    Place(secure=True, host='api.example', port=443, target='/v1?a=b', authority='api.example')
    """
    try:
        parsed = URL(url)
    except ValueError:
        return None
    host, port = parsed.raw_host, parsed.port
    if parsed.scheme not in ("http", "https") or not host or port is None or parsed.raw_user is not None:
        return None
    authority = parsed.host_port_subcomponent or host
    return Place(parsed.scheme == "https", host, port, parsed.raw_path_qs, authority)


def query(params: Mapping[str, str]) -> str:
    """Parameters as ``application/x-www-form-urlencoded`` text.

    >>> query({"name": "Ada L.", "q": "a&b"})
    'name=Ada+L.&q=a%26b'
    """
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in params.items())


def request_bytes(
    method: str, place: Place, params: Mapping[str, str], headers: Mapping[str, str], body: bytes | None, agent: str
) -> bytes:
    """A whole request. Raises ValueError for header text that would end its line, and for names that are none."""
    target = place.target
    if params:
        target = f"{target}{'&' if '?' in target else '?'}{query(params)}"
    lines = [f"{method} {target} HTTP/1.1"]
    given = set()
    for name, value in headers.items():
        if _BREAKS.search(value) or not _TOKEN.fullmatch(name):
            raise ValueError("a request header holds what does not belong there")
        lower = name.lower()
        if lower not in ("content-length", "transfer-encoding", "connection"):
            given.add(lower)
            lines.append(f"{name}: {value}")
    if "host" not in given:
        lines.append(f"Host: {place.authority}")
    if "user-agent" not in given:
        lines.append(f"User-Agent: {agent}")
    if "accept" not in given:
        lines.append("Accept: */*")
    if "accept-encoding" not in given:
        lines.append(f"Accept-Encoding: {CODINGS}")
    if body is not None:
        if "content-type" not in given:
            lines.append("Content-Type: application/octet-stream")
        lines.append(f"Content-Length: {len(body)}")
    elif method != "GET":
        lines.append("Content-Length: 0")
    lines.append("\r\n")
    return "\r\n".join(lines).encode() + (body or b"")


def unpacked(body: bytes, coding: str, most: int) -> bytes:
    """A body without its content coding. Raises ReplyTooLarge beyond ``most`` bytes, BrokenReply for a body that is
    not what it says."""
    out = body
    for name in reversed([part.strip().lower() for part in coding.split(",")]):
        if name in ("gzip", "x-gzip"):
            out = _inflated(out, _GZIP, most)
        elif name == "deflate":
            # RFC 9110, 8.4.1.2: some send the bare stream without its zlib envelope
            out = _inflated(out, zlib.MAX_WBITS if out[:1] and out[0] & 0xF == 8 else -zlib.MAX_WBITS, most)
        elif name not in ("", "identity"):
            raise BrokenReply("a content coding that was not asked for")
    return out


def _inflated(data: bytes, wbits: int, most: int) -> bytes:
    parts, size = [], 0
    while data:
        inflater = zlib.decompressobj(wbits)
        try:
            part = inflater.decompress(data, most - size + 1)
        except zlib.error as error:
            raise BrokenReply("its content coding is damaged") from error
        size += len(part)
        if size > most:
            raise ReplyTooLarge
        if not inflater.eof:
            raise BrokenReply("its content coding ends early")
        parts.append(part)
        # gzip allows members one after the other (RFC 1952, 2.2); anything else behind the end is padding
        data = inflater.unused_data if wbits == _GZIP and inflater.unused_data[:2] == b"\x1f\x8b" else b""
    return b"".join(parts)


def _quoted(text: str) -> str:
    return text if text.isalnum() and text.isascii() else quote_plus(text, errors="replace")
