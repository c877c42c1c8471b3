"""Every query we ship is one that the migrated schema understands, those in the documentation too."""

import re
from pathlib import Path
from typing import Final

import asyncpg
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
QUERIES: Final = sorted((ROOT / "worker" / "store" / "sql").glob("*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
async def test_every_query_can_be_prepared(path: Path, pg_pool: asyncpg.Pool) -> None:
    """A misspelt column or a missing table is found here, not in production."""
    async with pg_pool.acquire() as connection:
        await connection.prepare(path.read_text("utf-8"))


async def test_queries_in_the_documentation_run(pg_pool: asyncpg.Pool) -> None:
    """What the documentation tells people to type into psql works."""
    texts = [path.read_text("utf-8") for path in (ROOT / "docs").rglob("*.md")]
    statements = [
        statement
        for text in texts
        for block in re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
        for statement in block.split(";")
        if statement.strip()
    ]
    assert len(statements) >= 8
    async with pg_pool.acquire() as connection:
        for statement in statements:
            await connection.execute(statement)


async def test_names_of_the_older_systems_work(pg_pool: asyncpg.Pool) -> None:
    """The monitoring queries that users bring along run against our tables and views."""
    brought = (
        "SELECT * FROM job_logs WHERE job_id = 'x' ORDER BY created_at DESC",
        "SELECT status, COUNT(*) AS count FROM jobs WHERE workspace_id = 'x' GROUP BY status",
        "SELECT * FROM jobs WHERE status = 'failed' AND created_at > NOW() - INTERVAL '24 hours' ORDER BY created_at DESC",
        "SELECT id, job_type, started_at, completed_at, EXTRACT(EPOCH FROM (completed_at - started_at)) AS duration_seconds"
        " FROM jobs WHERE status = 'completed' AND EXTRACT(EPOCH FROM (completed_at - started_at)) > 300"
        " ORDER BY duration_seconds DESC",
        "SELECT error_message, error_stack FROM jobs WHERE id = 'job-uuid'",
    )
    async with pg_pool.acquire() as connection:
        for statement in brought:
            await connection.fetch(statement)
