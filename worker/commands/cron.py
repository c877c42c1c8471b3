"""``enrichd cron``: recurring jobs, checked when they are added."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.commands.enqueue import checked, lane_named, pairs
from worker.commands.servers import servers
from worker.domain.errors import MalformedEntry
from worker.domain.recurrence import CatchUp, Rule, check, next_after
from worker.queue.codec import duration_s
from worker.store.pool import open_pool
from worker.store.schedules import Schedule, Schedules


@asynccontextmanager
async def schedules(settings: Settings) -> AsyncIterator[Schedules]:
    """The table, for the time of a command."""
    async with servers(settings) as where:
        pool = await open_pool(
            where.database_url, min_size=0, max_size=2, statement_cache=settings.database_statement_cache
        )
        try:
            yield Schedules(pool)
        finally:
            await pool.close()


async def add(
    settings: Settings,
    workspace: str,
    name: str,
    fields: Sequence[str],
    *,
    cron: str | None,
    every: str | None,
    zone: str,
    lane: str,
    catch_up: str,
) -> int:
    """Check rule and entry, and keep them. Raises ConfigError or EntryError for what is wrong with either."""
    rule = Rule(cron, duration_s("every", every) if every else None, zone)
    check(rule)
    if catch_up not in set(CatchUp):
        raise MalformedEntry("catch-up", f"is {catch_up!r}", "once or skip")
    entry, chosen = pairs(fields), lane_named(lane)
    checked(entry, settings, chosen)
    next_at = next_after(rule, datetime.now(UTC))
    kept = Schedule(workspace, name, rule, entry, next_at, priority=int(chosen), catch_up=CatchUp(catch_up))
    async with schedules(settings) as table:
        await table.save(kept)
    print(f"{name}: next at {next_at:%Y-%m-%d %H:%M:%S} UTC")
    return 0


async def listed(settings: Settings, workspace: str | None) -> int:
    """Name, rule, next and last turn."""
    async with schedules(settings) as table:
        found = await table.list(workspace)
    if not found:
        print("There are no recurring jobs.")
        return 0
    shown = Table("name", "rule", "next (UTC)", "last (UTC)", "job", box=None, padding=(0, 1), header_style="bold dim")
    for item in found:
        rule = f"{item.rule.cron} {item.rule.time_zone}" if item.rule.cron else f"every {item.rule.every_s:g} s"
        last = f"{item.last_at:%Y-%m-%d %H:%M:%S}" if item.last_at else "never"
        due = "paused" if item.paused else f"{item.next_at:%Y-%m-%d %H:%M:%S}"
        job = f"{item.entry.get('type', '')} {item.entry.get('url', '')}"
        shown.add_row(escape(item.name), escape(rule), due, last, escape(job))
    Console(highlight=False).print(shown)
    return 0


async def paused(settings: Settings, workspace: str, name: str, *, yes: bool) -> int:
    """Pause or resume; exit code 1 when there is none of that name."""
    async with schedules(settings) as table:
        there = await table.pause(workspace, name, paused=yes)
    print(f"{name} is {'paused' if yes else 'resumed'}." if there else f"There is no recurring job {name}.")
    return 0 if there else 1


async def removed(settings: Settings, workspace: str, name: str) -> int:
    """Remove; exit code 1 when there is none of that name."""
    async with schedules(settings) as table:
        there = await table.remove(workspace, name)
    print(f"{name} is removed." if there else f"There is no recurring job {name}.")
    return 0 if there else 1
