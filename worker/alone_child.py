"""``python -m worker.alone_child``: reads one job on stdin, runs it, writes its report. See ``worker.alone``. Shell."""

import asyncio
import os
import pickle
import sys

from config.logging import configure
from config.redaction import Redactor
from config.settings import load
from worker.alone import DATABASE_VARIABLE, REDIS_VARIABLE
from worker.app import App


async def _main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a job prints goes to the log, not into the report
    job = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - our own parent's words
    settings = load()
    configure(settings.log_level, settings.log_format, Redactor(settings.secrets()))
    app = App(settings, os.environ[REDIS_VARIABLE], os.environ[DATABASE_VARIABLE])
    async with app.tools_only() as run:
        report = await run(job)
    out.write(pickle.dumps(report))
    out.flush()


if __name__ == "__main__":
    asyncio.run(_main())
