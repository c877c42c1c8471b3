"""Company websites: what a crawl of a few pages says about who is behind them.

    from worker.providers.website import parse_page
    finding = parse_page(html, "https://acme.example/contact", {"content-type": "text/html"})

``parse_page`` is pure and needs no network. What it saw is on the finding:

``finding.emails``      every address that readers see, disguised ones too: ("info@acme.example", ...)
``finding.linked_emails``  further ones, behind links with other words on them
``finding.phones``      every phone number as written, one per number: ("+44 20 7946 0123", ...)
``finding.faxes``       the same for faxes
``finding.addresses``   PageAddress(street, city, region, postal_code, country, text, evidence)
``finding.names``       names of the organisation, likeliest first
``finding.mentions``    the same as Mention(value, evidence, normal, score), under "emails", "phones", "faxes", "names"
``finding.seen``        all of it as one JSON object of plain lists
``finding.kind``        what the page is when it is no company's page ("parked", "challenge", ...), else ""
``finding.claims``      fields of the catalogue, each with evidence; ``pages`` the text that offsets count in;
``finding.links``       links that lead on, ranked
"""

from worker.providers.website.found import Mention, PageAddress, PageFinding, PageLink
from worker.providers.website.page import parse_page
from worker.providers.website.provider import open_provider

__all__ = ["Mention", "PageAddress", "PageFinding", "PageLink", "open_provider", "parse_page"]
