"""Numbers that are written in ways of their own, and figures that only look like numbers."""

import pytest

from worker.providers.website import parse_page


def read(body: str, url: str = "https://acme.example/", language: str = "") -> tuple[list[str], list[str]]:
    """(E.164 forms of phones, of faxes)."""
    finding = parse_page(f"<html lang='{language}'><body>{body}</body></html>".encode(), url, {})
    return [m.normal for m in finding.mentions["phones"]], [m.normal for m in finding.mentions["faxes"]]


@pytest.mark.parametrize(
    ("body", "language", "phone"),
    [
        ("<p>Tel. 912.345.678</p><p>1000-001 Lisboa, Portugal</p>", "pt", "+351912345678"),
        ("<p>Telefon: 32.12.34.56</p><p>8000 Aarhus, Danmark</p>", "da", "+4532123456"),
        ("<p>WhatsApp 331.65.66.555</p><p>20121 Milano, Italia</p>", "it", "+393316566555"),
        ("<p>Tel: 00352 27 12 34 56</p>", "de", "+35227123456"),
        ("<p>Tel: 0044 20 7946 0123</p>", "ja", "+442079460123"),
    ],
)
def test_dots_and_leading_zeros(body: str, language: str, phone: str) -> None:
    """Dots part digits of labelled numbers in many countries, and two zeros stand for a plus everywhere."""
    assert read(body, language=language)[0] == [phone]


@pytest.mark.parametrize(
    ("body", "phones", "faxes"),
    [
        ("<p>Tel: +49 (0) 30<br>2312 5100</p>", ["+493023125100"], []),
        ("<p>Fax: 030<br>2312 5101</p>", [], ["+493023125101"]),
        ("<p>Telefon +49 30 23125-100<br>23125-101 intern</p>", ["+493023125100"], []),
    ],
)
def test_numbers_broken_over_two_lines(body: str, phones: list[str], faxes: list[str]) -> None:
    """A narrow column breaks a number; its two parts are one number, and only together."""
    seen = read(body, "https://muster.de/", "de")
    assert seen[0][: len(phones)] == phones
    assert seen[1] == faxes


def test_a_broken_numbers_evidence_is_in_the_text() -> None:
    """The place of a number over two lines spans the break."""
    finding = parse_page(b"<html lang=de><p>Tel: +49 (0) 30<br>2312 5100</p>", "https://muster.de/", {})
    mention = finding.mentions["phones"][0]
    assert finding.pages[0].text[mention.evidence.start : mention.evidence.end] == "+49 (0) 30\n2312 5100"


def test_the_second_of_two_numbers_lacks_what_they_share() -> None:
    """Behind a comma or slash only the local part is repeated."""
    body = "<p>Tel: (632) 442-0061, 929-5452</p><p>Manila, Philippines</p>"
    finding = parse_page(f"<html><body>{body}</body></html>".encode(), "https://acme.ph/", {})
    assert list(finding.phones) == ["(632) 442-0061", "(632) 929-5452"]


@pytest.mark.parametrize(
    "body",
    [
        "<p>9 10 11 12 13</p>",
        "<p>1 2 3 4 5 6 7 8 9 10</p>",
        "<p>36 / 37 / 38 / 39</p>",
        "<p>40 1/2 / 43 / 44</p>",
        "<p>Size: 35-70-125-250 grams</p>",
        "<p>S&amp;P 500</p><p>2071.92</p>",
        "<p>P.I. 02099550010</p>",
        "<p>Company ID-number: 461202-3490</p>",
        "<p>Register No. 311749.</p>",
        "<p>Routing number 322271627</p>",
        "<p>BTW BE 0100.009.968</p>",
        "<p>SOL-442-16-000001</p>",
        "<p>Dorfring 5/3 - 70741 Musterstadt</p>",
        "<p>Telefon 9-12 13-17</p>",
        "<p>&copy; 2015 1000 Lamps</p>",
        "<p>10.0.12.254</p>",
        "<p>182.001.607</p>",
    ],
)
@pytest.mark.parametrize("url", ["https://acme.dk/", "https://acme.it/", "https://acme.de/", "https://acme.hu/"])
def test_figures_that_are_no_numbers(body: str, url: str) -> None:
    """Lists, sizes, rates, registers, hours and addresses of machines are no phone numbers anywhere."""
    assert read(body, url) == ([], [])


def test_brackets_that_do_not_close() -> None:
    """A bracket that belongs to something else is no part of a number."""
    finding = parse_page(b"<p>Call us (0800/92.329 is free)</p>", "https://acme.be/", {})
    assert finding.phones == ("0800/92.329",)


@pytest.mark.parametrize(
    ("neighbour", "expected"),
    [("<p>info@acme.es</p>", ["+34612345678"]), ("<p>Art. 11</p>", []), ("<p>Tel. 912 345 678</p>", ["+34612345678"])],
)
def test_bare_digits_count_among_contacts(neighbour: str, expected: list[str]) -> None:
    """Digits alone on a line are a number only beside an address or a labelled number."""
    assert [p for p in read(f"<p>612345678</p>{neighbour}", "https://acme.es/", "es")[0] if "612" in p] == expected
