"""The fictional world holds together."""

import re
from collections import Counter

import phonenumbers

from simulator.knowledge import COVERAGE, knows
from simulator.made import make_companies
from simulator.sites.made import LAYOUTS, made_site
from simulator.sites.shelf import shelf
from simulator.world import bare, load_companies, open_world, size_band

WORLD = open_world(200, seed=3)


def test_no_two_subjects_share_an_identifier() -> None:
    """Domains, LinkedIn slugs and addresses are unique, so that every question has one answer."""
    for names in (
        [company.domain for company in WORLD.companies],
        [company.slug for company in WORLD.companies],
        [person.slug for person in WORLD.people],
        [person.email for person in WORLD.people],
    ):
        assert [name for name, count in Counter(names).items() if count > 1] == []


def test_everything_is_fictional_by_its_name() -> None:
    """Every domain is under .example, every profile says so, every phone is a number of its country's plan."""
    assert all(company.domain.endswith(".example") for company in WORLD.companies)
    assert all(company.slug.endswith("-example") for company in WORLD.companies)
    assert all(person.slug.endswith("-example") for person in WORLD.people)
    phones = [company.phone for company in WORLD.companies]
    assert [phone for phone in phones if not phonenumbers.is_valid_number(phonenumbers.parse(phone))] == []


def test_the_same_seed_makes_the_same_companies() -> None:
    """A larger world only adds; another seed is another world."""
    assert make_companies(50, 1) == make_companies(80, 1)[:50]
    assert make_companies(50, 1) != make_companies(50, 2)


def test_coverage_is_near_its_share_and_can_be_set() -> None:
    """Generated companies are known by about the share that is written, and by none when that is zero."""
    domains = [company.domain for company in make_companies(1000, 9)]
    known = sum(knows("pdl", domain, made=True) for domain in domains) / len(domains)
    assert abs(known - COVERAGE["pdl"]) < 0.06
    assert not any(knows("pdl", domain, made=True, coverage={"pdl": 0.0}) for domain in domains)


def test_hand_written_sites_tell_what_the_world_knows() -> None:
    """A company's own phone, in any print, stands on its site unless the site is down or needs a browser."""
    silent = {"brokenworks.example", "ghostworks.example"}
    for company in load_companies():
        if company.domain in silent:
            continue
        site = shelf()[company.domain]
        digits = "".join(re.sub(rb"\D", b"", page.body).decode() for page in site.pages.values())
        assert company.phone[-7:] in digits, company.domain


def test_every_layout_of_a_generated_site_names_its_company() -> None:
    """All layouts occur, and each home page holds the company's name."""
    made = [company for company in WORLD.companies if company.made]
    sites = [made_site(company) for company in made]
    assert all(company.name.encode() in site.get("/").body for company, site in zip(made, sites, strict=True))
    assert len({tuple(sorted(site.pages)) for site in sites}) >= min(3, len(LAYOUTS))


def test_urls_are_compared_without_their_dress() -> None:
    """Scheme, www, country host, case and query do not matter."""
    assert bare("HTTPS://www.LinkedIn.com/in/Ada/?x=1") == bare("de.linkedin.com/in/ada")
    assert WORLD.company(domain="https://www.acme.example/contact") is WORLD.company(domain="acme.example")
    assert size_band(10) == "1-10"
    assert size_band(10_001) == "10001+"
