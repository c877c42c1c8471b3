"""``python -m worker.alone_child``: reads jobs on stdin, runs each, writes its report. See ``worker.alone``. Shell."""

import asyncio
import os
import pickle
import sys
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from config.logging import configure
from config.redaction import Redactor
from config.settings import load
from worker.alone import LENGTH_BYTES, framed
from worker.app import App
from worker.domain.job import Job
from worker.domain.verdict import Report, Retry


async def _answer(run: Callable[[Job], Awaitable[Report]], job: Job) -> Report:
    started = datetime.now(UTC)
    try:
        return await run(job)
    except Exception as error:
        stack = "".join(traceback.format_exception(error))[-8_000:]
        return Report(Retry(type(error).__name__, str(error) or repr(error), stack), started, datetime.now(UTC))


async def _main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a job prints goes to the log, not between the reports
    settings = load()
    redactor = configure("warning", settings.log_format, Redactor(settings.secrets()))
    redis_url, database_url = await _read()
    async with App(settings, redis_url, database_url, hide=redactor.add).tools_only() as run:
        while (job := await _read()) is not None:
            out.write(framed(await _answer(run, job)))
            out.flush()


async def _read() -> Any:
    """The parent's next word; None at the end."""
    pipe = sys.stdin.buffer
    head = await asyncio.to_thread(pipe.read, LENGTH_BYTES)
    if not head:
        return None
    word = await asyncio.to_thread(pipe.read, int.from_bytes(head, "big"))
    return pickle.loads(word)  # noqa: S301 - our own parent's words


if __name__ == "__main__":
    asyncio.run(_main())
