"""Erased texts are recognised by hash in whatever form they come back, and blotted out in place; others stay."""

import time
from collections.abc import Iterable

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.erased_text import ANY, BLOT, scrub, scrub_body, text_keys

ERASED = frozenset(
    text_keys(
        ["Mara Lindqvist", "mara@acme.example", "+49 30 23125999", "https://www.linkedin.com/in/mara-l", "森川 美咲"]
    )
)


def holds(keys: Iterable[str]) -> bool:
    """Whether any of the keys is erased."""
    return not ERASED.isdisjoint(keys)


@pytest.mark.parametrize(
    "text",
    [
        "Mara Lindqvist", "MARA LINDQVIST", "Lindqvist, Mara", "mara lindqvist", "Mara  Lindqvist",
        "Mara\u00a0Lindqvist",
        "Our CEO Mara Lindqvist says", "Dr. Mara Lindqvist", "Mara Lindqvist-", "(Mara Lindqvist)", "Mara Líndqvist",
        "write to mara@acme.example.", "mailto:Mara@ACME.example?subject=x", "<mara@acme.example>",
        "030 23125999", "(030) 231-25999", "+49 30 23125999", "tel:+493023125999", "0049 30 2312 5999",
        "https://linkedin.com/in/mara-l/", "http://www.LinkedIn.com/in/mara-l?trk=x", "linkedin.com/in/mara-l/details",
        "森川 美咲", "森川美咲", "美咲 森川",
    ],
)  # fmt: skip
def test_every_spelling_is_found(text: str) -> None:
    """In prose, in markup's attributes, with other capitals, order, spaces and dialling prefixes."""
    clean = scrub(text, holds)
    assert BLOT in clean
    assert len(clean) == len(text)
    for part in ("mara", "lindqvist", "23125999", "2312", "mara-l", "美咲"):
        assert part not in clean.casefold()


@pytest.mark.parametrize(
    "text",
    [
        "Mara Nilsson", "Tamara Lindqvist", "Mara Lindqvistsson", "amara@acme.example", "mara@acme.example.org",
        "mara@other.example", "030 23125998", "linkedin.com/in/mara-lind", "acme.example", "Lindqvist. Mara is",
        "linkedin.com/company/mara-l",
        "the mara lindqvist of a long sentence in lower case, which nobody would write as a name",
    ],
)  # fmt: skip
def test_others_are_left_alone(text: str) -> None:
    """Longer words, other hosts, other numbers: the very same text comes back."""
    assert scrub(text, holds) is text


def test_a_namesake_keeps_the_name_and_nothing_else() -> None:
    """About another person the name is theirs; the erased one's address is not."""
    clean = scrub("Mara Lindqvist, mara@acme.example", holds, names=False)
    assert clean.startswith("Mara Lindqvist, ")
    assert "acme" not in clean


def test_a_company_goes_with_its_pages_and_mailboxes() -> None:
    """An erased domain covers hosts below it and addresses at it, and no longer name."""
    gone = frozenset(text_keys(["shop.example"]))
    clean = scrub(
        "See www.shop.example/a, mail x@shop.example, not workshop.example", lambda keys: not gone.isdisjoint(keys)
    )
    assert clean.count("shop.example") == 1
    assert clean.endswith("not workshop.example")


def test_bodies_stay_what_they_are() -> None:
    """JSON stays JSON and keeps its escapes' meaning; other bodies keep every other byte; clean ones are the same."""
    body = orjson.dumps({"full_name": "mara lindqvist", "emails": [{"address": "mara@acme.example"}], "size": 5})
    found = orjson.loads(scrub_body(body, holds))
    assert found == {"full_name": BLOT * 14, "emails": [{"address": BLOT * 17}], "size": 5}
    escaped = b'{"n": "M\\u0061ra Lindqvist"}'
    assert b"Lindqvist" not in scrub_body(escaped, holds)
    html = b"<p>\xff\xfe Mara Lindqvist</p>"
    assert scrub_body(html, holds).startswith(b"<p>\xff\xfe ")
    assert b"Lindqvist" not in scrub_body(html, holds)
    clean = b'{ "odd":   "spacing"}'
    assert scrub_body(clean, holds) is clean


@given(st.text(), st.text())
def test_places_stay_where_they_were(before: str, after: str) -> None:
    """Offsets counted in the text are true in the blotted one, and blotting twice is blotting once."""
    text = f"{before} Mara Lindqvist {after}"
    clean = scrub(text, holds)
    assert len(clean) == len(text)
    assert all(new in (old, BLOT) for old, new in zip(text, clean, strict=True))
    assert scrub(clean, holds) == clean


@pytest.mark.parametrize("unit", ["7", "a@", "A ", "a.", "((((", "Ab-", "+1 ", "é", "Mara "])
def test_hostile_text_takes_no_long_time(unit: str) -> None:
    """300 KB of anything is a second's work at most."""
    text = unit * (300_000 // len(unit))
    began = time.process_time()
    scrub(text, holds)
    assert time.process_time() - began < 3.0


def test_one_look_tells_that_nobody_was_erased() -> None:
    """The first key stands for all."""
    assert text_keys([])[0] == ANY
    assert ANY in ERASED
