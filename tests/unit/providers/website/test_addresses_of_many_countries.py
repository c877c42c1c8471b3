"""Postal addresses as they are written in many countries, on fictional pages."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import re

import pytest

from worker.providers.website import PageFinding, parse_page


def page(body: str, *, lang: str = "en", host: str = "acme.example") -> PageFinding:
    """A page with this body."""
    return parse_page(f'<html lang="{lang}"><body>{body}</body></html>'.encode(), f"https://{host}/", {})


ADDRESSES = [
    # host, language, html, street, city, postal code
    ("acme.us", "en", "Acme Ropes<br>123 Main Street<br>Springfield, IL 62704", "123 Main Street", "Springfield", "62704"),
    ("acme.us", "en", "123 Main St., Suite 400, Springfield, IL 62704-1234", "123 Main St., Suite 400", "Springfield", "62704-1234"),
    ("acme.us", "en", "Acme Ropes, 500 W. 5th Ave, Portland, Oregon 97204 USA", "500 W. 5th Ave", "Portland", "97204"),
    ("acme.us", "en", "<b>Address:</b> 1200 Elm Road Dayton, OH 45402", "1200 Elm Road", "Dayton", "45402"),
    ("acme.us", "en", "P.O. Box 512<br>Boise, Idaho 83701", "P.O. Box 512", "Boise", "83701"),
    ("acme.us", "en", "<div>One Rope Plaza</div><div>14th Floor</div><div>New York, NY 10001</div>", "One Rope Plaza", "New York", "10001"),
    ("acme.us", "en", "77 Broad Street • Newark • NJ 07102", "77 Broad Street", "", "07102"),
    ("acme.us", "en", "4300 Highway 12 North<br>Ashland City TN 37015", "4300 Highway 12 North", "Ashland City", "37015"),
    ("acme.us", "en", "9 Canal St. | Albany, N.Y. 12207 | Tel 518-555-0142", "9 Canal St", "Albany", "12207"),
    ("acme.ca", "en", "55 Queen Street East<br>Toronto, ON M5C 1R6", "55 Queen Street East", "Toronto", "M5C 1R6"),
    ("acme.ca", "fr", "1200, rue Peel, bureau 300<br>Montréal (Québec) H3B 2T6", "1200, rue Peel", "Montréal", "H3B 2T6"),
    ("acme.co.uk", "en", "Acme Ropes Ltd<br>12 Harbour Road<br>Bristol<br>BS1 4ZZ", "12 Harbour Road", "Bristol", "BS1 4ZZ"),
    ("acme.co.uk", "en", "Unit 4, Mill Lane Industrial Estate, Leeds, West Yorkshire, LS1 2AB", "Unit 4, Mill Lane Industrial Estate", "Leeds", "LS1 2AB"),
    ("acme.co.uk", "en", "Rope House, The Quay, Poole BH15 1AA", "Rope House", "Poole", "BH15 1AA"),
    ("acme.ie", "en", "Acme Ropes, 5 Harbour Street, Galway, H91 AC12", "5 Harbour Street", "Galway", "H91 AC12"),
    ("acme.de", "de", "Acme Seile GmbH<br>Hauptstraße 12<br>10115 Berlin", "Hauptstraße 12", "Berlin", "10115"),
    ("acme.de", "de", "Am Hafen 3a · D-20457 Hamburg", "Am Hafen 3a", "Hamburg", "D-20457"),
    ("acme.de", "de", "Seilerweg 7, 80331 München, Tel. 089 123456", "Seilerweg 7", "München", "80331"),
    ("acme.de", "de", "Gewerbepark Süd 14-16<br>DE - 04103 Leipzig", "Gewerbepark Süd 14-16", "Leipzig", "DE - 04103"),
    ("acme.de", "de", "Postfach 10 11 12<br>50667 Köln", "Postfach 10 11 12", "Köln", "50667"),
    ("acme.at", "de", "Seilergasse 5/3<br>1010 Wien", "Seilergasse 5/3", "Wien", "1010"),
    ("acme.at", "de", "Hauptplatz 1, A-8010 Graz", "Hauptplatz 1", "Graz", "A-8010"),
    ("acme.ch", "de", "Bahnhofstrasse 10<br>CH-8001 Zürich", "Bahnhofstrasse 10", "Zürich", "CH-8001"),
    ("acme.ch", "fr", "Rue du Rhône 8<br>1204 Genève", "Rue du Rhône 8", "Genève", "1204"),
    ("acme.fr", "fr", "Acme Cordages<br>15 rue de la République<br>69002 Lyon", "15 rue de la République", "Lyon", "69002"),
    ("acme.fr", "fr", "12 bis, avenue Foch - 75116 PARIS", "12 bis, avenue Foch", "PARIS", "75116"),
    ("acme.fr", "fr", "ZI Nord, BP 12<br>44800 SAINT-HERBLAIN CEDEX", "ZI Nord", "SAINT-HERBLAIN", "44800"),
    ("acme.be", "nl", "Kerkstraat 45<br>2000 Antwerpen", "Kerkstraat 45", "Antwerpen", "2000"),
    ("acme.be", "fr", "Avenue Louise 100, 1050 Bruxelles", "Avenue Louise 100", "Bruxelles", "1050"),
    ("acme.nl", "nl", "Herengracht 12<br>1015 AB Amsterdam", "Herengracht 12", "Amsterdam", "1015 AB"),
    ("acme.nl", "nl", "Postbus 99, 3500 AB Utrecht", "Postbus 99", "Utrecht", "3500 AB"),
    ("acme.lu", "fr", "3, rue de l'Eau<br>L-1449 Luxembourg", "3, rue de l'Eau", "Luxembourg", "L-1449"),
    ("acme.es", "es", "Calle Mayor 10, 2º B<br>28013 Madrid", "Calle Mayor 10", "Madrid", "28013"),
    ("acme.es", "es", "Polígono Industrial Sur, nave 4 - 46012 Valencia (España)", "Polígono Industrial Sur", "Valencia", "46012"),
    ("acme.pt", "pt", "Rua do Ouro, 45<br>1100-060 Lisboa", "Rua do Ouro, 45", "Lisboa", "1100-060"),
    ("acme.it", "it", "Via Roma, 12 - 20121 Milano (MI)", "Via Roma, 12", "Milano", "20121"),
    ("acme.it", "it", "Piazza Dante 3<br>00185 Roma RM", "Piazza Dante 3", "Roma", "00185"),
    ("acme.pl", "pl", "ul. Długa 5<br>00-238 Warszawa", "ul. Długa 5", "Warszawa", "00-238"),
    ("acme.cz", "cs", "Dlouhá 12<br>110 00 Praha 1", "Dlouhá 12", "Praha", "110 00"),
    ("acme.sk", "sk", "Hlavná 7, 811 01 Bratislava", "Hlavná 7", "Bratislava", "811 01"),
    ("acme.hu", "hu", "1051 Budapest, Fő utca 5.", "Fő utca 5", "Budapest", "1051"),
    ("acme.ro", "ro", "Str. Lungă nr. 12, Brașov, 500035", "Str. Lungă nr. 12", "Brașov", "500035"),
    ("acme.se", "sv", "Storgatan 5<br>111 22 Stockholm", "Storgatan 5", "Stockholm", "111 22"),
    ("acme.no", "no", "Storgata 5<br>0155 Oslo", "Storgata 5", "Oslo", "0155"),
    ("acme.dk", "da", "Havnegade 3, 2. sal<br>1058 København K", "Havnegade 3", "København", "1058"),
    ("acme.fi", "fi", "Satamakatu 4<br>00160 Helsinki", "Satamakatu 4", "Helsinki", "00160"),
    ("acme.ee", "et", "Pikk tänav 4<br>10123 Tallinn", "Pikk tänav 4", "Tallinn", "10123"),
    ("acme.gr", "el", "Ερμού 12<br>105 63 Αθήνα", "Ερμού 12", "Αθήνα", "105 63"),
    ("acme.com.tr", "tr", "Liman Cad. No: 12<br>34710 Kadıköy / İstanbul", "Liman Cad. No: 12", "Kadıköy", "34710"),
    ("acme.ru", "ru", "123022, г. Москва, ул. Заречная, д. 5", "ул. Заречная", "Москва", "123022"),
    ("acme.com.ua", "uk", "вул. Довга, 5, м. Київ, 01001", "вул. Довга, 5", "Київ", "01001"),
    ("acme.com.br", "pt", "Rua das Cordas, 100 - Centro<br>São Paulo - SP<br>CEP 01310-100", "Rua das Cordas, 100", "", "01310-100"),
    ("acme.com.br", "pt", "Av. Paulista, 900, São Paulo - SP, 01310-100", "Av. Paulista, 900", "", "01310-100"),
    ("acme.com.mx", "es", "Calle Larga 12, Col. Centro, C.P. 06000, México", "Calle Larga 12", "", "06000"),
    ("acme.com.ar", "es", "Av. Corrientes 1234<br>C1043AAZ Buenos Aires", "Av. Corrientes 1234", "Buenos Aires", "C1043AAZ"),
    ("acme.com.au", "en", "Level 3, 50 Harbour Street<br>Sydney NSW 2000", "50 Harbour Street", "Sydney", "2000"),
    ("acme.com.au", "en", "12 Rope Road, Geelong, Victoria 3220", "12 Rope Road", "Geelong", "3220"),
    ("acme.co.nz", "en", "12 Quay Street<br>Auckland 1010", "12 Quay Street", "Auckland", "1010"),
    ("acme.in", "en", "14, Nehru Road, Andheri East<br>Mumbai - 400 069", "14, Nehru Road", "Mumbai", "400 069"),
    ("acme.in", "en", "Plot 22, Sector 5, Bengaluru 560001, Karnataka, India", "Plot 22", "Bengaluru", "560001"),
    ("acme.sg", "en", "10 Anson Road #12-01<br>Singapore 079903", "10 Anson Road", "", "079903"),
    ("acme.my", "en", "12 Jalan Ampang<br>50450 Kuala Lumpur", "12 Jalan Ampang", "Kuala Lumpur", "50450"),
    ("acme.co.jp", "ja", "〒100-0005 東京都千代田区丸の内1-2-3", "東京都千代田区丸の内1-2-3", "", "100-0005"),
    ("acme.co.jp", "en", "1-2-3 Marunouchi, Chiyoda-ku, Tokyo 100-0005, Japan", "1-2-3 Marunouchi", "Tokyo", "100-0005"),
    ("acme.co.kr", "ko", "서울특별시 중구 세종대로 12 (04512)", "서울특별시 중구 세종대로 12", "", "04512"),
    ("acme.cn", "zh", "北京市朝阳区建国路12号 邮编：100022", "北京市朝阳区建国路12号", "", "100022"),
    ("acme.com.tw", "zh", "110 台北市信義區市府路12號", "台北市信義區市府路12號", "", "110"),
    ("acme.co.za", "en", "12 Long Street<br>Cape Town<br>8001", "12 Long Street", "Cape Town", "8001"),
    ("acme.co.za", "en", "45 Rope Avenue, Sandton, 2196", "45 Rope Avenue", "Sandton", "2196"),
    ("acme.co.th", "en", "99 Rama IV Road, Bangkok 10500, Thailand", "99 Rama IV Road", "Bangkok", "10500"),
    ("acme.ph", "en", "12 Ayala Avenue, Makati City 1226, Philippines", "12 Ayala Avenue", "Makati City", "1226"),
]  # fmt: skip


def plain(text: str) -> str:
    """Letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", "", text.lower())


@pytest.mark.parametrize(
    ("host", "lang", "html", "street", "city", "code"),
    ADDRESSES,
    ids=[f"{case[0]} {case[2][:40]}" for case in ADDRESSES],
)
def test_an_address_is_found_with_street_and_postal_code(
    host: str, lang: str, html: str, street: str, city: str, code: str
) -> None:
    """One address, its postal code as written, the street piece in its street, the city where one is asked for."""
    finding = page(f"<h1>Acme</h1><p>{html}</p>", lang=lang, host=host)
    assert [plain(address.postal_code) for address in finding.addresses] == [plain(code)]
    address = finding.addresses[0]
    assert plain(street) in plain(address.street)
    if city:
        assert plain(address.city).startswith(plain(city))


@pytest.mark.parametrize(
    ("host", "html"),
    [
        ("acme.us", "Suite 1100 is on the first floor"), ("acme.us", "Over 10000 customers trust us"), ("acme.us", "Model AX 12345 and TX 500"),
        ("acme.de", "Seit 1998 Erfahrung im Seilbau"), ("acme.de", "Artikel 12345 Seil rot"), ("acme.no", "Siden 1998 Oslo"),
        ("acme.us", "<li>12 Dec 2012</li><li>Our Blog</li>"), ("acme.fr", "Capital de 50000 Euros"), ("acme.co.uk", "© 2012 Acme"),
    ],
)  # fmt: skip
def test_other_numbers_make_no_address(host: str, html: str) -> None:
    """Amounts, years and models are no postal codes."""
    assert page(f"<p>{html}</p>", host=host).addresses == ()


def test_several_offices_are_told_apart() -> None:
    """Each postal code has the street above it, in any of the page's countries."""
    finding = page(
        "<h2>Offices</h2><p>Acme Inc.<br>12 Main Street<br>Boston, MA 02110<br>USA</p>"
        "<p>Acme GmbH<br>Seilerweg 7<br>80331 München<br>Germany</p><p>Acme SARL<br>5 rue du Port<br>13002 Marseille<br>France</p>"
    )
    assert [(a.street, a.postal_code, a.country) for a in finding.addresses] == [
        ("12 Main Street", "02110", "US"),
        ("Seilerweg 7", "80331", "DE"),
        ("5 rue du Port", "13002", "FR"),
    ]


def test_structured_addresses_are_joined_with_visible_ones() -> None:
    """The same address in JSON-LD and on the page is one."""
    finding = page(
        '<script type="application/ld+json">{"@type":"Store","name":"Acme","address":{"@type":"PostalAddress","streetAddress":"12 Main Street",'
        '"addressLocality":"Boston","addressRegion":"MA","postalCode":"02110","addressCountry":"US"}}</script><p>12 Main Street<br>Boston, MA 02110</p>'
    )
    assert len(finding.addresses) == 1
    assert finding.addresses[0].evidence.start is not None


def test_an_address_quotes_the_page() -> None:
    """Offsets of an address lead to its text in the rendering."""
    finding = page("<p>Acme Ropes</p><p>12 Harbour Road<br>Bristol<br>BS1 4ZZ</p>", host="acme.co.uk")
    evidence = finding.addresses[0].evidence
    assert finding.pages[0].text[evidence.start : evidence.end] == evidence.quote == "12 Harbour Road\nBristol\nBS1 4ZZ"


def test_claims_hold_a_postal_code_without_its_countrys_letter() -> None:
    """What the page writes is for who reads the page; a record's code is the code."""
    finding = page("<h1>Acme</h1><p>Am Hafen 3a<br>D-20457 Hamburg</p>", lang="de", host="acme.de")
    assert [address.postal_code for address in finding.addresses] == ["D-20457"]
    assert [claim.value for claim in finding.claims if claim.field == "company_postal_code"] == ["20457"]
