"""Pages made to cost time or to crash: each is done within a second of CPU time, and nothing is raised."""
# ruff: noqa: E501 - pages are easier to read unbroken

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.providers.website import parse_page

LIMIT_S = 1.0

HOSTILE: dict[str, Callable[[], bytes]] = {
    "one digit 300 KB": lambda: b"<p>" + b"1" * 300_000,
    "a@ 300 KB": lambda: b"<p>" + b"a@" * 150_000,
    "(((( 300 KB": lambda: b"<p>" + b"(" * 300_000,
    "digits with brackets": lambda: b"<p>" + b"(1" * 150_000,
    "digits with dashes": lambda: b"<p>" + b"1-" * 150_000,
    "digits with spaces": lambda: b"<p>" + b"1 " * 150_000,
    "10,000 nested divs": lambda: b"<div>" * 10_000 + b"x",
    "10,000 nested links": lambda: b"<a href=x>" * 10_000 + b"x",
    "nested tables": lambda: b"<table><tr><td>" * 3_000 + b"x",
    "nested dropped elements": lambda: b"<object><noscript><svg>" * 4_000 + b"x",
    "5 MB of JSON-LD": lambda: _json_ld(b'{"@type":"Organization","name":"x"},' * 140_000),
    "1.9 MB of JSON-LD": lambda: _json_ld(b'{"@type":"Organization","name":"x"},' * 54_000),
    "JSON-LD, brackets only": lambda: b'<script type="application/ld+json">' + b"[" * 1_900_000 + b"</script>",
    "JSON-LD, broken and deep": lambda: b'<script type="application/ld+json">' + b'{"a":' * 58_000 + b"</script>",
    "many JSON-LD scripts": lambda: b'<script type="application/ld+json">{"@type":"Store","name":"x"</script>' * 4_000,
    "phone after phone": lambda: b"<p>" + b"+1 312 555 0142 " * 20_000,
    "slash lists": lambda: b"<p>" + b"555 0142/" * 33_000,
    "phone lines": lambda: b"Tel: 030 23125142<br>" * 15_000,
    "postal codes": lambda: b"<p>" + b"12345 Berlin " * 23_000,
    "postal lines": lambda: b"12345 Berlin<br>" * 18_000,
    "capital words": lambda: b"<p>" + b"Aa Inc " * 43_000,
    "disguised addresses": lambda: b"<p>" + b"a [at] b " * 33_000,
    "dots": lambda: b"<p>x@" + b"a." * 150_000,
    "copyright signs": lambda: b"<p>" + "© 2020 ".encode() * 40_000,
    "founded in": lambda: b"<p>" + b"founded in " * 27_000 + b"1999",
    "roles": lambda: b"<p>" + b"CEO: Abc Def " * 23_000,
    "days": lambda: b"<p>" + b"Mon - " * 50_000 + b"1",
    "VAT numbers": lambda: b"<p>VAT " + b"DE123456789 " * 25_000,
    "vanity numbers": lambda: b"<p>" + b"800-ABCDEFG " * 25_000,
    "title segments": lambda: b"<title>" + b" | a" * 75_000,
    "links": lambda: b"<a href=/contact-us>Contact</a>" * 9_000,
    "logos": lambda: b'<img class=logo alt="Logo x">' * 10_000,
    "items": lambda: b"<div itemscope itemtype=x><span itemprop=name>x</span>" * 5_000,
    "cards": lambda: b"<div class=vcard><span class=org>x</span>" * 2_500,
    "comments": lambda: b"<!-- " * 60_000,
    "attributes": lambda: b"<a " + b"x=y " * 75_000 + b">",
    "NUL": lambda: b"\0" * 300_000,
    "every high byte": lambda: bytes(range(128, 256)) * 2_400,
    "East Asian forms": lambda: b"<p>" + "株式会社".encode() * 25_000,
}


def _json_ld(items: bytes) -> bytes:
    return b'<script type="application/ld+json">[' + items + b"{}]</script>"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_less_than_a_second(name: str) -> None:
    """No pattern backtracks and no loop is unbounded."""
    page = HOSTILE[name]()
    spent = []
    for _ in range(2):
        start = time.thread_time()
        parse_page(page, "https://acme.example/", {})
        spent.append(time.thread_time() - start)
        if spent[-1] < LIMIT_S:
            break
    assert min(spent) < LIMIT_S


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(body: bytes) -> None:
    """parse_page never raises, and what it saw is JSON-safe text."""
    finding = parse_page(body, "https://acme.example/", {"content-type": "text/html; charset=utf-8"})
    assert set(finding.seen) == {"emails", "linked_emails", "phones", "faxes", "addresses", "names"}


_BITS = st.sampled_from(
    ["<p>", "</p>", "<br>", "<div class=footer>", "</div>", "<a href='tel:+1 312'>", "</a>", "Tel: ", "Fax ", "12345 Berlin", "info@acme.example",
     "Acme GmbH", "HRB 123", "© 2020 Acme", "<title>", "</title>", "<td>", "+49 30 23125142", "Hauptstr. 5", "CEO: Ada Quill", "\u3000", "〒100-0005 ", "&amp;", "<!--"]
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(_BITS, max_size=40))
def test_every_offset_quotes_the_text(bits: list[str]) -> None:
    """Whatever the page looks like, evidence with offsets quotes the rendering exactly."""
    finding = parse_page("".join(bits).encode(), "https://acme.example/", {})
    text = finding.pages[0].text
    evidence = [e for claim in finding.claims for e in claim.evidence]
    evidence += [mention.evidence for mentions in finding.mentions.values() for mention in mentions]
    evidence += [address.evidence for address in finding.addresses]
    for item in evidence:
        if item.start is not None:
            assert text[item.start : item.end] == item.quote
