"""Subjects and claims in a real PostgreSQL: set union, aliases, cleaning, no deadlocks."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from worker.domain.claim import Claim, Evidence, Value
from worker.domain.fields import FIELDS
from worker.domain.record import merge
from worker.domain.subject import Entity, Subject
from worker.store.claims import load_claims, load_record, load_records, save_claims

DAY = timedelta(days=1)
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def claim(field: str, value: Value, source: str = "acme.example", confidence: float = 0.8, **more: Any) -> Claim:
    """A claim observed now."""
    more.setdefault("provider", "website")
    return Claim(field, value, source, confidence=confidence, observed_at=more.pop("at", NOW), **more)


def company(domain: str = "acme.example", **identifiers: str) -> Subject:
    """A company by domain."""
    return Subject(Entity.COMPANY, f"company:{domain}", {"company_domain": domain, **identifiers})


async def save(pool: asyncpg.Pool, *batch: tuple[str, Subject, tuple[Claim, ...]]) -> list[Any]:
    """Save in a transaction, as the settler does."""
    async with pool.acquire() as conn, conn.transaction():
        return await save_claims(conn, batch)


async def test_claims_come_back_as_they_were(pg_pool: asyncpg.Pool) -> None:
    """Every type of value, evidence, display and flags survive the round trip."""
    claims = (
        claim("company_name", "Acme", display="ACME®", evidence=(Evidence("https://acme.example", "Acme", 0, 4),)),
        claim("company_employee_count", 42, "pdl", 0.95, provider="pdl"),
        claim("company_technologies", ("Redis", "Go")),
        claim("company_industry", "Robotics", confidence=0.6, inferred=True),
    )
    await save(pg_pool, ("default", company(), claims))
    assert merge(await load_claims(pg_pool, "default", "company:acme.example", FIELDS)) == merge(claims)
    assert await load_claims(pg_pool, "default", "company:acme.example", ["company_employee_count"]) == (claims[1],)


async def test_newest_observation_stays(pg_pool: asyncpg.Pool) -> None:
    """Writing an older observation of the same statement changes nothing, a newer one refreshes it."""
    old, new = claim("company_name", "Acme", at=NOW - timedelta(days=9)), claim("company_name", "ACME", confidence=0.9)
    for one in (old, new, old):
        await save(pg_pool, ("default", company(), (one,)))
    assert await load_claims(pg_pool, "default", "company:acme.example", FIELDS) == (new,)


async def test_workspaces_never_see_each_other(pg_pool: asyncpg.Pool) -> None:
    """The same subject in two workspaces is two subjects."""
    await save(pg_pool, ("one", company(), (claim("company_name", "Acme"),)))
    assert await load_claims(pg_pool, "two", "company:acme.example", FIELDS) == ()
    await save(pg_pool, ("two", company(), (claim("company_name", "Other"),)))
    assert [c.value for c in await load_claims(pg_pool, "one", "company:acme.example", FIELDS)] == ["Acme"]


async def test_aliases_lead_to_one_subject(pg_pool: asyncpg.Pool) -> None:
    """What is learned about a domain answers for its LinkedIn page, once a sure source named it."""
    page = "https://www.linkedin.com/company/acme"
    await save(pg_pool, ("default", company(), (claim("company_linkedin_url", page), claim("company_size", "11-50"))))
    by_page = Subject(Entity.COMPANY, "company:linkedin.com/company/acme", {"company_linkedin_url": page})
    assert (await load_record(pg_pool, "default", by_page.key))[0] == "company:acme.example"
    saved = await save(pg_pool, ("default", by_page, (claim("company_name", "Acme", "pdl", provider="pdl"),)))
    assert [subject.key for _, subject, _ in saved] == ["company:acme.example"]
    assert {c.field for c in await load_claims(pg_pool, "default", "company:acme.example", FIELDS)} == {
        "company_linkedin_url", "company_size", "company_name",
    }  # fmt: skip
    assert await pg_pool.fetchval("SELECT count(*) FROM subjects") == 1


async def test_an_unsure_source_makes_no_alias(pg_pool: asyncpg.Pool) -> None:
    """A search hit's LinkedIn page is data, not identity."""
    found = claim("company_linkedin_url", "https://www.linkedin.com/company/acme", "search.example", 0.7)
    await save(pg_pool, ("default", company(), (found,)))
    assert await load_claims(pg_pool, "default", "company:linkedin.com/company/acme", FIELDS) == ()


async def test_two_subjects_that_turn_out_to_be_one_are_joined(pg_pool: asyncpg.Pool) -> None:
    """The older one stays; claims and keys of the other move to it."""
    page = "https://www.linkedin.com/company/acme"
    by_page = Subject(Entity.COMPANY, "company:linkedin.com/company/acme", {"company_linkedin_url": page})
    await save(pg_pool, ("default", by_page, (claim("company_name", "Acme", "pdl", provider="pdl"),)))
    await save(pg_pool, ("default", company(), (claim("company_size", "11-50"),)))
    await save(pg_pool, ("default", company(), (claim("company_linkedin_url", page),)))
    for key in ("company:acme.example", by_page.key):
        canonical, claims = await load_record(pg_pool, "default", key)
        assert canonical == by_page.key
        assert len(claims) == 3
    assert await pg_pool.fetchval("SELECT count(*) FROM subjects") == 1


async def test_text_that_postgresql_refuses_is_cleaned(pg_pool: asyncpg.Pool) -> None:
    """NUL and lone surrogates in values, evidence and keys cost nothing but themselves."""
    dirty = claim("company_name", "A\x00cme\ud800", "acme\x00.example", evidence=(Evidence(quote="q\x00\udfff"),))
    await save(pg_pool, ("de\x00fault", company(), (dirty,)))
    assert len(await load_claims(pg_pool, "de\x00fault", "company:acme.example", FIELDS)) == 1


async def test_long_values_fit_the_index(pg_pool: asyncpg.Pool) -> None:
    """A description of 2,000 Japanese letters is stored, and told apart from one that differs at its end."""
    texts = ["字" * 1999 + end for end in "ab"]
    await save(pg_pool, ("default", company(), tuple(claim("company_description", text) for text in texts)))
    stored = await load_claims(pg_pool, "default", "company:acme.example", FIELDS)
    assert sorted(str(c.value) for c in stored) == texts


async def test_one_batch_may_speak_of_a_subject_many_times(pg_pool: asyncpg.Pool) -> None:
    """Runs about one subject in a batch are one write."""
    batch = [
        (
            "default",
            company(),
            (claim("company_name", "Acme", at=NOW - timedelta(days=n)), claim("company_size", "11-50")),
        )
        for n in range(5)
    ]
    saved = await save(pg_pool, *batch)
    assert len(saved) == 1
    assert len(await load_claims(pg_pool, "default", "company:acme.example", FIELDS)) == 2


async def test_concurrent_writers_do_not_deadlock(pg_pool: asyncpg.Pool) -> None:
    """Many batches over the same subjects and aliases, in random order at the same time, all commit."""
    rng = random.Random(5)

    def batch() -> list[tuple[str, Subject, tuple[Claim, ...]]]:
        numbers = rng.sample(range(30), 20)
        return [
            (
                "default",
                company(f"c{n}.example"),
                (
                    claim("company_name", f"C{n}", rng.choice(["a.example", "b.example"]), at=NOW + rng.random() * DAY),
                    claim("company_linkedin_url", f"https://www.linkedin.com/company/c{n % 25}"),
                ),
            )
            for n in numbers
        ]  # fmt: skip

    await asyncio.gather(*(save(pg_pool, *batch()) for _ in range(40)))
    assert await pg_pool.fetchval("SELECT count(*) FROM subjects") <= 30


async def test_an_empty_batch_writes_nothing(pg_pool: asyncpg.Pool) -> None:
    """Nothing to say, nothing asked."""
    assert await save(pg_pool) == []


async def test_unavailable_store_says_so(pg_dsn: str) -> None:
    """A closed pool is an outage, not a crash."""
    from worker.domain.errors import StoreUnavailable

    pool = await asyncpg.create_pool(pg_dsn, min_size=1, max_size=1)
    await pool.close()
    with pytest.raises(StoreUnavailable):
        await load_record(pool, "default", "company:acme.example")


async def test_many_records_come_with_one_query(pg_pool: asyncpg.Pool) -> None:
    """By (workspace, any key); unknown ones are left out, another workspace's too."""
    page = "https://www.linkedin.com/company/acme"
    await save(
        pg_pool,
        (
            "default",
            company(company_linkedin_url=page),
            (claim("company_linkedin_url", page), claim("company_name", "A")),
        ),
        ("default", company("b.example"), (claim("company_name", "B"),)),
        ("other", company("c.example"), (claim("company_name", "C"),)),
    )
    keys = ["company:linkedin.com/company/acme", "company:b.example", "company:c.example", "company:d.example"]
    found = await load_records(pg_pool, [("default", key) for key in keys])
    assert found.keys() == {("default", key) for key in keys[:2]}
    names = [next(c.value for c in found["default", key] if c.field == "company_name") for key in keys[:2]]
    assert names == ["A", "B"]
