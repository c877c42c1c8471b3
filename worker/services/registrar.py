"""Watches what runs here: registers longer runs in PostgreSQL, ends those over their time. Shell."""

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from worker.domain.job import Delivery
from worker.services.rows import running_row
from worker.services.run import Run
from worker.store.jobs import RunningRow


class Registry(Protocol):
    """What registering asks of PostgreSQL."""

    async def register(self, rows: Sequence[RunningRow]) -> None:
        """Write or refresh rows of running jobs."""


class Noting(Protocol):
    """What registering asks of the queue."""

    async def note_processing(self, running: Iterable[tuple[Delivery, str]]) -> None:
        """Tell producers."""


class Registrar:
    """``run_once`` registers every run older than ``after_s`` that is not, and cancels those over ``timeout_s``.

    Registered rows are refreshed every ``refresh_s``, which tells the reconciler that somebody still works on them.
    """

    def __init__(
        self,
        runs: Callable[[], Iterable[Run]],
        store: Registry,
        queue: Noting,
        *,
        after_s: float = 0.25,
        timeout_s: float = 300.0,
        refresh_s: float = 15.0,
    ) -> None:
        self._runs = runs
        self._store = store
        self._queue = queue
        self._after_s = after_s
        self._timeout_s = timeout_s
        self._refresh_s = refresh_s
        self._refreshed_s = time.monotonic()

    async def run_once(self) -> float | None:
        """One look at everything that runs here."""
        now = time.monotonic()
        refresh = now - self._refreshed_s >= self._refresh_s
        if refresh:
            self._refreshed_s = now
        due: list[Run] = []
        for run in list(self._runs()):
            if run.started_s <= 0 or run.report is not None:
                continue
            age = now - run.started_s
            if age >= self._timeout_s and run.task is not None and not run.timed_out:
                run.timed_out = True
                run.task.cancel("JOB_TIMEOUT")
            elif age >= self._after_s and (refresh or not run.registered):
                due.append(run)
        if due:
            fresh = [run for run in due if not run.registered]
            await self._store.register(_one_each(due))
            for run in fresh:
                run.registered = True
            if fresh:
                await self._queue.note_processing([(run.delivery, run.name) for run in fresh])
        return None


def _one_each(runs: Iterable[Run]) -> list[RunningRow]:
    rows: dict[tuple[str, str], RunningRow] = {}
    for run in runs:
        row = running_row(run)
        held = rows.get((row.workspace, row.id))
        if held is None or held.run < row.run:
            rows[row.workspace, row.id] = row
    return list(rows.values())
