"""The whole of it for a test: the shipped daemon as processes, real servers, a simulated outside world, a judge."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import orjson
from redis.asyncio import Redis

from benchmarks.chaos.fleet import Fleet, Worker
from simulator import Simulator
from worker.embedded import EmbeddedServers

LANE = "enrichment-jobs"
GROUP = "enrichment-workers"
PATIENCE_S = 60.0
_READY = re.compile(r"Worker is ready.*?(http://[\d.]+:\d+)")
TERMINAL = ("completed", "failed", "dead_letter", "cancelled")

#: Every write that takes a job into a terminal state leaves a row: a job that ends twice has two.
_JUDGE = """
CREATE TABLE endings (workspace_id text, id text, generation bigint, run bigint, status text, worker_id text);
CREATE FUNCTION record_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status IN ('completed', 'failed', 'dead_letter', 'cancelled') AND (TG_OP = 'INSERT'
        OR (OLD.status, OLD.run, OLD.generation) IS DISTINCT FROM (NEW.status, NEW.run, NEW.generation)) THEN
        INSERT INTO endings VALUES (NEW.workspace_id, NEW.id, NEW.generation, NEW.run, NEW.status, NEW.worker_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER record_ending AFTER INSERT OR UPDATE ON enrichment_jobs FOR EACH ROW EXECUTE FUNCTION record_ending();
"""


class Town:
    """One queue, one database, one outside world, and the workers on them."""

    def __init__(
        self,
        simulator: Simulator,
        redis_url: str,
        redis: Any,
        connection: asyncpg.Connection,
        fleet: Fleet,
        log: Path,
    ) -> None:
        self.simulator = simulator
        self.redis_url = redis_url
        self.redis = redis
        self.connection = connection
        self.fleet = fleet
        self._log = log

    async def start(self, **settings: str) -> Worker:
        """A worker that takes jobs; ``settings`` are environment variables for it alone."""
        before = self.log().count("Worker is ready")
        worker = self.fleet.start(**settings)
        await self.said("Worker is ready", before + 1)
        return worker

    async def said(self, text: str, times: int = 1) -> None:
        """Return when the workers have said something so often."""
        async with asyncio.timeout(PATIENCE_S):
            while self.log().count(text) < times:
                assert any(worker.alive for worker in self.fleet.workers), self.log()[-3000:]
                await asyncio.sleep(0.02)

    async def keep_figures(self) -> None:
        """Write beside the log what the workers' health ports show, for whoever searches the folder later."""
        addresses = set(_READY.findall(self.log()))
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=0.5)) as session:

            async def keep(address: str, path: str) -> None:
                with suppress(aiohttp.ClientError, TimeoutError):  # killed or frozen ones show nothing
                    async with session.get(f"{address}/{path}") as reply:
                        port = address.rpartition(":")[2]
                        self._log.with_suffix(f".{port}.{path}").write_bytes(await reply.read())

            await asyncio.gather(*(keep(address, path) for address in addresses for path in ("metrics", "health")))

    def log(self) -> str:
        """What all workers have said so far."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    async def add(self, lane: str = LANE, **fields: Any) -> str:
        """XADD as a producer would; returns the job's id."""
        entry = (await self.redis.xadd(lane, fields)).decode()
        return str(fields.get("id") or f"{lane}/{entry}")

    async def row(self, job_id: str, workspace: str = "default") -> Mapping[str, Any]:
        """The job's row once the job has ended."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                row = await self.connection.fetchrow(
                    "SELECT * FROM enrichment_jobs WHERE workspace_id = $1 AND id = $2", workspace, job_id
                )
                if row is not None and row["status"] in TERMINAL:
                    return dict(row)
                await asyncio.sleep(0.02)

    async def run(self, **fields: Any) -> dict[str, Any]:
        """Add a job and return its result, read from the row."""
        job_id = await self.add(**fields)
        row = await self.row(job_id, fields.get("workspaceId", "default"))
        result: dict[str, Any] = orjson.loads(row["result"])
        return result

    async def ended(self, count: int, patience_s: float = PATIENCE_S) -> None:
        """Return when ``count`` jobs have ended."""
        async with asyncio.timeout(patience_s):
            query = "SELECT count(DISTINCT (workspace_id, id)) FROM endings"
            while await self.connection.fetchval(query) < count:  # noqa: ASYNC110 - a server's state
                await asyncio.sleep(0.05)

    async def quiet(self) -> None:
        """Return when nothing is left in any lane; what has ended in PostgreSQL is acknowledged a moment later."""
        async with asyncio.timeout(PATIENCE_S):
            # pending entries are in the lane too: they are deleted together
            while await self.redis.xlen(LANE):  # noqa: ASYNC110 - a server's state
                await asyncio.sleep(0.02)

    async def owned_by(self, pid: int) -> list[str]:
        """The jobs that wait for a worker's verdict, once there are some."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                pending = await self.redis.xpending_range(LANE, GROUP, "-", "+", 1000)
                mine = [item for item in pending if f"-{pid}-".encode() in item["consumer"]]
                if mine:
                    return [f"{LANE}/{item['message_id'].decode()}" for item in mine]
                await asyncio.sleep(0.02)

    def asked(self) -> Counter[str]:
        """How often each provider, and any website, has been asked so far."""
        return Counter(seen.provider for seen in self.simulator.requests)

    async def charges(self) -> dict[str, int]:
        """Micros in the ledger: ``charged`` for sure, and ``unknown`` at most, for calls that were cut off."""
        row = await self.connection.fetchrow(
            "SELECT coalesce(sum(charged_micros) FILTER (WHERE charge = 'charged'), 0)::bigint AS charged,"
            " coalesce(sum(max_micros) FILTER (WHERE charge IN ('unknown', 'reserved')), 0)::bigint AS unknown"
            " FROM provider_calls"
        )
        assert row is not None
        return dict(row)

    async def keys(self, pattern: str) -> list[str]:
        """Redis keys that match."""
        return sorted([key.decode() async for key in self.redis.scan_iter(pattern)])


def handed_back(log: str) -> int:
    """How many entries the workers (logging JSON) said they handed back."""
    lines = [orjson.loads(line) for line in log.splitlines() if "entries handed back" in line]
    return sum(line["count"] for line in lines)


@asynccontextmanager
async def open_town(servers: EmbeddedServers, redis_url: str, dsn: str, log: Path, **world: Any) -> AsyncIterator[Town]:
    """A town without workers; ``world`` are the simulator's options."""
    async with Simulator(**{"companies": 60, **world}) as simulator, Redis.from_url(redis_url) as redis:
        connection = await asyncpg.connect(dsn)
        await connection.execute(_JUDGE)
        environment = {
            **simulator.env,
            "REDIS_URL": redis_url,
            "DATABASE_URL": dsn,
            "HEALTH_CHECK_PORT": "0",
            "LOG_FORMAT": "console",
            "FETCH_HOST_DELAY": "0",
            "USAGE_INTERVAL": "0",
            "LEASE": "2000",
            "RETRY_BASE_DELAY": "200",
        }
        fleet = Fleet(servers, environment, log)
        try:
            yield (town := Town(simulator, redis_url, redis, connection, fleet, log))
            await town.keep_figures()
        finally:
            await asyncio.to_thread(fleet.kill_all)
            await connection.close()
