"""streaq, run by its own command: one worker process; results off, since nobody reads them here."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncio

from common import REDIS_URL, SLOTS, become, handled, orders, probe
from streaq import Worker

worker = Worker(redis_url=REDIS_URL, **({"concurrency": SLOTS} if SLOTS else {}))


@worker.task(ttl=0, silent=True)
async def job(stamp: int) -> None:
    handled(stamp)


async def produce(what: str, count: int, spacing_s: float) -> None:
    async with worker:
        if what == "fill":
            for start in range(0, count, 1000):
                await worker.enqueue_many([job.enqueue(0) for _ in range(min(1000, count - start))])
        else:
            await probe(count, spacing_s, lambda stamp: job.enqueue(stamp))


if __name__ == "__main__":
    what, count, spacing_s = orders()
    if what == "work":
        become("streaq", "run", "peer:worker")
    asyncio.run(produce(what, count, spacing_s))
