"""Real servers for the tests: one Valkey and one PostgreSQL for the whole run, and servers of a test's own.

The run's servers are torn down with it even when pytest is killed: a guard process watches over them.
"""

import asyncio
import importlib.util
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import psutil
import pytest
import redis
from redis.asyncio import Redis

from tests.support.planted_watch import WATCH, PlantedWatch
from worker.embedded import EmbeddedServers, PostgresServer, ValkeyServer, join
from worker.embedded.state import read_state

TEMPLATE = "enrichd_template"
#: Another server than the embedded Valkey: ``TEST_REDIS_SERVER=/usr/bin/redis-server make test``.
REDIS_SERVER = Path(os.environ["TEST_REDIS_SERVER"]) if os.environ.get("TEST_REDIS_SERVER") else None
DATABASES = 16
ROOM_BYTES = 2 << 30
_numbers = itertools.count()


class StartValkey(Protocol):
    """Starts a Valkey of the test's own; keyword arguments are those of ValkeyServer."""

    def __call__(self, **options: Any) -> ValkeyServer: ...


class StartPostgres(Protocol):
    """Starts a PostgreSQL of the test's own, not migrated; keyword arguments are those of PostgresServer."""

    def __call__(self, **options: Any) -> PostgresServer: ...


def pytest_configure(config: pytest.Config) -> None:
    """Every run of any test watches for planted keys."""
    config.pluginmanager.register(PlantedWatch(config), "planted-keys")


@pytest.fixture(scope="session")
def planted_watch(request: pytest.FixtureRequest) -> PlantedWatch:
    """Who searches what the tests leave behind for planted keys."""
    return request.config.stash[WATCH]


@pytest.fixture(scope="session")
def embedded_servers(planted_watch: PlantedWatch) -> Iterator[EmbeddedServers]:
    """The servers of this run. Nothing waits for the disk; killed servers still keep their data.

    Valkey's log of commands and PostgreSQL's of changes are kept from the first to the last, and searched at the end.
    """
    folder = Path(tempfile.mkdtemp(prefix="enrichd-tests-", dir=_fast_folder()))
    with join(
        folder,
        durable=False,
        ephemeral=True,
        redis_server=REDIS_SERVER,
        valkey_settings={"auto-aof-rewrite-percentage": "0"},
        postgres_settings={"max_connections": "200", "wal_keep_size": "8GB"},
    ) as servers:
        yield servers
        _in_a_loop_of_its_own(partial(_search_databases, planted_watch, servers.database_url))
        for searched in {servers.folder, *map(Path, read_state(servers.folder).folders)}:
            planted_watch.search.folder(searched)


@pytest.fixture
def redis_url(embedded_servers: EmbeddedServers) -> str:
    """The URL of an empty database; the 16 of the run's server take turns."""
    url = f"{embedded_servers.redis_url.rpartition('/')[0]}/{next(_numbers) % DATABASES}"
    with redis.Redis.from_url(url) as client:
        client.flushdb()
        client.script_flush()
    return url


@pytest.fixture
async def redis_client(redis_url: str) -> AsyncIterator[Redis]:
    """A client of ``redis_url`` that returns bytes."""
    async with Redis.from_url(redis_url, decode_responses=False) as client:
        yield client


@pytest.fixture(scope="session")
def pg_template(embedded_servers: EmbeddedServers) -> str:
    """The name of a migrated database that is copied for each test."""
    _in_a_loop_of_its_own(partial(_make_template, embedded_servers.database_url))
    return TEMPLATE


@pytest.fixture
async def pg_dsn(
    embedded_servers: EmbeddedServers, pg_template: str, planted_watch: PlantedWatch
) -> AsyncIterator[str]:
    """The URL of a fresh, migrated database."""
    name = f"test_{next(_numbers)}"
    admin = await asyncpg.connect(embedded_servers.database_url)
    try:
        await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{pg_template}" STRATEGY file_copy')
        dsn = f"{embedded_servers.database_url.rpartition('/')[0]}/{name}"
        yield dsn
        await planted_watch.search.database(dsn)
    finally:
        if admin.is_closed():
            admin = await asyncpg.connect(embedded_servers.database_url)
        await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.close()


@pytest.fixture
async def pg_pool(pg_dsn: str) -> AsyncIterator[asyncpg.Pool]:
    """A pool of up to five connections to ``pg_dsn``."""
    async with asyncpg.create_pool(pg_dsn, min_size=1, max_size=5) as pool:
        yield pool


@pytest.fixture
def valkey_server(embedded_servers: EmbeddedServers, planted_watch: PlantedWatch) -> Iterator[StartValkey]:
    """A factory of servers to be stopped, frozen and killed; blocking, so call their methods in a thread."""
    started: list[ValkeyServer] = []

    def start(**options: Any) -> ValkeyServer:
        name = f"valkey-{next(_numbers)}"
        server = ValkeyServer(
            embedded_servers.folder / name,
            watcher=lambda running: embedded_servers.adopt(name, running),
            **{"fsync": "everysec", "binary": REDIS_SERVER, **options},
        )
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        planted_watch.search.folder(server.folder)
        server.remove()


@pytest.fixture
def postgres_server(embedded_servers: EmbeddedServers, planted_watch: PlantedWatch) -> Iterator[StartPostgres]:
    """A factory of servers to be stopped and killed; blocking, so call their methods in a thread."""
    started: list[PostgresServer] = []

    def start(**options: Any) -> PostgresServer:
        name = f"postgres-{next(_numbers)}"
        server = PostgresServer(
            embedded_servers.folder / name,
            watcher=lambda running: embedded_servers.adopt(name, running),
            **{"durable": False, **options},
        )
        started.append(server)
        server.start()
        return server

    yield start
    for server in started:
        planted_watch.search.folder(server.folder)
        server.remove()


def _fast_folder() -> Path | None:
    """A file system in memory with room to spare (copying a database takes 12 ms there); None for the usual one."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and psutil.disk_usage(str(memory)).free > ROOM_BYTES
    return memory if roomy and psutil.virtual_memory().available > 2 * ROOM_BYTES else None


async def _search_databases(watch: PlantedWatch, url: str) -> None:
    admin = await asyncpg.connect(url)
    try:
        # Rows that only the memory holds are in the log of changes; indexes and free space are on the disk alone.
        await admin.execute("CHECKPOINT")
        names = await admin.fetch("SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate")
    finally:
        await admin.close()
    for name in names:
        await watch.search.database(f"{url.rpartition('/')[0]}/{name['datname']}")


async def _make_template(url: str) -> None:
    admin = await asyncpg.connect(url)
    try:
        await admin.execute(f'CREATE DATABASE "{TEMPLATE}"')
    finally:
        await admin.close()
    # A fresh check-out without migrations still has tests that need servers.
    if importlib.util.find_spec("worker.store.migrate"):
        from worker.store.migrate import migrate

        await migrate(f"{url.rpartition('/')[0]}/{TEMPLATE}")


def _in_a_loop_of_its_own(function: Callable[[], Any]) -> None:
    """Run a coroutine function from a fixture that outlives every test's event loop."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(lambda: asyncio.run(function())).result()
