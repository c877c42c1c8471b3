"""``enrichd keys``: provider keys of workspaces, sealed with the ring of ENCRYPTION_KEYS.

A key is read from stdin, never from the command line, and never printed.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.commands.servers import servers
from worker.domain.errors import ConfigError
from worker.store.keyring import KeyRing, WorkspaceKeys
from worker.store.pool import open_pool


@asynccontextmanager
async def keys(settings: Settings) -> AsyncIterator[WorkspaceKeys]:
    """The table, for the time of a command. Raises ConfigError without a ring."""
    if settings.encryption_keys is None:
        raise ConfigError("ENCRYPTION_KEYS: missing; make a key with: enrichd keys new")
    ring = KeyRing.parse(settings.encryption_keys.get_secret_value())
    async with servers(settings) as where:
        pool = await open_pool(
            where.database_url, min_size=0, max_size=2, statement_cache=settings.database_statement_cache
        )
        try:
            yield WorkspaceKeys(pool, ring)
        finally:
            await pool.close()


async def put(settings: Settings, workspace: str, name: str, secret: str) -> int:
    """Store or replace a workspace's key."""
    if not name.isupper() or not secret:
        raise ConfigError(f"{name}: expected a setting's name such as APOLLO_API_KEY, and a key on stdin")
    async with keys(settings) as table:
        stored = await table.set(workspace, name, secret)
    print(f"{name} of workspace {workspace} is stored (fingerprint {stored.fingerprint}).")
    return 0


async def listed(settings: Settings, workspace: str | None) -> int:
    """Names, fingerprints and ages; never a key."""
    async with keys(settings) as table:
        found = await table.names(workspace)
    if not found:
        print("No workspace has a key of its own.")
        return 0
    shown = Table("workspace", "name", "fingerprint", "ring key", box=None, padding=(0, 1), header_style="bold dim")
    for key in found:
        shown.add_row(escape(key.workspace), escape(key.name), key.fingerprint, escape(key.sealed_by))
    Console(highlight=False).print(shown)
    return 0


async def removed(settings: Settings, workspace: str, name: str) -> int:
    """Forget a key; exit code 1 when there was none."""
    async with keys(settings) as table:
        there = await table.remove(workspace, name)
    print(f"{name} of workspace {workspace} is removed." if there else f"Workspace {workspace} has no {name}.")
    return 0 if there else 1


async def rotated(settings: Settings) -> int:
    """Seal everything with the ring's first key."""
    async with keys(settings) as table:
        count = await table.rotate()
    print(f"{count} keys are sealed anew with the ring's first key; older ring keys may go once this says 0.")
    return 0
