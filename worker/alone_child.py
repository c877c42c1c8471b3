"""``python -m worker.alone_child``: reads jobs on stdin, runs each, writes its report. See ``worker.alone``. Shell."""

import asyncio
import os
import pickle
import sys
import traceback
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from config.logging import configure
from config.redaction import Redactor
from config.settings import load
from worker.alone import DATABASE_VARIABLE, LENGTH_BYTES, REDIS_VARIABLE
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
    configure("warning", settings.log_format, Redactor(settings.secrets()))
    app = App(settings, os.environ[REDIS_VARIABLE], os.environ[DATABASE_VARIABLE])
    questions = sys.stdin.buffer
    async with app.tools_only() as run:
        while head := await asyncio.to_thread(questions.read, LENGTH_BYTES):
            question = await asyncio.to_thread(questions.read, int.from_bytes(head, "big"))
            job = pickle.loads(question)  # noqa: S301 - our own parent's words
            answer = pickle.dumps(await _answer(run, job))
            out.write(len(answer).to_bytes(LENGTH_BYTES, "big") + answer)
            out.flush()


if __name__ == "__main__":
    asyncio.run(_main())
