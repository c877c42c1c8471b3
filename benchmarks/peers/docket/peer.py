"""docket, run by its own command: one worker process."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncio

from common import REDIS_URL, SLOTS, become, faster_loop, handled, orders, probe
from docket import Docket

# 100 slots need more than redis-py's default pool.
URL = f"{REDIS_URL}?max_connections=500"

faster_loop()


async def job(stamp: int) -> None:
    handled(stamp)


tasks = [job]


async def produce(what: str, count: int, spacing_s: float) -> None:
    async with Docket(name="docket", url=URL) as docket:
        docket.register(job)
        if what == "fill":
            for start in range(0, count, 50):
                await asyncio.gather(*(docket.add(job)(0) for _ in range(min(50, count - start))))
        else:
            await probe(count, spacing_s, lambda stamp: docket.add(job)(stamp))


if __name__ == "__main__":
    what, count, spacing_s = orders()
    if what == "work":
        slots = ["--concurrency", str(SLOTS)] if SLOTS else []
        become("docket", "worker", "--tasks", "peer:tasks", "--url", URL, "--logging-level", "WARNING", *slots)
    asyncio.run(produce(what, count, spacing_s))
