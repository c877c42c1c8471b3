"""The identity gate: who is let in, who is refused and why."""

import pytest

from tests.unit.domain.claims import NOW, claim
from worker.domain.claim import Claim
from worker.domain.gate import Ruling, judge
from worker.domain.identity import company_at, company_on_linkedin, person_at, person_on_linkedin, person_with_email
from worker.domain.record import record_of
from worker.domain.subject import Subject

ACME = company_at("https://acme.example")
PAGE = "https://www.linkedin.com/company/acme"
ADA_PAGE = "https://www.linkedin.com/in/ada"


def rule(subject: Subject, *claims: Claim, known: tuple[Claim, ...] = ()) -> Ruling:
    """Judge claims about a subject of which some things are known."""
    return judge(subject, record_of(known, NOW), claims)


def pdl(field: str, value: str) -> Claim:
    """A data provider's word."""
    return claim(field, value, "pdl", 0.95, provider="pdl")


def named(name: str) -> tuple[Claim, ...]:
    """The subject's name, already known."""
    return (claim("company_name", name),)


def test_the_domain_decides_first() -> None:
    """A matching domain lets a differing name pass: trade and legal names differ often."""
    ruling = rule(
        ACME, pdl("company_domain", "acme.example"), pdl("company_name", "Rocket Holdings"), known=named("Acme")
    )
    assert len(ruling.accepted) == 2
    assert not ruling.refused


def test_a_same_name_company_on_another_domain_is_refused() -> None:
    """The classic mistake: the right name, the wrong company."""
    ruling = rule(
        ACME, pdl("company_name", "Acme"), pdl("company_website", "https://acme.test"), known=named("Acme Inc.")
    )
    assert ruling.accepted == ()
    assert ruling.refused["company_name"] == "another company of the same name: acme.test, not acme.example"


def test_another_company_altogether_is_refused() -> None:
    """Neither domain nor name fit."""
    ruling = rule(ACME, pdl("company_name", "Globex"), pdl("company_domain", "globex.example"), known=named("Acme"))
    assert ruling.refused["company_name"] == "another company: globex.example, not acme.example"


def test_names_are_compared_without_legal_form() -> None:
    """Without a domain the name decides, in any legal clothing."""
    assert rule(ACME, pdl("company_name", "ACME GmbH & Co. KG"), known=named("Acme Inc.")).accepted
    assert rule(ACME, pdl("company_name", "Initech"), known=named("Acme Inc.")).refused


def test_an_unknown_name_is_compared_with_the_domains_label() -> None:
    """Before any name is known, the domain's own word has to fit."""
    assert rule(ACME, pdl("company_name", "Acme Rockets Ltd")).accepted
    assert rule(company_at("https://ibm.example"), pdl("company_name", "Improbable Baking Machines")).accepted
    assert rule(company_at("https://yamato.example"), pdl("company_name", "株式会社ヤマト")).accepted
    assert (
        rule(ACME, pdl("company_name", "Initech")).refused["company_name"]
        == "another company: Initech, not acme.example"
    )


def test_the_same_name_in_another_country_is_refused() -> None:
    """Name and place together: an Acme elsewhere is another Acme."""
    known = (*named("Acme"), claim("company_country", "DE"))
    ruling = rule(ACME, pdl("company_name", "Acme"), pdl("company_country", "US"), known=known)
    assert ruling.refused["company_name"] == "same name in another country: US, not DE"


def test_a_linkedin_page_identifies_a_company() -> None:
    """Asked by page and answered about that page: the domain it adds is news, not a contradiction."""
    subject = company_on_linkedin(PAGE)
    ruling = rule(subject, pdl("company_linkedin_url", PAGE), pdl("company_domain", "acme.example"))
    assert len(ruling.accepted) == 2


def test_a_rebrand_is_recorded_as_such() -> None:
    """A new name that names the old one is the same company, and the relation is told."""
    ruling = rule(ACME, pdl("company_name", "Zenith"), pdl("company_former_name", "Acme"), known=named("Acme Inc."))
    assert len(ruling.accepted) == 2
    assert ruling.notes == ("renamed: Acme is Zenith now",)


def test_a_site_that_moved_is_followed_and_told() -> None:
    """The company's own site redirects to its new domain."""
    ruling = rule(ACME, claim("company_name", "Zenith", "zenith.example"), known=named("Acme"))
    assert ruling.accepted
    assert ruling.notes == ("acme.example leads to zenith.example now",)


def test_a_site_that_leads_to_a_shared_host_is_refused() -> None:
    """A social network's page is read as that network's, not as the company's site."""
    assert rule(ACME, claim("company_name", "Log in", "www.facebook.com")).refused


def test_parents_and_subsidiaries_are_told_apart() -> None:
    """A parent's data does not become the child's, in either direction."""
    known = (*named("Acme"), claim("company_parent_name", "Omni Corp"))
    up = rule(ACME, pdl("company_name", "Omni Corporation"), pdl("company_size", "10001+"), known=known)
    assert up.refused["company_size"] == "describes the parent company Omni Corp"
    assert "parent company: Omni Corp" in up.notes
    down = rule(ACME, pdl("company_name", "Acme Labs"), pdl("company_parent_name", "Acme"), known=named("Acme"))
    assert down.refused["company_name"] == "describes a subsidiary, Acme Labs"


def test_each_source_is_judged_by_itself() -> None:
    """A search brings several hosts: the wrong one is refused, the right one stays."""
    right = claim("company_phone", "+4930901820", "directory.example", 0.7, provider="search")
    name = claim("company_name", "Acme", "directory.example", 0.7, provider="search")
    wrong = claim("company_phone", "+15125550143", "other.example", 0.7, provider="search")
    wrong_name = claim("company_name", "Globex", "other.example", 0.7, provider="search")
    ruling = rule(ACME, right, name, wrong, wrong_name, known=named("Acme"))
    assert set(ruling.accepted) == {right, name}
    assert ruling.notes == ("refused what other.example says: another company: Globex, not Acme",)


@pytest.mark.parametrize("engine", ["searxng", "brave", "serper", "tavily", "llm"])
def test_a_directory_that_links_to_the_profile_is_no_proof(engine: str) -> None:
    """A found page that names the LinkedIn profile has to agree in its name; a provider's own record need not."""
    subject = company_on_linkedin(PAGE)
    told = (("company_linkedin_url", PAGE), ("company_name", "Globex"), ("company_phone", "+15125550143"))
    found = [claim(field, value, "directory.example", 0.7, provider=engine) for field, value in told]
    assert rule(subject, *found, known=named("Acme")).accepted == ()
    record = [pdl(field, value) for field, value in told]
    assert len(rule(subject, *record, known=named("Acme")).accepted) == 3
    own = [claim(field, value, "www.linkedin.com", 0.9, provider="linkedin_pages") for field, value in told]
    assert len(rule(subject, *own, known=named("Acme")).accepted) == 3


def test_silence_is_no_contradiction() -> None:
    """Claims that name nobody pass: the provider was asked about this subject."""
    assert rule(ACME, pdl("company_size", "11-50"), known=named("Acme")).accepted


def test_another_persons_profile_is_refused() -> None:
    """Asked about one profile, answered with another."""
    ruling = rule(person_on_linkedin(ADA_PAGE), pdl("person_linkedin_url", "https://www.linkedin.com/in/ada-2"))
    assert ruling.refused["person_linkedin_url"] == "another person's profile"


@pytest.mark.parametrize(("name", "passes"), [("A. Example", True), ("Example, Ada", True), ("Anna Example", False)])
def test_people_compare_by_name_when_nothing_better_is_known(name: str, *, passes: bool) -> None:
    """Initials and order are forgiven, another given name is not."""
    ruling = rule(person_at("Ada Example", "acme.example"), pdl("person_name", name))
    assert bool(ruling.accepted) is passes


def test_a_namesake_at_another_company_is_refused() -> None:
    """A name alone is no identity: the employer has to fit."""
    subject = person_at("Ada Example", "acme.example")
    claims = (pdl("person_name", "Ada Example"), pdl("person_company_domain", "globex.example"))
    assert rule(subject, *claims).refused["person_name"] == "a person of the same name at another company"
    assert rule(subject, pdl("person_name", "Ada Example"), pdl("person_company_domain", "acme.example")).accepted


def test_a_former_employer_tells_nothing_about_the_present_job() -> None:
    """The person is right (by email address), the job described is another: only that part is refused."""
    subject = person_with_email("ada@acme.example")
    claims = (
        pdl("person_email", "ada@acme.example"),
        pdl("person_city", "Berlin"),
        pdl("person_company_domain", "globex.example"),
        pdl("person_title", "Director"),
    )
    ruling = rule(subject, *claims)
    assert {one.field for one in ruling.accepted} == {"person_email", "person_city"}
    assert ruling.refused["person_title"] == "describes a job at globex.example, not at acme.example"


def test_a_free_mailbox_names_no_employer() -> None:
    """A private address contradicts no job."""
    subject = person_with_email("ada@gmail.com")
    claims = (pdl("person_email", "ada@gmail.com"), pdl("person_company_domain", "globex.example"))
    assert len(rule(subject, *claims).accepted) == 2


def test_what_a_person_typed_names_the_employer() -> None:
    """A known employer refuses the former one's title."""
    typed = claim("person_company_name", "Acme", "human", 1.0, provider="known")
    claims = (pdl("person_linkedin_url", ADA_PAGE), pdl("person_company_name", "Globex"), pdl("person_title", "Baker"))
    ruling = rule(person_on_linkedin(ADA_PAGE), *claims, known=(typed,))
    assert set(ruling.refused) == {"person_company_name", "person_title"}


MUELLER = company_at("https://mueller-bau.example")


def found(field: str, value: str, host: str = "directory.example") -> Claim:
    """What a search read off somebody's page."""
    return claim(field, value, host, 0.7, provider="searxng")


@pytest.mark.parametrize(
    ("there", "same"),
    [
        ({"company_city": "Passau", "company_postal_code": "94032"}, False),
        ({"company_city": "Passau"}, False),
        ({"company_city": "Kassel", "company_postal_code": "34121"}, True),
        ({"company_city": "Kassel-Wilhelmshöhe", "company_postal_code": "34131"}, True),
        ({"company_city": "Cassel", "company_postal_code": "34117"}, True),
        ({}, True),
    ],
)
def test_the_same_name_in_another_town_is_refused(there: dict[str, str], *, same: bool) -> None:
    """Müller GmbH of Passau is not Müller GmbH of Kassel; a spelling or a suburb is no other town."""
    known = (*named("Müller GmbH"), claim("company_country", "DE"), claim("company_city", "Kassel"),
             claim("company_postal_code", "34117"))  # fmt: skip
    offered = [found("company_name", "Müller GmbH"), found("company_phone", "+4985112345")]
    ruling = rule(MUELLER, *offered, *(found(name, value) for name, value in there.items()), known=known)
    assert bool(ruling.accepted) is same, ruling
    if not same:
        assert "another town" in ruling.refused["company_phone"]


def test_a_branch_told_under_the_own_domain_is_the_same_company() -> None:
    """A certain match needs no place: companies have offices."""
    known = (*named("Müller GmbH"), claim("company_city", "Kassel"))
    ruling = rule(
        MUELLER, pdl("company_domain", "mueller-bau.example"), pdl("company_city", "Passau"), known=known
    )  # fmt: skip
    assert len(ruling.accepted) == 2


@pytest.mark.parametrize(
    "host", ["acme-group.example", "acmeholding.example", "acme.test", "www.acme-stiftung.example"]
)
def test_a_neighbours_own_site_is_no_directory(host: str) -> None:
    """What a search read on acme-group.example is about that company, whatever it is called there."""
    ruling = rule(ACME, found("company_name", "Acme", host), found("company_phone", "+4930901820", host))
    assert ruling.accepted == ()
    assert "own site" in ruling.refused["company_phone"]


def test_a_directory_about_the_company_is_heard() -> None:
    """A host that is called something else may speak of the company."""
    assert rule(ACME, found("company_name", "Acme"), found("company_phone", "+4930901820")).accepted


def test_a_holding_of_the_same_name_is_another_company() -> None:
    """With the name known, a Group or Holding is not it; the domain still decides before the name."""
    assert rule(ACME, found("company_name", "Acme Holdings"), known=named("Acme")).refused
    assert rule(ACME, found("company_name", "Acme Rockets"), known=named("Acme")).accepted
    assert rule(
        ACME, pdl("company_name", "Acme Holdings"), pdl("company_domain", "acme.example"), known=named("Acme")
    ).accepted
    assert rule(ACME, found("company_name", "Acme Group"), known=named("Acme Group GmbH")).accepted


def test_a_company_that_moved_is_known_under_both_domains() -> None:
    """Once its own site has led to the new domain, a provider's record under that one is about it; a third is not."""
    moved = tuple(
        claim(field, value, "zenith.example", provider="website")
        for field, value in (("company_domain", "zenith.example"), ("company_name", "Zenith"))
    )
    ruling = rule(ACME, *moved, known=())
    assert "acme.example leads to zenith.example now" in ruling.notes
    known = ruling.accepted
    record = (pdl("company_domain", "zenith.example"), pdl("company_name", "Zenith"), pdl("company_size", "11-50"))
    assert len(rule(ACME, *record, known=known).accepted) == 3
    old = (pdl("company_domain", "acme.example"), pdl("company_size", "11-50"))
    assert len(rule(ACME, *old, known=known).accepted) == 2
    assert rule(ACME, pdl("company_domain", "zenith.test"), pdl("company_name", "Zenith"), known=known).accepted == ()
    hearsay = (claim("company_domain", "zenith.example", "zenith.example", 0.7, provider="searxng"),)
    assert rule(ACME, *record, known=hearsay).accepted == (), "what a search says does not move a company"


def test_two_of_the_same_name_in_one_company() -> None:
    """A numbered mailbox or another profile is a colleague; another way to write the address is not."""
    subject = person_with_email("jane.miller@acme.example")
    name = pdl("person_name", "Jane Miller")
    assert (
        rule(subject, name, pdl("person_email", "jane.miller2@acme.example"), pdl("person_title", "CFO")).accepted == ()
    )
    assert rule(subject, name, pdl("person_email", "jmiller@acme.example"), pdl("person_title", "CFO")).accepted
    two = person_at("Jane Miller", "acme.example").knowing(
        {"person_linkedin_url": "https://www.linkedin.com/in/jane-miller-1"}
    )
    other = pdl("person_linkedin_url", "https://www.linkedin.com/in/jane-miller-2")
    assert rule(two, name, other, pdl("person_title", "CFO")).accepted == ()
