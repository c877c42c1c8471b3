"""Bring the schema up to date: numbered SQL files, each applied once, under a lock. Shell.

Everything happens in one transaction with a transaction-level advisory lock, so that it is safe behind a pooler in
transaction mode and when many workers start together. (alembic and asyncpg-trek were looked at: with plain SQL files
and one driver, this is all that is left of them.)
"""

from importlib import resources
from typing import Final

import asyncpg

#: Any constant will do, as long as it stays the same: the lock's name.
LOCK: Final = 0x656E7269636864


def files() -> list[tuple[str, str]]:
    """(name, SQL) of every migration, in order."""
    folder = resources.files("worker.store").joinpath("migrations")
    found = [item for item in folder.iterdir() if item.name.endswith(".sql")]
    return [(item.name, item.read_text(encoding="utf-8")) for item in sorted(found, key=lambda item: item.name)]


async def pending(connection: asyncpg.Connection) -> list[str]:
    """Names of migrations that have not been applied."""
    exists = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
    applied: set[str] = set()
    if exists:
        applied = {row["name"] for row in await connection.fetch("SELECT name FROM schema_migrations")}
    return [name for name, _ in files() if name not in applied]


async def migrate(dsn: str) -> list[str]:
    """Apply what is missing; returns the names applied now. Raises asyncpg's errors."""
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1::bigint)", LOCK)
            await connection.execute(
                "CREATE TABLE IF NOT EXISTS schema_migrations"
                " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
            )
            todo = await pending(connection)
            for name, text in files():
                if name in todo:
                    await connection.execute(text)
                    await connection.execute("INSERT INTO schema_migrations (name) VALUES ($1)", name)
            return todo
    finally:
        await connection.close()
