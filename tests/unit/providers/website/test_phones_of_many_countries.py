"""Phone numbers as they are written in many countries, on fictional pages."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re

import pytest

from worker.providers.website import PageFinding, parse_page


def page(body: str, *, lang: str = "en", host: str = "acme.example") -> PageFinding:
    """A page with this body."""
    return parse_page(f'<html lang="{lang}"><body>{body}</body></html>'.encode(), f"https://{host}/", {})


def tails(numbers: tuple[str, ...]) -> list[str]:
    """Their last nine digits."""
    return [re.sub(r"\D", "", number)[-9:] for number in numbers]


LABELLED = [
    # host, language, line, expected last digits
    ("acme.us", "en", "Phone: (312) 555-0142", "125550142"),
    ("acme.us", "en", "Call us at 312.555.0142 today", "125550142"),
    ("acme.us", "en", "Toll Free: 1-800-555-0142", "005550142"),
    ("acme.us", "en", "Tel: 312-555-0142 x 204", "125550142"),
    ("acme.us", "en", "Phone 312-555-0142 ext. 12", "125550142"),
    ("acme.ca", "fr", "Tél. : 514 555-0142", "145550142"),
    ("acme.co.uk", "en", "Telephone: 020 7946 0142", "079460142"),
    ("acme.co.uk", "en", "Tel: +44 (0)20 7946 0142", "079460142"),
    ("acme.co.uk", "en", "T 0161 496 0142", "614960142"),
    ("acme.co.uk", "en", "Call 0845 496 0142", "454960142"),
    ("acme.co.uk", "en", "Mobile: 07700 900142", "700900142"),
    ("acme.ie", "en", "Tel: 01 496 0142", "014960142"),
    ("acme.de", "de", "Telefon: 030 / 23 12 51 42", "023125142"),
    ("acme.de", "de", "Tel.: +49 (0) 89 / 123 45 67-0", "912345670"),
    ("acme.de", "de", "Fon 0221-4710142", "214710142"),
    ("acme.de", "de", "Telefon (0 30) 2312 5142", "023125142"),
    ("acme.de", "de", "Mobil: 0151 / 2312 5142", "123125142"),
    ("acme.at", "de", "Tel.: +43 1 512 01 42-0", "151201420"),
    ("acme.at", "de", "Telefon: 01/512 01 42", "015120142"),
    ("acme.ch", "de", "Tel. 044 668 01 42", "446680142"),
    ("acme.ch", "fr", "Tél. +41 22 734 01 42", "227340142"),
    ("acme.fr", "fr", "Tél : 01 42 68 53 00", "142685300"),
    ("acme.fr", "fr", "Téléphone : +33 (0)1 42 68 53 00", "142685300"),
    ("acme.fr", "fr", "Tel. 01.42.68.53.00", "142685300"),
    ("acme.be", "nl", "Tel: 02 555 01 42", "025550142"),
    ("acme.be", "fr", "Tél. +32 2 555 01 42", "225550142"),
    ("acme.nl", "nl", "T: 020 - 794 01 42", "207940142"),
    ("acme.nl", "nl", "Telefoon 0318-123456", "318123456"),
    ("acme.es", "es", "Tel: 91 123 45 67", "911234567"),
    ("acme.es", "es", "Teléfono: 934 12 34 56", "934123456"),
    ("acme.es", "es", "Estamos en la calle Sauce, junto al río, y le atendemos siempre. Teléfono 910 001 420", "910001420"),
    ("acme.pt", "pt", "Telefone: 213 456 789", "213456789"),
    ("acme.it", "it", "Tel. 06 69880142", "669880142"),
    ("acme.it", "it", "Telefono: 02/12345678", "212345678"),
    ("acme.it", "it", "Tel. +39 055 2345678", "552345678"),
    ("acme.pl", "pl", "tel. 22 555 01 42", "225550142"),
    ("acme.pl", "pl", "Telefon: (22) 555-01-42", "225550142"),
    ("acme.cz", "cs", "Tel.: 224 555 142", "224555142"),
    ("acme.cz", "cs", "Telefon: +420 224 555 142", "224555142"),
    ("acme.sk", "sk", "Tel.: 02/5555 0142", "255550142"),
    ("acme.hu", "hu", "Telefon: +36 1 555 0142", "615550142"),
    ("acme.hu", "hu", "Tel: 06 1 555 0142", "615550142"),
    ("acme.ro", "ro", "Telefon: 021 555 01 42", "215550142"),
    ("acme.se", "sv", "Tel: 08-555 101 42", "855510142"),
    ("acme.se", "sv", "Växel: 031-701 01 42", "317010142"),
    ("acme.no", "no", "Telefon: 22 55 01 42", "22550142"),
    ("acme.no", "no", "Tlf. +47 22 55 01 42", "722550142"),
    ("acme.dk", "da", "Tlf.: 33 55 01 42", "33550142"),
    ("acme.fi", "fi", "Puh. 09 555 0142", "095550142"),
    ("acme.fi", "fi", "Puhelin: +358 9 555 0142", "895550142"),
    ("acme.gr", "el", "Τηλ.: 210 555 0142", "105550142"),
    ("acme.com.tr", "tr", "Telefon: 0212 555 01 42", "125550142"),
    ("acme.com.tr", "tr", "Tel: +90 (212) 555 01 42", "125550142"),
    ("acme.ru", "ru", "Телефон: 8 (495) 555-01-42", "955550142"),
    ("acme.ru", "ru", "Тел.: +7 495 555-01-42", "955550142"),
    ("acme.com.br", "pt", "Telefone: (11) 3555-0142", "135550142"),
    ("acme.com.br", "pt", "Fone: (11) 95555-0142", "955550142"),
    ("acme.com.mx", "es", "Tel. (55) 5555 0142", "555550142"),
    ("acme.com.mx", "es", "Teléfono: 01 55 5555 0142", "555550142"),
    ("acme.com.ar", "es", "Tel: (011) 4555-0142", "145550142"),
    ("acme.cl", "es", "Teléfono: +56 2 2555 0142", "225550142"),
    ("acme.com.co", "es", "Tel: (601) 555 0142", "015550142"),
    ("acme.com.au", "en", "Phone: (02) 5550 1042", "255501042"),
    ("acme.com.au", "en", "Ph: 1300 975 707", "300975707"),
    ("acme.com.au", "en", "Mobile 0491 570 156", "491570156"),
    ("acme.co.nz", "en", "Phone: 09 555 0142", "095550142"),
    ("acme.in", "en", "Phone: 022-2555 0142", "225550142"),
    ("acme.in", "en", "Tel: +91-22-25550142", "225550142"),
    ("acme.in", "en", "Mob: 98200 12345", "820012345"),
    ("acme.sg", "en", "Tel: 6555 0142", "65550142"),
    ("acme.hk", "en", "Tel: 2555 0142", "25550142"),
    ("acme.co.jp", "ja", "TEL: 03-3555-0142", "335550142"),
    ("acme.co.jp", "ja", "電話番号：06-6555-0142", "665550142"),
    ("acme.co.jp", "ja", "ＴＥＬ　０３－３５５５－０１４２", "335550142"),
    ("acme.co.kr", "ko", "전화: 02-555-0142", "025550142"),
    ("acme.co.kr", "ko", "대표전화 1588-0142", "15880142"),
    ("acme.cn", "zh", "电话：010-6555 0142", "065550142"),
    ("acme.com.tw", "zh", "電話：(02) 2555-0142", "225550142"),
    ("acme.co.za", "en", "Tel: 011 555 0142", "115550142"),
    ("acme.co.za", "en", "Tel: +27 (0)11 555 0142", "115550142"),
    ("acme.ae", "en", "Tel: +971 4 555 0142", "145550142"),
    ("acme.co.il", "he", "טלפון: 03-555-0142", "035550142"),
    ("acme.my", "en", "Tel: 03-2555 0142", "325550142"),
    ("acme.ph", "en", "Tel: (02) 8555 0142", "285550142"),
    ("acme.co.th", "th", "โทร. 02 555 0142", "025550142"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "lang", "line", "tail"), LABELLED, ids=[f"{case[0]} {case[2]}" for case in LABELLED])
def test_a_labelled_number_is_found(host: str, lang: str, line: str, tail: str) -> None:
    """A number beside its label is a phone number, in the country's own writing, and no fax."""
    finding = page(f"<p>Acme</p><p>{line}</p>", lang=lang, host=host)
    assert tails(finding.phones) == [tail[-9:]]
    assert finding.faxes == ()


FAXES = [
    ("acme.us", "en", "Phone: 312-555-0142<br>Fax: 312-555-0143"),
    ("acme.us", "en", "P: 312-555-0142 | F: 312-555-0143"),
    ("acme.us", "en", "312-555-0142 (phone)<br>312-555-0143 (fax)"),
    ("acme.us", "en", "312-555-0142 Phone<br>312-555-0143 Fax"),
    ("acme.us", "en", "Tel 312-555-0142 Fax 312-555-0143"),
    ("acme.us", "en", "<table><tr><td>Phone</td><td>312-555-0142</td></tr><tr><td>Fax</td><td>312-555-0143</td></tr></table>"),
    ("acme.us", "en", "<dl><dt>Telephone</dt><dd>312-555-0142</dd><dt>Facsimile</dt><dd>312-555-0143</dd></dl>"),
    ("acme.us", "en", "312-555-0142(P)<br>312-555-0143 (F)"),
    ("acme.us", "en", "Tel: (312) 555-0142Fax: (312) 555-0143"),
    ("acme.de", "de", "Telefon: 0312 555 01 42<br>Telefax: 0312 555 01 43"),
    ("acme.de", "de", "Tel. 0312 5550142, Fax 0312 5550143"),
    ("acme.fr", "fr", "Tél : 03 12 55 01 42 - Télécopie : 03 12 55 01 43"),
    ("acme.fr", "fr", "Tél. 03 12 55 01 42 / Fax 03 12 55 01 43"),
    ("acme.nl", "nl", "T 031-2550142<br>F 031-2550143"),
    ("acme.pl", "pl", "tel. 12 255 01 42, faks 12 255 01 43"),
    ("acme.ru", "ru", "Тел.: (312) 555-01-42, факс: (312) 555-01-43"),
    ("acme.co.jp", "ja", "TEL：03-1255-0142　FAX：03-1255-0143"),
    ("acme.cn", "zh", "电话：021-1255 0142 传真：021-1255 0143"),
    ("acme.co.kr", "ko", "전화 02-3125-0142 팩스 02-3125-0143"),
    ("acme.com.tr", "tr", "Tel: 0312 555 01 42 Belgegeçer: 0312 555 01 43"),
    ("acme.es", "es", "Tel.: 931 255 142<br>Fax: 931 255 143"),
    ("acme.it", "it", "Tel. 031 2550142 - Fax 031 2550143"),
]  # fmt: skip


@pytest.mark.parametrize(("host", "lang", "body"), FAXES, ids=[case[2][:50] for case in FAXES])
def test_faxes_are_told_from_phones(host: str, lang: str, body: str) -> None:
    """Labels before, behind, above and beside tell which of two numbers is the fax."""
    finding = page(f"<p>Acme</p><p>{body}</p>", lang=lang, host=host)
    assert [number[-2:] for number in tails(finding.phones)] == ["42"]
    assert [number[-2:] for number in tails(finding.faxes)] == ["43"]


def test_one_number_for_both_is_both() -> None:
    """``Tel/Fax`` belongs to both lists."""
    finding = page("<p>Tel/Fax: 030 23125 142</p>", lang="de", host="acme.de")
    assert tails(finding.phones) == tails(finding.faxes) == ["023125142"]


def test_a_fax_group_names_the_numbers_below_it() -> None:
    """A label on a line of its own holds for the lines under it."""
    finding = page("<p>Fax:</p><p>Orders: 312-555-0142</p><p>Returns: 312-555-0143</p>", host="acme.us")
    assert (len(finding.phones), len(finding.faxes)) == (0, 2)


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("Tel: 312-555-0142/43/44", 3),
        ("Tel: 312-555-0142 or 312-555-0143", 2),
        ("312-555-0142 / 312-555-0143", 2),
        ("Phone: (312) 555-0142, (312) 555-0143", 2),
        ("Phones: 312 555 0142 312 555 0143", 2),
        ("+1 312 555 0142 +1 312 555 0143", 2),
    ],
)
def test_several_numbers_on_a_line(line: str, count: int) -> None:
    """Lists of numbers are taken apart, short endings completed."""
    finding = page(f"<p>{line}</p>", host="acme.us")
    assert len(finding.phones) == count
    assert len(set(tails(finding.phones))) == count
    assert all(tail.startswith("12555") for tail in tails(finding.phones))


@pytest.mark.parametrize(
    ("line", "digits"),
    [
        ("Call 1-800-ROPE-NOW", "8007673669"),
        ("1-888-ACME-INC (888-226-3462)", "8882263462"),
        ("(312) 555-ROPE", "3125557673"),
    ],
)
def test_letters_stand_for_digits(line: str, digits: str) -> None:
    """Vanity numbers are read as on a keypad, once."""
    finding = page(f"<p>{line}</p>", host="acme.us")
    assert [re.sub(r"\D", "", number)[-10:] for number in finding.phones] == [digits]


@pytest.mark.parametrize(
    ("host", "line"),
    [
        ("acme.de", "USt-IdNr.: DE 136695976"), ("acme.de", "Steuernummer 27/123/45678"), ("acme.de", "HRB 123456 B"),
        ("acme.de", "IBAN: DE02 1203 0000 0000 2020 51"), ("acme.fr", "SIRET 732 829 320 00074"), ("acme.co.uk", "Company No. 01234567"),
        ("acme.co.uk", "VAT Reg No 123 4567 82"), ("acme.us", "© 1998-2026 Acme"), ("acme.us", "Founded 12/24/2012"),
        ("acme.us", "Open 10.00 - 18.30"), ("acme.us", "Price: $1,299,000"), ("acme.us", "ISBN 978-3-16-148410-0"),
        ("acme.us", "Part no. 555-0142-77"), ("acme.com.au", "ABN 51 824 753 556"), ("acme.nl", "KvK 12345678"),
        ("acme.us", "Model 2000-2500-3000"), ("acme.us", "41.8781, -87.6298"), ("acme.us", "P.O. Box 1234567"),
        ("acme.com.br", "CNPJ 11.222.333/0001-81"), ("acme.pl", "NIP: 123-456-32-18"), ("acme.us", "2010 2011 2012 2013"),
        ("acme.us", "SKU 4006381333931"), ("acme.cz", "IČO: 25596641"), ("acme.it", "P.IVA 01234567897"),
    ],
)  # fmt: skip
def test_other_numbers_are_no_phones(host: str, line: str) -> None:
    """Registers, taxes, accounts, dates, hours, prices and products are not taken for phone numbers."""
    finding = page(f"<p>Acme</p><p>{line}</p>", host=host)
    assert finding.phones + finding.faxes == ()


def test_tel_links_count_even_without_a_visible_number() -> None:
    """A ``tel:`` link is a phone number of the page."""
    finding = page('<a href="tel:+13125550142">Call now</a>', host="acme.us")
    assert tails(finding.phones) == ["125550142"]
    assert finding.mentions["phones"][0].normal == "+13125550142"


def test_the_region_is_voted_for_without_a_country_domain() -> None:
    """Language and postal codes tell where national numbers belong."""
    finding = page("<p>Acme GmbH<br>Hauptstraße 5<br>10115 Berlin</p><p>Tel. 030 23125142</p>", lang="de")
    assert finding.mentions["phones"][0].normal == "+493023125142"
