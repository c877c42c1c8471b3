"""Job kinds of the chaos runs, loaded by ``PLUGINS=benchmarks.chaos.kinds``.

Each start of a handler is counted in a store of its own (``CHAOS_LEDGER_URL``), which no scenario touches: it stands
for a provider that charges for every call. An entry's field ``sleep_ms`` says how long the job takes; ``act`` what it
does then: ``exit`` ends the process, ``block`` blocks the event loop instead of waiting.
"""

import asyncio
import os
import time
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from redis.asyncio import Redis

from benchmarks.kinds import measuring
from worker.domain.job import Job, ResultStatus
from worker.domain.result import Result
from worker.domain.verdict import Done, Report

NAME: Final = "chaos_sleep"
STARTS: Final = "starts"
FINISHES: Final = "finishes"


@cache
def _ledger() -> Redis:
    return Redis.from_url(os.environ["CHAOS_LEDGER_URL"])


async def sleep(job: Job, _: Any) -> Report:
    """Count the start, take the time that the entry asks for, count the end."""
    started = datetime.now(UTC)
    name = f"{job.workspace}:{job.id}"
    await _ledger().hincrby(STARTS, name, 1)
    seconds = int(job.fields.get("sleep_ms", "0")) / 1000
    act = job.fields.get("act", "")
    if act == "exit":
        os._exit(42)
    if act == "block":
        time.sleep(seconds)  # noqa: ASYNC251 - the fault itself
    elif seconds:
        await asyncio.sleep(seconds)
    await _ledger().hincrby(FINISHES, name, 1)
    now = datetime.now(UTC)
    return Report(Done(Result(ResultStatus.SUCCESS, {}, (), (), 0, 0, now)), started, now)


KINDS = (measuring(NAME, sleep),)
