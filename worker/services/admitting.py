"""Asks PostgreSQL about jobs that may be known, and sets those going that may run. Shell.

New entries without an id of a producer's never come here: they start at once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Final, TypeVar

from msgspec.structs import replace

from worker.domain.admission import Admission, Admit, Ended, Known, Reschedule, Superseded, admission
from worker.domain.errors import StoreUnavailable
from worker.domain.verdict import Cancelled, Dead, Report
from worker.services.ports import Admitter, Submit
from worker.services.rows import running_row
from worker.services.run import Run
from worker.services.service import Away
from worker.services.settling import Settled, acknowledged, rescheduled

Out = TypeVar("Out")

#: Deliveries that may end in a crash before the next one is tried alone.
SUSPECT_AFTER: Final = 2


class Admitting:
    """One query a batch of runs. ``runs`` are all of this process; those that may run go to ``begin``, suspects to
    ``alone`` where there is one, the others to ``submit``."""

    submit: Submit

    def __init__(
        self,
        store: Admitter,
        runs: Mapping[str, Run],
        *,
        begin: Callable[[Run], None],
        alone: Callable[[Run], None] | None,
        max_deliveries: int,
        idempotency_s: float,
        health: Callable[[str, Exception | None], None],
    ) -> None:
        self._store = store
        self._runs = runs
        self._begin = begin
        self._alone = alone
        self._max_deliveries = max_deliveries
        self._idempotency_s = idempotency_s
        self._health = health

    async def admit(self, runs: list[Run]) -> None:
        """Ask PostgreSQL about jobs that may be known; waits for it as long as it takes."""
        seen: set[str] = set()
        asked: list[Run] = []
        for run in runs:
            if run.name in seen or self._runs_here(run):
                self._finish(acknowledged(run))
            else:
                seen.add(run.name)
                asked.append(run)
        rows = [running_row(run) for run in asked]
        known = await self._patiently(lambda: self._store.admit(rows))
        reused: dict[tuple[str, str], tuple[Run, Known | None, Admit]] = {}
        for run, row in zip(asked, known, strict=True):
            decision = self._decision(run, row)
            if isinstance(decision, Admit) and decision.fresh_start:
                run.is_for(replace(run.job, generation=decision.generation))
                reused[run.job.workspace, run.job.id] = run, row, decision
            else:
                self._follow(run, row, decision)
        if reused:
            rows = [running_row(run) for run, _, _ in reused.values()]
            taken = await self._patiently(lambda: self._store.reopen(rows))
            for key, (run, row, decision) in reused.items():
                # another entry of the same id may have been quicker
                self._follow(run, row, decision if key in taken else Superseded())

    async def _patiently(self, ask: Callable[[], Awaitable[Out]]) -> Out:
        away = Away()
        while True:
            try:
                answer = await ask()
            except StoreUnavailable as error:
                self._health("postgres", error)
                await asyncio.sleep(away.next_wait_s())
            else:
                self._health("postgres", None)
                return answer

    def _runs_here(self, run: Run) -> bool:
        return any(other is not run and other.name == run.name and other.started_s > 0 for other in self._runs.values())

    def _decision(self, run: Run, row: Known | None) -> Admission:
        job = run.job
        return admission(
            row,
            entry=run.entry_ref,
            generation=job.generation,
            explicit_id=job.explicit_id,
            never_ran=job.first_pickup_at is None,
            first_delivery=run.delivery.count == 1,
            now=run.picked_at,
            idempotency_s=self._idempotency_s,
        )

    def _follow(self, run: Run, row: Known | None, decision: Admission) -> None:
        run.registered = True
        match decision:
            case Ended(status, result):
                self._finish(acknowledged(run, status, result))
            case Superseded():
                self._finish(acknowledged(run))
            case Reschedule(due, generation, attempts):
                self._finish(rescheduled(run, due, generation, attempts))
            case Admit(generation, fresh_start):
                self._admitted(run, row, generation, fresh_start)

    def _admitted(self, run: Run, row: Known | None, generation: int, fresh_start: bool) -> None:
        job = run.job
        first = job.first_pickup_at
        if first is None and row is not None and not fresh_start:
            first = row.first_pickup_at
        run.is_for(replace(job, generation=generation, first_pickup_at=first or run.picked_at))
        if row is not None:
            run.registered = False  # the row stands for an earlier run; the registrar will say who runs it now
        if run.mark == "cancel":
            run.started_at = datetime.now(UTC)
            run.finished = True
            self.submit.submit(run, Report(Cancelled("cancelled before it ran"), run.started_at, run.started_at))
        elif self._alone is not None and run.delivery.count > SUSPECT_AFTER:
            self._alone(run)
        elif self._alone is None and run.delivery.count > self._max_deliveries:
            at = datetime.now(UTC)
            reason = (
                f"its worker died {run.delivery.count - 1} times while running it; "
                f"MAX_DELIVERIES is {self._max_deliveries}"
            )
            run.finished = True
            self.submit.submit(run, Report(Dead("Poison", reason), at, at))
        elif run_at := self._not_before(run):
            self._finish(rescheduled(run, run_at, generation + 1, job.attempts))
        else:
            self._begin(run)

    def _not_before(self, run: Run) -> datetime | None:
        """A ``runAt`` that is still to come, unless it has been waited for already."""
        run_at = run.job.run_at
        return run_at if run_at is not None and run.job.generation == 0 and run_at > datetime.now(UTC) else None

    def _finish(self, item: Settled) -> None:
        item.run.finished = True
        self.submit.submit_settled(item)
