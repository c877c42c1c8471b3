"""saq, run by its own command: one worker process, results off (ttl -1)."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncio
from typing import Any

from common import REDIS_URL, SLOTS, become, faster_loop, handled, orders, probe
from saq import Queue

queue = Queue.from_url(REDIS_URL)

faster_loop()


async def job(_: dict[str, Any], *, stamp: int) -> None:
    handled(stamp)


settings = {"queue": queue, "functions": [job], **({"concurrency": SLOTS} if SLOTS else {})}


async def produce(what: str, count: int, spacing_s: float) -> None:
    await queue.connect()
    if what == "fill":
        for start in range(0, count, 100):
            batch = min(100, count - start)
            await asyncio.gather(*(queue.enqueue("job", stamp=0, ttl=-1) for _ in range(batch)))
    else:
        await probe(count, spacing_s, lambda stamp: queue.enqueue("job", stamp=stamp, ttl=-1))
    await queue.disconnect()


if __name__ == "__main__":
    what, count, spacing_s = orders()
    if what == "work":
        become("saq", "peer.settings")
    asyncio.run(produce(what, count, spacing_s))
