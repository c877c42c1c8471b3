"""Ends running jobs that somebody has cancelled. Shell."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from worker.services.run import Run


class Marks(Protocol):
    """What watching for cancels asks of the queue."""

    async def cancelled_among(self, names: Sequence[str]) -> set[str]:
        """Which jobs are marked."""


class CancelWatch:
    """``run_once`` looks at the marks of runs that have been going on for ``after_s``."""

    def __init__(self, marks: Marks, runs: Callable[[], Iterable[Run]], *, after_s: float = 0.5) -> None:
        self._marks = marks
        self._runs = runs
        self._after_s = after_s

    async def run_once(self) -> float | None:
        """One look."""
        now = time.monotonic()
        going = {
            run.name: run
            for run in self._runs()
            if run.task is not None and run.report is None and now - run.started_s >= self._after_s
        }
        if not going:
            return None
        for name in await self._marks.cancelled_among(list(going)):
            run = going[name]
            if run.report is None and run.task is not None:
                run.cancel_asked = "cancelled while it ran"
                run.task.cancel("cancelled")
        return None
