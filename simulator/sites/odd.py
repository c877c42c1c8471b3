"""Hosts that misbehave, for whoever fetches pages that strangers link to: floods, drips, loops, bad robots.txt."""

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from simulator.sites.shelf import NOT_FOUND, Page

_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}
_ORDINARY: Final = b"<!doctype html><title>Odd Ones</title><h1>Odd Ones</h1><p>Call (202) 555-0100.</p>"
_MEBIBYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Odd:
    """A page and how it is sent: ``manner`` is a fault's kind (``drip``, ``hang``, ``cut``, ``timeout``) or empty."""

    page: Page
    manner: str = ""
    pause_s: float = field(default=3600.0)


@cache
def _bomb() -> bytes:
    """100 MiB of spaces in about 100 kB."""
    return gzip.compress(b" " * (100 * _MEBIBYTE), 9, mtime=0)


@cache
def _large() -> bytes:
    return _ORDINARY + b"<p>filler</p>" * (20 * _MEBIBYTE // 13)


def _go(target: str, status: int = 302) -> Odd:
    return Odd(Page(b"", status, {"Location": target}))


def _robots(body: bytes, status: int = 200, manner: str = "") -> Callable[[str, str], Odd]:
    def answer(path: str, _: str) -> Odd:
        if path == "/robots.txt":
            return Odd(Page(body, status, {"Content-Type": "text/plain"}), manner)
        return Odd(Page(_ORDINARY, 200, _HTML))

    return answer


def _every(odd: Odd) -> Callable[[str, str], Odd]:
    return lambda path, _: odd if path != "/robots.txt" else Odd(NOT_FOUND)


def _loop(path: str, _: str) -> Odd:
    step = int(path.strip("/") or 0) if path.strip("/").isdigit() else 0
    return _go(f"/{step + 1}") if path != "/robots.txt" else Odd(NOT_FOUND)


def _to_trap(form: str) -> Callable[[str, str], Odd]:
    def answer(path: str, trap: str) -> Odd:
        port = trap.rsplit(":", 1)[-1]
        return _go(form.format(trap=trap, port=port)) if path != "/robots.txt" else Odd(NOT_FOUND)

    return answer


def _bomb_page(path: str, _: str) -> Odd:
    if path == "/robots.txt":
        return Odd(NOT_FOUND)
    return Odd(Page(_bomb(), 200, {**_HTML, "Content-Encoding": "gzip"}))


def _large_page(path: str, _: str) -> Odd:
    return Odd(Page(_large(), 200, _HTML)) if path != "/robots.txt" else Odd(NOT_FOUND)


def _robots_elsewhere(path: str, _: str) -> Odd:
    if path == "/robots.txt":
        return _go("http://closeddoor.example/robots.txt", 301)
    return Odd(Page(_ORDINARY, 200, _HTML))


_RULES: Final = b"User-agent: *\nDisallow: /private\n"
_PAGE: Final = Page(_ORDINARY, 200, _HTML)

ODD: Final[dict[str, Callable[[str, str], Odd]]] = {
    # robots.txt, as RFC 9309 has it
    "robots-404.example": _robots(b"", 404),
    "robots-403.example": _robots(b"", 403),
    "robots-429.example": _robots(b"", 429),
    "robots-503.example": _robots(b"", 503),
    "robots-hang.example": _robots(b"", 200, "timeout"),
    "robots-bom.example": _robots(b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /private\r\n"),
    "robots-large.example": _robots(_RULES + b"# padding\n" * 60_000 + b"Disallow: /late\n"),
    "robots-elsewhere.example": _robots_elsewhere,
    "robots-named.example": _robots(b"User-agent: enrichd\nDisallow: /\n\nUser-agent: *\nAllow: /\n"),
    "robots-longest.example": _robots(b"User-agent: *\nDisallow: /\nAllow: /$\nAllow: /about\nDisallow: /about/team\n"),
    # floods and slowness
    "bomb.example": _bomb_page,
    "large.example": _large_page,
    "drip.example": _every(Odd(_PAGE, "drip", 0.5)),
    "hang.example": _every(Odd(_PAGE, "hang")),
    "silent.example": _every(Odd(_PAGE, "timeout")),
    "cut.example": _every(Odd(_PAGE, "cut")),
    "longheader.example": _every(Odd(replace(_PAGE, headers={**_HTML, "X-Long": "x" * 200_000}))),
    "binary.example": _every(Odd(Page(bytes(range(256)) * 64, 200, {"Content-Type": "application/octet-stream"}))),
    "empty.example": _every(Odd(Page(b"", 200, _HTML))),
    # redirects that lead astray
    "loop.example": _loop,
    "self.example": _every(_go("/")),
    "to-loopback.example": _to_trap("http://{trap}/"),
    "to-metadata.example": _to_trap("http://169.254.169.254/latest/meta-data/"),
    "to-ipv6.example": _to_trap("http://[::1]:{port}/"),
    "to-mapped.example": _to_trap("http://[::ffff:127.0.0.1]:{port}/"),
    "to-decimal.example": _to_trap("http://2130706433:{port}/"),
    "to-userinfo.example": _to_trap("http://acme.example@{trap}/"),
    "to-file.example": _to_trap("file:///etc/passwd"),
    "to-private-name.example": _to_trap("http://private.example:{port}/"),
    "to-schemeless.example": _to_trap("//{trap}/"),
}


def odd_page(host: str, path: str, trap: str) -> Odd | None:
    """The response of an odd host, or None for any other; ``trap`` is the address that must not be reached."""
    answer = ODD.get(host)
    return answer(path, trap) if answer else None
