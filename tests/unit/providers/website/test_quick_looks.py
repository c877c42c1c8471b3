"""What is looked for only where a quick look says that it may be: the looks miss nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from worker.providers.website import parse_page
from worker.providers.website.document import Document
from worker.providers.website.elements import UNDRAWN_RARE, find_elements, parse
from worker.providers.website.hours import _DAY_WORDS, _DAYS
from worker.providers.website.outline import outline_of
from worker.providers.website.postal import RULES
from worker.providers.website.rendering import Rendering, render
from worker.providers.website.technologies import _SIGNS, find_technologies

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
