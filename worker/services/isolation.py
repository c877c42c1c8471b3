"""Tries suspected poison alone: one entry at a time per queue, in a child process beside the healthy slots. Shell.

An entry whose workers have died twice is a suspect; most suspects are innocent and were only near when a worker died.
Only crashes of the child count against it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import structlog

from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.job import Job
from worker.domain.verdict import Dead, Report, Retry
from worker.services.run import Run

log = structlog.get_logger("worker")


class Crashed(Exception):
    """The child ended without a report; the message says how."""


class SuspectQueue(Protocol):
    """What isolation asks of the queue."""

    async def hold_suspect(self, life_ms: int) -> bool:
        """Be (or stay) the one that tries suspects."""

    async def release_suspect(self) -> None:
        """Let others try theirs."""

    async def count_crash(self, name: str, life_ms: int) -> int:
        """One more crash of a job while alone; returns how many."""


#: Runs a job in a process of its own. Raises Crashed when that process dies.
Alone = Callable[[Job], Awaitable[Report]]

_CRASH_LIFE_MS = 86_400_000


class Isolator:
    """Takes suspects one after another. ``submit`` is told of each report."""

    def __init__(
        self,
        queue: SuspectQueue,
        alone: Alone,
        submit: Callable[[Run, Report], None],
        *,
        most_crashes: int,
        lease_s: float,
        timeout_s: float,
    ) -> None:
        self._queue = queue
        self._alone = alone
        self._submit = submit
        self._most_crashes = most_crashes
        self._lease_s = lease_s
        self._timeout_s = timeout_s
        self._here = asyncio.Lock()

    async def try_alone(self, run: Run) -> None:
        """Wait for the turn, run the job in a child, and submit what became of it."""
        async with self._here:
            holding = asyncio.create_task(self._hold())
            try:
                report = await self._until_decided(run)
            finally:
                holding.cancel()
                await asyncio.gather(holding, return_exceptions=True)
                await self._release()
        run.report = report
        self._submit(run, report)

    async def _hold(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / 3)
            try:
                await self._queue.hold_suspect(int(self._lease_s * 1000))
            except QueueUnavailable as error:
                log.debug("suspect turn not renewed", error=str(error))

    async def _release(self) -> None:
        try:
            await self._queue.release_suspect()
        except QueueUnavailable as error:
            log.debug("suspect turn ends by itself", error=str(error))

    async def _turn(self) -> None:
        while True:
            try:
                if await self._queue.hold_suspect(int(self._lease_s * 1000)):
                    return
            except QueueUnavailable:
                pass
            await asyncio.sleep(min(0.2, self._lease_s / 4))

    async def _until_decided(self, run: Run) -> Report:
        await self._turn()
        while True:
            started = run.started_at = datetime.now(UTC)
            run.started_s = time.monotonic()
            log.warning("running a suspect alone", job=run.name, deliveries=run.delivery.count)
            try:
                async with asyncio.timeout(self._timeout_s):
                    return await self._alone(run.job)
            except Crashed as crash:
                crashes = await self._count(run)
                log.warning("a suspect crashed its process", job=run.name, crashes=crashes, how=str(crash))
                if crashes >= self._most_crashes:
                    reason = f"it crashed its process {crashes} times while running alone ({crash})"
                    return Report(Dead("Poison", reason), started, datetime.now(UTC))
            except TimeoutError:
                message = "the run took longer than JOB_TIMEOUT"
                return Report(Retry("JobTimeout", message), started, datetime.now(UTC))
            except (QueueUnavailable, StoreUnavailable) as error:
                return Report(Retry(type(error).__name__, str(error)), started, datetime.now(UTC))

    async def _count(self, run: Run) -> int:
        while True:
            try:
                return await self._queue.count_crash(run.name, _CRASH_LIFE_MS)
            except QueueUnavailable:
                await asyncio.sleep(0.2)
