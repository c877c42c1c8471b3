"""What is looked for only where a quick look says that it may be: the looks miss nothing."""

import re
import string
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from worker.providers.website import parse_page
from worker.providers.website.charset import _AROUND_HIGH, _around_high
from worker.providers.website.document import Document
from worker.providers.website.elements import UNDRAWN_RARE, find_elements, parse
from worker.providers.website.hours import _DAY_WORDS, _DAYS
from worker.providers.website.labels import label_alone, label_before
from worker.providers.website.outline import outline_of
from worker.providers.website.postal import RULES
from worker.providers.website.region import country_names
from worker.providers.website.registers import _REGISTERS
from worker.providers.website.rendering import Rendering, render
from worker.providers.website.technologies import _SIGNS, find_technologies
from worker.providers.website.text_keys import small

URL = "https://www.acme.example/"
CODES = (
    "10 Main St, Springfield, IL62701",
    "Ottawa ON K1A 0B1",
    "London SW1A 2AA",
    "london sw1a 2aa",
    "1012 AB Amsterdam",
    "1012AB Amsterdam",
    "00-950 Warszawa",
    "00 - 950, Warszawa",
    "D-10115 Berlin",
    "CH – 8001 Zürich",
    "LV-1010 Riga",
    "Sydney NSW 2000",
    "Perth, Western Australia 6000",
    "Canberra A.C.T. 2600",
    "〒100-0001 東京都",
    "邮编：100000",
)


def drawn(markup: str) -> Rendering:
    """The rendering of a piece of markup."""
    parser = parse(markup)
    return render(parser, find_elements(parser))


@pytest.mark.parametrize("line", CODES)
def test_no_postal_rule_is_left_out_where_its_code_stands(line: str) -> None:
    """Every rule that finds a code on a line is one that the page's outline and words let through."""
    page = drawn(f"<p>{line}</p>")
    matching = [rule for rule in RULES if rule.pattern.search(line)]
    assert matching
    for rule in matching:
        assert page.may_say(rule.words, rule.shapes)
        if rule.shapes and not rule.words and not page.foreign:
            assert any(shape in outline_of(line) for shape in rule.shapes)


@given(st.text(alphabet=" \nAaZz09é’ü—×Œβ日５.,-", max_size=80))
def test_words_of_a_page_are_those_of_its_text(text: str) -> None:
    """Words of two letters and more are the same as a pattern finds, whatever stands between them."""
    page = drawn(f"<p>{text}</p>")
    words = {word for word in page.exact if len(word) > 1}
    assert words == set(re.findall(r"[^\W\d_]{2,30}", page.text))


@pytest.mark.parametrize("name", UNDRAWN_RARE)
def test_rare_elements_that_are_not_drawn_leave_no_text(name: str) -> None:
    """Their text is not in the rendering, what stands around them is one line."""
    assert drawn(f"<p>be<{name}><b>unseen</b></{name}>fore</p>").lines == ["before"]


def test_one_look_tells_markup_from_plain_pages() -> None:
    """Items of microdata, RDFa and hCard are noticed; a page without any has none."""
    for attributes in ("itemscope", "typeof=Organization", 'class="x vcard"', 'class="adr"'):
        assert find_elements(LexborHTMLParser(f"<body><div {attributes}>x</div>")).marked
    assert not find_elements(LexborHTMLParser("<body><div class=card>x</div><script></script><svg></svg>")).marked


def test_day_words_are_days() -> None:
    """Each word that lets a page be searched for hours is one that the search finds."""
    assert all(re.fullmatch(_DAYS, word, re.I) for word in _DAY_WORDS)


@pytest.mark.parametrize(("name", "sign"), _SIGNS)
def test_every_sign_of_a_product_is_found(name: str, sign: str) -> None:
    """A product is found by each of its signs, also inside of a longer address."""
    assert name in find_technologies(Document(URL, scripts=[f"https://cdn9.x{sign}y"]))


def test_contact_page_behind_the_own_host_however_written() -> None:
    """Links to the own host count, with www, port or without a scheme; the same paths of other hosts do not."""
    page = (
        b"<a href='HTTPS://acme.example/contact'>Contact</a><a href='//www.acme.example/about-us?x'>About us</a>"
        b"<a href='https://other.example/impressum'>Impressum</a>"
    )
    assert {link.about for link in parse_page(page, URL, {}).links} == {"contact", "about"}


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("p1", "À propos"), ("apropos.html", "x"), ("p1", "o nas"), ("/o-nama/", "x"), ("p1", "Om oss"),
        ("omoss.php", ""), ("p1", "Za nas"), ("chisiamo.htm", "x"), ("p1", "Chi siamo"), ("p1", "Our story"),
    ],
)  # fmt: skip
def test_short_words_lead_to_what_is_said_of_a_company(href: str, text: str) -> None:
    """Names of pages that begin with a very short word, or run two words together, are noticed."""
    page = f"<p>Acme makes anvils.</p><a href='/x'>A home</a><a href='{href}'>{text}</a>".encode()
    assert [link.about for link in parse_page(page, URL, {}).links] == ["about"]


@given(st.lists(st.sampled_from([b"a", b"bcdefghijkl", b"<", b">", b"\x80", b"\xff\xfe"]), max_size=60).map(b"".join))
def test_text_around_letters_is_what_a_search_finds(body: bytes) -> None:
    """Going back from each byte that is not ASCII gives what a search from the beginning gives."""
    assert list(_around_high(body)) == _AROUND_HIGH.findall(body)


@pytest.mark.parametrize(("name", "signs", "pattern"), [row[:3] for row in _REGISTERS])
def test_numbers_of_a_register_carry_one_of_its_signs(
    name: str, signs: tuple[str, ...], pattern: re.Pattern[str]
) -> None:
    """Whatever a register's expression finds has a sign of it, without which the expression is not tried."""
    letters = sorted({*string.printable[:95], *(c for c in pattern.pattern if c.isalpha())})

    @settings(max_examples=40)
    @given(st.from_regex(pattern, fullmatch=True, alphabet=st.sampled_from(letters)))
    def carry(text: str) -> None:
        lowered = small(text).replace(".", "")
        assert any(sign in lowered for sign in signs), name

    carry()


def test_labels_in_capitals_are_labels() -> None:
    """The case of a label makes no difference, nor do the two letters i of Turkish."""
    assert [label_alone(text) for text in ("TELEFON", "Telefon:", "FAKS", "MOBİL", "ＴＥＬ")] == [
        "phone", "phone", "fax", "phone", "phone",
    ]  # fmt: skip
    assert [label_before(text) for text in ("FAX: ", "Mobıl ", "VERGİ NO: ")] == ["fax", "phone", "veto"]


@pytest.mark.parametrize(("text", "country"), [("U.S.A.", "US"), ("U.K.", "GB"), ("U.A.E.", "AE"), ("R.O.C.", "TW")])
def test_dotted_names_of_countries_are_names(text: str, country: str) -> None:
    """An abbreviation with dots counts, whatever letters it is made of."""
    assert country_names(drawn(f"<p>Made in the {text} by Acme</p>")) == {country: 1}


_PIECES = (
    "a", "b1", "_x", ".", "..", "/", "//", "?", "=", "&", "-", "#", "é", ";", "%20", "index.html", "http:", "https:",
    "acme.example",
)  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), max_size=7))
def test_addresses_are_joined_as_the_standard_says(parts: list[str]) -> None:
    """What is put together quickly is what the slow way gives."""
    href = "".join(parts)
    assert Document(f"{URL}a/b?c").absolute(href) == urljoin(f"{URL}a/b?c", href)
