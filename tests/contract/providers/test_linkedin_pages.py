"""LinkedIn's own pages over recorded ones: walls in every form, and facts by shape instead of label."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.recorded import recorded, recorded_cases
from tests.support.scripted_gateway import ScriptedGateway
from tests.support.search_contract import normalised, off_reason, opened
from worker.domain.errors import ConfigError
from worker.domain.fields import FIELDS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, PageRefused
from worker.domain.subject import Entity, Subject
from worker.providers import linkedin_pages
from worker.providers.linkedin_page_facts import about_facts, has_facts, parse
from worker.providers.roster import open_roster

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PAGE = "https://www.linkedin.com/company/acme-robotics"
PROFILE = "https://www.linkedin.com/in/adang"
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example", "company_linkedin_url": PAGE})
BY_PAGE = Subject(
    Entity.COMPANY,
    "company:linkedin.com/company/acme-robotics",
    {"company_domain": "acme.example", "company_linkedin_url": PAGE},
)
ADA = Subject(Entity.PERSON, "person:linkedin.com/in/adang", {"person_linkedin_url": PROFILE})
EXPECTED = {
    **dict.fromkeys(("company_hit", "company_german", "company_sparse", "company_other_domain"), Outcome.HIT),
    **dict.fromkeys(("profile_hit", "profile_masked"), Outcome.HIT),
    **dict.fromkeys(("denied_999", "wall_script", "wall_redirect", "login_form"), Outcome.BLOCKED),
    **dict.fromkeys(("unauthorised", "forbidden", "legal"), Outcome.BLOCKED),
    **dict.fromkeys(("miss", "gone"), Outcome.MISS),
    "throttled": Outcome.THROTTLED,
    "empty_200": Outcome.NONSENSE,
    **{f"error_{status}": Outcome.TRANSIENT for status in (500, 502, 503, 504)},
}


async def look_up(subject: Subject, case: str) -> tuple[Finding, ScriptedGateway]:
    """One lookup over a recorded page, and what was visited."""
    page = PAGE if subject.entity is Entity.COMPANY else PROFILE
    gateway = ScriptedGateway(pages={page: recorded("linkedin_pages", case)})
    return await linkedin_pages.lookup(Ask("default", subject, frozenset()), gateway), gateway


def test_every_status_has_a_row_and_a_recording() -> None:
    """The status table and the recorded pages name the same statuses, 999 among them."""
    statuses = {recorded("linkedin_pages", case).status for case in recorded_cases("linkedin_pages")}
    assert set(linkedin_pages.STATUSES.outcomes) == statuses
    assert 999 in statuses


@pytest.mark.parametrize("case", recorded_cases("linkedin_pages"))
def test_reading(case: str) -> None:
    """Each recorded page has its outcome; every wall is a wall whatever its status."""
    entity = Entity.PERSON if case.startswith("profile") else Entity.COMPANY
    reading = linkedin_pages.read(recorded("linkedin_pages", case), entity, NOW)
    assert reading.outcome is EXPECTED[case]
    assert bool(reading.reason) == (reading.outcome is not Outcome.HIT)


async def test_company_page() -> None:
    """JSON-LD and the about list together, each value with the place it stands in."""
    finding, gateway = await look_up(ACME, "company_hit")
    assert gateway.visited == [PAGE]
    assert normalised(finding) == {
        "company_name": {"Acme Robotics"},
        "company_description": {"Acme Robotics builds palletising robots & grippers."},
        "company_employee_count": {142},
        "company_logo_url": {"https://media.example/logo.png"},
        "company_street": {"12 Foundry Lane"},
        "company_city": {"Leeds"},
        "company_region": {"England"},
        "company_postal_code": {"LS1 4AP"},
        "company_country": {"GB"},
        "company_website": {"https://acme.example"},
        "company_domain": {"acme.example"},
        "company_linkedin_url": {PAGE},
        "company_industry": {"Automation Machinery Manufacturing"},
        "company_size": {"51-200"},
        "company_type": {"private"},
        "company_founded_year": {2011},
        "company_keywords": {("robotics", "palletising", "and grippers")},
    }
    assert {claim.source for claim in finding.claims} == {"linkedin.com"}
    assert all(claim.evidence[0].url == PAGE and claim.evidence[0].path for claim in finding.claims)


async def test_the_about_list_is_read_by_shape() -> None:
    """Without marks and in another language the same facts are found by shape and order."""
    found = normalised((await look_up(ACME, "company_german"))[0])
    assert found["company_industry"] == {"Maschinenbau"}
    assert found["company_size"] == {"51-200"}
    assert found["company_founded_year"] == {2011}
    assert found["company_city"] == {"Leeds"}
    assert found["company_keywords"] == {("Roboter", "Palettieren")}


async def test_what_is_ambiguous_is_left_out() -> None:
    """Of a list with gaps only what its shape or neighbours tell is taken."""
    finding, _ = await look_up(ACME, "company_sparse")
    found = {claim.field: claim.value for claim in finding.claims}
    assert found["company_size"] == "社員 10,001+ 名"
    assert found["company_industry"] == "機械製造"
    assert not {"company_type", "company_city", "company_founded_year"} & found.keys()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["142 employees"], {"company_size": "142 employees"}),
        (["3D printing", "2-10 employees"], {"company_industry": "3D printing", "company_size": "2-10 employees"}),
        (["2011"], {}),
        (["no shape", "at all"], {}),
        (["acme.example", "1 001–5 000"], {"company_website": "acme.example", "company_size": "1 001–5 000"}),
        (["11-50 x", "Leeds", "1999", "a, b", "more"], {"company_size": "11-50 x", "company_founded_year": "1999"}),
    ],
)
def test_shapes(values: list[str], expected: dict[str, str]) -> None:
    """Sizes, years and sites are told by their shape; the rest only by a sure place."""
    assert about_facts(tuple(("", value) for value in values)) == expected


async def test_another_companys_page_is_refused_unless_it_is_the_subject() -> None:
    """A page found on the way must not contradict the domain; the page a job names is the subject itself."""
    finding, _ = await look_up(ACME, "company_other_domain")
    assert (finding.outcome, finding.claims) == (Outcome.MISS, ())
    assert "acme-bakery.example" in finding.reason
    named, _ = await look_up(BY_PAGE, "company_other_domain")
    assert named.outcome is Outcome.HIT


async def test_profile_page() -> None:
    """The employer without an end is taken, and nothing that is masked."""
    found = normalised((await look_up(ADA, "profile_hit"))[0])
    assert found["person_company_name"] == {"Acme Robotics"}
    assert found["person_title"] == {"VP Sales"}
    assert found["person_city"] == {"Leeds"}
    masked = normalised((await look_up(ADA, "profile_masked"))[0])
    assert not {"person_company_name", "person_title"} & masked.keys()
    assert masked["person_name"] == {"Ada Ng"}


async def test_robots_are_obeyed() -> None:
    """What the gateway refuses to fetch is blocked, with the gateway's reason."""
    refused = PageRefused(Outcome.BLOCKED, "robots.txt forbids it")
    finding = await linkedin_pages.lookup(Ask("default", ACME, frozenset()), ScriptedGateway(pages={PAGE: refused}))
    assert (finding.outcome, finding.reason) == (Outcome.BLOCKED, "robots.txt forbids it")


def test_off_unless_switched_on_by_name() -> None:
    """Scraping LinkedIn is never a default."""
    assert off_reason(linkedin_pages.open_provider, {}) == "LINKEDIN_ENABLE_SCRAPING is not true"
    provider = opened(linkedin_pages.open_provider, {"LINKEDIN_ENABLE_SCRAPING": "true"})
    assert provider.account
    assert provider.gives <= FIELDS.keys()
    assert provider.cannot(Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"}))


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_page_can_be_parsed(body: bytes) -> None:
    """No bytes raise, in the head or behind a JSON-LD script tag."""
    for page in (body, b'<script type="application/ld+json">' + body, b"<dl><dd>" + body + b"</dd><dd>51-200</dd>"):
        for subject in (ACME, ADA):
            has_facts(page, subject.entity)
            parse(page, PAGE, subject, NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"<dl>" + b"<dd>" * 10_000,
        b"<div>" * 10_000 + b"<dl><dd>51-200",
        b"<dl><dd>" + b"1" * 300_000,
        b"<dl><dd>" + b"1," * 150_000,
        b'<script type="application/ld+json">' + b"[" * 300_000,
        b"<dl>" + b"<dd><a href='https://x.example/?url=" + b"&" * 300_000 + b"'>x</a></dd>",
    ],
    ids=["items", "nesting", "digits", "counts", "brackets", "query"],
)
def test_hostile_pages_are_quick(body: bytes) -> None:
    """Nothing in a page takes longer than a second of processor time."""
    started = time.thread_time()
    has_facts(body, Entity.COMPANY)
    parse(body, PAGE, ACME, NOW)
    assert time.thread_time() - started < 1


def test_the_pages_can_be_given_a_place_among_the_vendors() -> None:
    """LINKEDIN_PROVIDER names the pages too, and without a vendor none is used."""
    options = {"LINKEDIN_ENABLE_SCRAPING": "true", "LINKEDIN_API_KEY": "k", "LINKEDIN_PROVIDER": "pdl,linkedin_pages"}
    stage = [provider.name for provider in open_roster(options).on if provider.stage == "linkedin"]
    assert stage == ["pdl", "linkedin_pages"]
    alone = open_roster(options | {"LINKEDIN_PROVIDER": "linkedin_pages"})
    assert [provider.name for provider in alone.on if provider.stage == "linkedin"] == ["linkedin_pages"]
    with pytest.raises(ConfigError, match="LINKEDIN_PROVIDER: proxycurl is unknown"):
        open_roster({"LINKEDIN_PROVIDER": "proxycurl"})
