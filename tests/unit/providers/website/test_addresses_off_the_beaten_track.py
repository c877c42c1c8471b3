"""Addresses whose parts stand where few look: in columns, behind telephone lines, beside cities, without a code."""
# ruff: noqa: E501 - the table of addresses is easier to read unbroken

import pytest

from worker.providers.website import PageFinding, parse_page


def page(body: str, url: str, language: str = "") -> PageFinding:
    """A small page read."""
    head = f"<html lang='{language}'><body><h1>Acme</h1><p>Write to us.</p>"
    return parse_page(
        f"{head}{body}<p>info@acme.example</p></body>".encode(), url, {"content-type": "text/html; charset=utf-8"}
    )


def read(body: str, url: str, language: str = "") -> list[tuple[str, str, str]]:
    """(street, postal code, city) of every address."""
    return [(a.street, a.postal_code, a.city) for a in page(body, url, language).addresses]


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        # Between a state and its code.
        ("<p>12 Elm St., Oakfield, IL, Zip: 62701</p>", "https://acme.us/", ("12 Elm St.", "62701", "Oakfield")),
        ("<p>12 Elm St., Oakfield, IL (62701)</p>", "https://acme.us/", ("12 Elm St.", "62701", "Oakfield")),
        ("<p>12 Elm St., Oakfield (IL) 62701</p>", "https://acme.us/", ("12 Elm St.", "62701", "Oakfield")),
        # Lines that are no part of the address.
        ("<p>12 Elm Street<br>Phone: 217-555-0100<br>Oakfield, IL 62701</p>", "https://acme.us/", ("12 Elm Street", "62701", "Oakfield")),
        ("<p>12 Elm Street<br>Attn: Customer Service<br>Oakfield, IL 62701</p>", "https://acme.us/", ("12 Elm Street", "62701", "Oakfield")),
        ("<p>We are at 12 Elm Street in Oakfield, IL 62701.</p>", "https://acme.us/", ("12 Elm Street", "62701", "Oakfield")),
        ("<footer>© 2014 Acme SA, 4, boulevard des Ormes, 73600 Moutiers | Tél. 04 79 55 01 00</footer>", "https://acme.fr/", ("4, boulevard des Ormes", "73600", "Moutiers")),
        ("<p>12th and Elm Streets<br>Oakfield, IL 62701</p>", "https://acme.us/", ("12th and Elm Streets", "62701", "Oakfield")),
        # Further shapes of codes.
        ("<p>12 Elm Street, Carlton 3053 VIC</p>", "https://acme.com.au/", ("12 Elm Street", "3053", "Carlton")),
        ("<p>10 Elm Road, #26-04, Singapore - 079903</p>", "https://acme.com.sg/", ("10 Elm Road, #26-04", "079903", "")),
        ("<p>12 Elm Street, Sliema, SLM1432, Malta</p>", "https://acme.com/", ("12 Elm Street", "SLM1432", "Sliema")),
        ("<p>P.O. Box 309, Elm House, Grand Cayman KY1-1104</p>", "https://acme.com/", ("P.O. Box 309, Elm House", "KY1-1104", "Grand Cayman")),
        ("<p>P.O. Box 12345 - 00100 Nairobi</p>", "https://acme.co.ke/", ("P.O. Box 12345", "00100", "Nairobi")),
        ("<p>12 rue des Ormes<br>75 002 PARIS</p>", "https://acme.fr/", ("12 rue des Ormes", "75 002", "PARIS")),
        ("<p>Rua Azul, 123, Centro, CEP 01310 100</p>", "https://acme.com.br/", ("Rua Azul, 123", "01310 100", "Centro")),
        ("<p>Calle Olmo 12 (28013 Madrid)</p>", "https://acme.es/", ("Calle Olmo 12", "28013", "Madrid")),
        ("<p>Via Olmi 12 • 00100 • Roma</p>", "https://acme.it/", ("Via Olmi 12", "00100", "Roma")),
        ("<p>Jilmová 123/4, Praha 1, 110 00</p>", "https://acme.cz/", ("Jilmová 123/4", "110 00", "Praha 1")),
        ("<p>Jilmová 12, 110 00 Praha 1</p>", "https://acme.cz/", ("Jilmová 12", "110 00", "Praha 1")),
        ("<p>12 rue des Ormes<br>CS 12345<br>92100 BOULOGNE CEDEX</p>", "https://acme.fr/", ("12 rue des Ormes, CS 12345", "92100", "BOULOGNE CEDEX")),
        # Cities and countries in unusual places.
        ("<p>Dorp, 1234 AB, Iepenstraat 12</p>", "https://acme.nl/", ("Iepenstraat 12", "1234 AB", "Dorp")),
        ("<p>гр. София, 1000, ул. Бряст 12</p>", "https://acme.bg/", ("ул. Бряст 12", "1000", "София")),
        ("<p>01001, Україна, м. Київ, вул. Вязова, 12</p>", "https://acme.ua/", ("вул. Вязова, 12", "01001", "Київ")),
        ("<p>г. Москва, 123456<br>ул. Вязовая, д. 1</p>", "https://acme.ru/", ("ул. Вязовая, д. 1", "123456", "Москва")),
        ("<p>123456 г.Москва ул.Вязовая д.12</p>", "https://acme.ru/", ("ул.Вязовая д.12", "123456", "Москва")),
        ("<p>Наш адрес: 123456, Россия, Москва, Вязовая, 12</p>", "https://acme.ru/", ("Вязовая, 12", "123456", "Москва")),
        ("<p>郵便番号 100-0001<br>住所 東京都千代田区楡町1-1</p>", "https://acme.jp/", ("東京都千代田区楡町1-1", "100-0001", "千代田区")),
        ("<p>12 Elm Street, Tel Aviv 6688112, Israel</p>", "https://acme.com/", ("12 Elm Street", "6688112", "Tel Aviv")),
        ("<p>Elm Towers, Elm Road, Chennai 600 002, Tamil Nadu, INDIA</p>", "https://acme.com/", ("Elm Road", "600 002", "Chennai")),
        ("<p>Oakfield, MA 02139<br>12 Elm St.<br>617-555-0100</p>", "https://acme.us/", ("12 Elm St", "02139", "Oakfield")),
        ("<p>1060 Wien, Ulmenstraße 12/3/4</p>", "https://acme.com/", ("Ulmenstraße 12/3/4", "1060", "Wien")),
        ("<p>Ulmenstraat 190, 6700, Aarlen</p>", "https://acme.be/", ("Ulmenstraat 190", "6700", "Aarlen")),
        ("<p>10 Rue des Ormes 89100 SENS FRANCE</p>", "https://acme.fr/", ("10 Rue des Ormes", "89100", "SENS")),
        ("<p>32-36, Boulevard d'Orme<br>L-1160<br>Luxembourg</p>", "https://acme.com/", ("32-36, Boulevard d'Orme", "L-1160", "")),
        ("<p>Ulmenstr. 12<br>D-12345<br>Neustadt</p>", "https://acme.com/", ("Ulmenstr. 12", "D-12345", "Neustadt")),
        # Prose and boilerplate in front of a street.
        ("<p>© 2015 Acme | All Rights Reserved. 2140 Elm Dr, Oakfield, TX 75041 Use of this site</p>", "https://acme.us/", ("2140 Elm Dr", "75041", "Oakfield")),
        ("<p>Acme Lda., com domicílio em Rua do Ulmeiro, 56, 9000-957 Funchal</p>", "https://acme.pt/", ("Rua do Ulmeiro, 56", "9000-957", "Funchal")),
        ("<p>Acme è in viale Olmi 12/abc, 70125 BARI (Italy)</p>", "https://acme.it/", ("viale Olmi 12/abc", "70125", "BARI")),
        # A street above its number.
        ("<p>Rua do Ulmeiro,<br>Nº 608, 1º Andar<br>4745-330 Trofa</p>", "https://acme.pt/", ("Rua do Ulmeiro, Nº 608, 1º Andar", "4745-330", "Trofa")),
        # Estates, buildings and their parts.
        ("<p>Parque Empresarial Los Olmos · Edif. 3 · 28023 Madrid</p>", "https://acme.es/", ("Parque Empresarial Los Olmos, Edif. 3", "28023", "Madrid")),
        ("<p>Edifício Ulmeiro, Piso 2, 4100-136 Porto</p>", "https://acme.pt/", ("Edifício Ulmeiro, Piso 2", "4100-136", "Porto")),
    ],
)  # fmt: skip
def test_addresses_off_the_beaten_track(body: str, url: str, expected: tuple[str, str, str]) -> None:
    """Street, code and city as a reader would say them."""
    assert expected in read(body, url)


def test_offices_side_by_side_in_a_table() -> None:
    """Each column is an address of its own, and its text holds nothing of its neighbour's."""
    rows = ("12 Elm St|5 Oak Rd", "Suite 3|Suite 4", "Oakfield, IL 62701|Ashville, NC 28801")
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
    found = page(f"<table>{table}</table>", "https://acme.us/").addresses
    assert [(a.street, a.city, a.postal_code) for a in found] == [
        ("12 Elm St, Suite 3", "Oakfield", "62701"),
        ("5 Oak Rd, Suite 4", "Ashville", "28801"),
    ]
    assert [a.text for a in found] == [
        "12 Elm St, Suite 3, Oakfield, IL 62701",
        "5 Oak Rd, Suite 4, Ashville, NC 28801",
    ]


def test_a_table_with_a_column_for_each_part_is_read_by_rows() -> None:
    """The column of postal codes holds no street."""
    rows = ("Acme|12 Elm St|Oakfield|IL|62701", "Bolt|5 Oak Rd|Ashville|NC|28801")
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row.split("|")) + "</tr>" for row in rows)
    codes = {
        (street.partition(",")[0], code) for street, code, _ in read(f"<table>{table}</table>", "https://acme.us/")
    }
    assert codes == {("12 Elm St", "62701"), ("5 Oak Rd", "28801")}


def test_large_cities_say_how_to_read_a_code() -> None:
    """An international page that names cities only."""
    offices = {
        "Zurich": "Ulmenstrasse 5<br>8001 Zürich", "Vienna": "Ulmengasse 5<br>1010 Wien", "Mumbai": "7 Elm Road, Fort<br>Mumbai 400001",
        "Copenhagen": "Elmegade 5<br>1456 Copenhagen", "Seoul": "12 Elm-ro, Gangnam-gu<br>Seoul 06123", "Stockholm": "Almgatan 3<br>111 22 Stockholm",
    }  # fmt: skip
    body = "".join(f"<h3>{city}</h3><p>{lines}</p>" for city, lines in offices.items())
    found = page(f"<p>12 Elm St<br>Oakfield, IL 62701</p>{body}", "https://acme.com/").addresses
    assert [(a.country, a.postal_code) for a in found] == [
        ("US", "62701"), ("CH", "8001"), ("AT", "1010"), ("IN", "400001"), ("DK", "1456"), ("KR", "06123"), ("SE", "111 22"),
    ]  # fmt: skip


def test_a_state_with_a_code_leaves_the_next_office_its_street() -> None:
    """A town without a street above a full address."""
    body = "<p>Oakfield, MA 02139<br>12 Elm St<br>Ashville, NC 28801</p>"
    assert ("12 Elm St", "28801", "Ashville") in read(body, "https://acme.us/")


def test_a_city_of_the_same_name_elsewhere_changes_nothing() -> None:
    """A state says more than a city's name."""
    found = page("<p>12 Elm Street<br>Paris, TX 75460 United States</p>", "https://acme.com/").addresses
    assert [(a.country, a.region, a.postal_code) for a in found] == [("US", "TX", "75460")]


@pytest.mark.parametrize("intro", ["<p>Write to us at one of our offices.</p>", "<p>12 people work here</p>"])
def test_countries_that_head_their_offices(intro: str) -> None:
    """A country above an address is that one's, also where the next country follows right below it."""
    offices = (
        "<b>Italy</b><br>Acme Srl<br>Via Olmi 3<br>20100 Milano",
        "<b>Austria</b><br>Acme<br>Ulmengasse 5<br>1010 Wien",
        "<b>Czech Republic</b><br>Acme<br>Jilmová 12<br>110 00 Praha 1",
    )
    found = page("".join(f"<p>{office}</p>" for office in offices), "https://acme.com/").addresses
    assert [(a.country, a.postal_code) for a in found] == [("IT", "20100"), ("AT", "1010"), ("CZ", "110 00")]
    assert intro


def test_countries_that_end_their_offices() -> None:
    """A country below an address is that one's."""
    offices = ("Acme Srl<br>Via Olmi 3<br>20100 Milano<br>Italy", "Acme<br>Ulmengasse 5<br>1010 Wien<br>Austria")
    found = page("".join(f"<p>{office}</p>" for office in offices), "https://acme.com/").addresses
    assert [(a.country, a.postal_code) for a in found] == [("IT", "20100"), ("AT", "1010")]


@pytest.mark.parametrize(
    ("body", "url", "city", "region"),
    [
        ("<p>12 Elm Street<br>Oakfield, IL<br>62701</p>", "https://acme.us/", "Oakfield", "IL"),
        ("<p>123, rue des Ormes<br>Laval (Québec)<br>H7N 1A1</p>", "https://acme.ca/", "Laval", "Québec"),
        ("<p>12, Elm Nagar<br>Pune, Maharashtra 411001, India</p>", "https://acme.com/", "Pune", "Maharashtra"),
    ],
)
def test_a_state_on_the_line_of_a_city_is_the_region(body: str, url: str, city: str, region: str) -> None:
    """The city's name holds no state."""
    assert [(a.city, a.region) for a in page(body, url).addresses] == [(city, region)]


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<p>400 Watt - Lamp - LX400/HOR/HTL - Acmelux 53941</p>", "https://acme.us/"),
        ("<p>Staubsauger 1400 Watt Platz 1</p><p>99,90</p><p>6010 Bügeleisen</p>", "https://acme.at/"),
        ("<p>Test am Markt 5</p><p>0</p><p>28.11.2014 PC , Konsole</p>", "https://acme.de/"),
        ("<p>30 pin road for U25GT, Elm One</p>", "https://acme.co.uk/"),
        ("<p>Ulmenstraße 12</p><p>Tel. 0123 / 45678</p>", "https://acme.ch/"),
        ("<p>Modell Ulme</p><p>A-1234</p>", "https://acme.at/"),
        ("<p>Concert, Elm Street 12, Oslo, 2015 Edition</p>", "https://acme.com/"),
        ("<p>Minna gade, 30555</p><p>Minna</p><p>13766</p>", "https://acme.us/"),
    ],
)
def test_what_is_no_address(body: str, url: str) -> None:
    """Prices, part numbers, sizes and dialling codes."""
    assert read(body, url) == []


@pytest.mark.parametrize(
    ("body", "url", "street", "city", "country"),
    [
        ("<p>г. Москва, ул. Вязовая, д. 1, корп. 4</p>", "https://acme.ru/", "ул. Вязовая, д. 1, корп. 4", "Москва", "RU"),
        ("<p>Dubai, PO Box 48809</p>", "https://acme.ae/", "PO Box 48809", "Dubai", "AE"),
        ("<p>Address: 14 Elm Street, Chora, Mykonos, Greece</p>", "https://acme.com/", "14 Elm Street, Chora", "Mykonos", "GR"),
        ("<p>12 Elm Road<br>Kampala, Uganda</p>", "https://acme.com/", "12 Elm Road", "Kampala", "UG"),
    ],
)  # fmt: skip
def test_addresses_without_a_code_are_claimed_with_less_weight(
    body: str, url: str, street: str, city: str, country: str
) -> None:
    """They are no full addresses, but better than nothing where a page has no other."""
    finding = page(body, url)
    claims = {claim.field: claim for claim in finding.claims}
    assert finding.addresses == ()
    assert (claims["company_street"].value, claims["company_city"].value) == (street, city)
    assert claims["company_country"].value == country
    full = page("<p>12 Elm Street<br>Oakfield, IL 62701</p>", "https://acme.us/")
    whole = next(claim for claim in full.claims if claim.field == "company_street")
    assert claims["company_street"].confidence < whole.confidence


@pytest.mark.parametrize(
    "body",
    [
        "<p>2013, August 1st, Hellshire, Jamaica</p>",
        "<p>Concert in the square, Hanover Square 1, London on Wednesday 9th December at 7pm.</p>",
        "<p>Founded in Berlin in 1999</p>",
        "<p>Flights to Dubai from 99</p>",
    ],
)
def test_dates_and_prose_are_no_addresses(body: str) -> None:
    """A city and a number do not make an address."""
    assert not {claim.field for claim in page(body, "https://acme.com/").claims} & {"company_street", "company_address"}
