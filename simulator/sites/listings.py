"""Two sites about companies that are not theirs: a register that is right, and a listing that copies, a year off."""

from html import escape
from typing import Final

from simulator.sites.shelf import NOT_FOUND, Page
from simulator.world import Company, World

REGISTER: Final = "registry-notes.example"
LISTING: Final = "everylisting.example"
HOSTS: Final = (REGISTER, LISTING)
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}


def listing_page(world: World, host: str, path: str) -> Page:
    """The page of one company on one of the two hosts, by its LinkedIn slug."""
    company = world.company(linkedin=path)
    if company is None:
        return NOT_FOUND
    html = _register(company) if host == REGISTER else _listing(company)
    return Page(html.encode(), 200, _HTML)


def _register(company: Company) -> str:
    rows = (
        ("Seat", f"{escape(company.street)}, {company.postal_code} {escape(company.city)}"),
        ("Founded", str(company.founded_year)),
        ("Register number", company.registration_id or "not listed"),
    )
    table = "".join(f"<tr><th>{label}</th><td>{value}</td></tr>" for label, value in rows)
    name = escape(company.legal_name)
    return (
        f'<!doctype html><html lang="en"><head><title>{name} - Registry Notes</title></head><body><h1>{name}</h1>'
        f"<table>{table}</table><footer>A hobby project. Write to notes@registry-notes.example.</footer>"
        f"</body></html>"
    )


def _listing(company: Company) -> str:
    name, city = escape(company.name), escape(company.city)
    return (
        f'<!doctype html><html lang="en"><head><title>{name} contact, reviews and jobs</title></head><body>'
        f"<header>EveryListing</header><h1>{name}</h1>"
        f"<p>{name} in {city} was established {company.founded_year - 1}"
        f" and has {company.employee_count * 2} employees.</p>"
        f"<p>Claim this page: +1 202 555 0100, claim@everylisting.example</p></body></html>"
    )
