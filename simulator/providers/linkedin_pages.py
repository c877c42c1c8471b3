"""LinkedIn's own host as a logged-out visitor meets it: 999 and a script, the authwall, company pages for some.

Source: stored copies of logged-out company pages and of the 999 reply (status, headers, script), robots.txt as of 2026.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any, Final
from urllib.parse import quote

from simulator.sites.shelf import NOT_FOUND, Page
from simulator.world import Company, World

_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}
_ROBOTS: Final = (
    b"# Automated access is forbidden without written permission.\n"
    b"User-agent: Googlebot\nDisallow: /search/\n\nUser-agent: *\nDisallow: /\n"
)
_OPEN_ROBOTS: Final = b"User-agent: *\nDisallow: /search/\n"


def is_linkedin(host: str) -> bool:
    """Whether a host name is LinkedIn's."""
    return host == "linkedin.com" or host.endswith(".linkedin.com")


def _wall(path: str) -> Page:
    target = (
        f"https://www.linkedin.com/authwall?trk=bf&trkInfo=x&original_referer=&sessionRedirect={quote(path, safe='')}"
    )
    script = f'window.onload=function(){{window.location.href="{target}"}}'
    body = f'<html><head><script type="text/javascript">{script}</script></head></html>'
    headers = {
        **_HTML,
        "X-Li-Pop": "sim-pop",
        "X-Li-Fabric": "sim-fabric",
        "X-LI-UUID": "AAAA",
        "Set-Cookie": "trkCode=bf",
    }
    return Page(body.encode(), 999, headers)


def _company_page(company: Company) -> Page:
    graph = {
        "@context": "http://schema.org",
        "@graph": [
            {
                "@type": "Organization",
                "name": company.name,
                "url": f"https://www.{company.linkedin_url}",
                "description": company.description,
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": company.street,
                    "addressLocality": company.city,
                    "addressRegion": company.region,
                    "postalCode": company.postal_code,
                    "addressCountry": company.country,
                },
                "numberOfEmployees": {"@type": "QuantitativeValue", "value": company.employee_count},
                "logo": {"@type": "ImageObject", "contentUrl": "https://media.licdn.example/logo.png"},
                "sameAs": f"http://{company.domain}",
            }
        ],
    }
    size = f"{company.size} employees" if company.size != "10001+" else "10,001+ employees"
    rows = (
        ("Website", f'<a href="http://{company.domain}">http://{company.domain}</a>'),
        ("Industry", escape(company.industry.title())),
        ("Company size", size),
        ("Headquarters", escape(f"{company.city}, {company.region}")),
        ("Type", "Privately Held"),
        ("Founded", str(company.founded_year)),
        ("Specialties", escape(", ".join(company.keywords))),
    )
    items = "".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows)
    html = (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(company.name)} | LinkedIn</title>'
        f'<script type="application/ld+json">{json.dumps(graph)}</script></head><body><h1>{escape(company.name)}</h1>'
        f"<section><h2>About us</h2><p>{escape(company.description)}</p><dl>{items}</dl></section></body></html>"
    )
    return Page(html.encode(), 200, _HTML)


def linkedin_page(world: World, path: str, settings: Mapping[str, Any]) -> Page:
    """A page of LinkedIn's. The setting ``linkedin`` chooses: ``wall`` (999, the default), ``redirect`` (302 to the
    authwall), ``open`` (company pages are shown and robots.txt lets them be read), ``429``."""
    mode = settings.get("linkedin", "wall")
    if path == "/robots.txt":
        return Page(_OPEN_ROBOTS if mode == "open" else _ROBOTS, 200, {"Content-Type": "text/plain"})
    if path.startswith(("/authwall", "/uas/login")):
        return Page(
            b"<html><head><title>Sign Up | LinkedIn</title></head><body><h1>Join LinkedIn</h1></body></html>",
            200,
            _HTML,
        )
    if mode == "redirect":
        return Page(b"", 302, {"Location": f"http://www.linkedin.com/authwall?sessionRedirect={quote(path, safe='')}"})
    if mode == "429":
        return Page(b"", 429, _HTML)
    if mode != "open" or path.startswith("/in/"):
        return _wall(path)
    company = world.company(linkedin=f"linkedin.com{path}") if path.startswith("/company/") else None
    return _company_page(company) if company else NOT_FOUND
