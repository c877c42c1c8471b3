"""What is read off pages besides numbers and addresses: emails, names, facts, and pages that are no company's."""
# ruff: noqa: E501, SIM905 - pages and word lists are easier to read unbroken

import pytest

from worker.domain.finding import Outcome
from worker.providers.website import PageFinding, parse_page


def page(html: str, *, url: str = "https://acme-rope.example/", encoding: str = "utf-8", **headers: str) -> PageFinding:
    """This document at this address."""
    return parse_page(html.encode(encoding), url, headers)


def value(finding: PageFinding, field: str) -> object:
    """The first claim's value of a field."""
    return next((claim.value for claim in finding.claims if claim.field == field), None)


@pytest.mark.parametrize(
    "html",
    [
        "<p>info@acme-rope.example</p>",
        "<a href='mailto:info@acme-rope.example?subject=Hi'>write</a>",
        "<a href='mailto:Acme%20%3Cinfo@acme-rope.example%3E'>write</a>",
        "<p>info (at) acme-rope.example</p>",
        "<p>info [at] acme-rope [dot] example</p>",
        "<p>info(at)acme-rope(dot)example</p>",
        "<p>info at acme-rope dot example</p>",
        "<p>info&#64;acme-rope&#46;example</p>",
        "<p>info<span>@</span>acme-rope.example</p>",
        "<p>info@acme-rope.exampleTel 030 123</p>",
        "<p>E-Mail:info@acme-rope.example, Web: acme-rope.example</p>",
        "<p>info @ acme-rope.example</p>",
        "<p>info {ät} acme-rope {punkt} example</p>",
        "<p>info(arobase)acme-rope.example</p>",
        "<p>info chiocciola acme-rope punto example</p>",
        "<p>メール：info(アットマーク)acme-rope.example</p>",
        '<a class="__cf_email__" data-cfemail="42' + "".join(f"{b ^ 0x42:02x}" for b in b"info@acme-rope.example") + '">[email&#160;protected]</a>',
    ],
)  # fmt: skip
def test_an_email_address_is_read_however_it_is_written(html: str) -> None:
    """Plain, linked, disguised, escaped and scrambled addresses are the same address."""
    assert page(html).emails == ("info@acme-rope.example",)


@pytest.mark.parametrize(
    "html",
    ["<p>logo@2x.png</p>", "<p>you@example.com</p>", "<p>meet at noon dot</p>", "<p>a@b</p>", "<p>@acme</p>", "<p>look at the.of</p>", "<p>1@2.3</p>"],
)  # fmt: skip
def test_what_is_no_address_is_left_out(html: str) -> None:
    """File names, placeholders and prose are no addresses."""
    assert page(html).emails == ()


def test_hidden_text_is_not_on_the_page() -> None:
    """What readers cannot see is neither text nor evidence."""
    finding = page(
        '<p>Seen</p><div style="display: none">trap@acme-rope.example</div><p hidden>+49 30 23125142</p><!-- x@y.example -->'
    )
    assert (finding.emails, finding.phones, finding.pages[0].text) == ((), (), "Seen")


NAMES = [
    ("<title>Contact Us - Acme Rope Works</title>", "Acme Rope Works"),
    ("<title>Acme Rope Works | Ropes for ships</title><h1>Ropes for ships</h1>", "Acme Rope Works"),
    ("<title>Home</title><img class=logo alt='Acme Rope Works logo'><h1>Welcome</h1>", "Acme Rope Works"),
    ("<title>Welcome to Acme Rope Works!</title>", "Acme Rope Works"),
    ("<title>Impressum</title><p>Acme Rope GmbH<br>Hauptstraße 5<br>10115 Berlin</p>", "Acme Rope GmbH"),
    ("<title>Contact</title><footer>Copyright © 2009-2026 Acme Rope Works, Inc. All rights reserved.</footer>", "Acme Rope Works, Inc."),
    ("<meta property='og:site_name' content='Acme Rope Works'><title>News: a new rope</title>", "Acme Rope Works"),
    ('<script type="application/ld+json">{"@type":"Organization","name":"Acme Rope Works"}</script><title>Ropes</title>', "Acme Rope Works"),
    ('<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Ropes"},{"@type":["Store"],"name":"Acme Rope Works",}]}</script>', "Acme Rope Works"),
    ("<div itemscope itemtype='https://schema.org/LocalBusiness'><b itemprop=name>Acme Rope Works</b></div><title>Ropes</title>", "Acme Rope Works"),
    ("<div class='vcard'><span class='org fn'>Acme Rope Works</span></div><title>Contact</title>", "Acme Rope Works"),
    ("<title>会社概要｜港ロープ株式会社</title>", "港ロープ株式会社"),
    ("<title>お問い合わせ</title><p>株式会社港ロープ</p><p>〒231-0002 神奈川県横浜市中区海岸通1-2-3</p>", "株式会社港ロープ"),
]  # fmt: skip


@pytest.mark.parametrize(("html", "name"), NAMES, ids=[case[0][:50] for case in NAMES])
def test_the_owner_is_named_first(html: str, name: str) -> None:
    """The organisation's name is the first of the names, wherever it stands."""
    assert page(html).names[0] == name


@pytest.mark.parametrize(
    ("url", "html", "name"),
    [
        ("https://nhf.example/", "<title>Freight | North Harbour Freight | Leeds</title>", "North Harbour Freight"),
        ("https://acmerope.example/", "<title>Ship chandlers and more - Acme Rope - Bristol</title>", "Acme Rope"),
        ("https://intlbank.example/", "<title>Personal banking | International Bank</title>", "International Bank"),
    ],
)  # fmt: skip
def test_the_domain_decides_between_names(url: str, html: str, name: str) -> None:
    """Concatenation, acronym and prefixes of the words agree with a host."""
    assert page(html, url=url).names[0] == name


def test_facts_of_an_imprint_become_claims() -> None:
    """Registers, people, founding year, staff, hours and profiles, each in its field."""
    finding = page(
        "<html lang=de><title>Impressum</title><p>Acme Seile GmbH<br>Hauptstraße 5<br>10115 Berlin</p><p>Geschäftsführerin: Ada Quill</p>"
        "<p>Amtsgericht Berlin, HRB 12345 B</p><p>USt-IdNr.: DE 136 695 976</p><p>Gegründet 1921, heute 45 Mitarbeiter.</p><p>Mo - Fr: 9:00 - 17:00 Uhr</p>"
        "<a href='https://www.linkedin.com/company/acme-rope'>in</a><a href='https://www.facebook.com/sharer.php?u=x'>share</a>"
        "<a href='https://twitter.com/intent/tweet?text=x'>tweet</a><a href='https://www.instagram.com/acmerope/'>insta</a></html>"
    )
    assert value(finding, "company_registration_id") == "HRB 12345 B"
    assert value(finding, "company_vat_id") == "DE136695976"
    assert value(finding, "company_founded_year") == 1921
    assert value(finding, "company_employee_count") == 45
    assert value(finding, "company_linkedin_url") is not None
    assert value(finding, "company_instagram_url") is not None
    assert value(finding, "company_facebook_url") is None
    assert value(finding, "company_twitter_url") is None
    assert value(finding, "company_opening_hours") == ("Mo - Fr: 9:00 - 17:00 Uhr",)
    assert [(person["name"], person["role"]) for person in finding.people] == [("Ada Quill", "Geschäftsführerin")]


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("SIRET 732 829 320 00074", "company_registration_id", "732 829 320 00074"), ("RCS Paris B 732 829 320", "company_registration_id", "732 829 320"),
        ("Registered in England and Wales No. 1234567", "company_registration_id", "01234567"), ("Company Number: SC123456", "company_registration_id", "SC123456"),
        ("KvK-nummer: 12345678", "company_registration_id", "12345678"), ("ABN: 51 824 753 556", "company_registration_id", "51 824 753 556"),
        ("CNPJ: 11.222.333/0001-81", "company_registration_id", "11.222.333/0001-81"), ("Org.nr 556012-5790", "company_registration_id", "556012-5790"),
        ("FN 123456a", "company_registration_id", "FN 123456a"), ("Y-tunnus: 0112038-9", "company_registration_id", "0112038-9"),
        ("TVA: FR 44 732829320", "company_vat_id", "FR44732829320"), ("VAT no. GB 980 7806 84", "company_vat_id", "GB980780684"),
        ("Partita IVA IT 00743110157", "company_vat_id", "IT00743110157"), ("BTW BE 0403.170.701", "company_vat_id", "BE0403170701"),
        ("ATU13585627", "company_vat_id", "ATU13585627"), ("NIP PL 526-104-08-28", "company_vat_id", "PL5261040828"),
    ],
)  # fmt: skip
def test_register_numbers_are_read(text: str, field: str, expected: str) -> None:
    """Numbers of many registers, as people of each country cite them."""
    assert value(page(f"<p>Acme</p><p>{text}</p>"), field) == expected


@pytest.mark.parametrize(
    "text",
    [
        "USt-IdNr. DE 136695977",
        "SIRET 732 829 320 00075",
        "ABN 51 824 753 557",
        "TVA FR 45 732829320",
        "Partita IVA IT 00743110158",
    ],
)
def test_a_wrong_check_digit_is_no_number(text: str) -> None:
    """A number whose check digit is wrong is a misprint, and no claim."""
    finding = page(f"<p>{text}</p>")
    assert value(finding, "company_vat_id") is None
    assert value(finding, "company_registration_id") is None


@pytest.mark.parametrize(
    ("html", "kind", "outcome"),
    [
        ("<title>acme.example is for sale</title><p>Buy this domain today.</p>", "for_sale", Outcome.MISS),
        ("<p>Diese Domain steht zum Verkauf.</p>", "for_sale", Outcome.MISS),
        ("<p>This domain has been registered with a registrar. Under construction.</p>", "parked", Outcome.MISS),
        ("<title>Just a moment...</title><p>Verifying you are human.</p>", "challenge", Outcome.BLOCKED),
        ("<title>Attention Required! | Cloudflare</title><p>Please complete the security check to access.</p>", "challenge", Outcome.BLOCKED),
        ("<title>404 Not Found</title><p>Nothing here.</p>", "soft_404", Outcome.MISS),
        ("<title>Seite nicht gefunden</title><p>Die Seite wurde nicht gefunden.</p>", "soft_404", Outcome.MISS),
        ("<div id=root></div><noscript>You need to enable JavaScript to run this app.</noscript>", "empty_shell", Outcome.MISS),
        ("<title>Sign in</title><h1>Sign in</h1><form><input name=u><input type='password'></form>", "login", Outcome.BLOCKED),
    ],
)  # fmt: skip
def test_pages_that_are_no_companys(html: str, kind: str, outcome: Outcome) -> None:
    """Each kind is told apart, and makes no claim."""
    finding = page(html)
    assert (finding.kind, finding.outcome, finding.claims) == (kind, outcome, ())
    assert finding.reason


def test_a_company_that_sells_domains_is_a_company() -> None:
    """Words of parked pages in a long text prove nothing."""
    body = (
        "<h1>Acme Domains</h1>"
        + "<p>We help you when a domain is for sale, with advice and escrow for every budget.</p>" * 60
    )
    assert page(body).kind == ""


@pytest.mark.parametrize(
    ("encoding", "text", "head", "headers"),
    [
        ("utf-8", "Müller Łódź 東京", "", {}),
        ("utf-8", "Müller Łódź", "<meta charset=iso-8859-1>", {}),
        ("cp1252", "Müller & Söhne – Café", "", {}),
        ("cp1252", "Müller & Söhne", "<meta charset=iso-8859-1>", {}),
        ("cp1252", "Müller & Söhne", "", {"content-type": "text/html; charset=ISO-8859-1"}),
        ("cp932", "港ロープ株式会社は横浜にある会社です。お問い合わせはこちら", "", {}),
        ("euc_jp", "港ロープ株式会社は横浜にある会社です。お問い合わせはこちら", "", {}),
        ("cp932", "港ロープ株式会社", "<meta http-equiv=content-type content='text/html; charset=Shift_JIS'>", {}),
        ("cp949", "주식회사 항구로프 회사소개 오시는 길 연락처", "<meta charset=euc-kr>", {}),
        ("gb18030", "我们是一家绳索公司，地址在上海", "<meta charset=gb2312>", {}),
        ("cp1251", "Канаты и верёвки: о компании", "<meta charset=windows-1251>", {}),
        ("cp1250", "Společnost Lano, Přístavní ulice", "<meta charset=windows-1250>", {}),
        ("utf-16", "Müller & Söhne", "", {}),
        ("iso2022_jp", "港ロープ株式会社", "<meta charset=iso-2022-jp>", {}),
    ],
)  # fmt: skip
def test_any_charset_is_read(encoding: str, text: str, head: str, headers: dict[str, str]) -> None:
    """Declared, wrongly declared and undeclared encodings all give the same text."""
    finding = parse_page(f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding), "", headers)
    assert finding.pages[0].text == text


def test_links_that_lead_on_are_ranked() -> None:
    """Contact and imprint before team, in several languages, same site only, no goods."""
    finding = page(
        "<nav><a href='/produkte/seil'>Seile</a><a href='/ueber-uns'>Über uns</a><a href='/team'>Team</a><a href='/kontakt'>Kontakt</a>"
        "<a href='https://other.example/contact'>Contact</a><a href='/agb.pdf'>AGB</a></nav><footer><a href='/impressum'>Impressum</a></footer>"
    )
    assert [link.about for link in finding.links] == ["contact", "imprint", "about", "team"]


def test_broken_json_ld_is_repaired() -> None:
    """Trailing commas, control characters, entities, and a missing end are forgiven."""
    for script in (
        '{"@type":"Store","name":"Acme Rope","telephone":"+1 312 555 0142",}',
        '{"@type":"Store","name":"Acme Rope","telephone":"+1 312 555 0142"',
        '<!-- {"@type":"Store","name":"Acme\tRope","telephone":"+1 312 555 0142"} -->',
        '{&quot;@type&quot;:&quot;Store&quot;,&quot;name&quot;:&quot;Acme Rope&quot;,&quot;telephone&quot;:&quot;+1 312 555 0142&quot;}',
        '{"@type":"Store","name":"Acme Rope"}{"@type":"Organization","telephone":"+1 312 555 0142","name":"Acme Rope"}',
    ):  # fmt: skip
        finding = page(f'<script type="application/ld+json">{script}</script>')
        assert finding.phones == ("+1 312 555 0142",), script
        assert finding.names[0] == "Acme Rope", script


@pytest.mark.parametrize(
    "day",
    "Mon Tuesday Wednesdays Saturday Thurs Friday Sat Sundays daily weekdays weekends Mo Di Mittwoch Donnerstags Fr Samstag So werktags täglich lun lunedì lunes mardi martes mercredi mié jeudi"
    " jueves giovedì venerdì viernes vendredi sam sábado dimanche domingo ma wo vr za zo maandag segunda terça quarta quinta sexta pn wt śr czw pt sob nd po út st čt pá ne пн 月".split(),
)
def test_hours_are_found_whatever_the_day_is_called(day: str) -> None:
    """Every way to write a day that the pattern knows also passes the quick look at the page's words."""
    assert value(page(f"<h1>Acme Rope</h1><p>{day} 9:00 - 17:00</p>"), "company_opening_hours") == (
        f"{day} 9:00 - 17:00",
    )
