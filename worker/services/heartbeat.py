"""Says that this worker lives, and notices when its event loop was held up. Shell."""

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

import structlog

log = structlog.get_logger("worker")


class Beats(Protocol):
    """What the heartbeat asks of PostgreSQL."""

    async def beat(self, *, status: str, in_flight: int, processed: int, failed: int) -> None:
        """Refresh this worker's row."""


class Heartbeat:
    """``run_once`` refreshes this worker's row."""

    def __init__(self, store: Beats, figures: Callable[[], tuple[int, int, int]]) -> None:
        self._store = store
        self._figures = figures
        self.status = "running"

    async def run_once(self) -> float | None:
        """One beat: status, runs in flight, jobs processed and failed since the start."""
        in_flight, processed, failed = self._figures()
        await self._store.beat(status=self.status, in_flight=in_flight, processed=processed, failed=failed)
        return None


class LoopLag:
    """Measures how late the event loop wakes up; a blocked loop loses leases."""

    def __init__(self, *, every_s: float = 0.25, warn_s: float = 1.0) -> None:
        self._every_s = every_s
        self._warn_s = warn_s
        self.worst_s = 0.0
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin measuring."""
        self._task = asyncio.create_task(self._measure(), name="loop-lag")

    async def stop(self) -> None:
        """Stop measuring."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _measure(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(self._every_s)
            lag = time.monotonic() - before - self._every_s
            self.worst_s = max(self.worst_s, lag)
            if lag > self._warn_s:
                log.warning("event loop was blocked", seconds=round(lag, 2))
