"""The field catalogue: what is read, what is refused, and that reading twice changes nothing."""

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.fields import FIELDS, IDENTIFIERS, Context, InvalidValue, field_names
from worker.domain.fields.numbers import BANDS, band_of
from worker.domain.fields.web import registrable_domain
from worker.domain.subject import Entity

NAMED = {
    "company": "name domain website description industry size employee_count founded_year type street city region "
    "postal_code country phone email linkedin_url logo_url technologies keywords revenue funding_total "
    "registration_id vat_id",
    "person": "name first_name last_name title headline seniority department email email_status phone city region "
    "country linkedin_url twitter_url github_url company_name company_domain",
}


def test_catalogue_holds_every_named_field() -> None:
    """Producers may ask for each of these by name."""
    wanted = {f"{entity}_{name}" for entity, names in NAMED.items() for name in names.split()}
    assert wanted <= set(FIELDS)
    assert set(IDENTIFIERS) <= set(FIELDS)


def test_names_start_with_their_entity() -> None:
    """A field's name says whom it describes."""
    assert all(name.startswith(f"{field.entity.value}_") for name, field in FIELDS.items())
    assert len(field_names(Entity.COMPANY)) + len(field_names(Entity.PERSON)) == len(FIELDS)


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("company_name", "  Acme\u00a0 Rockets\n", "Acme Rockets"),
        ("company_name", "A\x00cme\ud800", "Acme"),
        ("company_domain", "https://www.Acme.co.uk/about?x=1", "acme.co.uk"),
        ("company_domain", "ada@mail.acme.example", "acme.example"),
        ("company_domain", "MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("company_domain", "blog.github.io", "blog.github.io"),
        ("company_website", "acme.example/", "https://acme.example"),
        ("company_website", "HTTP://Acme.example:80/en#top", "http://acme.example/en"),
        ("company_size", "11-50 employees", "11-50"),
        ("company_size", "1,001 – 5,000", "1001-5000"),
        ("company_size", "10,001+", "10001+"),
        ("company_size", 42, "11-50"),
        ("company_size", "100-500", "100-500"),
        ("company_size", "more than 200", "200+"),
        ("company_employee_count", "1.2k", 1200),
        ("company_employee_count", "2.500 Mitarbeiter", 2500),
        ("company_employee_count", 17.0, 17),
        ("company_founded_year", "since 1998", 1998),
        ("company_founded_year", "2012-05-01", 2012),
        ("company_type", "Privately Held", "private"),
        ("company_type", "Worker-owned", "Worker-owned"),
        ("company_country", "Deutschland", "DE"),
        ("company_country", "united states", "US"),
        ("company_country", "JP", "JP"),
        ("company_phone", "tel:+49 (0)30 901820", "+4930901820"),
        ("company_phone", "(512) 555-0143 ext. 12", "+15125550143;ext=12"),
        ("company_phone", "+1 512-555-0143 x 12", "+15125550143;ext=12"),
        ("company_email", "mailto:Info@ACME.example?subject=hi", "info@acme.example"),
        ("company_linkedin_url", "uk.linkedin.com/company/Acme-Rockets/about/?x=1",
         "https://www.linkedin.com/company/acme-rockets"),
        ("company_linkedin_url", "https://linkedin.com/school/acme-u/", "https://www.linkedin.com/school/acme-u"),
        ("company_twitter_url", "https://twitter.com/Acme?lang=de", "https://x.com/acme"),
        ("company_twitter_url", "@acme", "https://x.com/acme"),
        ("company_facebook_url", "https://m.facebook.com/acme/posts/1", "https://www.facebook.com/acme"),
        ("company_youtube_url", "https://youtube.com/channel/UCabc", "https://www.youtube.com/channel/UCabc"),
        ("company_tiktok_url", "https://www.tiktok.com/@acme", "https://www.tiktok.com/@acme"),
        ("company_technologies", "Redis, redis; Python", ("Redis", "Python")),
        ("company_technologies", ["Redis", None, "Go, the language"], ("Redis", "Go, the language")),
        ("company_funding_total", "$1.5M", 1_500_000),
        ("company_funding_total", "2 bn", 2_000_000_000),
        ("company_vat_id", "DE 136 695 976", "DE136695976"),
        ("company_vat_id", "CHE-116.281.710 MWST", "CHE116281710MWST"),
        ("company_registration_id", "HRB  12345 B", "HRB 12345 B"),
        ("person_linkedin_url", "de.linkedin.com/in/J%C3%B6rg-M/", "https://www.linkedin.com/in/j%C3%B6rg-m"),
        ("person_seniority", "C-Level", "c_suite"),
        ("person_email_status", "accept_all", "catch_all"),
    ],
)  # fmt: skip
def test_reads(name: str, raw: Any, value: Any) -> None:
    """Each of the ways a value is met becomes one canonical value."""
    assert FIELDS[name].normalise(raw) == value


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("company_name", "n/a"), ("company_name", " - "), ("company_name", ""), ("company_name", None),
        ("company_name", True), ("company_name", {"a": 1}),
        ("company_domain", "127.0.0.1"), ("company_domain", "localhost"), ("company_domain", "co.uk"),
        ("company_domain", "https://facebook.com/acme"), ("company_domain", "a..b"), ("company_domain", "1.2.3"),
        ("company_website", "ftp://acme.example"), ("company_website", "javascript:alert(1)"),
        ("company_website", "https://user:pw@acme.example"), ("company_website", "https://linktr.ee/acme"),
        ("company_website", "https://acme.example:99999/"), ("company_website", "http://[::1"),
        ("company_size", "many"), ("company_size", "500-100"), ("company_size", 0), ("company_size", "1-2-3"),
        ("company_employee_count", "5-10"), ("company_employee_count", 0), ("company_employee_count", float("nan")),
        ("company_employee_count", 10**9), ("company_founded_year", "99"), ("company_founded_year", "1998 or 1999"),
        ("company_country", "Atlantis"), ("company_phone", "12"), ("company_phone", "901820"),
        ("company_phone", "call us"), ("company_phone", "9" * 300), ("company_email", "info@"),
        ("company_email", "a b@acme.example"), ("company_linkedin_url", "https://www.linkedin.com/in/ada"),
        ("company_linkedin_url", "https://acme.example/company/acme"), ("person_linkedin_url", "https://linkedin.com/"),
        ("company_twitter_url", "https://x.com/intent/tweet?text=a"), ("company_twitter_url", "https://x.com/"),
        ("company_facebook_url", "https://www.facebook.com/sharer.php?u=x"), ("company_vat_id", "XX123"),
        ("company_vat_id", "DE12"), ("person_email_status", "perhaps"), ("company_technologies", "-, n/a"),
        ("company_technologies", 7), ("company_funding_total", "a lot"),
    ],
)  # fmt: skip
def test_refuses(name: str, raw: Any) -> None:
    """What is no value is refused with a reason, not stored."""
    with pytest.raises(InvalidValue, match=r".{5}"):
        FIELDS[name].normalise(raw)


def test_national_numbers_need_a_region() -> None:
    """The region comes from the company's country or domain."""
    assert FIELDS["company_phone"].normalise("030 901820", Context(region="DE")) == "+4930901820"
    assert FIELDS["company_phone"].normalise("030 901820", Context(region="JP")) == "+8130901820"


def test_nothing_is_founded_in_the_future() -> None:
    """The current year bounds founding years."""
    with pytest.raises(InvalidValue):
        FIELDS["company_founded_year"].normalise(2031, Context(year=2026))


_raw = st.one_of(
    st.text(max_size=60),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=12), max_size=4),
    st.from_regex(r"(https?://)?[a-z0-9.-]{1,20}\.(com|de|co\.uk|example)(/[a-z/]{0,12})?", fullmatch=True),
    st.from_regex(r"\+?[0-9 ()/-]{5,18}", fullmatch=True),
    st.from_regex(r"[0-9]{1,6}([-+.,][0-9]{0,6})?( employees)?", fullmatch=True),
)


@given(st.sampled_from(sorted(FIELDS)), _raw, st.sampled_from(["", "DE", "US", "JP"]))
def test_reading_is_idempotent_and_only_raises_invalid_value(name: str, raw: Any, region: str) -> None:
    """Whatever comes from outside, a normaliser returns a fixed point or says InvalidValue."""
    field, context = FIELDS[name], Context(region=region, year=2026)
    with contextlib.suppress(InvalidValue):
        value = field.normalise(raw, context)
        assert field.normalise(value, context) == value
        assert field.compare_key(value) == field.compare_key(field.normalise(value, context)) != ""


@given(st.integers(1, 5_000_000))
def test_bands_cover_every_head_count(count: int) -> None:
    """Each head count has exactly one band, and a band reads as itself."""
    band = band_of(count)
    assert sum(low <= count and (high is None or count <= high) for low, high in BANDS) == 1
    assert FIELDS["company_size"].normalise(band) == band
    assert FIELDS["company_size"].compare_key(band) == band


@pytest.mark.parametrize(
    ("host", "domain"),
    [("acme.example", "acme.example"), ("a.b.acme.test", "acme.test"), ("www.acme.com.au", "acme.com.au"),
     ("acme.github.io", "acme.github.io"), ("WWW.Acme.Example.", "acme.example")],
)  # fmt: skip
def test_registrable_domains(host: str, domain: str) -> None:
    """The Public Suffix List decides, its default rule for endings it does not know."""
    assert registrable_domain(host) == domain
