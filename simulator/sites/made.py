"""Websites of generated companies: five layouts, chosen by the company, that state the company's facts differently."""

import json
from collections.abc import Callable
from html import escape
from typing import Final

from simulator.knowledge import share
from simulator.sites.shelf import NOT_FOUND, Page, Site
from simulator.world import Company

_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}


def _frame(company: Company, title: str, head: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f'<body><header><a href="/">{escape(company.name)}</a>'
        f'<nav><a href="/about">About</a> <a href="/contact">Contact</a></nav>'
        f"</header>{body}<footer><p>© 2026 {escape(company.legal_name)}</p></footer></body></html>"
    )


def _social(company: Company) -> str:
    links = [f'<a href="https://www.{company.linkedin_url}">LinkedIn</a>']
    if company.twitter:
        links.append(f'<a href="https://x.com/{company.twitter}">X</a>')
    if company.facebook:
        links.append(f'<a href="https://www.facebook.com/{company.facebook}">Facebook</a>')
    return f"<p>Follow us: {' '.join(links)}</p>"


def _address(company: Company) -> str:
    if company.country == "US":
        return f"{company.street}<br>{company.city}, {company.region} {company.postal_code}<br>United States"
    if company.country in ("GB", "IE"):
        return f"{company.street}<br>{company.city}<br>{company.postal_code}<br>{company.country_name}"
    return f"{company.street}<br>{company.postal_code} {company.city}<br>{company.country_name}"


def _team(company: Company) -> str:
    rows = "".join(f"<li><h3>{escape(person.name)}</h3><p>{escape(person.title)}</p></li>" for person in company.people)
    return f"<h2>Our team</h2><ul class=team>{rows}</ul>"


def _contact(company: Company) -> str:
    return (
        f"<h1>Contact</h1><address>{escape(company.legal_name)}<br>{_address(company)}</address>"
        f'<p>Phone: <a href="tel:{company.phone}">{company.phone}</a></p>'
        f'<p>Email: <a href="mailto:{company.email}">{company.email}</a></p>{_register(company)}'
    )


def _register(company: Company) -> str:
    lines = [
        f"{label}: {value}"
        for label, value in (("Registration no.", company.registration_id), ("VAT no.", company.vat_id))
        if value
    ]
    return f"<p>{'<br>'.join(lines)}</p>" if lines else ""


def _about(company: Company) -> str:
    return (
        f"<h1>About {escape(company.name)}</h1><p>{escape(company.description)}</p>"
        f"<p>Founded in {company.founded_year}, we are a team of {company.employee_count} people in {company.city}.</p>"
        f"{_team(company)}"
    )


def _json_ld(company: Company) -> str:
    data = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebSite", "url": f"http://{company.domain}/", "name": company.name},
            {
                "@type": "Organization",
                "name": company.name,
                "legalName": company.legal_name,
                "url": f"http://{company.domain}/",
                "description": company.description,
                "foundingDate": str(company.founded_year),
                "numberOfEmployees": {"@type": "QuantitativeValue", "value": company.employee_count},
                "telephone": company.phone,
                "email": company.email,
                "sameAs": [f"https://www.{company.linkedin_url}"],
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": company.street,
                    "addressLocality": company.city,
                    "addressRegion": company.region,
                    "postalCode": company.postal_code,
                    "addressCountry": company.country,
                },
            },
        ],
    }
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def _structured(company: Company) -> dict[str, str]:
    home = f"<main><h1>{escape(company.name)}</h1><p>{escape(company.description)}</p>{_social(company)}</main>"
    return {
        "/": _frame(company, f"{company.name} | Home", _json_ld(company), home),
        "/about": _frame(company, f"About | {company.name}", "", _about(company)),
        "/contact": _frame(company, f"Contact | {company.name}", "", _contact(company)),
    }


def _microdata(company: Company) -> dict[str, str]:
    home = (
        f'<main itemscope itemtype="https://schema.org/LocalBusiness"><h1 itemprop="name">{escape(company.name)}</h1>'
        f'<p itemprop="description">{escape(company.description)}</p><span itemprop="telephone">{company.phone}</span>'
        f'<div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">'
        f'<span itemprop="streetAddress">{company.street}</span> '
        f'<span itemprop="addressLocality">{company.city}</span> '
        f'<span itemprop="postalCode">{company.postal_code}</span> '
        f'<span itemprop="addressCountry">{company.country}</span>'
        f"</div></main>"
    )
    return {**_structured(company), "/": _frame(company, company.name, "", home)}


def _cards(company: Company) -> dict[str, str]:
    head = (
        f'<meta property="og:site_name" content="{escape(company.name)}">'
        f'<meta property="og:description" content="{escape(company.description)}">'
        f'<meta property="og:image" content="http://{company.domain}/logo.png">'
    )
    home = f"<main><h2>What we do</h2><p>{escape(company.description)}</p></main>{_social(company)}"
    return {**_structured(company), "/": _frame(company, f"Home - {company.name}", head, home)}


def _plain(company: Company) -> dict[str, str]:
    home = (
        f"<h1>{escape(company.name)}</h1><p>{escape(company.description)}</p>"
        f"<p>We started in {company.founded_year}.</p>"
        f"<p>Write to {company.email.replace('@', ' (at) ')} or call {company.phone}.</p>"
    )
    pages = _structured(company)
    return {"/": _frame(company, company.name, "", home), "/about": pages["/about"]}


def _bare(company: Company) -> dict[str, str]:
    """A site that says little: name and a sentence, no contact."""
    home = f"<h1>Welcome</h1><p>{escape(company.description)}</p><p>More soon.</p>"
    return {"/": _frame(company, company.name, "", home)}


LAYOUTS: Final[tuple[Callable[[Company], dict[str, str]], ...]] = (_structured, _microdata, _cards, _plain, _bare)


def made_site(company: Company) -> Site:
    """The website of a generated company."""
    layout = LAYOUTS[int(share("layout", company.domain) * len(LAYOUTS))]
    pages = {path: Page(html.encode(), 200, _HTML) for path, html in layout(company).items()}
    return Site(company.domain, pages, NOT_FOUND)
