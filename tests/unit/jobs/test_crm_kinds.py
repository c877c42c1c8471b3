"""``enrich_account`` and ``enrich_contact``: identified by whatever a CRM has."""

import pytest

from worker.domain.errors import MalformedEntry
from worker.domain.job import Job
from worker.domain.subject import Subject
from worker.jobs import load_kinds

KINDS = load_kinds()


def subject(kind: str, url: str = "", **fields: str) -> Subject:
    """The subject of an entry with these fields."""
    return KINDS[kind].subject(Job("default", "1", kind, url, (), fields=fields))


def test_accounts_by_domain_website_or_page() -> None:
    """The domain comes first; a page beside it is another way to ask."""
    assert subject("enrich_account", domain="acme.example").key == "company:acme.example"
    assert subject("enrich_account", "https://www.acme.example/x").key == "company:acme.example"
    page = "https://linkedin.com/company/Acme"
    assert subject("enrich_account", linkedin_url=page).key == "company:linkedin.com/company/acme"
    assert subject("enrich_account", page).key == "company:linkedin.com/company/acme"
    both = subject("enrich_account", domain="acme.example", linkedinUrl=page, name="Acme  Inc.")
    assert (both.key, both.get("company_linkedin_url")) == (
        "company:acme.example",
        "https://www.linkedin.com/company/acme",
    )
    assert both.get("company_name") == "Acme Inc."


def test_contacts_by_email_profile_or_name_and_company() -> None:
    """The surest comes first; the rest helps to ask."""
    full = subject("enrich_contact", email="Ada@Acme.example", firstName="Ada", last_name="Example", company="Acme")
    assert full.key == "person:mailto:ada@acme.example"
    assert (full.get("person_name"), full.get("person_company_name")) == ("Ada Example", "Acme")
    assert subject("enrich_contact", linkedin_url="linkedin.com/in/ada").key == "person:linkedin.com/in/ada"
    named = subject("enrich_contact", name="Ada Example", company_domain="www.acme.example")
    assert (named.key, named.get("person_company_domain")) == ("person:ada example@acme.example", "acme.example")


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("enrich_account", {}),
        ("enrich_account", {"domain": "localhost"}),
        ("enrich_account", {"linkedin_url": "https://linkedin.com/in/ada"}),
        ("enrich_contact", {}),
        ("enrich_contact", {"name": "Ada Example"}),
        ("enrich_contact", {"email": "ada@"}),
        ("enrich_contact", {"linkedin_url": "https://acme.example"}),
    ],
)
def test_what_names_nobody_is_malformed(kind: str, fields: dict[str, str]) -> None:
    """Told what would have been right."""
    with pytest.raises(MalformedEntry, match=r"expected an? "):
        subject(kind, **fields)
