"""Everything a worker knows, opened together: two processes share it, and a second run asks nobody."""

import asyncio
from datetime import UTC, datetime

import asyncpg
from redis.asyncio import Redis

from tests.unit.pipeline.world import KINDS, World
from worker.domain.identity import company_at
from worker.domain.job import Job
from worker.domain.suppression import SUPPRESSED, keys_of
from worker.domain.verdict import Cancelled, Done, Report
from worker.pipeline import Tools, enrich
from worker.services.knowledge import Knowledge, open_knowledge
from worker.store.claims import save_claims
from worker.store.suppressions import Suppressions

KIND = KINDS["company_website"]


async def run(world: World, knows: Knowledge, pool: asyncpg.Pool, number: int) -> Report:
    """One job through everything: enrich, settle, cache."""
    tools = Tools(
        knows.records.get,
        world.roster,
        lambda _: world.purse,
        now=lambda: datetime.now(UTC),
        silences=knows.silences,
        rates=knows.rates,
        suppressed=knows.suppressions.holds,
    )
    required = ("company_name", "company_size")
    report = await enrich(Job("default", str(number), KIND.name, "https://acme.example", required), KIND, tools)
    if report.claims and report.subject is not None:
        async with pool.acquire() as conn, conn.transaction():
            saved = await save_claims(conn, [("default", report.subject, report.claims)])
        await knows.records.put_many(saved)
    return report


async def test_what_one_process_learns_another_uses(pg_pool: asyncpg.Pool, redis_url: str) -> None:
    """Records, silences, hit rates and suppressions reach the other process."""
    world = World()
    world.provider("site", {"company_name": "Acme"}, source="acme.example", cents=1)
    world.provider("pdl", {}, gives=["company_size"])
    async with (
        Redis.from_url(redis_url) as redis,
        Redis.from_url(redis_url) as ear,
        Redis.from_url(redis_url) as other_ear,
        open_knowledge(
            pg_pool, redis, ear, namespace="test", record_life_s=60, memory_bytes=1 << 20, suppression_s=0.05
        ) as one,
    ):
        first = await run(world, one, pg_pool, 1)
        assert isinstance(first.verdict, Done)
        assert world.order == ["site", "pdl"]
        await one.rates.run_once()
        async with open_knowledge(
            pg_pool, redis, other_ear, namespace="test", record_life_s=60, memory_bytes=1 << 20, suppression_s=0.05
        ) as other:
            second = await run(world, other, pg_pool, 2)
            assert isinstance(second.verdict, Done)
            assert second.verdict.result.data["company_name"]["value"] == "Acme"
            assert world.order == ["site", "pdl"], "neither the fact nor the miss is bought again"
            assert (other.rates.tallies["site"].hits, other.rates.tallies["pdl"].asks) == (1, 1)
            await Suppressions(pg_pool).add("default", keys_of(company_at("acme.example")))
            async with asyncio.timeout(10):
                while not other.suppressions.holds("default", ["company:acme.example"]):
                    await pg_pool.fetchval("SELECT 1")
            assert (await run(world, other, pg_pool, 3)).verdict == Cancelled(SUPPRESSED)
