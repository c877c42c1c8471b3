"""taskiq on Redis Streams, run by its own command: one worker process, acknowledged when done, no results."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncio

from common import REDIS_URL, SLOTS, become, handled, orders, probe
from taskiq_redis import RedisStreamBroker

# The default "$" would never deliver what was added before the first worker came.
broker = RedisStreamBroker(url=REDIS_URL, consumer_id="0")


@broker.task(task_name="job")
async def job(stamp: int) -> None:
    handled(stamp)


async def produce(what: str, count: int, spacing_s: float) -> None:
    await broker.startup()
    if what == "fill":
        for start in range(0, count, 100):
            await asyncio.gather(*(job.kiq(0) for _ in range(min(100, count - start))))
    else:
        await probe(count, spacing_s, lambda stamp: job.kiq(stamp))
    await broker.shutdown()


if __name__ == "__main__":
    what, count, spacing_s = orders()
    if what == "work":
        slots = ["--max-async-tasks", str(SLOTS)] if SLOTS else []
        become("taskiq", "worker", "peer:broker", "--workers", "1", "--log-level", "WARNING", *slots)
    asyncio.run(produce(what, count, spacing_s))
