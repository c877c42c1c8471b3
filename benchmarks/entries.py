"""Adds no-op entries to enrichd's default lane: ``python -m benchmarks.entries fill COUNT | probe COUNT SPACING_S``."""

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping
from itertools import islice

from redis.asyncio import Redis

from benchmarks.kinds import NAME
from benchmarks.peers.common import now, paces

STREAM = "enrichment-jobs"
GROUP = "enrichment-workers"


def fields(stamp: int = 0, job_id: str = "") -> dict[str, str]:
    """One entry, as a producer would add it."""
    entry = {
        "url": "https://acme.example",
        "type": NAME,
        "requiredFields": "company_name,company_industry,company_size",
    }
    if job_id:
        entry["id"] = job_id
    return {**entry, "stamp": str(stamp)} if stamp else entry


async def send(client: Redis, entries: Iterable[Mapping[str, str]], at_once: int = 1_000) -> None:
    """Add entries to the default lane, ``at_once`` a round trip."""
    source = iter(entries)
    while batch := list(islice(source, at_once)):
        async with client.pipeline(transaction=False) as pipeline:
            for entry in batch:
                pipeline.xadd(STREAM, dict(entry))  # type: ignore[arg-type]
            await pipeline.execute()


async def fill(client: Redis, count: int) -> None:
    """Add a backlog."""
    mark = f"{os.getpid()}-" if os.environ.get("BENCH_IDS") else ""
    await send(client, (fields(job_id=f"{mark}{number}" if mark else "") for number in range(count)))


async def probe(client: Redis, count: int, spacing_s: float) -> None:
    """Add stamped entries one at a time; the stamp is taken before XADD is sent."""
    for pause in paces(count, spacing_s):
        await asyncio.sleep(pause)
        await client.xadd(STREAM, fields(now()))  # type: ignore[arg-type]


async def main() -> None:
    what, count = sys.argv[1], int(sys.argv[2])
    async with Redis.from_url(os.environ["BENCH_REDIS_URL"]) as client:
        if what == "fill":
            await fill(client, count)
        else:
            await probe(client, count, float(sys.argv[3]))


if __name__ == "__main__":
    asyncio.run(main())
