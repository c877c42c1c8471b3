"""Facts of a knowledge panel as claims: what its labels mean, and whether it is about the subject."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from worker.domain.claim import Claim
from worker.domain.fields import FIELDS
from worker.domain.names import fold
from worker.domain.subject import Subject
from worker.providers.agreement import host_of, names_company, same_site, site_of
from worker.providers.lead import Panel
from worker.providers.voice import Voice

#: Labels as engines show them (English asked for; others where an engine ignores that), folded, and the field.
LABELS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("founded", "inception", "founding date", "gegrundet", "grundung", "fondation", "fundacion"),
                    "company_founded_year"),
    **dict.fromkeys(("headquarters", "headquarters location", "hauptsitz", "sitz", "siege social", "sede"),
                    "company_city"),
    **dict.fromkeys(("number of employees", "employees", "mitarbeiter", "mitarbeiterzahl", "nombre d'employes"),
                    "company_employee_count"),
    **dict.fromkeys(("industry", "sector", "branche", "secteur", "industria"), "company_industry"),
    **dict.fromkeys(("type", "type of business", "company type"), "company_type"),
    **dict.fromkeys(("revenue", "total revenue", "umsatz", "chiffre d'affaires"), "company_revenue"),
    **dict.fromkeys(("website", "official website", "webseite", "site web", "sitio web"), "company_website"),
    **dict.fromkeys(("phone", "telephone", "customer service", "telefon"), "company_phone"),
    **dict.fromkeys(("email", "e-mail"), "company_email"),
    **dict.fromkeys(("address", "adresse", "direccion"), "company_address"),
    **dict.fromkeys(("parent organization", "parent company", "parent organisation", "muttergesellschaft"),
                    "company_parent_name"),
    **dict.fromkeys(("country", "land", "pays", "pais"), "company_country"),
    **dict.fromkeys(("legal name", "official name"), "company_legal_name"),
}  # fmt: skip
#: The social networks whose pages are fields.
NETWORKS: Final[Mapping[str, str]] = {
    "linkedin.com": "company_linkedin_url",
    "x.com": "company_twitter_url",
    "twitter.com": "company_twitter_url",
    "facebook.com": "company_facebook_url",
    "instagram.com": "company_instagram_url",
    "youtube.com": "company_youtube_url",
    "xing.com": "company_xing_url",
    "github.com": "company_github_url",
    "crunchbase.com": "company_crunchbase_url",
}
#: A description shorter than this is a category ("company"), no description.
SHORTEST_DESCRIPTION: Final = 40
_YEAR: Final = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_COUNT: Final = re.compile(r"\d[\d., \u00a0\u202f]{0,14}")


def other_subject(panel: Panel, subject: Subject) -> str:
    """Why a panel is not about the subject; empty when it is: by website first, then by name."""
    site = panel.website or next((value for label, value in panel.facts if _field(label) == "company_website"), "")
    ours = subject.get("company_domain") or subject.get("company_website")
    if site_of(site) and ours:
        return "" if same_site(site, ours) else f"the panel is about {host_of(site)}, not {host_of(ours) or ours}"
    name = subject.get("company_name")
    if name and names_company(panel.title, [name]):
        return ""
    return f"nothing ties the panel {panel.title[:60]!r} to the subject"


def panel_claims(panel: Panel, voice: Voice) -> tuple[Claim, ...]:
    """All facts of a panel that is about a company. Values are checked by the fields' own validators later."""
    claims = [voice.claim("company_name", panel.title, "panel:title", panel.title)] if panel.title else []
    if panel.website:
        claims.extend(_website(voice, panel.website, "panel:website"))
    if len(panel.description) >= SHORTEST_DESCRIPTION:
        claims.append(voice.claim("company_description", panel.description, "panel:description", panel.description))
    for label, value in panel.facts:
        claims.extend(_fact(voice, label, value))
    for address in panel.profiles:
        field = NETWORKS.get(site_of(address) or "")
        if field:
            claims.append(voice.claim(field, address, "panel:profiles", address))
    return tuple(claims)


def _fact(voice: Voice, label: str, value: str) -> tuple[Claim, ...]:
    field, path, quote = _field(label), f"panel:{label[:60]}", f"{label.rstrip(': ')}: {value}"
    if field == "company_website":
        return _website(voice, value, path)
    if field == "company_city":
        return _place(voice, value, path, quote)
    read: str | None = value
    if field == "company_founded_year":
        read = _first(_YEAR, value)
    elif field == "company_employee_count":
        read = _first(_COUNT, value)
    return (voice.claim(field, read, path, quote, value if read != value else None),) if field and read else ()


def _website(voice: Voice, address: str, path: str) -> tuple[Claim, ...]:
    return (
        voice.claim("company_website", address, path, address),
        voice.claim("company_domain", address, path, address),
    )


def _place(voice: Voice, value: str, path: str, quote: str) -> tuple[Claim, ...]:
    """City first and country last, when the parts hold no number (a street address is no city)."""
    parts = [part for piece in value.split(",") if (part := piece.strip())]
    if not parts or any(char.isdigit() for char in value):
        return ()
    claims = [voice.claim("company_city", parts[0], path, quote, value)]
    if len(parts) > 1 and _valid("company_country", parts[-1]):
        claims.append(voice.claim("company_country", parts[-1], path, quote, value))
    return tuple(claims)


def _valid(field: str, value: str) -> bool:
    try:
        FIELDS[field].normalise(value)
    except ValueError:
        return False
    return True


def _first(pattern: re.Pattern[str], value: str) -> str | None:
    found = pattern.search(value)
    return found.group().strip(" .,\u00a0\u202f") if found else None


@lru_cache(maxsize=4096)
def _field(label: str) -> str:
    return LABELS.get(" ".join(fold(label).rstrip(":").split()), "")
