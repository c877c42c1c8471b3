"""Addresses as pages lay them out: in tables and headings, around other text, on lines of their own."""
# ruff: noqa: E501 - the table of addresses is easier to read unbroken

import pytest

from worker.providers.website import parse_page


def read(body: str, url: str = "", language: str = "") -> list[tuple[str, str, str]]:
    """(street, postal code, city) of every address."""
    finding = parse_page(f"<html lang='{language}'><body>{body}</body></html>".encode(), url, {})
    return [(a.street, a.postal_code, a.city) for a in finding.addresses]


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        ("<p>Rue du Marché 12<br>1000<br>Bruxelles</p>", "https://corde.be/", ("Rue du Marché 12", "1000", "Bruxelles")),
        ("<table><tr><td>Straat</td><td>Kerkstraat 45 bus 3</td></tr><tr><td>Postcode</td><td>9000</td></tr><tr><td>Gemeente</td><td>Gent</td></tr></table>", "https://touw.be/", ("Kerkstraat 45 bus 3", "9000", "Gent")),
        ("<dl><dt>Straße</dt><dd>Schulweg 3</dd><dt>PLZ</dt><dd>20457</dd><dt>Ort</dt><dd>Hamburg</dd></dl>", "https://seil.de/", ("Schulweg 3", "20457", "Hamburg")),
        ("<p>Av. Paulista, 1500 - 8º andar - São Paulo/SP - 01310200</p>", "https://rede.com.br/", ("Av. Paulista, 1500, 8º andar", "01310200", "São Paulo")),
        ("<p>Carretera Federal 57 Km. 12.5, Saltillo, Coahuila CP 25000</p>", "https://cuerda.mx/", ("Carretera Federal 57 Km. 12.5, Saltillo", "25000", "Coahuila")),
        ("<p>Los Aromos 345, Código Postal 8320000, Santiago, Chile</p>", "https://cuerda.cl/", ("Los Aromos 345", "8320000", "Santiago")),
        ("<p>Calle 10 # 43D-30, Medellín 050021, Antioquia</p>", "https://cuerda.com.co/", ("Calle 10 # 43D-30", "050021", "Medellín")),
        ("<p>San Martín 450 - 2000 Rosario - Santa Fe</p>", "https://cuerda.com.ar/", ("San Martín 450", "2000", "Rosario")),
        ("<p>De Lange Kade 5a<br>NL - 8011 PM Zwolle</p>", "https://touw.nl/", ("De Lange Kade 5a", "8011 PM", "Zwolle")),
        ("<p>Rynek Główny 5, Kraków 31-042</p>", "https://lina.pl/", ("Rynek Główny 5", "31-042", "Kraków")),
        ("<p>Lina S.A.<br>32-005 Niepołomice<br>ul. Wielicka 5</p>", "https://lina.pl/", ("ul. Wielicka 5", "32-005", "Niepołomice")),
        ("<p>Budapest 1117 Hunyadi János út 4.</p>", "https://kotel.hu/", ("Hunyadi János út 4", "1117", "Budapest")),
        ("<p>B-dul Unirii 45, cod poștal 030823, București, România</p>", "https://funie.ro/", ("B-dul Unirii 45", "030823", "București")),
        ("<p>400001 Cluj-Napoca, Str. Memorandumului 5</p>", "https://funie.ro/", ("Str. Memorandumului 5", "400001", "Cluj-Napoca")),
        ("<p>бул. Витоша 12, София 1000<br>тел.: 02 981 01 42</p>", "https://vuzhe.bg/", ("бул. Витоша 12", "1000", "София")),
        ("<p>119991, Москва, Ленинские горы, д.1</p>", "https://tros.ru/", ("Ленинские горы, д.1", "119991", "Москва")),
        ("<p>12 M.G. Road, Mumbai 400069</p>", "https://rassi.in/", ("12 M.G. Road", "400069", "Mumbai")),
        ("<p>45 Riccarton Road, Christchurch 8011. Phone 03-348 0142.</p>", "https://rope.co.nz/", ("45 Riccarton Road", "8011", "Christchurch")),
        ("<p>Unit 1203 Acme Tower, 6789 Ayala Avenue, Makati City 1226, Philippines</p>", "https://rope.ph/", ("Unit 1203 Acme Tower, 6789 Ayala Avenue", "1226", "Makati City")),
        ("<p>Unit 5 Mill Park, Mill Road, Dublin 12, D12 XK57</p>", "https://rope.ie/", ("Unit 5 Mill Park, Mill Road, Dublin 12", "D12 XK57", "")),
        ("<p>Church Farm, Norwich, Norfolk NR24 2PB</p>", "https://rope.co.uk/", ("Church Farm", "NR24 2PB", "Norwich")),
        ("<p>Rope Ltd<br>Church Lane<br>Little Wenham<br>Ipswich<br>Suffolk<br>IP7 6PJ</p>", "https://rope.co.uk/", ("Church Lane, Little Wenham", "IP7 6PJ", "Ipswich")),
        ("<p>Corda srl - 00187 Roma - via del Corso 12 - tel. 066790142</p>", "https://corda.it/", ("via del Corso 12", "00187", "Roma")),
        ("<p>Besuchen Sie uns in der Hafenstraße 12 in 20457 Hamburg oder rufen Sie an.</p>", "https://seil.de/", ("Hafenstraße 12", "20457", "Hamburg")),
        ("<p>Hotel - Avenida del Mar, s/n - Urb. La Cala - 29649 Mijas Costa</p>", "https://cuerda.es/", ("Avenida del Mar, s/n, Urb. La Cala", "29649", "Mijas Costa")),
        ("<p>〒153-0063<br>2-11-3, Meguro, Meguro-ku, Tokyo</p>", "https://nawa.jp/", ("2-11-3, Meguro, Meguro-ku, Tokyo", "153-0063", "")),
        ("<p>地址：上海市浦东新区张江路123号5楼<br>邮编：201203</p>", "https://sheng.cn/", ("上海市浦东新区张江路123号5楼", "201203", "上海市")),
        ("<p>123 Main Street<br>Suite 400, Springfield, IL 62704</p>", "https://acme.us/", ("123 Main Street, Suite 400", "62704", "Springfield")),
        ("<p>123 Main Street | Springfield | IL | 62704</p>", "https://acme.us/", ("123 Main Street", "62704", "Springfield")),
    ],
)  # fmt: skip
def test_addresses_as_pages_lay_them_out(body: str, url: str, expected: tuple[str, str, str]) -> None:
    """A careful reader's street, code and city."""
    found = read(body, url)
    assert expected in found or (expected[0], expected[1]) in [(street, code) for street, code, _ in found], found


def test_offices_below_headings_that_name_their_countries() -> None:
    """Each heading says how the codes below it are read, whatever the page's own country."""
    found = read(
        "<h3>France</h3><p>12, rue Neuve<br>75002 Paris</p><h3>India</h3><p>12 Lake Road<br>Bangalore 560001</p>"
        "<h3>Sweden</h3><p>Storgatan 3<br>111 22 Stockholm</p><h3>UK</h3><p>5 Mill Lane<br>Leeds LS1 2AB</p>"
    )
    assert [(street, code) for street, code, _ in found] == [
        ("12, rue Neuve", "75002"), ("12 Lake Road", "560001"), ("Storgatan 3", "111 22"), ("5 Mill Lane", "LS1 2AB"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<p>Willkommen bei uns, wir sind für Sie da und freuen uns auf Ihre Fragen. Schulweg 3, 20457 Hamburg</p>", "20457"),
        ("<p>Velkommen til oss og våre tjenester. Åpningstider. Strandkaien 2, 5013 Bergen. Telefon, ikke faks</p>", "5013"),
        ("<p>Benvenuti nella nostra azienda, i nostri prodotti sono anche per gli orari della sede. Via Roma 3, 20121 Milano</p>", "20121"),
    ],
)  # fmt: skip
def test_a_page_without_address_or_language_is_read_by_its_words(body: str, code: str) -> None:
    """What language a text is written in tells whose postal codes it holds."""
    assert code in [found for _, found, _ in read(body)]


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<p>Alpina Startimer Big Date 201</p><p>Sons of Gears - New 2016 ChocoGold</p>", "https://rope.com.au/"),
        ("<p>Vinner av 2012 Storgata cup</p><p>Høst 2011 Oslo</p>", "https://tau.no/"),
        ("<p>Plus de 12000 Clients nous font confiance, rue après rue</p>", "https://corde.fr/"),
        ("<p>Ergebnis 1 1 Lujan ARG 2378 7,5 Des 1 Des 2</p>", "https://cuerda.com.ar/"),
    ],
)
def test_years_scores_and_counts_are_no_codes(body: str, url: str) -> None:
    """Figures beside words that may name streets."""
    assert read(body, url) == []
