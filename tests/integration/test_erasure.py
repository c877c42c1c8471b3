"""Erasure on real servers: rows, caches, answers, dead letters, a second process's memory; and what stays out."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from redis.asyncio import Redis

from tests.integration.test_records_cache import Watched
from worker.cache.changes import RecordChanges
from worker.cache.keys import RecordKeys
from worker.cache.records import Loaded, RecordCache
from worker.domain.claim import Claim, Evidence
from worker.domain.fields import FIELDS
from worker.domain.identity import company_at, person_with_email, subject_of
from worker.domain.suppression import keys_of
from worker.services.eraser import Eraser, Lanes
from worker.services.redis_sweep import RedisSweep, Scope
from worker.services.suppression import SuppressionList
from worker.store.claims import load_record, save_claims
from worker.store.records import Records
from worker.store.suppressions import Suppressions

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
NAME, EMAIL, PHONE = "Zephyrine Quillfeather", "zephyrine@acme.example", "+493023125999"
PAGE = "https://www.linkedin.com/in/zephyrine-q"
ADA, ACME = person_with_email(EMAIL), company_at("acme.example")
KEYS = RecordKeys("test")
SCOPE = Scope(("test:", "q-", "q:"), whole=("q:job:",), lanes=frozenset({"q-jobs"}), waiting=("q-parked:",))


def person(field: str, value: str) -> Claim:
    """A data provider's word about the person."""
    return Claim(field, value, "pdl", "pdl", 0.95, NOW, (Evidence(quote=value),), display=value)


async def plant(pool: asyncpg.Pool, redis: Redis) -> None:
    """The person everywhere: own rows, other subjects' rows, another workspace, every kind of Redis key."""
    facts = {"person_name": NAME, "person_email": EMAIL, "person_phone": PHONE, "person_linkedin_url": PAGE,
             "person_title": "Baker"}  # fmt: skip
    mention = Claim("company_email", EMAIL, "acme.example", "website", 0.8, NOW, (Evidence(quote=f"Ask {NAME}"),))
    longer = Claim("company_email", f"not-{EMAIL}", "notacme.example", "website", 0.8, NOW)
    harmless = Claim("company_name", "Acme", "acme.example", "website", 0.8, NOW)
    async with pool.acquire() as conn, conn.transaction():
        await save_claims(
            conn,
            [
                ("default", ADA, tuple(person(*fact) for fact in facts.items())),
                ("default", ACME, (mention, harmless)),
                ("other", ADA, (person("person_name", NAME),)),
                ("default", company_at("notacme.example"), (longer,)),
            ],
        )
        for job, status, url in (
            ("1", "completed", f"mailto:{EMAIL.upper()}"),
            ("2", "scheduled", PAGE),
            (EMAIL, "failed", ""),
        ):
            await conn.execute(
                "INSERT INTO enrichment_jobs (workspace_id, id, job_type, status, url, payload, result, log) "
                "VALUES ('default', $1, 'linkedin_profile', $2, $3, $4::jsonb, $5::jsonb, $6::jsonb)",
                job, status, url, f'{{"url": "{url}"}}', f'{{"data": {{"person_title": "Baker of {NAME}"}}}}',
                f'[[1, "info", "about {NAME}"]]',
            )  # fmt: skip
        await conn.execute(
            "INSERT INTO provider_calls (workspace_id, job_id, run, provider, operation, account, identity, intent_at, "
            "give_up_at, max_micros, reason) VALUES ('default', '1', 1, 'pdl', 'person', '', 'x', now(), now(), 0, $1)",
            f"no match for {EMAIL}",
        )
        for number, (subject, body) in enumerate((("", f"<p>{NAME}</p>"), (ADA.key, "{}"), ("", "harmless"))):
            await conn.execute(
                "INSERT INTO provider_answers (workspace_id, provider, operation, identity, subject, outcome, "
                "http_status, headers, body, observed_at, expires_at, call_id) "
                "VALUES ('default', 'website', 'crawl', $1, $2, 'hit', 200, '{}', $3, now(), now(), 1)",
                bytes([number]), subject, body.encode(),
            )  # fmt: skip
    await redis.xadd("q-dead", {"url": f"mailto:{EMAIL}"})
    await redis.xadd("q-dead", {"url": "https://harmless.example"})
    await redis.xadd("q-events", {"error": f"cannot read {NAME}"})
    await redis.hset("q:job:7", mapping={"status": "completed", "result": f'{{"name": "{NAME}"}}'})
    await redis.hset("q-delayed-entries", mapping={"8": f'["q-jobs", "url", "{PAGE}"]', "9": "harmless"})
    await redis.zadd("q-cancels", {EMAIL: 1, "harmless": 2})
    await redis.set("test:{answers}:a:1", f"body with {PHONE}")
    await redis.set("elsewhere", NAME)


def strings() -> tuple[str, ...]:
    """What must not be found afterwards."""
    return (NAME, EMAIL, PHONE, PAGE.removeprefix("https://www."))


async def everything(pool: asyncpg.Pool) -> str:
    """All rows of the workspace's tables, as text."""
    parts = []
    for table in (
        "subjects",
        "subject_aliases",
        "enrichment_jobs",
        "provider_calls",
        "provider_answers",
        "suppressions",
    ):
        parts += [str(dict(row)) for row in await pool.fetch(f"SELECT * FROM {table} WHERE workspace_id = 'default'")]
    for table in ("claims", "record_changes"):
        rows = await pool.fetch(
            f"SELECT c.* FROM {table} c JOIN subjects s ON s.id = c.subject_id WHERE s.workspace_id = 'default'"
        )
        parts += [str(dict(row)) for row in rows]
    return "\n".join(parts).casefold()


@pytest.fixture
def cache(pg_pool: asyncpg.Pool, redis_client: Redis) -> RecordCache:
    """A cache that announces changes."""

    async def load(workspace: str, key: str) -> Loaded:
        return Loaded(*await load_record(pg_pool, workspace, key))

    return RecordCache(redis_client, KEYS, load)


@pytest.fixture
def eraser(pg_pool: asyncpg.Pool, redis_client: Redis, cache: RecordCache) -> Eraser:
    """An eraser over the test's servers."""
    lanes = Lanes(redis_client, ["q-jobs"], "q-workers")
    sweeps = [RedisSweep(redis_client, SCOPE)]
    return Eraser(Records(pg_pool), Suppressions(pg_pool), lanes, sweeps, cache.forget, heard_s=0)


async def test_nothing_is_left_anywhere(
    pg_pool: asyncpg.Pool, redis_client: Redis, redis_url: str, eraser: Eraser
) -> None:
    """After erasure the texts stand in no row, key or memory; what belongs to others is untouched."""
    await plant(pg_pool, redis_client)

    async def load(workspace: str, key: str) -> Loaded:
        return Loaded(*await load_record(pg_pool, workspace, key))

    async with Redis.from_url(redis_url) as ear:
        memory = Watched()
        changes = RecordChanges(ear, KEYS, memory, poll_s=0.05)
        task = asyncio.create_task(changes.run())
        await changes.listening.wait()
        second = RecordCache(redis_client, KEYS, load, nearby=memory)
        assert len(await second.get("default", ADA, FIELDS)) == 5
        assert EMAIL in {claim.value for claim in await second.get("default", ACME, FIELDS)}
        erased = await eraser.erase("default", EMAIL, wait_s=1)
        async with asyncio.timeout(5):
            while memory.get("default", ACME.key) is not None or memory.get("default", ADA.key) is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert [claim.value for claim in await second.get("default", ACME, FIELDS)] == ["Acme"], "who mentioned them"
        assert await RedisSweep(redis_client, SCOPE).find(strings()) == {}
        assert await second.get("default", ADA, FIELDS) == ()
        changes.stop()
        await task

    assert erased.closed, (erased.left, erased.waiting)
    text = await everything(pg_pool)
    text = text.replace(f"not-{EMAIL}", "")
    for erased_text in strings():
        assert erased_text.casefold() not in text
    assert "baker" not in text, "what was said about the person goes with the name"
    assert await redis_client.xlen("q-dead") == 1
    assert await redis_client.hgetall("q-delayed-entries") == {b"9": b"harmless"}
    assert await redis_client.get("elsewhere") == NAME.encode(), "not ours"
    assert [c.value for c in (await load_record(pg_pool, "default", ACME.key))[1]] == ["Acme"]
    assert len((await load_record(pg_pool, "other", ADA.key))[1]) == 1, "another workspace's own data"
    assert len((await load_record(pg_pool, "default", "company:notacme.example"))[1]) == 1, "a longer address"
    rows = {row["status"] for row in await pg_pool.fetch("SELECT status FROM enrichment_jobs")}
    assert rows == {"completed", "cancelled", "failed"}, "an open job ends, ended ones keep their row"
    assert await pg_pool.fetchval("SELECT count(*) FROM provider_answers") == 1
    assert await pg_pool.fetchval("SELECT closed_at IS NOT NULL FROM erasures")


async def test_only_salted_hashes_stay(pg_pool: asyncpg.Pool, eraser: Eraser) -> None:
    """The list says yes to every key of the person, to nobody else, and holds no text."""
    await eraser.erase("default", EMAIL)
    listed = SuppressionList(Suppressions(pg_pool))
    await listed.run_once()
    assert listed.holds("default", keys_of(person_with_email(EMAIL.title())))
    assert not listed.holds("other", keys_of(ADA))
    assert not listed.holds("default", keys_of(subject_of("somebody@else.example")))
    rows = await pg_pool.fetch("SELECT * FROM suppressions")
    assert {len(row["digest"]) for row in rows} == {32}
    assert EMAIL not in str([dict(row) for row in rows])


async def test_the_list_learns_what_is_added_later(pg_pool: asyncpg.Pool) -> None:
    """A worker that runs already hears of new suppressions, and adding twice is one."""
    suppressions = Suppressions(pg_pool)
    listed = SuppressionList(suppressions)
    await listed.run_once()
    assert not listed.holds("default", [ADA.key])
    assert await suppressions.add("default", [ADA.key]) == 1
    assert await suppressions.add("default", [ADA.key]) == 0
    await listed.run_once()
    assert listed.holds("default", [ADA.key])
    assert len(listed) == 1


async def test_the_report_waits_for_queued_entries(pg_pool: asyncpg.Pool, redis_client: Redis, eraser: Eraser) -> None:
    """An entry in a lane is left for a worker to drop; until then the report stays open, afterwards it closes."""
    entry = bytes(await redis_client.xadd("q-jobs", {"url": f"mailto:{EMAIL}"}))  # type: ignore[arg-type]
    open_report = await eraser.erase("default", EMAIL, wait_s=0)
    assert open_report.waiting == {"q-jobs": entry.decode()}
    assert open_report.left == {"q-jobs": 1}
    assert await redis_client.xlen("q-jobs") == 1
    finishing = asyncio.create_task(eraser.erase("default", EMAIL, wait_s=10))
    async with asyncio.timeout(5):
        while await pg_pool.fetchval("SELECT count(*) FROM erasures") < 2:
            pass
    await redis_client.xadd("q-jobs", {"url": "https://later.example"})
    await redis_client.xdel("q-jobs", entry)
    closed = await finishing
    assert closed.closed, "an entry added later is not waited for"
    assert await pg_pool.fetchval("SELECT count(*) FROM erasures WHERE closed_at IS NOT NULL") == 1


async def test_every_text_column_is_looked_through(pg_pool: asyncpg.Pool) -> None:
    """New tables are covered without anybody thinking of it; the exceptions are listed here."""
    covered = {row["table_name"] for row in await pg_pool.fetch("SELECT table_name FROM erasable_columns")}
    tables = {
        row["table_name"]
        for row in await pg_pool.fetch(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
        )
    }
    assert tables - covered <= {
        "suppressions", "suppression_salt", "erasures", "workspaces", "workspace_keys", "schema_migrations",
    }  # fmt: skip
