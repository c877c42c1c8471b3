"""Takes entries from the lanes and runs them, never more at a time than there are slots. Shell.

A slot is held from pickup until the run is settled. New entries that need no look at PostgreSQL start at once;
ids given by producers, re-adds and redeliveries are admitted first, in one query a batch.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import structlog
from msgspec.structs import replace

from worker.domain.admission import Admission, Admit, Ended, Known, Reschedule, Superseded, admission
from worker.domain.errors import EntryError, QueueUnavailable, StoreUnavailable
from worker.domain.job import Delivery
from worker.domain.kind import Kind
from worker.domain.verdict import Cancelled, Dead, Report, Retry
from worker.queue.client import GroupMissing
from worker.queue.codec import NewerSchema, decode, identity, parse
from worker.queue.queue import Entry
from worker.services.ports import Admitter, ConsumerQueue, Execute, Submit
from worker.services.rows import running_row
from worker.services.run import Run
from worker.services.service import Away
from worker.services.settling import Settled, acknowledged, buried, rescheduled

log = structlog.get_logger("worker")

Out = TypeVar("Out")

MAX_STACK_CHARS: Final = 8_000
#: Deliveries that may end in a crash before the next one is tried alone.
SUSPECT_AFTER: Final = 2


class Consumer:
    """The slots of one process."""

    def __init__(
        self,
        queue: ConsumerQueue,
        store: Admitter,
        kinds: Mapping[str, Kind],
        execute: Execute,
        *,
        worker: str,
        slots: int,
        block_ms: int,
        max_attempts: int = 5,
        min_confidence: float = 0.60,
        max_cost_micros: int | None = None,
        max_deliveries: int = 3,
        suspect: Callable[[Run], Coroutine[Any, Any, None]] | None = None,
        idempotency_s: float = 86_400.0,
        health: Callable[[str, Exception | None], None] = lambda _name, _error: None,
        on_group_missing: Callable[[], None] = lambda: None,
    ) -> None:
        self._queue = queue
        self._store = store
        self._kinds = kinds
        self._execute = execute
        self._worker = worker
        self._slots = slots
        self._block_ms = block_ms
        self._max_attempts = max_attempts
        self._min_confidence = min_confidence
        self._max_cost_micros = max_cost_micros
        self._max_deliveries = max_deliveries
        self._suspect = suspect
        self._suspects: set[str] = set()
        self._idempotency_s = idempotency_s
        self._health = health
        self._on_group_missing = on_group_missing
        self._submit: Submit
        self._loop: asyncio.AbstractEventLoop
        self.runs: dict[str, Run] = {}
        self._free = asyncio.Event()
        self._stopping = False
        self._pulls = 0
        #: The last read brought as many as it might: there are more.
        self._flowing = False
        #: Slots promised to entries that a settling brings along.
        self._reserved = 0
        self._held: list[tuple[int, str]] = []
        self._task: asyncio.Task[None] | None = None
        self._admissions: set[asyncio.Task[None]] = set()

    def start(self, submit: Submit) -> None:
        """Begin pulling; ended runs go to ``submit``."""
        self._submit = submit
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._pull_forever(), name="consumer")

    @property
    def busy(self) -> int:
        """Slots in use; suspects run beside them."""
        return len(self.runs) - len(self._suspects)

    @property
    def free(self) -> int:
        """Slots that new entries may take."""
        return self._slots - self.busy - self._reserved

    def ask(self, frees: int) -> tuple[int, int]:
        """How many new entries a settling that frees so many slots may bring along, and the number of that pull.

        (0, 0) while the lanes may be empty: then the one blocking reader waits for all slots.
        """
        if not self._flowing or self._stopping or self._held:
            return 0, 0
        budget = min(frees, max(self._slots // 2, 1))
        self._reserved += budget
        self._pulls += 1
        return budget, self._pulls

    def brought(self, budget: int, entries: Sequence[Entry]) -> None:
        """Take what a settling brought along when it was asked for ``budget``."""
        self._reserved -= budget
        self._flowing = len(entries) >= budget
        self._start(entries)
        self._free.set()

    def freed(self, group: Sequence[Settled]) -> None:
        """Runs have been settled: their slots are free."""
        runs, suspects = self.runs, self._suspects
        for item in group:
            runs.pop(item.run.entry_ref, None)
            if suspects:
                suspects.discard(item.run.entry_ref)
        self._free.set()

    async def stop_pulling(self) -> None:
        """Take nothing new. A blocking read ends by its own short BLOCK, never by cancellation."""
        self._stopping = True
        self._free.set()
        if self._task is not None:
            await self._task

    async def idle(self) -> None:
        """Return when every run has been settled."""
        while self.runs:
            self._free.clear()
            await self._free.wait()

    async def give_up(self) -> list[Delivery]:
        """Cancel what still runs, at shutdown; the deliveries that were not at their end, to be handed back."""
        admissions = list(self._admissions)
        for task in admissions:
            task.cancel("shutdown")
        await asyncio.gather(*admissions, return_exceptions=True)
        left = [run for run in self.runs.values() if run.parsed and run.report is None and not run.finished]
        tasks = [run.task for run in left if run.task is not None]
        for task in tasks:
            task.cancel("shutdown")
        await asyncio.gather(*tasks, return_exceptions=True)
        left = [run for run in left if run.report is None]
        for run in left:
            self.runs.pop(run.entry_ref, None)
            self._suspects.discard(run.entry_ref)
        return [run.delivery for run in left]

    def held_deliveries(self) -> list[Delivery]:
        """Entries that a blocking read brought and that wait for a slot."""
        return [self._queue.delivered(number, entry_id) for number, entry_id in self._held]

    async def take(self, entries: Sequence[Entry]) -> None:
        """Run entries that came another way than by pulling (reclaimed ones)."""
        self._start(entries)

    # -- pulling ---------------------------------------------------------------------------------------------

    async def _pull_forever(self) -> None:
        away = Away()
        while not self._stopping:
            try:
                await self._pull_once()
            except GroupMissing as error:
                self._held = []
                self._on_group_missing()
                log.warning("consumer group is missing, making it again", reason=str(error))
                await self._make_groups(away)
            except QueueUnavailable as error:
                self._health("redis", error)
                await asyncio.sleep(away.next_wait_s())
            except Exception:
                log.exception("pulling failed")
                await asyncio.sleep(1)
            else:
                away.back()
                self._health("redis", None)

    async def _make_groups(self, away: Away) -> None:
        try:
            await self._queue.ensure_groups()
        except QueueUnavailable as error:
            self._health("redis", error)
            await asyncio.sleep(away.next_wait_s())

    async def _pull_once(self) -> None:
        """One read: of the lanes, or, when they are empty, a blocking one."""
        free = self.free
        if free <= 0:
            self._free.clear()
            await self._free.wait()
            return
        self._pulls += 1
        checked = self._held[:free]
        # half of the slots at most, so that one half is settled while the other half runs
        budget = min(free, max(self._slots // 2, len(checked), 1))
        paused, entries = await self._queue.pull(budget, checked, self._pulls)
        del self._held[: len(checked)]
        self._flowing = len(entries) >= budget
        self._start(entries)
        if paused:
            await asyncio.sleep(self._block_ms / 1000)
        elif entries or self._held:
            # let what was started begin, and what is settled free its slot, before reading again
            await asyncio.sleep(0)
        elif not self._stopping:
            self._held = await self._queue.wait(self._block_ms)

    # -- starting --------------------------------------------------------------------------------------------

    def _start(self, entries: Sequence[Entry]) -> None:
        now = datetime.now(UTC)
        to_admit: list[Run] = []
        for entry in entries:
            run = Run(entry, now)
            if self._adopted(run):
                continue
            self.runs[run.entry_ref] = run
            if not self._parsed(run):
                continue
            job = run.job
            if job.explicit_id or job.generation or run.delivery.count > 1 or run.mark or job.run_at:
                to_admit.append(run)
            else:
                self._begin(run)
        if to_admit:
            self._in_background(self._admit(to_admit))

    def _adopted(self, run: Run) -> bool:
        """An entry that already runs here came back (its lease lapsed unseen): it stays the run it is."""
        running = self.runs.get(run.entry_ref)
        if running is None:
            return False
        running.delivery = run.delivery
        return True

    def _parsed(self, run: Run) -> bool:
        fields: dict[str, str] = {}
        try:
            fields = decode(run.flat)
            run.is_for(
                parse(
                    fields,
                    run.delivery,
                    self._kinds,
                    max_attempts=self._max_attempts,
                    min_confidence=self._min_confidence,
                    max_cost_micros=self._max_cost_micros,
                )
            )
        except NewerSchema as error:
            self._hold_for_newer(run, error.schema)
            return False
        except EntryError as error:
            self._bury(run, _workspace(fields, run), error.code, str(error))
            return False
        except Exception as error:
            log.exception("entry cannot be parsed", entry=run.entry_ref)
            self._bury(run, _workspace(fields, run), type(error).__name__, f"the entry cannot be parsed: {error}")
            return False
        return True

    def _hold_for_newer(self, run: Run, schema: int) -> None:
        log.warning("entry is for a newer version, parked", entry=run.entry_ref, schema=schema)
        self._in_background(self._park(run, f"schema:{schema}"))

    async def _park(self, run: Run, place: str) -> None:
        away = Away()
        while True:
            try:
                await self._queue.park(run.delivery, place)
            except QueueUnavailable as error:
                self._health("redis", error)
                await asyncio.sleep(away.next_wait_s())
            else:
                break
        self.runs.pop(run.entry_ref, None)
        self._free.set()

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._admissions.add(task)
        task.add_done_callback(self._admissions.discard)

    def _bury(self, run: Run, workspace: str, error_class: str, reason: str) -> None:
        run.finished = True
        self._submit.submit_settled(buried(run, workspace, error_class, reason, self._worker, datetime.now(UTC)))

    async def _admit(self, runs: list[Run]) -> None:
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
        return any(other is not run and other.name == run.name and other.started_s > 0 for other in self.runs.values())

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
            self._submit.submit(run, Report(Cancelled("cancelled before it ran"), run.started_at, run.started_at))
        elif self._suspect is not None and run.delivery.count > SUSPECT_AFTER:
            self._suspects.add(run.entry_ref)
            self._free.set()
            run.task = asyncio.create_task(self._suspect(run))
        elif self._suspect is None and run.delivery.count > self._max_deliveries:
            at = datetime.now(UTC)
            reason = (
                f"its worker died {run.delivery.count - 1} times while running it; "
                f"MAX_DELIVERIES is {self._max_deliveries}"
            )
            run.finished = True
            self._submit.submit(run, Report(Dead("Poison", reason), at, at))
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
        self._submit.submit_settled(item)

    # -- running ---------------------------------------------------------------------------------------------

    def _begin(self, run: Run) -> None:
        run.started_s = time.monotonic()
        run.task = self._loop.create_task(self._run(run))

    async def _run(self, run: Run) -> None:
        job = run.job
        run.started_at = started = datetime.now(UTC)
        try:
            report = await self._execute(job, self._kinds[job.kind])
        except asyncio.CancelledError:
            cut = self._cut_short(run, started)
            if cut is None:
                raise
            report = cut
        except (QueueUnavailable, StoreUnavailable) as error:
            report = Report(Retry(type(error).__name__, str(error)), started, datetime.now(UTC))
        except Exception as error:
            stack = "".join(traceback.format_exception(error))[-MAX_STACK_CHARS:]
            log.exception("job raised", job=job.id, workspace=job.workspace, kind=job.kind)
            report = Report(Retry(type(error).__name__, str(error) or repr(error), stack), started, datetime.now(UTC))
        run.report = report
        self._submit.submit(run, report)

    def _cut_short(self, run: Run, started: datetime) -> Report | None:
        """The report of a run that was cancelled on purpose; None for a shutdown."""
        now = datetime.now(UTC)
        if run.cancel_asked:
            return Report(Cancelled(run.cancel_asked), started, now)
        if run.timed_out:
            return Report(Retry("JobTimeout", "the run took longer than JOB_TIMEOUT"), started, now)
        return None


def _workspace(fields: Mapping[str, str], run: Run) -> str:
    """Whose dead letter an entry is that cannot be parsed."""
    return identity(fields, run.delivery)[0][:255]
