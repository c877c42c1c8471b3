"""Records looked at and corrected by people: provenance, typed values, taking back, differences."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from redis.asyncio import Redis

from worker.cache.keys import RecordKeys
from worker.cache.records import Loaded, RecordCache
from worker.domain.claim import Claim, Evidence
from worker.domain.fields import FIELDS
from worker.domain.identity import company_at
from worker.services.record_desk import RecordDesk, RecordProblem
from worker.store.claims import load_record, save_claims
from worker.store.records import Records

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACME = company_at("acme.example")
PAGE = "https://www.linkedin.com/company/acme"


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Noon, until moved."""
    return Clock()


@pytest.fixture
def cache(pg_pool: asyncpg.Pool, redis_client: Redis) -> RecordCache:
    """The record cache over the test's database."""

    async def load(workspace: str, key: str) -> Loaded:
        return Loaded(*await load_record(pg_pool, workspace, key))

    return RecordCache(redis_client, RecordKeys("test"), load)


@pytest.fixture
def desk(pg_pool: asyncpg.Pool, cache: RecordCache, clock: Clock) -> RecordDesk:
    """A desk over the test's database and cache."""
    return RecordDesk(Records(pg_pool), cache.forget, clock)


async def machine(pool: asyncpg.Pool, at: datetime, source: str = "acme.example", **values: str) -> None:
    """What a provider said at a time."""
    evidence = (Evidence("https://acme.example/about", "Acme", 0, 4),)
    claims = tuple(Claim(name, value, source, "website", 0.8, at, evidence) for name, value in values.items())
    async with pool.acquire() as conn, conn.transaction():
        await save_claims(conn, [("default", ACME, claims)])


async def test_show_has_value_sources_evidence_and_every_claim(desk: RecordDesk, pg_pool: asyncpg.Pool) -> None:
    """Whoever looks sees what is shown and all that it follows from, by any of the subject's keys."""
    await machine(pg_pool, NOW, company_name="Acme", company_linkedin_url=PAGE)
    await machine(
        pg_pool, NOW - timedelta(days=400), "news.example", company_name="Acme Ltd", company_phone="+4930901820"
    )
    for reference in ("acme.example", "https://www.acme.example/x", PAGE, "company:acme.example"):
        shown = await desk.show("default", reference)
        assert shown.subject.key == "company:acme.example"
        assert shown.record["company_name"].sources == ("acme.example", "news.example")
        assert shown.stale == {"company_phone"}
        assert len(shown.claims) == 4
    data = shown.as_json()
    assert data["data"]["company_name"]["evidence"][0]["quote"] == "Acme"
    assert data["data"]["company_phone"]["stale"] is True
    assert set(data["keys"]) == {"company:acme.example", "company:linkedin.com/company/acme"}


async def test_a_typed_value_outranks_and_survives_machines(
    desk: RecordDesk, pg_pool: asyncpg.Pool, cache: RecordCache, clock: Clock
) -> None:
    """After ``set``, jobs see it at once, newer machine values do not replace it, and they show as conflicts."""
    await machine(pg_pool, NOW, company_name="Acme")
    assert len(await cache.get("default", ACME, FIELDS)) == 1
    clock.now += timedelta(minutes=1)
    shown = await desk.set("default", "acme.example", "company_name", "  ACME Rockets ", "ada")
    assert (shown.value, shown.confidence, shown.display) == ("ACME Rockets", 1.0, "  ACME Rockets ")
    assert "ACME Rockets" in {claim.value for claim in await cache.get("default", ACME, FIELDS)}
    await machine(pg_pool, NOW + timedelta(days=300), company_name="Globex")
    record = (await desk.show("default", "acme.example")).record
    assert record["company_name"].value == "ACME Rockets"
    assert [rival.value for rival in record["company_name"].conflicts] == ["Globex"]


async def test_reverting_undoes_one_typed_value_at_a_time(
    desk: RecordDesk, pg_pool: asyncpg.Pool, clock: Clock
) -> None:
    """Back to what was typed before, then to what machines say, then there is nothing to take back."""
    await machine(pg_pool, NOW, company_city="Berlin")
    for minute, city in enumerate(("Hamburg", "Munich"), 1):
        clock.now = NOW + timedelta(minutes=minute)
        await desk.set("default", "acme.example", "company_city", city, "ada")
    first = await desk.revert("default", "acme.example", "company_city", "bob")
    second = await desk.revert("default", "acme.example", "company_city", "bob")
    assert first is not None
    assert second is not None
    assert (first.value, second.value, second.human) == ("Hamburg", "Berlin", False)
    with pytest.raises(RecordProblem, match="nothing to take back"):
        await desk.revert("default", "acme.example", "company_city", "bob")
    changes = (await desk.show("default", "acme.example")).changes
    assert [(change.action, change.actor, change.value) for change in changes] == [
        ("revert", "bob", None), ("revert", "bob", None), ("set", "ada", "Munich"), ("set", "ada", "Hamburg"),
    ]  # fmt: skip


async def test_a_record_can_begin_with_a_typed_value(desk: RecordDesk) -> None:
    """Nothing has to be known before somebody types."""
    assert (await desk.set("default", "new.example", "company_size", "11-50", "ada")).value == "11-50"
    with pytest.raises(RecordProblem, match="nothing is known"):
        await desk.show("other", "new.example")


@pytest.mark.parametrize(
    ("reference", "field", "raw", "said"),
    [
        ("acme.example", "company_phone", "12", "company_phone: "),
        ("acme.example", "person_title", "Baker", "no field of a company"),
        ("acme.example", "company_mood", "good", "no field of a company"),
        ("not a thing", "company_name", "Acme", "names no company"),
    ],
)
async def test_wrong_input_is_refused_in_words(
    desk: RecordDesk, reference: str, field: str, raw: str, said: str
) -> None:
    """A mistyped value, field or reference changes nothing."""
    with pytest.raises(RecordProblem, match=said):
        await desk.set("default", reference, field, raw, "ada")


async def test_diff_tells_what_changed_since(desk: RecordDesk, pg_pool: asyncpg.Pool, clock: Clock) -> None:
    """Added, changed and confirmed fields, judged by when each statement was first made."""
    await machine(pg_pool, NOW, company_name="Acme", company_size="11-50", company_city="Berlin")
    clock.now = NOW + timedelta(days=10)
    await machine(pg_pool, clock.now, company_name="Acme", company_size="51-200", company_phone="+4930901820")
    await machine(pg_pool, clock.now, "news.example", company_city="Berlin")
    found = await desk.diff("default", "acme.example", NOW + timedelta(days=1))
    assert {one.field: one.kind for one in found} == {
        "company_size": "changed",
        "company_phone": "added",
        "company_city": "confirmed",
    }
