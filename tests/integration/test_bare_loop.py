"""The bare loop of the benchmarks is a fair ceiling only while it leaves the same rows as enrichd."""

import asyncio
import sys
from collections.abc import Mapping

import asyncpg
from redis.asyncio import Redis

from benchmarks import entries
from benchmarks.systems import ROOT, clean_environment, own_systems

JOBS = 3


async def run_until_empty(command: list[str], environment: Mapping[str, str], client: Redis) -> None:
    """Start a worker, wait until it has acknowledged everything, and stop it."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**clean_environment(), **environment}, stdout=sys.stderr
    )
    try:
        async with asyncio.timeout(60):
            while await client.xlen(entries.STREAM):
                assert process.returncode is None
                await asyncio.sleep(0.02)
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 30)


async def test_the_bare_loop_writes_what_enrichd_writes(redis_url: str, redis_client: Redis, pg_dsn: str) -> None:
    """Both leave one completed row a job with the same columns filled, and nothing in the stream."""
    rows = {}
    for system in own_systems(redis_url, pg_dsn, slots=10):
        if system.key == "enrichd-ids":
            continue
        await entries.fill(redis_client, JOBS)
        environment = {"CONCURRENCY": "10", "BENCH_SLOTS": "10", **system.environment}
        await run_until_empty(system.command("work"), environment, redis_client)
        connection = await asyncpg.connect(pg_dsn)
        found = await connection.fetch("SELECT * FROM enrichment_jobs")
        await connection.execute("TRUNCATE enrichment_jobs")
        await connection.close()
        assert [row["status"] for row in found] == ["completed"] * JOBS
        rows[system.key] = found[0]
    filled = {key: {name for name, value in row.items() if value is not None} for key, row in rows.items()}
    assert filled["bare"] == filled["enrichd"]
    same = ("job_type", "status", "priority", "result_status", "url", "payload", "attempts", "max_attempts", "run")
    assert {name: rows["bare"][name] for name in same} == {name: rows["enrichd"][name] for name in same}
