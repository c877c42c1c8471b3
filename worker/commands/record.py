"""``enrichd record``: what is known about a company or person, with its proof, and corrections by hand."""

import getpass
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.commands.servers import servers
from worker.commands.show import shown
from worker.domain.record import FieldValue
from worker.services.record_desk import RecordDesk, Shown


@asynccontextmanager
async def desk(settings: Settings) -> AsyncIterator[RecordDesk]:
    """A desk over the settings' servers."""
    from worker.cache.keys import RecordKeys
    from worker.cache.records import Loaded, RecordCache
    from worker.queue.client import open_client
    from worker.store.claims import load_record
    from worker.store.pool import open_pool
    from worker.store.records import Records

    async with servers(settings) as where:
        pool = await open_pool(where.database_url, max_size=2, statement_cache=settings.database_statement_cache)
        client = open_client(
            settings.cache_redis_url or where.redis_url, socket_timeout_s=settings.redis_timeout_ms / 1000
        )

        async def load(workspace: str, key: str) -> Loaded:
            return Loaded(*await load_record(pool, workspace, key))

        try:
            cache = RecordCache(client, RecordKeys(settings.namespace), load)
            yield RecordDesk(Records(pool), cache.forget, lambda: datetime.now(UTC))
        finally:
            await client.aclose()
            await pool.close()


async def show(settings: Settings, workspace: str, reference: str, *, as_json: bool = False) -> int:
    """Print a record with its provenance."""
    async with desk(settings) as at:
        found = await at.show(workspace, reference)
    if as_json:
        print(json.dumps(found.as_json(), indent=2, ensure_ascii=False))
    else:
        _print_record(Console(), found)
    return 0


async def set_value(settings: Settings, workspace: str, reference: str, field: str, value: str) -> int:
    """Type a value, in the name of the user at the keyboard."""
    async with desk(settings) as at:
        _say(field, await at.set(workspace, reference, field, value, getpass.getuser()))
    return 0


async def revert(settings: Settings, workspace: str, reference: str, field: str) -> int:
    """Take back the last typed value."""
    async with desk(settings) as at:
        _say(field, await at.revert(workspace, reference, field, getpass.getuser()))
    return 0


async def diff(settings: Settings, workspace: str, reference: str, since: timedelta) -> int:
    """Print what differs from the record as it was."""
    async with desk(settings) as at:
        found = await at.diff(workspace, reference, datetime.now(UTC) - since)
    table = Table("field", "", "before", "now", box=None, padding=(0, 1), header_style="bold dim")
    for one in found:
        table.add_row(one.field, one.kind, _short(one.before), _short(one.after))
    Console().print(table if found else "Nothing changed.")
    return 0


def _say(field: str, value: FieldValue | None) -> None:
    Console().print(f"{field}: {_short(value) if value else 'nothing is known now'}", soft_wrap=True)


def _short(value: FieldValue | None) -> str:
    if value is None:
        return ""
    return escape(
        f"{shown(list(value.value) if isinstance(value.value, tuple) else value.value)} ({value.confidence:.2f})"
    )


def _print_record(console: Console, found: Shown) -> None:
    console.print(f"[bold]{escape(found.subject.key)}[/] in workspace {escape(found.workspace)}")
    others = [key for key in found.keys if key != found.subject.key]
    if others:
        console.print(f"  also: {escape(', '.join(others))}", soft_wrap=True)
    table = Table(
        "field", "value", "sure", "said by", "seen", "proof", box=None, padding=(0, 1), header_style="bold dim"
    )
    for name, value in found.record.items():
        age = f"{value.observed_at:%Y-%m-%d}" + (" stale" if name in found.stale else "")
        said = "typed" if value.human else ", ".join(value.sources) + (" (inferred)" if value.inferred else "")
        mark = "[yellow]" if name in found.stale else ""
        text = escape(shown(list(value.value) if isinstance(value.value, tuple) else value.value))
        table.add_row(name, text, f"{value.confidence:.2f}", escape(said), f"{mark}{age}", escape(_proof(value)))
        for rival in value.conflicts:
            said, seen = escape(", ".join(rival.sources)), f"{rival.observed_at:%Y-%m-%d}"
            table.add_row("", f"or {escape(str(rival.value))}", f"{rival.confidence:.2f}", said, seen, "", style="dim")
    console.print(table)
    for change in found.changes:
        what = f"{change.action} {change.field}" + (f" = {change.value}" if change.value is not None else "")
        console.print(f"  {change.changed_at:%Y-%m-%d %H:%M} {escape(change.actor)}: {escape(what)}", soft_wrap=True)


def _proof(value: FieldValue) -> str:
    if not value.evidence:
        return ""
    first = value.evidence[0]
    quote = f"“{first.quote[:40]}”" if first.quote else first.path
    return " ".join(part for part in (quote, first.url) if part)
