"""Every query we ship is one that the migrated schema understands, those in the documentation too."""

import re
from pathlib import Path
from typing import Final

import asyncpg

ROOT: Final = Path(__file__).resolve().parents[2]
QUERIES: Final = {
    path.stem: path.read_text("utf-8") for path in sorted((ROOT / "worker" / "store" / "sql").glob("*.sql"))
}
DOCUMENTED: Final = [
    statement
    for path in (ROOT / "docs").rglob("*.md")
    for block in re.findall(r"```sql\n(.*?)```", path.read_text("utf-8"), re.DOTALL)
    for statement in block.split(";")
    if statement.strip()
]


async def test_every_query_can_be_prepared(pg_pool: asyncpg.Pool) -> None:
    """A misspelt column or a missing table is found here, not in production."""
    wrong = {}
    async with pg_pool.acquire() as connection:
        for name, text in QUERIES.items():
            try:
                await connection.prepare(text)
            except asyncpg.PostgresError as error:
                wrong[name] = str(error)
    assert QUERIES
    assert wrong == {}


async def test_queries_in_the_documentation_run(pg_pool: asyncpg.Pool) -> None:
    """What the documentation tells people to type into psql works."""
    assert len(DOCUMENTED) >= 8
    async with pg_pool.acquire() as connection:
        for statement in DOCUMENTED:
            await connection.execute(statement)


async def test_names_of_the_older_systems_work(pg_pool: asyncpg.Pool) -> None:
    """The monitoring queries that users bring along run against our tables and views."""
    brought = (
        "SELECT * FROM job_logs WHERE job_id = 'x' ORDER BY created_at DESC",
        "SELECT status, COUNT(*) AS count FROM jobs WHERE workspace_id = 'x' GROUP BY status",
        "SELECT * FROM jobs WHERE status = 'failed' AND created_at > NOW() - INTERVAL '24 hours'",
        """SELECT id, job_type, EXTRACT(EPOCH FROM (completed_at - started_at)) AS duration_seconds FROM jobs
           WHERE status = 'completed' AND EXTRACT(EPOCH FROM (completed_at - started_at)) > 300
           ORDER BY duration_seconds DESC""",
        "SELECT error_message, error_stack FROM jobs WHERE id = 'job-uuid'",
    )
    async with pg_pool.acquire() as connection:
        for statement in brought:
            await connection.fetch(statement)
