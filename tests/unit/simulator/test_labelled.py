"""The labelled set agrees with itself: what gold names stands on the pages."""

import re
from html import unescape
from typing import Any

import orjson
import phonenumbers
import pytest

from simulator.sites.shelf import LABELLED, shelf

GOLD = LABELLED.parent / "gold.jsonl"
SITES: list[dict[str, Any]] = [orjson.loads(line) for line in GOLD.read_bytes().splitlines()]
CHARSETS = {"jp-02": "euc_jp", "cz-01": "windows-1250", "fr-04": "latin-1", "de-04": "latin-1", "de-08": "cp1252"}


def source(site: dict[str, Any]) -> str:
    """All pages of a site as text, entities resolved."""
    charset = CHARSETS.get(site["id"], "utf-8")
    return unescape("\n".join((GOLD.parent / name).read_bytes().decode(charset) for name in site["pages"].values()))


def test_there_are_at_least_sixty_sites_of_many_countries() -> None:
    """Size and breadth of the set."""
    assert len(SITES) >= 60
    assert len({site["id"] for site in SITES}) == len(SITES)
    assert {"US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "JP", "BR"} <= {site["country"] for site in SITES}
    assert {"company", "parked", "for_sale", "challenge", "login", "soft_404", "empty_shell"} == {
        site["outcome"] for site in SITES
    }


@pytest.mark.parametrize("site", SITES, ids=lambda site: site["id"])
def test_gold_stands_on_the_pages(site: dict[str, Any]) -> None:
    """Every phone's last digits, postal code, register number and first name form can be seen in the source."""
    text = source(site)
    digits = re.sub(r"\D", "", text.translate(str.maketrans("０１２３４５６７８９", "0123456789")))
    for phone in site["all"]["phones"] + site["all"]["faxes"]:
        parsed = phonenumbers.parse(phone)
        assert phonenumbers.is_valid_number(parsed), phone
        assert phone[-4:] in digits, phone
    for address in site["all"]["addresses"]:
        assert address["postal_code"] in text
        assert address["city"] in text
        assert address["street"].split(",")[0] in text
    for name in site["gold"].get("company_registration_id", [])[:1]:
        assert re.sub(r"\W", "", str(name))[-6:] in re.sub(r"\W", "", text)
    if site["outcome"] == "company":
        assert any(form in text for form in site["gold"]["company_name"])
    else:
        assert site["gold"] == {}


@pytest.mark.parametrize("site", SITES, ids=lambda site: site["id"])
def test_every_site_is_served_as_it_is_stored(site: dict[str, Any]) -> None:
    """The simulator serves the same bytes and content type that the gold line names."""
    served = shelf()[site["url"].removeprefix("http://").rstrip("/")]
    for path, name in site["pages"].items():
        page = served.get(path)
        assert page.body == (GOLD.parent / name).read_bytes()
        assert page.headers["Content-Type"] == site["headers"]["content-type"]
        assert page.status == site.get("statuses", {}).get(path, 200)
