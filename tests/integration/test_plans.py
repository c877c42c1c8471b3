"""Statements are prepared while tables are empty, and run when they are large: their plans must suit both."""

import re
from importlib import resources

import asyncpg

from worker.store.pool import Connection, open_pool

#: Tables that hold a handful of rows: whoever reads them reads them whole.
_SMALL = {"workspace_keys", "enrichment_workers", "budgets", "enrichment_schedules", "suppressions"}


def statements() -> dict[str, str]:
    """Every statement of the store, by name."""
    folder = resources.files("worker.store").joinpath("sql")
    return {
        file.name.removesuffix(".sql"): file.read_text(encoding="utf-8").strip().rstrip(";")
        for file in folder.iterdir()
        if file.name.endswith(".sql")
    }


async def scanned(connection: Connection, number: int, statement: str) -> set[str]:
    """The tables that a statement's lasting plan reads whole."""
    count = max((int(place) for place in re.findall(r"\$(\d+)", statement)), default=0)
    await connection.execute(f"PREPARE plan_{number} AS {statement}")
    arguments = f"({','.join(['NULL'] * count)})" if count else ""
    plan = await connection.fetch(f"EXPLAIN EXECUTE plan_{number}{arguments}")
    return {found[1] for row in plan if (found := re.search(r"Seq Scan on (\w+)", row[0]))}


async def test_no_statement_reads_a_growing_table_whole(pg_dsn: str) -> None:
    """On tables that are empty and without statistics, as on the first day, every plan that stays is by an index."""
    pool = await open_pool(pg_dsn)
    try:
        async with pool.acquire() as connection:
            await connection.execute("SET plan_cache_mode = force_generic_plan")
            for number, (name, statement) in enumerate(statements().items()):
                assert await scanned(connection, number, statement) <= _SMALL, name
    finally:
        await pool.close()


async def test_without_the_session_settings_it_does(pg_dsn: str) -> None:
    """The trap is real: a connection as the server gives it reads the ledger whole for every row of a batch."""
    connection = await asyncpg.connect(pg_dsn)
    try:
        await connection.execute("SET plan_cache_mode = force_generic_plan")
        assert await scanned(connection, 0, statements()["ledger_write"]) == {"provider_calls"}
    finally:
        await connection.close()
