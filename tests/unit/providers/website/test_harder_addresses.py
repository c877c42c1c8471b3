"""Addresses with little to go by: no house number, a code on its own line, separators, neighbours that mislead."""
# ruff: noqa: E501 - the table of addresses is easier to read unbroken

import pytest

from worker.providers.website import parse_page


def read(body: str, url: str, language: str = "") -> list[tuple[str, str, str]]:
    """(street, postal code, city) of every address."""
    finding = parse_page(f"<html lang='{language}'><body>{body}</body></html>".encode(), url, {})
    return [(a.street, a.postal_code, a.city) for a in finding.addresses]


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        ("<p>Place de la Fontaine<br>41020 Blois Cedex</p>", "https://acme.fr/", ("Place de la Fontaine", "41020", "Blois Cedex")),
        ("<p>Maison du Lac n° 14, 31290 Gardouch</p>", "https://acme.fr/", ("Maison du Lac n° 14", "31290", "Gardouch")),
        ("<p>Cuesta Alta 61<br>Burgos, 09438</p>", "https://acme.es/", ("Cuesta Alta 61", "09438", "Burgos")),
        ("<p>Canale Nuovo, 18, 38020 Cloz (TN)</p>", "https://acme.it/", ("Canale Nuovo, 18", "38020", "Cloz")),
        ("<p>Αγίου Τίτου 81,<br>90830 Αλεξανδρούπολη</p>", "https://acme.gr/", ("Αγίου Τίτου 81", "90830", "Αλεξανδρούπολη")),
        ("<p>Backstigen 3<br>118 19 Uddevalla</p>", "https://acme.se/", ("Backstigen 3", "118 19", "Uddevalla")),
        ("<p>Jacksteeg 9<br>4821 XG<br>Weurt</p>", "https://acme.nl/", ("Jacksteeg 9", "4821 XG", "Weurt")),
        ("<p>12, Lake Marg, Pune-411001</p>", "https://acme.in/", ("12, Lake Marg", "411001", "Pune")),
        ("<p>ул. Речная, д. 1, 123456</p>", "https://acme.ru/", ("ул. Речная, д. 1", "123456", "")),
        ("<p>Acme | 1 Claire Prairie | Newtown | S6 3DX | 0114 496 0123</p>", "https://acme.co.uk/", ("1 Claire Prairie", "S6 3DX", "Newtown")),
        ("<p>1450, rang des Ormes, Saguenay (Québec) G7H 4J5</p>", "https://acme.ca/", ("1450, rang des Ormes", "G7H 4J5", "Saguenay")),
        ("<p>Oxford 22 Westgate Lane, OX1 1NZ</p>", "https://acme.co.uk/", ("22 Westgate Lane", "OX1 1NZ", "Oxford")),
        ("<p>Reading Unit 6, Abbey Wharf, Reading RG1 3BD</p>", "https://acme.co.uk/", ("Unit 6, Abbey Wharf", "RG1 3BD", "Reading")),
        ("<p>Acme is a charity with the number 1099887. 40 Tannery Yard, Leeds LS9 8AH.</p>", "https://acme.co.uk/", ("40 Tannery Yard", "LS9 8AH", "Leeds")),
        ("<p>Köln: Hafenbogen 1, 50678 Köln</p>", "https://acme.de/", ("Hafenbogen 1", "50678", "Köln")),
        ("<p>4 Palm road<br>New Mumbai,<br>India 400 705</p>", "https://acme.com/", ("4 Palm road", "400 705", "New Mumbai")),
        ("<p>CEP 01234567<br>Rua Azul, 5, Centro, CEP 01234567</p>", "https://acme.com.br/", ("Rua Azul, 5", "01234567", "Centro")),
        ("<p>95 หมู่ 5 ถ.สายไหม ต.บางดี ขอนแก่น 24710</p>", "https://acme.th/", ("95 หมู่ 5 ถ.สายไหม ต.บางดี ขอนแก่น", "24710", "")),
    ],
)  # fmt: skip
def test_addresses_with_little_to_go_by(body: str, url: str, expected: tuple[str, str, str]) -> None:
    """What a country's readers take for an address is one."""
    assert expected in read(body, url)


def test_a_bracketed_or_following_province_is_the_region() -> None:
    """Spaniards name the province behind the city."""
    finding = parse_page(
        "<html lang=es><p>Ctra. de la Sierra 14, 04850 Cantoria, Almería · Tel</p>".encode(), "https://acme.es/", {}
    )
    assert [(a.city, a.region) for a in finding.addresses] == [("Cantoria", "Almería")]


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<p>In den Warenkorb</p><p>4096MB Grafik 970 Ultra</p>", "https://acme.de/"),
        ("<p>Zum Merkzettel</p><p>1000GB Platte DM003</p>", "https://acme.de/"),
        ("<p>Lampe A 19</p><p>21 - 100 Watt Equal</p>", "https://acme.com/"),
        ("<p>Tablet Nova 7</p><p>G2 8GB</p>", "https://acme.hu/"),
        ("<p>Mirror 1: 08.12.2014</p><p>4763 MB</p>", "https://acme.ch/"),
        ("<p>Wagen 107, Wagen 208</p><p>3008 Wagen</p>", "https://acme.dk/"),
        ("<p>Archives 2013</p><p>2012 Archives</p>", "https://acme.com.au/"),
        ("<p>Climate talks 2015</p><p>World day 2015</p>", "https://acme.co.nz/"),
        ("<p>Staubsauger AM-H-E 87</p><p>1400 Watt</p>", "https://acme.at/"),
    ],
)
def test_products_and_archives_are_no_addresses(body: str, url: str) -> None:
    """Memory, watts, years and models beside a number make no address."""
    assert read(body, url) == []


def test_a_hostile_street_is_left_quickly() -> None:
    """Long runs of what begins a street or a city cost no time."""
    body = "<p>" + "1 Rua " * 20_000 + "12345 X</p><p>" + "Aa " * 20_000 + "</p>"
    assert isinstance(read(body, "https://acme.com.br/"), list)
