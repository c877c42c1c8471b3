"""Where a scenario takes place: a queue's own Valkey, a database with a judge in it, a ledger, and workers.

The judge is a trigger: every write that takes a job into a terminal state, from wherever, leaves a row of its own.
A job that ends once has one such row; a lost one has none.
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
from redis.asyncio import Redis

from benchmarks.chaos.fleet import Fleet
from benchmarks.chaos.kinds import NAME, STARTS
from benchmarks.entries import send
from worker.embedded import EmbeddedServers, PostgresServer, ValkeyServer
from worker.store.migrate import migrate

SLOTS: Final = 16
NOBODY_S: Final = 5.0
_numbers = itertools.count()

_JUDGE: Final = """
CREATE TABLE chaos_endings (
    workspace_id text, id text, generation bigint, run bigint, status text, worker_id text,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE FUNCTION chaos_record() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('completed', 'failed', 'dead_letter', 'cancelled') AND (TG_OP = 'INSERT'
        OR (OLD.status, OLD.run, OLD.generation) IS DISTINCT FROM (NEW.status, NEW.run, NEW.generation)) THEN
        INSERT INTO chaos_endings (workspace_id, id, generation, run, status, worker_id)
        VALUES (NEW.workspace_id, NEW.id, NEW.generation, NEW.run, NEW.status, NEW.worker_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER chaos_record AFTER INSERT OR UPDATE ON enrichment_jobs FOR EACH ROW EXECUTE FUNCTION chaos_record();
"""


@dataclass(frozen=True, slots=True)
class Count:
    """What the judge has seen. ``last_at`` is the last ending, in seconds since the epoch (0: none)."""

    ended: int
    endings: int
    dead: int
    last_at: float


class NobodyLeft(Exception):
    """Every worker has ended by itself, so nothing more can happen; the message ends with what they said."""


class Ground:
    """One scenario's servers and workers; made by ``ground``."""

    def __init__(
        self,
        servers: EmbeddedServers,
        valkey: ValkeyServer,
        postgres: PostgresServer | None,
        database_url: str,
        log: Path,
        lease_s: float,
    ) -> None:
        self.valkey = valkey
        #: The scenario's own PostgreSQL, when it asked for one.
        self.postgres = postgres
        self.database_url = database_url
        self.log = log
        self.lease_s = lease_s
        ledger_url = f"{servers.redis_url.rpartition('/')[0]}/{next(_numbers) % 16}"
        self.redis = Redis.from_url(valkey.url)
        self.ledger: Redis = Redis.from_url(ledger_url)
        environment = {
            "REDIS_URL": valkey.url,
            "DATABASE_URL": database_url,
            "PLUGINS": "benchmarks.chaos.kinds",
            "CHAOS_LEDGER_URL": ledger_url,
            "CONCURRENCY": str(SLOTS),
            "LEASE": str(round(lease_s * 1000)),
            "RECONCILE_INTERVAL": "1000",
            "HEALTH_CHECK_PORT": "0",
            "LOG_LEVEL": "warning",
            "LOG_FORMAT": "console",
        }
        self.fleet = Fleet(servers, environment, log)
        self.added = 0
        self._nobody_since: float | None = None

    async def add(self, count: int, *, with_ids: bool = True, **fields: str) -> None:
        """Add jobs to the default lane."""
        entry = {"type": NAME, "requiredFields": "company_name", **fields}
        numbers = range(self.added, self.added + count)
        await self.send([{**entry, "id": f"job-{number}"} if with_ids else entry for number in numbers])

    async def send(self, entries: Sequence[Mapping[str, str]]) -> None:
        """Add these entries to the default lane."""
        await send(self.redis, entries)
        self.added += len(entries)

    async def count(self) -> Count:
        """Ask the judge, on a connection that outlives no restart."""
        connection = await asyncpg.connect(self.database_url, timeout=5)
        try:
            row = await connection.fetchrow(
                "SELECT count(DISTINCT (workspace_id, id)) AS ended, count(*) AS endings,"
                " count(*) FILTER (WHERE status = 'dead_letter') AS dead,"
                " coalesce(extract(epoch FROM max(at)), 0)::float8 AS last_at FROM chaos_endings"
            )
        finally:
            await connection.close()
        assert row is not None
        return Count(row["ended"], row["endings"], row["dead"], row["last_at"])

    async def until_ended(self, count: int, timeout_s: float) -> Count:
        """Wait until that many jobs have ended, or time is over; servers may be away meanwhile.

        Raises NobodyLeft when no worker runs any more.
        """
        deadline = time.monotonic() + timeout_s
        seen = Count(0, 0, 0, 0.0)
        while True:
            with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
                seen = await self.count()
            if seen.ended >= count or time.monotonic() > deadline:
                return seen
            self._expect_a_worker()
            await asyncio.sleep(0.1)

    async def starts(self) -> Mapping[str, int]:
        """How often each job's handler was entered."""
        counted = await self.ledger.hgetall(STARTS)
        return {name.decode() if isinstance(name, bytes) else name: int(times) for name, times in counted.items()}

    async def until_started(self, count: int, timeout_s: float) -> bool:
        """Wait until that many jobs have been started at least once."""
        deadline = time.monotonic() + timeout_s
        while await self.ledger.hlen(STARTS) < count:
            if time.monotonic() > deadline:
                return False
            self._expect_a_worker()
            await asyncio.sleep(0.02)
        return True

    def _expect_a_worker(self) -> None:
        """Raises NobodyLeft when there were workers and all have ended by themselves, a while ago."""
        workers = self.fleet.workers
        if not workers or any(worker.alive for worker in workers):
            self._nobody_since = None
        elif self._nobody_since is None:
            self._nobody_since = time.monotonic()
        elif time.monotonic() - self._nobody_since > NOBODY_S:
            raise NobodyLeft(self.log.read_text(errors="replace")[-2000:])

    async def close(self) -> None:
        """Kill what still runs."""
        await asyncio.to_thread(self.fleet.kill_all)
        await self.redis.aclose()
        await self.ledger.flushdb()
        await self.ledger.aclose()


@asynccontextmanager
async def ground(
    servers: EmbeddedServers,
    log: Path,
    *,
    own_postgres: bool = False,
    binary: Path | None = None,
    lease_s: float = 5.0,
) -> AsyncIterator[Ground]:
    """A fresh queue, database and ledger; ``own_postgres`` for scenarios that stop it. Workers write to ``log``."""
    number = next(_numbers)
    folder = servers.folder / f"chaos-{number}"
    valkey = ValkeyServer(
        folder,
        fsync="everysec",
        binary=binary,
        watcher=lambda running: servers.adopt(f"chaos-valkey-{number}", running),
    )
    postgres = None
    try:
        await asyncio.to_thread(valkey.start)
        if own_postgres:
            postgres = PostgresServer(
                folder, durable=False, watcher=lambda running: servers.adopt(f"chaos-postgres-{number}", running)
            )
            await asyncio.to_thread(postgres.start)
            url = postgres.url
        else:
            url = await _database(servers, f"chaos_{number}")
        await migrate(url)
        connection = await asyncpg.connect(url)
        await connection.execute(_JUDGE)
        await connection.close()
        place = Ground(servers, valkey, postgres, url, log, lease_s)
        try:
            yield place
        finally:
            await place.close()
    finally:
        await asyncio.to_thread(valkey.remove)
        if postgres:
            await asyncio.to_thread(postgres.remove)
        else:
            await _drop(servers, f"chaos_{number}")


async def _database(servers: EmbeddedServers, name: str) -> str:
    connection = await asyncpg.connect(servers.database_url)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return f"{servers.database_url.rpartition('/')[0]}/{name}"


async def _drop(servers: EmbeddedServers, name: str) -> None:
    connection = await asyncpg.connect(servers.database_url)
    try:
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
