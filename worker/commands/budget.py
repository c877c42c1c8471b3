"""``enrichd budget``: what workspaces, providers and accounts may spend in a day or month, and what they have spent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.commands.servers import servers
from worker.domain.errors import MalformedEntry
from worker.domain.money import cents, micros_from_cents
from worker.slices import workspace_budgets
from worker.store.budgets import Budgets
from worker.store.pool import open_pool

SCOPES = ("workspace", "provider", "account")


@asynccontextmanager
async def budgets(settings: Settings) -> AsyncIterator[Budgets]:
    """The table, for the time of a command."""
    async with servers(settings) as where:
        pool = await open_pool(
            where.database_url, min_size=0, max_size=2, statement_cache=settings.database_statement_cache
        )
        try:
            yield Budgets(pool, workspace_budgets(settings))
        finally:
            await pool.close()


async def put(settings: Settings, scope: str, period: str, amount: str) -> int:
    """Set a budget in cents, or remove it with ``none``."""
    if scope.partition(":")[0] not in SCOPES or not scope.partition(":")[2]:
        raise MalformedEntry("scope", f"is {scope!r}", "workspace:ID, provider:NAME or account:NAME:FINGERPRINT")
    if period not in ("day", "month"):
        raise MalformedEntry("period", f"is {period!r}", "day or month")
    if amount != "none" and not amount.replace(".", "", 1).isdecimal():
        raise MalformedEntry("cents", f"is {amount!r}", "a number of cents, or none")
    async with budgets(settings) as table:
        await table.set_limit(scope, period, None if amount == "none" else micros_from_cents(amount))
    print(f"{scope}: no budget per {period}." if amount == "none" else f"{scope}: {amount} cents per {period}.")
    return 0


async def listed(settings: Settings) -> int:
    """Each budget, the settings' own for all other workspaces included, and what is committed of it."""
    async with budgets(settings) as table:
        found = await table.standings()
    common = workspace_budgets(settings)
    if not found and not common:
        print("There are no budgets.")
        return 0
    shown = Table("scope", "period", "cents", "committed", box=None, padding=(0, 1), header_style="bold dim")
    for item in found:
        shown.add_row(escape(item.scope), item.period, f"{cents(item.limit):g}", f"{cents(item.committed):g}")
    for period, limit in common.items():
        shown.add_row("every other workspace", period, f"{cents(limit):g}", f"WORKSPACE_BUDGET_PER_{period.upper()}")
    Console(highlight=False).print(shown)
    return 0
