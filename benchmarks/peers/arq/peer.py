"""arq, run by its own command: one worker process, results off. It polls twice a second."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import asyncio
from typing import Any, ClassVar

from arq import create_pool
from arq.connections import RedisSettings
from common import REDIS_URL, SLOTS, become, faster_loop, handled, orders, probe

QUIET = {"version": 1, "disable_existing_loggers": True, "root": {"level": "ERROR"}}
SETTINGS = RedisSettings.from_dsn(REDIS_URL)

faster_loop()


async def job(_: dict[str, Any], stamp: int) -> None:
    handled(stamp)


class WorkerSettings:
    functions: ClassVar[list[Any]] = [job]
    redis_settings = SETTINGS
    keep_result = 0
    log_results = False
    if SLOTS:
        max_jobs = SLOTS


async def produce(what: str, count: int, spacing_s: float) -> None:
    pool = await create_pool(SETTINGS)
    if what == "fill":
        for start in range(0, count, 50):
            await asyncio.gather(*(pool.enqueue_job("job", 0) for _ in range(min(50, count - start))))
    else:
        await probe(count, spacing_s, lambda stamp: pool.enqueue_job("job", stamp))
    await pool.aclose()


if __name__ == "__main__":
    what, count, spacing_s = orders()
    if what == "work":
        become("arq", "peer.WorkerSettings", "--custom-log-dict", "peer.QUIET")
    asyncio.run(produce(what, count, spacing_s))
