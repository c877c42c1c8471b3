"""Jobs in a process of their own, for suspected poison (see ``services.isolation``). Shell.

One child is kept as long as it lives, because most suspects are innocent and starting a process takes a second.
Both ends are the same program with the same settings, so jobs and reports travel pickled, over pipes that nobody
else has, each behind its length in four bytes. ``worker.alone_child`` is the other end.
"""

import asyncio
import pickle
import signal
import sys
from asyncio.subprocess import PIPE, Process
from typing import Final

from worker.domain.job import Job
from worker.domain.verdict import Report
from worker.services.isolation import Crashed

LENGTH_BYTES: Final = 4


class Alone:
    """Runs one job at a time in a child process."""

    def __init__(self, redis_url: str, database_url: str) -> None:
        self._urls = (redis_url, database_url)
        self._child: Process | None = None

    async def run(self, job: Job) -> Report:
        """The job's report. Raises Crashed when the child dies; cancelled, it takes the child along."""
        if self._child is None or self._child.returncode is not None:
            self._child = await self._start()
        try:
            return await self._ask(self._child, job)
        except (asyncio.IncompleteReadError, ConnectionError):
            code = await self._child.wait()
            self._child = None
            raise Crashed(_how(code)) from None
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """End the child."""
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            child.kill()
            await child.wait()

    async def _start(self) -> Process:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "worker.alone_child", stdin=PIPE, stdout=PIPE
        )
        assert child.stdin is not None  # noqa: S101 - the pipe was asked for
        child.stdin.write(framed(self._urls))
        return child

    async def _ask(self, child: Process, job: Job) -> Report:
        assert child.stdin is not None  # noqa: S101 - both pipes were asked for
        assert child.stdout is not None  # noqa: S101
        child.stdin.write(framed(job))
        await child.stdin.drain()
        length = int.from_bytes(await child.stdout.readexactly(LENGTH_BYTES), "big")
        answer = pickle.loads(await child.stdout.readexactly(length))  # noqa: S301 - our own child's words
        if isinstance(answer, Report):
            return answer
        raise Crashed(f"it answered {type(answer).__name__} instead of a report")


def framed(value: object) -> bytes:
    """A value as it goes through the pipe."""
    data = pickle.dumps(value)
    return len(data).to_bytes(LENGTH_BYTES, "big") + data


def _how(code: int) -> str:
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
