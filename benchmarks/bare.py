"""The bare loop: the least work that leaves the same rows. An upper bound for enrichd on the same servers.

XREADGROUP, the statement that enrichd itself settles with, XACK and XDEL; nothing is parsed, checked, renewed or
counted. At most BENCH_SLOTS entries are unacknowledged, in two halves: one is read while the other is written.
"""

import asyncio
import os
import signal
import time
from datetime import UTC, datetime
from typing import Any

import asyncpg
import orjson
import uvloop
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from benchmarks.entries import GROUP, STREAM
from benchmarks.kinds import NAME
from worker.store.sql import query

_RESULT = {
    "status": "success",
    "data": {},
    "gaps": [],
    "costs": {"provider": 0.0, "llm": 0.0, "total": 0.0},
    "stages": [],
}
_BLOCK_MS = 200


def batch(entries: list[tuple[bytes, list[bytes]]], worker: str) -> str:
    """The rows of a batch, as ``settle_jobs.sql`` takes them."""
    now = datetime.now(UTC)
    result = orjson.Fragment(orjson.dumps({**_RESULT, "timestamp": now.isoformat()}))
    line = [[int(now.timestamp() * 1000), "info", f"Job completed (success) in 0 ms on {worker}"]]
    same = {
        "workspace_id": "default", "job_type": NAME, "status": "completed", "priority": 3, "generation": 0, "run": 1,
        "attempts": 1, "max_attempts": 5, "cost_micros": 0, "url": "https://acme.example",
        "result": result, "result_status": "success", "log": orjson.Fragment(orjson.dumps(line)),
        "first_pickup_at": now, "started_at": now, "created_at": now, "completed_at": now,
    }  # fmt: skip
    rows = []
    for entry_id, fields in entries:
        name = f"{STREAM}/{entry_id.decode()}"
        rows.append({**same, "id": name, "entry": name, "payload": _payload(fields)})
    return orjson.dumps(rows).decode()


def _payload(fields: list[bytes]) -> dict[str, str]:
    return {fields[n].decode(): fields[n + 1].decode() for n in range(0, len(fields), 2)}


class Bare:
    """One loop over one half of the slots."""

    def __init__(self, redis: Redis, pool: asyncpg.Pool, consumer: str, most: int) -> None:
        self._redis = redis
        self._pool = pool
        self._consumer = consumer
        self._most = most
        self.stopping = False

    async def run(self) -> None:
        statement = query("settle_jobs")
        async with self._pool.acquire() as connection:
            while not self.stopping:
                entries = await self._read()
                if not entries:
                    continue
                for _, fields in entries:
                    _sample(fields)
                await connection.execute(statement, batch(entries, self._consumer), self._consumer)
                ids = [entry_id for entry_id, _ in entries]
                async with self._redis.pipeline(transaction=False) as pipeline:
                    pipeline.execute_command("XACK", STREAM, GROUP, *ids)
                    pipeline.execute_command("XDEL", STREAM, *ids)
                    await pipeline.execute()

    async def _read(self) -> list[tuple[bytes, list[bytes]]]:
        reply = await self._redis.execute_command(
            "XREADGROUP",
            "GROUP",
            GROUP,
            self._consumer,
            "COUNT",
            self._most,
            "BLOCK",
            _BLOCK_MS,
            "STREAMS",
            STREAM,
            ">",
        )
        if not reply:
            return []
        found: list[tuple[bytes, list[bytes]]] = reply[0][1]
        return found


def _raw(reply: Any, **_: Any) -> Any:
    return reply


def _sample(fields: list[bytes]) -> None:
    """Note a latency sample at the place where a handler would be entered."""
    if fields[-2] == b"stamp":
        descriptor = os.open(os.environ["BENCH_SAMPLES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(descriptor, b"%d\n" % (time.monotonic_ns() - int(fields[-1])))
        os.close(descriptor)


async def main() -> None:
    slots = int(os.environ.get("BENCH_SLOTS") or 10)
    halves = int(os.environ.get("BENCH_HALVES") or 2)
    pool = await asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=halves, max_size=halves)
    clients = [Redis.from_url(os.environ["BENCH_REDIS_URL"], protocol=2) for _ in range(halves)]
    for client in clients:
        # Raw replies: XREADGROUP's fields as a flat list, as they came.
        client.set_response_callback("XREADGROUP", _raw)  # type: ignore[arg-type]
    try:
        await clients[0].xgroup_create(STREAM, GROUP, id="0", mkstream=True)
    except ResponseError as error:
        if "BUSYGROUP" not in str(error):
            raise
    loops = [Bare(client, pool, f"bare-{number}", slots // halves) for number, client in enumerate(clients)]

    def stop() -> None:
        for loop in loops:
            loop.stopping = True

    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
    await asyncio.gather(*(loop.run() for loop in loops))
    await pool.close()
    for client in clients:
        await client.aclose()


if __name__ == "__main__":
    uvloop.run(main())
