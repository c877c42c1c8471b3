"""What search results may claim: agreement of names, addresses and titles."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.subject import Entity, Subject
from worker.providers.lead import Lead, Panel, plain
from worker.providers.lead_facts import Voices, company_claims, mentions_site, person_claims, person_title, title_name
from worker.providers.panel_facts import other_subject, panel_claims
from worker.providers.searching import chosen_engines, query_for
from worker.providers.voice import Voice

ENGINE = Voice("engine", "engine", 0.7, datetime(2026, 11, 21, tzinfo=UTC))


def company(**known: str) -> Subject:
    """A company by its identifiers, without the prefix."""
    return Subject(Entity.COMPANY, "company:x", {f"company_{name}": value for name, value in known.items()})


def person(**known: str) -> Subject:
    """A person by full names of identifiers."""
    return Subject(Entity.PERSON, "person:x", known)


def said(subject: Subject, *leads: Lead) -> set[tuple[str, object]]:
    """(field, value) of all claims."""
    read = company_claims if subject.entity is Entity.COMPANY else person_claims
    return {(claim.field, claim.value) for claim in read(leads, subject, Voices(ENGINE))}


def test_the_only_site_named_like_the_company_is_its_site() -> None:
    """Without a known domain, address and title have to agree with the name."""
    named = company(name="Acme Robotics GmbH")
    own = Lead("https://acme-robotics.example/en", "Acme Robotics | Home")
    assert ("company_domain", "https://acme-robotics.example") in said(named, own)
    assert said(named, Lead("https://acme-robotics.example/", "Buy robots")) == set()
    assert said(named, own, Lead("https://acmerobotics.test/", "Acme Robotics")) == set()
    assert said(named, Lead("https://facebook.com/x", "Acme Robotics")) == set()


def test_a_subdomain_is_no_website() -> None:
    """A shop below the domain says nothing about the home page."""
    assert said(company(domain="acme.example"), Lead("https://shop.acme.example/", "Shop")) == set()


def test_a_profile_has_to_be_named_like_the_company() -> None:
    """Share buttons, groups and other companies are passed over."""
    named = company(name="Acme Robotics", domain="acme.example")
    assert said(named, Lead("https://www.linkedin.com/company/acme-bakery", "Acme Bakery | LinkedIn")) == set()
    assert said(named, Lead("https://www.facebook.com/sharer.php?u=acme-robotics", "Acme Robotics")) == set()
    assert ("company_github_url", "https://github.com/acme-robotics") in said(
        named, Lead("https://github.com/acme-robotics/arm", "acme-robotics/arm")
    )


def test_a_sites_label_names_a_profile_only_when_the_profile_mentions_the_site() -> None:
    """With nothing but a domain, a slug alone could be anybody's."""
    bare = company(domain="acme.example")
    page = "https://www.linkedin.com/company/acme"
    assert said(bare, Lead(page, "Acme | LinkedIn", "A company.")) == set()
    assert ("company_linkedin_url", page) in said(bare, Lead(page, "Acme | LinkedIn", "See www.acme.example."))


def test_of_two_namesakes_the_one_that_mentions_the_site_wins() -> None:
    """Agreement of the site outranks the order of results."""
    named = company(name="Acme", domain="acme.example")
    first = Lead("https://www.linkedin.com/company/acme-inc", "Acme", "Bakery")
    second = Lead("https://www.linkedin.com/company/acme", "Acme", "acme.example")
    assert ("company_linkedin_url", second.url) in said(named, first, second)
    assert not [fact for fact in said(named, first, Lead(second.url, "Acme")) if fact[0] == "company_linkedin_url"]


def test_a_known_page_admits_no_other() -> None:
    """A result for another page of the network is dropped when the company's own is known."""
    known = company(name="Acme", linkedin_url="https://www.linkedin.com/company/acme-ltd")
    assert said(known, Lead("https://www.linkedin.com/company/acme", "Acme | LinkedIn")) == set()


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("acme.example", True),
        ("see https://www.acme.example/about.", True),
        ("ada@acme.example", True),
        ("notacme.example", False),
        ("acme.example.test", False),
        ("acme.examples", False),
        ("acme example", False),
    ],
)
def test_a_site_is_mentioned_as_a_whole(text: str, mentioned: bool) -> None:
    """A longer name that contains the domain does not mention it."""
    assert mentions_site(Lead("https://x.test", text), "https://www.acme.example") is mentioned


def test_titles_are_split_at_their_breaks() -> None:
    """The part that is the name is taken as it is spelled; parts that only contain it are not."""
    assert title_name("Acme Robotics GmbH – Palletising", ["acme robotics"]) == "Acme Robotics GmbH"
    assert title_name("Jobs at Acme Robotics", ["acme robotics"]) is None
    assert title_name("", ["acme"]) is None


def test_a_person_needs_the_employer_or_the_known_page() -> None:
    """A name alone is many people's."""
    lead = Lead("https://www.linkedin.com/in/ada-ng-7", "Ada Ng - VP Sales - Acme Robotics | LinkedIn")
    assert said(person(person_name="Ada Ng"), lead) == set()
    assert said(person(person_name="Ada Ng", person_company_name="Nordwerk"), lead) == set()
    assert ("person_title", "VP Sales") in said(
        person(person_name="Ada Ng", person_company_name="Acme Robotics Ltd"), lead
    )
    page = "https://www.linkedin.com/in/ada-ng-7"
    assert ("person_name", "Ada Ng") in said(person(person_linkedin_url=page), lead)
    assert said(person(person_linkedin_url="https://www.linkedin.com/in/other"), lead) == set()


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        ("Ada Ng - VP Sales - Acme | LinkedIn", {"person_name", "person_title", "person_company_name"}),
        ("Ada Ng - Acme | LinkedIn", {"person_name"}),
        ("Ada Ng - VP Sales of ... - Acme | LinkedIn", {"person_name"}),
        ("Bob Ng - VP Sales - Acme | LinkedIn", set()),
        ("", set()),
    ],
)
def test_titles_of_people(title: str, fields: set[str]) -> None:
    """Job and employer are read only from the full form, and only for the asked name."""
    assert {field for field, _ in person_title(title, "ada-ng", "Ada Ng")} == fields


def test_panels_are_tied_by_site_then_by_name() -> None:
    """A panel with another site is refused even under the same name."""
    acme = company(domain="acme.example", name="Acme")
    assert other_subject(Panel("Acme Inc", website="https://www.acme.example"), acme) == ""
    assert "bakery.example" in other_subject(Panel("Acme", website="https://bakery.example"), acme)
    assert "site.example" in other_subject(Panel("Acme", facts=(("Website", "site.example"),)), acme)
    assert other_subject(Panel("Acme Corp."), acme) == ""
    assert other_subject(Panel("Acme"), company(domain="acme.example"))


def test_panel_facts() -> None:
    """Labels lead to fields; a street address is not taken for a city."""
    facts = (
        ("Founded:", "March 3, 2011; 15 years ago, Leeds"),
        ("Headquarters", "12 Foundry Lane, Leeds"),
        ("Gründung", "1999"),
        ("Number of employees", "1,142 (2025)"),
        ("Mascot", "Robbie"),
    )
    claims = panel_claims(Panel("Acme", facts=facts), ENGINE)
    assert [(claim.field, claim.value) for claim in claims] == [
        ("company_name", "Acme"),
        ("company_founded_year", "2011"),
        ("company_founded_year", "1999"),
        ("company_employee_count", "1,142"),
    ]
    assert claims[1].evidence[0].quote == "Founded: March 3, 2011; 15 years ago, Leeds"
    assert claims[1].display == "March 3, 2011; 15 years ago, Leeds"


def test_markup_in_shown_text_is_taken_away() -> None:
    """Engines mark the searched words and escape the rest."""
    assert plain("a <strong>b</strong> &lt;c&gt;\n d") == "a b <c> d"


@pytest.mark.parametrize(
    ("options", "engines"),
    [
        ({}, ()),
        ({"SEARCH_URL": "http://s.example"}, ("searxng",)),
        ({"SEARCH_API_KEY": "k"}, ("brave",)),
        ({"SEARCH_URL": "http://s.example", "SEARCH_API_KEY": "k"}, ("searxng",)),
        ({"SEARCH_URL": "http://s.example", "BRAVE_API_KEY": "k"}, ("searxng", "brave")),
        ({"SEARCH_PROVIDER": "tavily, brave", "SEARCH_URL": "http://s.example"}, ("tavily", "brave")),
        ({"SERPER_API_KEY": "k"}, ("serper",)),
    ],
)
def test_the_choice_of_engines(options: dict[str, str], engines: tuple[str, ...]) -> None:
    """SEARCH_PROVIDER decides; unset, addresses and keys do."""
    assert chosen_engines(options) == engines


@pytest.mark.parametrize(
    ("subject", "query"),
    [
        (company(domain="www.acme.example"), "acme.example company"),
        (company(name='Acme "A" Ltd'), '"Acme A Ltd" company'),
        (company(linkedin_url="https://www.linkedin.com/company/acme-robotics"), "acme robotics company linkedin"),
        (person(person_name="Ada Ng", person_company_name="Acme"), '"Ada Ng" Acme linkedin'),
        (person(person_linkedin_url="https://www.linkedin.com/in/ada-ng-7"), "ada ng 7 linkedin"),
        (person(person_name="Ada Ng"), None),
        (company(), None),
    ],
)
def test_queries(subject: Subject, query: str | None) -> None:
    """A query is made of the subject's identifier; without one there is none."""
    assert query_for(subject) == query


@given(st.lists(st.builds(Lead, st.text(max_size=40), st.text(max_size=40), st.text(max_size=60)), max_size=4))
def test_any_lead_can_be_read(leads: list[Lead]) -> None:
    """Whatever an engine shows, reading it never raises."""
    said(company(domain="acme.example", name="Acme"), *leads)
    said(person(person_name="Ada Ng", person_company_name="Acme"), *leads)
