"""Names that a company bore before, who is named on an imprint line, and mail that only a link knows."""
# ruff: noqa: E501 - tables of snippets are easier to read unbroken

import pytest

from worker.providers.website import PageFinding, parse_page


def read(body: str, title: str, url: str = "https://acme.example/") -> PageFinding:
    """The finding of a page with a title."""
    return parse_page(f"<html><title>{title}</title><body>{body}</body></html>".encode(), url, {})


def values(finding: PageFinding, field: str) -> list[object]:
    """A field's values, in order."""
    return [claim.value for claim in finding.claims if claim.field == field]


@pytest.mark.parametrize(
    ("body", "title", "former"),
    [
        ("<h1>Larchmere</h1><p>Larchmere, formerly Pebble Works Ltd, makes kites.</p>", "Larchmere", ["Pebble Works Ltd"]),
        ("<h1>Larchmere</h1><p>Larchmere (früher Kiesel Werke GmbH)</p>", "Larchmere", ["Kiesel Werke GmbH"]),
        ("<h1>Larchmere</h1><p>Larchmere, anciennement Les Galets, fabrique.</p>", "Larchmere", ["Les Galets"]),
        ("<h1>Larchmere</h1><p>We make kites (formerly known as Pebble Works).</p>", "Larchmere", ["Pebble Works"]),
        ("<h1>Larchmere</h1><p>Founded 1953 as Mill Workers Union.</p>", "Larchmere", ["Mill Workers Union"]),
        ("<h1>Pebble Works is now Larchmere</h1><p>&copy; Larchmere</p>", "Larchmere", ["Pebble Works"]),
        ("<h1>Larchmere</h1><p>Renamed from Pebble Works to Larchmere in 2020.</p>", "Larchmere", ["Pebble Works"]),
        ("<h1>Larchmere</h1><p>Anna Kite, formerly Director of Sales at Pebble Works.</p>", "Larchmere", []),
        ("<h1>Larchmere</h1><p>Open earlier than before. Früher Vogel spart Geld.</p>", "Larchmere", []),
        ("<h1>Larchmere</h1><p>Larchmere, formerly Larchmere.</p>", "Larchmere", []),
        ("<h1>Larchmere</h1><p>Monday is now Tuesday.</p>", "Larchmere", []),
    ],
)  # fmt: skip
def test_names_of_the_past(body: str, title: str, former: list[str]) -> None:
    """A former name is one that the page says the company itself bore."""
    assert values(read(body, title, "https://larchmere.example/"), "company_former_name") == former


def test_an_alternate_name_is_no_former_one() -> None:
    """JSON-LD's alternateName is a name of today."""
    body = '<script type="application/ld+json">{"@type":"Organization","name":"Larchmere","alternateName":"Pebble"}</script>'
    assert values(read(body, "Larchmere"), "company_former_name") == []


@pytest.mark.parametrize(
    ("line", "legal"),
    [
        ("Ipê Azul Panificação Ltda. CNPJ 99.900.011/0001-95", "Ipê Azul Panificação Ltda."),
        ("Coöperatie Delta Fietsen U.A., KvK-nummer 24411223", "Coöperatie Delta Fietsen U.A."),
        ("PuddleHop is a trading name of Wellington Rain Ltd (company no. 09918273), part of Drizzle Holdings plc.", "Wellington Rain Ltd"),
    ],
)  # fmt: skip
def test_the_company_beside_its_register_number(line: str, legal: str) -> None:
    """Who names itself with its register number is the owner, however its shop is called."""
    found = values(
        read(f"<h1>PuddleHop</h1><p>{line}</p>", "PuddleHop", "https://puddlehop.example/"), "company_legal_name"
    )
    assert [str(name).rstrip(".") for name in found] == [legal.rstrip(".")]


def test_a_sites_name_is_no_legal_form() -> None:
    """Country domains that look like a form do not make one."""
    assert (
        values(read("<h1>Sapatos na Acme.pt</h1>", "Sapatos na Acme.pt", "https://acme.pt/"), "company_legal_name")
        == []
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [("Used cars på Acme", "Acme"), ("Log in to Acme", "Acme"), ("Все права защищены | Acme", "Acme")],
)
def test_names_behind_other_words(title: str, name: str) -> None:
    """What a page is for stands before who it belongs to."""
    assert read("", title).names[0] == name


def test_a_street_is_no_part_of_a_name() -> None:
    """Copyright lines go on with the address."""
    finding = read("<p>&copy; 2011, Acme University, New Lake Cad. No: 235</p>", "Start", "https://acmeuni.example/")
    assert finding.names[0] == "Acme University"


@pytest.mark.parametrize(
    ("body", "shown", "linked"),
    [
        ("<a href='mailto:info@acme.example'>Write to us</a>", ("info@acme.example",), ()),
        ("info@acme.example <a href='mailto:ann@acme.example'>Ann</a>", ("info@acme.example",), ("ann@acme.example",)),
        ("a@acme.example <a href='mailto:info@acme.example'>info ( a t ) acme</a>", ("a@acme.example", "info@acme.example"), ()),
        ("<a href='mailto:info@acme.example'>A</a><a href='mailto:sales.eu@acme.example'>B</a><a href='mailto:ann@acme.example'>C</a>", ("info@acme.example", "sales.eu@acme.example"), ("ann@acme.example",)),
        ("<a href='mailto:ann@acme.example'>Ann</a><a href='mailto:bob@acme.example'>Bob</a>", (), ("ann@acme.example", "bob@acme.example")),
        ("<a href='mailto:webmaster@acme.example'>Site feedback</a>", (), ("webmaster@acme.example",)),
        ("".join(f"<a href='mailto:p{n}@acme.example'>P</a>" for n in range(9)), (), tuple(f"p{n}@acme.example" for n in range(9))),
    ],
)  # fmt: skip
def test_mail_that_readers_see_and_mail_behind_links(
    body: str, shown: tuple[str, ...], linked: tuple[str, ...]
) -> None:
    """Addresses behind links with other words are kept apart, except where a page shows no other."""
    finding = read(f"<p>{body}</p>", "Acme")
    assert (finding.emails, finding.linked_emails) == (shown, linked)
    assert {mention.value for mention in finding.mentions["emails"]} == {*shown, *linked}


def test_the_owner_among_the_members_of_a_directory() -> None:
    """Where many addresses stand on a page, the owner's is the one on the line that names the owner."""
    members = "".join(
        f"<p>Otter {n} LLC<br>{n} Pipe Street, Hillcrest, OH 44099<br>440-555-010{n}</p>" for n in (1, 2, 3)
    )
    own = "<footer>Acme Chamber, 7 Town Green, Hillcrest, OH 44099 | 440-555-0100</footer>"
    finding = read(f"<h1>Acme Chamber</h1>{members}{own}", "Acme Chamber", "https://acme-chamber.example/")
    assert values(finding, "company_street") == ["7 Town Green"]
    assert values(finding, "company_phone")[0] == "+14405550100"


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("New name since 2024. Founded 1908.", "company_founded_year", 1908),
        ("Rosa and Dale started with one van in 2003.", "company_founded_year", 2003),
        ("180 Kolleginnen und Kollegen an drei Standorten", "company_employee_count", 180),
        ("118 people across two shifts", "company_employee_count", 118),
    ],
)
def test_founding_and_staff(line: str, field: str, value: int) -> None:
    """The plainest word for a founding counts most; staff have many names."""
    claims = [claim for claim in read(f"<h1>Acme</h1><p>{line}</p>", "Acme").claims if claim.field == field]
    assert max(claims, key=lambda claim: claim.confidence).value == value


def test_the_partners_register_counts_less() -> None:
    """The number of the partner that is liable stands beside the company's own."""
    body = "<p>Komplementärin: Acme Verwaltungs-GmbH, HRB 61233</p><p>AG Köln HRA 20455</p>"
    claims = [c for c in read(body, "Acme").claims if c.field == "company_registration_id"]
    assert max(claims, key=lambda claim: claim.confidence).value == "HRA 20455"
