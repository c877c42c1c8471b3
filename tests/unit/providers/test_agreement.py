"""Who is whom: hosts, names, profiles and the identifier that a subject is known by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.subject import Entity, Subject
from worker.providers.agreement import (
    handle_of,
    host_of,
    linkedin_page,
    other_company,
    profile_url,
    same_company_name,
    same_linkedin,
    same_site,
    site_label,
    site_of,
    slug_of_person,
    with_scheme,
)
from worker.providers.anchor import anchors, is_known_by

PAGE = "https://www.linkedin.com/company/acme"
BY_DOMAIN = Subject(
    Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example", "company_linkedin_url": PAGE}
)
BY_PAGE = Subject(Entity.COMPANY, "company:linkedin.com/company/acme", dict(BY_DOMAIN.identifiers))


@pytest.mark.parametrize(
    ("address", "host", "site"),
    [
        ("https://www.Acme.example/x?y#z", "acme.example", "acme.example"),
        ("shop.acme.co.uk", "shop.acme.co.uk", "acme.co.uk"),
        ("münchen.example", "xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("http://10.0.0.1/", "10.0.0.1", None),
        ("localhost", None, None),
        ("http://[::1]/", None, None),
        ("javascript:alert(1)", None, None),
        ("not an address", None, None),
        ("", None, None),
    ],
)
def test_hosts_and_sites(address: str, host: str | None, site: str | None) -> None:
    """A host is lower-case ASCII without www; a site is what somebody registered."""
    assert (host_of(address), site_of(address)) == (host, site)


def test_sites_are_compared_by_what_was_registered() -> None:
    """Subdomains belong together, namesakes under other endings do not."""
    assert same_site("https://jobs.acme.example", "acme.example")
    assert not same_site("acme.example", "acme.test")
    assert not same_site("", "")
    assert site_label("www.acme-robotics.co.uk") == "acme-robotics"
    assert site_label("") == ""


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Acme Robotics, Inc.", "ACME-Robotics", True),
        ("Acme Robotics", "Acme Bakery", False),
        ("", "", False),
        (" ", "Acme", False),
    ],
)
def test_company_names(left: str, right: str, same: bool) -> None:
    """Legal form, case and punctuation make no difference; nothing is nobody's name."""
    assert same_company_name(left, right) is same


def test_profiles() -> None:
    """Addresses of one page in any spelling are one; other pages of the network are none."""
    assert same_linkedin("uk.linkedin.com/company/Acme/about", PAGE)
    assert linkedin_page("https://linkedin.com/in/ada-ng?trk=x") == "https://www.linkedin.com/in/ada-ng"
    assert linkedin_page("https://www.linkedin.com/feed/") is None
    assert profile_url("company_twitter_url", "https://twitter.com/intent/tweet") is None
    assert handle_of("https://www.tiktok.com/@caf%C3%A9/") == "café"


@pytest.mark.parametrize(
    ("slug", "name", "agrees"),
    [
        ("ada-ng", "Ada Ng", True),
        ("adang", "Ada Ng", True),
        ("ada-ng-4b1a2", "Dr. Ada Ng", True),
        ("ng-ada", "Ada Ng", True),
        ("ada-ng-sales", "Ada Ng", False),
        ("ada", "Ada", False),
        ("", "Ada Ng", False),
    ],
)
def test_slugs_of_people(slug: str, name: str, agrees: bool) -> None:
    """All words of the name, and nothing beside them but a tail with digits."""
    assert slug_of_person(slug, name) is agrees


def test_another_company() -> None:
    """The domain decides, unless it is an alias or the subject is known by the very page."""
    assert other_company(BY_DOMAIN, "https://www.acme.example", PAGE) == ""
    assert other_company(BY_DOMAIN, "other.example", PAGE) == "the answer is about other.example, not acme.example"
    assert other_company(BY_DOMAIN, "other.example", None, ["x.test", "acme.example"]) == ""
    assert other_company(BY_PAGE, "other.example", "linkedin.com/company/ACME") == ""
    assert other_company(BY_PAGE, "other.example", "linkedin.com/company/other") != ""
    assert other_company(BY_DOMAIN, None, None) == ""


def test_the_identifier_of_the_key_comes_first() -> None:
    """What a subject is known by does not change when more is learned."""
    fields = ("company_domain", "company_linkedin_url", "company_name")
    assert [field for field, _ in anchors(BY_DOMAIN, fields)] == ["company_domain", "company_linkedin_url"]
    assert [field for field, _ in anchors(BY_PAGE, fields)] == ["company_linkedin_url", "company_domain"]
    email = Subject(Entity.PERSON, "person:mailto:ada@acme.example", {"person_email": "Ada@acme.example"})
    assert is_known_by(email, "ada@acme.example")
    assert not is_known_by(BY_DOMAIN, "notacme.example")
    assert not is_known_by(BY_DOMAIN, "example")
    assert not is_known_by(BY_DOMAIN, "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_nothing_raises(left: str, right: str) -> None:
    """Outside text in any of these functions gives an answer."""
    same_site(left, right)
    same_company_name(left, right)
    same_linkedin(left, right)
    slug_of_person(left, right)
    other_company(BY_DOMAIN, left, right)
    profile_url("company_facebook_url", f"https://facebook.com/{left}")
    assert with_scheme(left).partition("://")[0]
