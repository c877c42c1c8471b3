"""Kinds of jobs: found by themselves, one identity for every spelling, clear refusals."""

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from worker.domain.errors import ConfigError, MalformedEntry
from worker.domain.fields import FIELDS
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject
from worker.jobs import load_kinds

KINDS = load_kinds()


def job(kind: str, url: str = "", **fields: str) -> Job:
    """A job of a kind about a URL, with further entry fields."""
    return Job("default", "1", kind, url, (), fields=fields)


def key(kind: str, url: str) -> str:
    """The key of the subject that a URL names."""
    return KINDS[kind].subject(job(kind, url)).key


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example",
        "acme.example",
        "HTTP://WWW.Acme.example:80/about?x=1#y",
        "//shop.acme.example/",
        "acme.example.",
    ],
)
def test_every_spelling_of_a_website_is_one_company(url: str) -> None:
    """The registrable domain is the identity."""
    assert key("company_website", url) == "company:acme.example"


def test_international_names_are_one_company_in_both_forms() -> None:
    """Unicode and punycode spell the same domain."""
    assert key("company_website", "https://münchen.example/") == key("company_website", "xn--mnchen-3ya.example")


def test_shared_hosts_tell_companies_apart_by_path() -> None:
    """Two pages on one network are two companies, and the network is nobody's domain."""
    one = KINDS["company_website"].subject(job("company_website", "https://linktr.ee/Acme"))
    assert (one.key, one.identifiers) == ("company:linktr.ee/acme", {})
    assert key("company_website", "https://www.facebook.com/globex/about") == "company:facebook.com/globex"


def test_linkedin_addresses_in_all_their_forms() -> None:
    """Country hosts, trailing parts and case make no difference."""
    for url in ("https://www.linkedin.com/company/Acme/", "de.linkedin.com/company/acme/about?trk=x"):
        assert key("company_linkedin", url) == "company:linkedin.com/company/acme"
    for url in ("https://linkedin.com/in/Ada-L/?x=1", "http://uk.linkedin.com/in/ada-l"):
        assert key("linkedin_profile", url) == "person:linkedin.com/in/ada-l"


@pytest.mark.parametrize(
    ("kind", "url", "said"),
    [
        ("company_website", "http://10.0.0.1/", "address, not a domain"),
        ("company_website", "localhost", "no public domain"),
        ("company_website", "not a url", "no spaces"),
        ("company_website", "mailto:a@b.example", "not an http"),
        ("company_website", "https://user:pw@acme.example", "user names"),
        ("company_website", "https://linktr.ee/", "shared by many"),
        ("company_website", "https://linkedin.com/company/acme", "company_linkedin"),
        ("company_website", "https://" + "a" * 300 + ".example", "no host name"),
        ("company_linkedin", "https://www.linkedin.com/in/ada", "linkedin.com/company/"),
        ("company_linkedin", "https://acme.example", "not on linkedin.com"),
        ("linkedin_profile", "https://www.linkedin.com/company/acme", "linkedin.com/in/"),
        ("linkedin_profile", "", "empty"),
    ],
)
def test_what_names_no_subject_is_refused_in_words(kind: str, url: str, said: str) -> None:
    """The refusal names the field, the problem and what was expected."""
    with pytest.raises(MalformedEntry) as refusal:
        KINDS[kind].subject(job(kind, url))
    assert refusal.value.field == "url"
    assert refusal.value.expected
    assert said in str(refusal.value)


def test_email_validation_takes_the_address_from_where_it_is() -> None:
    """An ``email`` field, ``known`` or a mailto: URL; one mailbox whatever the case."""
    kind = KINDS["email_validation"]
    assert kind.subject(job("email_validation", email="Ada@Acme.example")).key == "person:mailto:ada@acme.example"
    assert kind.subject(job("email_validation", "mailto:ada@acme.example")).key == "person:mailto:ada@acme.example"
    known = Job("default", "1", "email_validation", "", (), known={"person_email": "ada@acme.example"})
    assert kind.subject(known).get("person_email") == "ada@acme.example"


def test_an_address_that_breaks_the_rules_is_still_a_job() -> None:
    """Whether it is valid is what was asked; only something that is no address at all is malformed."""
    kind = KINDS["email_validation"]
    assert kind.subject(job("email_validation", email="ada@@acme")).key == "person:mailto:ada@@acme"
    for text in ("", "acme"):
        with pytest.raises(MalformedEntry, match="email"):
            kind.subject(job("email_validation", email=text))


def test_default_fields_are_in_the_catalogue() -> None:
    """A job without requiredFields asks for fields of its own entity that exist."""
    for kind in KINDS.values():
        assert kind.default_fields
        assert all(FIELDS[name].entity is kind.entity for name in kind.default_fields)


@pytest.fixture
def plugin() -> Iterator[ModuleType]:
    """An importable module that is not part of enrichd."""
    module = ModuleType("their_kinds")
    sys.modules[module.__name__] = module
    yield module
    del sys.modules[module.__name__]


def _subject(_: Job) -> Subject:
    return Subject(Entity.COMPANY, "company:acme.example")


def test_plugins_bring_kinds(plugin: ModuleType) -> None:
    """A module named in PLUGINS adds its KINDS."""
    mine = Kind("vehicle", Entity.COMPANY, ("company_name",), _subject)
    plugin.KINDS = (mine,)  # type: ignore[attr-defined]
    assert load_kinds(["their_kinds"])["vehicle"] is mine


def test_plugins_cannot_replace_a_kind_or_bring_something_else(plugin: ModuleType) -> None:
    """Two kinds of one name, a missing module and a wrong type stop the start, naming the module."""
    plugin.KIND = Kind("company_website", Entity.COMPANY, ("company_name",), _subject)  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="their_kinds defines the kind 'company_website' a second time"):
        load_kinds(["their_kinds"])
    plugin.KIND = "company"  # type: ignore[attr-defined]
    with pytest.raises(ConfigError, match="not str"):
        load_kinds(["their_kinds"])
    with pytest.raises(ConfigError, match="no_such_module"):
        load_kinds(["no_such_module"])
