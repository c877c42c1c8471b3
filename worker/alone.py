"""One job in a process of its own, for suspected poison (see ``services.isolation``). Shell.

Both ends are the same program with the same settings, so the job and the report travel pickled, over pipes that
nobody else has. ``worker.alone_child`` is the other end.
"""

import asyncio
import os
import pickle
import signal
import sys
from asyncio.subprocess import PIPE
from typing import Final

from worker.domain.job import Job
from worker.domain.verdict import Report
from worker.services.isolation import Crashed

REDIS_VARIABLE: Final = "ENRICHD_ALONE_REDIS_URL"
DATABASE_VARIABLE: Final = "ENRICHD_ALONE_DATABASE_URL"


async def run_alone(job: Job, redis_url: str, database_url: str) -> Report:
    """Run a job in a child. Raises Crashed when the child dies; cancelled, it takes the child along."""
    environment = {**os.environ, REDIS_VARIABLE: redis_url, DATABASE_VARIABLE: database_url}
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker.alone_child", stdin=PIPE, stdout=PIPE, env=environment
    )
    try:
        answer, _ = await child.communicate(pickle.dumps(job))
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0 or not answer:
        raise Crashed(_how(child.returncode))
    report = pickle.loads(answer)  # noqa: S301 - our own child's words
    if not isinstance(report, Report):
        raise Crashed("it wrote something else than a report")
    return report


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
