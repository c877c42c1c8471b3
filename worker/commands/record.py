"""``enrichd record``: what is known about a company or person, with its proof, and corrections by hand."""

import getpass
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from config.settings import Settings
from worker.commands.servers import servers
from worker.commands.show import proof_of, shown
from worker.domain.claim import Value
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
    table = Table(box=None, padding=(0, 1), header_style="bold dim")
    for head in ("field", ""):
        table.add_column(head, no_wrap=True)
    # Nothing stood anywhere before: the room is the new values'.
    sides = ("before", "now") if any(one.before for one in found) else ("now",)
    for head in sides:
        table.add_column(head, overflow="fold")
    for one in found:
        table.add_row(one.field, one.kind, *(_short(one.before if side == "before" else one.after) for side in sides))
    Console().print(table if found else "Nothing changed.")
    return 0


def _say(field: str, value: FieldValue | None) -> None:
    Console().print(f"{field}: {_short(value) if value else 'nothing is known now'}", soft_wrap=True)


def _short(value: FieldValue | None) -> str:
    if value is None:
        return ""
    return escape(f"{_plain(value.value)} ({value.confidence:.2f})")


def _print_record(console: Console, found: Shown) -> None:
    console.print(f"[bold]{escape(found.subject.key)}[/] in workspace {escape(found.workspace)}")
    others = [key for key in found.keys if key != found.subject.key]
    if others:
        console.print(f"  also: {escape(', '.join(others))}", soft_wrap=True)
    console.print(_values(found))
    for change in found.changes:
        what = f"{change.action} {change.field}" + (f" = {change.value}" if change.value is not None else "")
        console.print(f"  {change.changed_at:%Y-%m-%d %H:%M} {escape(change.actor)}: {escape(what)}", soft_wrap=True)


def _values(found: Shown) -> Table:
    """Two lines a field, whatever the width: the value whole, and below it who said it, when and where it stands."""
    table = Table(box=None, padding=(0, 1), header_style="bold dim")
    table.add_column("field", no_wrap=True)
    table.add_column("value, and who said so", overflow="fold", ratio=1)
    table.add_column("sure", justify="right")
    for name, value in found.record.items():
        said = "typed" if value.human else ", ".join(value.sources) + (" (inferred)" if value.inferred else "")
        stale = name in found.stale
        table.add_row(name, escape(_plain(value.value)), f"{value.confidence:.2f}")
        table.add_row("", _line(f"{said}, {value.observed_at:%Y-%m-%d}", _proof(value), stale=stale))
        for rivals, word in ((value.conflicts, "or"), (value.alternatives, "also")):
            for rival in rivals:
                told = f"{word} {_plain(rival.value)} ({', '.join(rival.sources)}, {rival.observed_at:%Y-%m-%d})"
                table.add_row("", Text(told, style="yellow" if word == "or" else "dim"), f"{rival.confidence:.2f}")
    return table


def _line(said: str, proof: str, *, stale: bool) -> Text:
    line = Text(said, style="dim")
    if stale:
        line.append(" stale", style="yellow")
    return line.append(f": {proof}") if proof else line


def _plain(value: Value) -> str:
    return shown(list(value) if isinstance(value, tuple) else value)


def _proof(value: FieldValue) -> str:
    return proof_of(_plain(value.value), [item.as_json() for item in value.evidence[:1]])
