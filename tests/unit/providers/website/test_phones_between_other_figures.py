"""Phone numbers among accounts, registers and lists, and addresses of mail that only show how one is written."""
# ruff: noqa: E501 - the table is easier to read unbroken

import re

import pytest

from worker.providers.website import parse_page


def digits(values: tuple[str, ...]) -> list[str]:
    """Their digits."""
    return [re.sub(r"\D", "", value) for value in values]


@pytest.mark.parametrize(
    ("host", "body", "phones", "faxes"),
    [
        ("corde.be", "T +32 (0)51 22 01 42<br>IBAN BE68 5390 0754 7034", ["32051220142"], []),
        ("seil.de", "Tel.: (02 01) 2 20 01 42<br>IBAN DE89 3704 0044 0532 0130 00 · BLZ 370 400 44", ["02012200142"], []),
        ("tau.no", "Telefon 22 33 01 42<br>Telefaks 22 33 01 43<br>Org.nr. NO 912 345 678 MVA", ["22330142"], ["22330143"]),
        ("virve.lv", "Tālr. 67220142, fakss 67220143", ["67220142"], ["67220143"]),
        ("day.vn", "Hotline: 0903 123 142<br>MST: 0301234567", ["0903123142"], []),
        ("rope.ph", "Unit 3, 12 Ayala Avenue, Makati City, Metro Manila. (632) 8812-0142 / 0917-555-0142", ["63288120142", "09175550142"], []),
        ("rope.com.my", "Lot 5, Jalan Perusahaan 3, 13600 Prai, Pulau Pinang. 04-390 0142 and more words", ["043900142"], []),
        ("tros.ru", "Екатеринбург, пр-т Ленина 24/8, 8 800 555-01-42 (звонок бесплатный)", ["88005550142"], []),
        ("rope.co.uk", "Mobile 07700 900 142 / 07700 900 143", ["07700900142", "07700900143"], []),
        ("sheng.cn", "电话：0755-83101420/83101421/83101422 传真：0755-83101423 QQ：123456789 客服热线：400-820-0142", ["075583101420", "075583101421", "075583101422", "4008200142"], ["075583101423"]),
        ("corde.fr", "Tél./Fax : 04 91 55 01 42 - Port. : 06 12 34 01 42", ["0491550142", "0612340142"], ["0491550142"]),
        ("nawa.jp", "<dl><dt>電話</dt><dd>06-6555-0123</dd><dt>FAX</dt><dd>06-6555-0129</dd><dt>法人番号</dt><dd>9999000000033</dd></dl>", ["0665550123"], ["0665550129"]),
        ("acme.us", "Part no. 555-0142-77. Item #: 301-555-0142", [], []),
        ("rope.com.au", "Telephone 02 9261 0142, ACN 123 456 789 AFSL 123456", ["0292610142"], []),
        ("touw.example", "Telefoon: 020-624 01 42", ["0206240142"], []),
        ("cuerda.example", "Tels. 937 290 142 - 937 290 143", ["937290142", "937290143"], []),
        ("rope.ie", "Mob 087 270 0142 Reg. 123456 CHY 1234", ["0872700142"], []),
    ],
)  # fmt: skip
def test_numbers_and_what_only_looks_like_them(host: str, body: str, phones: list[str], faxes: list[str]) -> None:
    """The numbers that a reader would dial, and no others."""
    finding = parse_page(f"<p>{body}</p>".encode(), f"https://{host}/", {})
    assert (digits(finding.phones), digits(finding.faxes)) == (phones, faxes)


@pytest.mark.parametrize(
    "placeholder",
    ["nom@domaine.fr", "ejemplo@ejemplo.com", "tu@correo.com", "ihre-email@ihre-domain.de", "prenom.nom@exemple.com", "name@yourcompany.com", "max.mustermann@muster.de"],
)  # fmt: skip
def test_addresses_that_show_how_one_is_written(placeholder: str) -> None:
    """Forms explain themselves with addresses that are nobody's."""
    finding = parse_page(f"<p>{placeholder} info@acme.example su-sail@mail.ru</p>".encode(), "", {})
    assert finding.emails == ("info@acme.example", "su-sail@mail.ru")
