"""Takes entries from the lanes and runs them, never more at a time than there are slots. Shell.

A slot is held from pickup until the run is settled. New entries that need no look at PostgreSQL start at once;
ids given by producers, re-adds and redeliveries are admitted first, in one query a batch.
"""

import asyncio
import time
import traceback
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from worker.domain.errors import EntryError, QueueUnavailable, StoreUnavailable
from worker.domain.job import Delivery
from worker.domain.kind import Kind
from worker.domain.verdict import Cancelled, Report, Retry
from worker.queue.client import GroupMissing
from worker.queue.codec import NewerSchema, decode, identity, parse
from worker.queue.queue import Entry
from worker.services.admitting import Admitting
from worker.services.ports import Admitter, ConsumerQueue, Execute, Submit
from worker.services.run import Run
from worker.services.service import Away
from worker.services.settling import Settled, buried

log = structlog.get_logger("worker")

MAX_STACK_CHARS: Final = 8_000


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
        self._kinds = kinds
        self._execute = execute
        self._worker = worker
        self._slots = slots
        self._block_ms = block_ms
        self._max_attempts = max_attempts
        self._min_confidence = min_confidence
        self._max_cost_micros = max_cost_micros
        self._suspect = suspect
        self._suspects: set[str] = set()
        self._health = health
        self._on_group_missing = on_group_missing
        self._submit: Submit
        self._loop: asyncio.AbstractEventLoop
        self.runs: dict[str, Run] = {}
        self._admitting = Admitting(
            store,
            self.runs,
            begin=self._begin,
            alone=self._alone if suspect is not None else None,
            max_deliveries=max_deliveries,
            idempotency_s=idempotency_s,
            health=health,
        )
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
        self._submit = self._admitting.submit = submit
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
            self._in_background(self._admitting.admit(to_admit))

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

    def _alone(self, run: Run) -> None:
        """Try a suspect in a process of its own, beside the slots."""
        if self._suspect is not None:
            self._suspects.add(run.entry_ref)
            self._free.set()
            run.task = asyncio.create_task(self._suspect(run))

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
