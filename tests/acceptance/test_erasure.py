"""Erasure with the shipped daemon: two workers that know a person, one erasure, and a search of everything after it."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg
import orjson

from benchmarks.chaos.fleet import Worker
from tests.acceptance.town import PATIENCE_S, Town
from worker.domain.erased_text import BLOT

PAGE: Final = "https://www.linkedin.com/in/mara-lindqvist-example"
EMAIL: Final = "mara.lindqvist@acme.example"
#: What was said about the person anywhere, as it is written there, lower case.
TEXTS: Final = ("mara lindqvist", EMAIL, "mara-lindqvist", "5035550143", "mara%20lindqvist", "mara+lindqvist")
COMPANY: Final = "http://acme.example"
PERSON_FIELDS: Final = "person_name,person_title,person_email,person_phone,person_linkedin_url"
COMPANY_FIELDS: Final = "company_name,company_email,company_phone,company_description"
_ROOT: Final = Path(__file__).resolve().parents[2]


async def enrichd(town: Town, *arguments: str) -> tuple[int, str]:
    """Run the command line on the town's servers; exit code and output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", *arguments, cwd=_ROOT,
        env={**os.environ, **town.fleet._environment, "COLUMNS": "100"},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    async with asyncio.timeout(PATIENCE_S):
        out, _ = await process.communicate()
    return process.returncode or 0, out.decode()


async def in_rows(connection: asyncpg.Connection) -> dict[str, str]:
    """Every row of every table of every schema of ours, as text; bytes as what they spell."""
    tables = await connection.fetch(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE'"
        " AND table_schema NOT IN ('pg_catalog', 'information_schema')"
    )
    found = {}
    for schema, table in tables:
        rows = await connection.fetch(f'SELECT * FROM "{schema}"."{table}"')
        parts = [
            value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
            for row in rows
            for value in row.values()
        ]
        found[f"{schema}.{table}"] = "\n".join(parts)
    return found


async def in_redis(redis: Any) -> dict[str, str]:
    """Every key with all it holds, as text."""
    found = {}
    async for name in redis.scan_iter("*"):
        kind = (await redis.type(name)).decode()
        verb, *more = {"string": ("get",), "hash": ("hgetall",), "stream": ("xrange",), "set": ("smembers",),
                       "zset": ("zrange", 0, -1), "list": ("lrange", 0, -1)}[kind]  # fmt: skip
        held = await getattr(redis, str(verb))(name, *more)
        found[name.decode("utf-8", "replace")] = f"{name!r} {held!r}"
    return found


def places(found: dict[str, str]) -> dict[str, list[str]]:
    """Where any of the texts stands, and what is around it."""
    hits: dict[str, list[str]] = {}
    for place, text in found.items():
        lower = text.casefold()
        for wanted in TEXTS:
            if (at := lower.find(wanted)) >= 0:
                hits.setdefault(place, []).append(text[max(0, at - 80) : at + 80])
    return hits


async def everywhere(town: Town) -> dict[str, list[str]]:
    """The search: PostgreSQL, Redis and what the workers have written to their logs."""
    return {
        **places(await in_rows(town.connection)),
        **places(await in_redis(town.redis)),
        **places({"log": town.log()}),
    }


async def crawled(town: Town) -> str:
    """What is kept of the company's pages."""
    query = "SELECT string_agg(convert_from(body, 'UTF8'), '') FROM provider_answers WHERE provider = 'website'"
    return str(await town.connection.fetchval(query))


async def plant(town: Town, workers: list[Worker]) -> None:
    """Let both workers learn of the person, in every way that leaves traces."""
    for worker in workers:
        others = [other for other in workers if other is not worker]
        for other in others:
            other.freeze()  # only this one takes the jobs, so that its memory holds the records
        try:
            for _ in range(2):
                await town.run(url=PAGE, type="linkedin_profile", requiredFields=PERSON_FIELDS)
                await town.run(url=COMPANY, type="company_website", requiredFields=COMPANY_FIELDS)
        finally:
            for other in others:
                other.thaw()
    await town.row(await town.add(id=EMAIL, url=f"mailto:{EMAIL}", type="email_validation"))
    await town.row(await town.add(url=f"mailto:{EMAIL}", type="compny"))
    later = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    await town.add(url=PAGE, type="linkedin_profile", requiredFields=PERSON_FIELDS, runAt=later)
    await town.quiet()


async def test_nothing_is_left_and_nothing_comes_back(town: Town) -> None:
    """Rows, keys, logs, dead letters, both workers' memories; then the same jobs again, sites read anew."""
    workers = [await town.start(LOG_LEVEL="debug", LOG_FORMAT="json", CONCURRENCY="4") for _ in range(2)]
    await plant(town, workers)
    before = await everywhere(town)
    assert {place.partition(".")[2] for place in before} >= {"claims", "enrichment_jobs", "provider_answers"}
    assert any(place.startswith("enrichd:record:") for place in before)
    assert "enrichment-dead" in before
    assert "Mara Lindqvist" in await crawled(town), "the company's page names the person"
    assert "log" not in before, f"a log cannot be erased: {before['log']}"

    queued = [await town.add(url=PAGE, type="linkedin_profile", requiredFields="person_name") for _ in range(20)]
    code, said = await enrichd(town, "erase", PAGE, "--yes", "--also", "Mara Lindqvist", "--also", "+15035550143")
    assert code == 0, said
    assert "Closed: nothing is left." in said
    for job_id in queued:
        row = await town.connection.fetchrow("SELECT status, result FROM enrichment_jobs WHERE id = $1", job_id)
        assert row is not None
        assert row["status"] in {"cancelled", "completed"}
        assert row["result"] is None
    assert await everywhere(town) == {}

    dropped = [
        await town.row(await town.add(url=url, type=kind, skipCache="true"))
        for url, kind in ((PAGE, "linkedin_profile"), (f"mailto:{EMAIL}", "email_validation"))
        for _ in range(4)
    ]
    assert {row["status"] for row in dropped} == {"cancelled"}
    asked = town.asked()
    company = [
        await town.run(url=COMPANY, type="company_website", requiredFields=COMPANY_FIELDS, **more)
        for more in ({}, {}, {"skipCache": "true"}, {"skipCache": "true"}, {}, {})
    ]
    assert town.asked()["site"] > asked["site"], "the site was read anew"
    assert BLOT in await crawled(town), "its page still names the person, what is kept of it does not"
    assert {result["data"]["company_name"]["value"] for result in company} == {"Acme Planning"}
    await town.quiet()
    assert places({"results": orjson.dumps(company).decode()}) == {}
    assert await everywhere(town) == {}
    assert all(worker.alive for worker in workers)
