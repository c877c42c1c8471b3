"""True quotes that lie: cut out of sentences that deny, ask, hope, or speak of others; and honest ones beside."""
# ruff: noqa: E501 - a page as it is written

from typing import Final

import pytest

from worker.domain.page import Page
from worker.domain.proof import Offer, Proven, Prover, Refused
from worker.domain.proving.sentence import around
from worker.providers.website import parse_page

HTML: Final = """<html><head><title>Brightloom Analytics</title>
<meta name="description" content="Brightloom was founded in 1971 and employs 4000 people."></head><body>
<div>Cookiebot was founded in 2012 and has 150 employees in Copenhagen. This site uses cookies by Usercentrics GmbH, HRB 102030,
Munich.</div><h1>Brightloom Analytics</h1>
<p>Brightloom Analytics makes planning software for breweries. We are 42 people in Leeds. Founded in 1998.</p>
<img src="a.png" alt="Founded in 1899 with 900 employees"><a href="/x" title="Our 777 employees">team</a>
<table><tr><td>Founded</td></tr><tr><td>2003 downloads</td></tr></table>
<ul><li>Employees</li><li>350 customers</li></ul>
<p>We are not a bank. We have never had 500 employees. We were not founded in 1950.</p>
<p>Our plant covers 12,000 square metres and 85 machines; revenue of 5 million litres a year.</p>
<p>Since the 1990s we brew. Over the last 25 years 3,000 engineers visited us. We began around 1985.</p>
<blockquote>"Brightloom cut our costs." - Jane Foster, CEO of Maple Bank, founded in 1920 with 5,000 employees, Toronto</blockquote>
<p>Our customer Northwind Dairy, 12 Cow Lane, York YO1 7AB, employs 230 people and was established in 1965.</p>
<p>Contact our customer Northwind Dairy on +44 1904 555 0199 or hello@northwind.example. VAT GB123456789 is Northwind's.</p>
<p>Brightloom Analytics Ltd, 7 Mill Street, Leeds LS1 4AB. Registered in England no. 09876543. hello@brightloom.example
+44 113 496 0123</p>
<p>We hope to employ 60 people by 2030. If you founded a company in 2010, call us.</p>
<p>We raised $12 million for charity. Our competitor Grainly raised $40 million in funding.</p>
<p>Was it founded in 1888? Some say Brightloom has 99 employees. Maple Holdings was established in 1931.</p>
<p>Software for hospitals and banks. We are a subsidiary of nobody; we are not part of Granary Group.</p>
<p>Designed by Pixelhouse Studio, Bristol. Powered by WordPress.</p>
<dl><dt>Year of foundation</dt><dd>1998</dd><dt>Staff</dt><dd>42</dd></dl>
<p>Since 1998 our 42 employees have not missed a deadline.</p>
<footer>© 2024 Brightloom Analytics Ltd · Cookies · Privacy</footer></body></html>"""

#: (what is wrong with it, field, value, quote)
LIES: Final = (
    ("rows of a table", "company_founded_year", "2003", "Founded 2003"),
    ("rows of a table", "company_founded_year", "2003", "Founded\n2003 downloads"),
    ("items of a list", "company_employee_count", "350", "Employees\n350 customers"),
    ("items of a list", "company_employee_count", "350", "Employees 350"),
    ("meta text", "company_founded_year", "1971", "Brightloom was founded in 1971 and employs 4000 people."),
    ("alt text", "company_employee_count", "900", "Founded in 1899 with 900 employees"),
    ("title text", "company_employee_count", "777", "Our 777 employees"),
    ("cookie banner", "company_founded_year", "2012", "Cookiebot was founded in 2012 and has 150 employees"),
    ("cookie banner", "company_employee_count", "150", "has 150 employees in Copenhagen"),
    ("cookie banner", "company_city", "Copenhagen", "150 employees in Copenhagen"),
    ("cookie banner", "company_registration_id", "HRB 102030", "Usercentrics GmbH, HRB 102030, Munich"),
    ("cookie banner", "company_legal_name", "Usercentrics GmbH", "This site uses cookies by Usercentrics GmbH"),
    ("negation", "company_employee_count", "500", "We have never had 500 employees"),
    ("negation cut off", "company_employee_count", "500", "500 employees"),
    ("negation", "company_founded_year", "1950", "We were not founded in 1950"),
    ("negation cut off", "company_founded_year", "1950", "founded in 1950"),
    ("negation", "company_industry", "Banking", "We are not a bank"),
    ("negation cut off", "company_industry", "Banking", "a bank"),
    ("negation", "company_parent_name", "Granary Group", "we are not part of Granary Group"),
    ("negation cut off", "company_parent_name", "Granary Group", "part of Granary Group"),
    ("unit", "company_revenue", "5 million", "revenue of 5 million litres a year"),
    ("unit", "company_employee_count", "85", "85 machines"),
    ("decade", "company_founded_year", "1990", "Since the 1990s we brew"),
    ("guess", "company_founded_year", "1985", "We began around 1985"),
    ("visitors", "company_employee_count", "3000", "3,000 engineers visited us"),
    ("visitors cut off", "company_employee_count", "3000", "Over the last 25 years 3,000 engineers"),
    ("testimonial", "company_founded_year", "1920", "founded in 1920 with 5,000 employees, Toronto"),
    ("testimonial", "company_employee_count", "5000", "5,000 employees, Toronto"),
    ("testimonial", "company_city", "Toronto", "with 5,000 employees, Toronto"),
    ("customer", "company_employee_count", "230", "employs 230 people and was established in 1965"),
    ("customer", "company_founded_year", "1965", "was established in 1965"),
    ("customer", "company_street", "12 Cow Lane", "12 Cow Lane, York YO1 7AB"),
    ("customer", "company_city", "York", "12 Cow Lane, York YO1 7AB"),
    ("customer", "company_postal_code", "YO1 7AB", "12 Cow Lane, York YO1 7AB"),
    ("customer", "company_phone", "+44 1904 555 0199", "+44 1904 555 0199"),
    ("customer", "company_email", "hello@northwind.example", "hello@northwind.example"),
    ("customer", "company_vat_id", "GB123456789", "VAT GB123456789"),
    ("customer", "company_name", "Northwind Dairy", "Contact our customer Northwind Dairy"),
    ("another company", "company_founded_year", "1931", "Maple Holdings was established in 1931"),
    ("another company cut off", "company_founded_year", "1931", "established in 1931"),
    ("hope", "company_employee_count", "60", "We hope to employ 60 people by 2030"),
    ("hope cut off", "company_employee_count", "60", "employ 60 people"),
    ("condition", "company_founded_year", "2010", "If you founded a company in 2010"),
    ("condition cut off", "company_founded_year", "2010", "founded a company in 2010"),
    ("charity", "company_funding_total", "12000000", "We raised $12 million for charity"),
    ("competitor", "company_funding_total", "40000000", "raised $40 million in funding"),
    ("question", "company_founded_year", "1888", "Was it founded in 1888?"),
    ("question cut off", "company_founded_year", "1888", "founded in 1888"),
    ("hearsay", "company_employee_count", "99", "Some say Brightloom has 99 employees"),
    ("customers' trade", "company_industry", "Hospitals", "Software for hospitals and banks"),
    ("web designer", "company_name", "Pixelhouse Studio", "Designed by Pixelhouse Studio"),
    ("web designer", "company_city", "Bristol", "Designed by Pixelhouse Studio, Bristol"),
    ("zero width", "company_founded_year", "1989", "Founded in 19\u200b98"),
    ("homoglyphs", "company_city", "L\u0435\u0435ds", "42 people in Leeds"),
    ("homoglyphs", "company_name", "\u0412rightloom Analytics", "Brightloom Analytics makes planning software"),
    ("homoglyphs", "company_email", "hello@brightl\u043e\u043em.example", "hello@brightloom.example"),
    ("digits swapped", "company_employee_count", "24", "We are 42 people in Leeds"),
    ("copyright year", "company_founded_year", "2024", "© 2024 Brightloom Analytics Ltd"),
    ("itself as parent", "company_parent_name", "Brightloom Analytics", "© 2024 Brightloom Analytics Ltd"),
)

TRUTHS: Final = (
    ("company_founded_year", "1998", "Founded in 1998"),
    ("company_founded_year", "1998", "Year of foundation 1998"),
    ("company_founded_year", "1998", "Since 1998 our 42 employees have not missed a deadline"),
    ("company_employee_count", "42", "We are 42 people in Leeds"),
    ("company_employee_count", "42", "Staff 42"),
    ("company_employee_count", "42", "our 42 employees"),
    ("company_city", "Leeds", "7 Mill Street, Leeds LS1 4AB"),
    ("company_street", "7 Mill Street", "7 Mill Street, Leeds LS1 4AB"),
    ("company_postal_code", "LS1 4AB", "Leeds LS1 4AB"),
    ("company_phone", "+44 113 496 0123", "+44 113 496 0123"),
    ("company_email", "hello@brightloom.example", "hello@brightloom.example"),
    ("company_registration_id", "09876543", "Registered in England no. 09876543"),
    ("company_name", "Brightloom Analytics", "Brightloom Analytics makes planning software"),
    ("company_legal_name", "Brightloom Analytics Ltd", "© 2024 Brightloom Analytics Ltd"),
    ("company_industry", "Software", "planning software for breweries"),
)


@pytest.fixture(scope="module")
def prover() -> Prover:
    """A judge over the page as the website stage renders it."""
    headers = {"content-type": "text/html; charset=utf-8"}
    pages = parse_page(HTML.encode(), "https://brightloom.example/", headers).pages
    return Prover(pages, {"company_domain": "brightloom.example"}, 2026)


def test_no_cut_quote_is_let_through_and_no_honest_one_is_lost(prover: Prover) -> None:
    """Lies offered, lies let through: none, not even as inferred; honest offers: all taken."""
    through = [lie for lie in LIES if isinstance(prover.prove(Offer(*lie[1:], page=1)), Proven)]
    lost = [truth for truth in TRUTHS if isinstance(prover.prove(Offer(*truth, page=1)), Refused)]
    print(f"lies offered {len(LIES)}, let through {len(through)}; truths offered {len(TRUTHS)}, lost {len(lost)}")
    assert through == []
    assert lost == []


@pytest.mark.parametrize(
    ("line", "field", "value", "proven"),
    [
        ("Das Unternehmen wurde 1954 gegründet und hat 120 Mitarbeiter.", "company_founded_year", "1954", True),
        ("Die Bäckerei wurde 1954 gegründet.", "company_founded_year", "1954", True),
        ("Nordwerk wurde 1954 gegründet.", "company_founded_year", "1954", True),
        ("Maier Verlag wurde 1954 gegründet.", "company_founded_year", "1954", False),
        ("Wir haben keine 120 Mitarbeiter.", "company_employee_count", "120", False),
        ("Nicht nur unsere 120 Mitarbeiter freut das.", "company_employee_count", "120", True),
        ("Seit den 1990ern backen wir.", "company_founded_year", "1990", False),
        ("L'entreprise a été fondée en 1987.", "company_founded_year", "1987", True),
        ("Depuis les années 1980 nous livrons.", "company_founded_year", "1980", False),
        ("Nuestra empresa fue fundada en 1990.", "company_founded_year", "1990", True),
        ("Nie mieliśmy tego. We employ 12 people.", "company_employee_count", "12", True),
        ("Our partner company Nordwerk employs 120 people.", "company_employee_count", "120", True),
        ("Notre client Duval Frères compte 300 salariés.", "company_employee_count", "300", False),
        ("Turnover was €5M in 2024.", "company_revenue", "€5M", True),
        ("The firm, founded in 1902, is family owned.", "company_founded_year", "1902", True),
        ("Nordwerk Gruppe ist nicht Teil der Hansa Holding.", "company_parent_name", "Hansa Holding", False),
        ("Do you need us? Founded in 1998, we are here for you.", "company_founded_year", "1998", True),
        ("No. 12, Mill Lane, employs 30 people.", "company_employee_count", "30", True),
    ],
)  # fmt: skip
def test_sentences_in_other_languages(line: str, field: str, value: str, *, proven: bool) -> None:
    """Determiners, generic nouns and the company's own name are no strangers; proper names of others are."""
    page = Page("https://nordwerk.example/", f"Nordwerk\n{line}\nKontakt", title="Nordwerk")
    quote = line.rpartition("? ")[2].rstrip(".")
    verdict = Prover([page], {}, 2026).prove(Offer(field, value, quote, 1))
    assert isinstance(verdict, Proven) is proven, verdict


def test_a_sentence_does_not_cross_lines_nor_abbreviations() -> None:
    """No. 5 is one sentence, two lines are two."""
    text = "Before.\nRegistered no. 5 with Acme Ltd. in Leeds. After it."
    at = text.index("Leeds")
    start, end = around(text, at, at + 5)
    assert text[start:end] == "Registered no. 5 with Acme Ltd. in Leeds."
