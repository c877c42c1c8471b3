"""The one place that ends a run: PostgreSQL first, then events and ack in Redis, then the cache. Shell.

Finished runs are settled in groups: whatever has finished while the last group was being written is the next one.
A run keeps its slot until it is settled, so what has finished is never far ahead of what is durable.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

import asyncpg
import structlog
from redis.exceptions import ResponseError

from worker.domain.ending import RetryPolicy, ending
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.verdict import Dead, Duplicate, Report
from worker.queue.client import GroupMissing
from worker.queue.queue import Entry, Settlement
from worker.services.failpoint import armed, failpoint
from worker.services.ports import ClaimsBatch, Intake, SaveClaims, SettleQueue, SettleStore
from worker.services.run import Run
from worker.services.service import Away
from worker.services.settling import Settled, refused_row, settled
from worker.store.jobs import row_key
from worker.store.pool import Connection

log = structlog.get_logger("worker")


class Settler:
    """Group commit.

    ``tick_s`` is the shortest time between two small groups while many runs are under way; a lone run never waits.
    ``freed`` is told of every run that has been settled, ``health`` of what is away (name, error or None).
    """

    def __init__(
        self,
        queue: SettleQueue,
        store: SettleStore,
        *,
        worker: str,
        policy: RetryPolicy,
        freed: Callable[[Sequence[Settled]], None],
        save_claims: SaveClaims | None = None,
        put_claims: Callable[[ClaimsBatch], Awaitable[None]] | None = None,
        health: Callable[[str, Exception | None], None] = lambda _name, _error: None,
        busy: Callable[[], int] = lambda: 0,
        intake: Intake | None = None,
        batch: int = 500,
        tick_s: float = 0.005,
        writers: int = 2,
    ) -> None:
        self._queue = queue
        self._store = store
        self._worker = worker
        self._policy = policy
        self._freed = freed
        self._save_claims = save_claims
        self._put_claims = put_claims
        self._health = health
        self._busy = busy
        self._intake = intake
        self._batch = batch
        self._tick_s = tick_s
        self._waiting: list[Settled] = []
        self._wake = asyncio.Event()
        self._stopping = False
        self._last_s = 0.0
        self._tasks = [asyncio.create_task(self._write(), name=f"settler:{n}") for n in range(writers)]

    def submit(self, run: Run, report: Report) -> None:
        """A run has ended; its slot is freed when it is settled."""
        verdict = report.verdict
        if isinstance(verdict, Duplicate):
            self.submit_settled(Settled(run, None, Settlement(run.delivery, "ack")))
            return
        now = datetime.now(UTC)
        try:
            end = ending(verdict, run.job, now, self._policy, random.random())  # noqa: S311 - jitter
            done = settled(run, report, end, self._worker)
        except Exception as error:
            log.exception("result cannot be written", job=run.job.id)
            dead = Report(Dead(type(error).__name__, f"the result cannot be written: {error}"), report.started_at, now)
            done = settled(run, dead, ending(dead.verdict, run.job, now, self._policy, 0.5), self._worker)
        self.submit_settled(done)

    def submit_settled(self, item: Settled) -> None:
        """What has been decided already."""
        self._waiting.append(item)
        self._wake.set()

    async def drain(self, within_s: float) -> None:
        """Settle what is left, then stop. What cannot be written ``within_s`` is left to whoever claims it."""
        self._stopping = True
        self._wake.set()
        _, late = await asyncio.wait(self._tasks, timeout=within_s)
        for task in late:
            task.cancel()
        if late:
            log.error("runs left unsettled; they will run again elsewhere", waiting=len(self._waiting))
            await asyncio.gather(*late, return_exceptions=True)

    async def _write(self) -> None:
        while True:
            while not self._waiting:
                if self._stopping:
                    return
                self._wake.clear()
                await self._wake.wait()
            await self._fill()
            group, self._waiting = self._waiting[: self._batch], self._waiting[self._batch :]
            if group:
                await self._settle_somehow(_latest(group))

    async def _settle_somehow(self, group: list[Settled]) -> None:
        """A bug in settling must not stop settling: the group's entries go back by their lease."""
        try:
            await self._settle(group)
        except Exception:
            log.exception("settling failed", runs=len(group))
            self._freed([Settled(item.run, None, item.item) for item in group])

    async def _fill(self) -> None:
        """Let a small group grow while many runs are under way, but never longer than a tick after the last one."""
        now = time.monotonic()
        wait_s = self._last_s + self._tick_s - now
        if wait_s > 0 and not self._stopping and self._busy() > 4 * len(self._waiting):
            await asyncio.sleep(wait_s)
        self._last_s = time.monotonic()

    async def _settle(self, group: list[Settled]) -> None:
        saved: list[ClaimsBatch] = []
        await failpoint("settle:begin")
        written = await self._settle_store(group, saved)
        await failpoint("settle:stored")
        budget, entries = await self._settle_queue(written)
        try:
            await failpoint("settle:acknowledged")
            for claims in saved:
                await self._cache(claims)
            self._freed(written)
        finally:
            if budget and self._intake is not None:
                self._intake.brought(budget, entries)

    async def _cache(self, claims: ClaimsBatch) -> None:
        if self._put_claims is None:
            return
        try:
            await self._put_claims(claims)
        except Exception:
            log.exception("claims are not cached")

    async def _settle_store(self, group: list[Settled], saved: list[ClaimsBatch]) -> list[Settled]:
        """Write the rows, waiting for PostgreSQL as long as it takes; one bad row costs only itself.

        Returns the group as it now stands: refused verdicts only acknowledge, a bad row is a dead letter. ``saved``
        is given the claims as they were written, under each subject's canonical key.
        """
        rows = [item.row for item in group if item.row is not None]
        if not rows:
            return group
        claims = [item.claims for item in group if item.claims is not None]
        away = Away()
        while True:
            kept: list[ClaimsBatch] = []
            try:
                refused = await self._store.settle(rows, self._beside(claims, kept))
            except StoreUnavailable as error:
                self._health("postgres", error)
                await asyncio.sleep(away.next_wait_s())
            except (asyncpg.PostgresError, ValueError, TypeError, OverflowError) as error:
                return await self._bisect(group, error, saved)
            else:
                self._health("postgres", None)
                saved += kept
                if not refused:
                    return group
                return [
                    _only_acknowledged(item) if item.row and row_key(item.row) in refused else item for item in group
                ]

    def _beside(self, claims: ClaimsBatch, kept: list[ClaimsBatch]) -> Callable[[Connection], Awaitable[None]] | None:
        save = self._save_claims
        if (not claims or save is None) and not armed():
            return None

        async def write(conn: Connection) -> None:
            if claims and save is not None:
                kept.append(await save(conn, claims))
            await failpoint("settle:before_commit")

        return write

    async def _bisect(self, group: list[Settled], error: Exception, saved: list[ClaimsBatch]) -> list[Settled]:
        """Find the row that PostgreSQL will not take, and let it die alone."""
        if len(group) > 1:
            middle = len(group) // 2
            first = await self._settle_store(group[:middle], saved)
            return first + await self._settle_store(group[middle:], saved)
        item = group[0]
        reason = f"PostgreSQL refused the row: {type(error).__name__}"
        log.error("row refused", job=item.run.name or item.run.entry_ref, error=f"{type(error).__name__}: {error}")
        replacement = refused_row(item, reason, self._worker)
        if item.error == replacement.error:
            # even the bare row is refused: let Redis keep the letter rather than loop
            return [replacement]
        return await self._settle_store([replacement], saved)

    async def _settle_queue(self, group: Sequence[Settled]) -> tuple[int, list[Entry]]:
        """Acknowledge a group; returns how many new entries were asked for on the way, and those that came."""
        items = [item.item for item in group if item.letter is None]
        letters = [item.letter for item in group if item.letter is not None]
        budget, number = self._intake.ask(len(items)) if self._intake is not None and items else (0, 0)
        came: tuple[int, list[Entry]] = (0, [])
        away = Away()
        while True:
            try:
                if items and budget:
                    asked, budget = budget, 0
                    came = asked, await self._turn(items, asked, number)
                elif items:
                    await self._queue.settle(items)
                items = []
                while letters:
                    await self._queue.bury(letters[-1])
                    letters.pop()
            except GroupMissing:
                await self._ensure_groups()
            except (QueueUnavailable, ResponseError) as error:
                # also what Redis refuses for good, a missing permission say: the entries stay ours until it is mended
                self._health("redis", error)
                await asyncio.sleep(away.next_wait_s())
            else:
                self._health("redis", None)
                return came

    async def _turn(self, items: Sequence[Settlement], budget: int, number: int) -> list[Entry]:
        """Settle, bringing new entries along. When settling goes wrong, those that came are taken all the same."""
        entries: list[Entry] = []
        try:
            error, entries = await self._queue.turn(items, budget, number)
            if error is not None:
                raise error
        except BaseException:
            if self._intake is not None:
                self._intake.brought(budget, entries)
            raise
        return entries

    async def _ensure_groups(self) -> None:
        try:
            await self._queue.ensure_groups()
        except QueueUnavailable as error:
            self._health("redis", error)
            await asyncio.sleep(0.1)


def _latest(group: list[Settled]) -> list[Settled]:
    """One row a job: two deliveries of one job in a group would make the statement touch a row twice.

    The later run's row is kept; the earlier one's entry is still acknowledged.
    """
    keys = [row_key(item.row) for item in group if item.row is not None]
    if len(set(keys)) == len(keys):
        return group
    best: dict[tuple[str, str], int] = {}
    out: list[Settled] = []
    for item in group:
        if item.row is None:
            out.append(item)
            continue
        at = best.get(row_key(item.row))
        if at is None:
            best[row_key(item.row)] = len(out)
            out.append(item)
            continue
        other = out[at]
        newer = other.row is None or other.row["run"] < item.row["run"]
        first, second = (item, other) if newer else (other, item)
        out[at] = first
        out.append(Settled(second.run, None, Settlement(second.run.delivery, "ack"), claims=second.claims))
    return out


def _only_acknowledged(item: Settled) -> Settled:
    """A verdict that came too late: the job has ended already, or a later run writes."""
    return Settled(item.run, item.row, Settlement(item.run.delivery, "ack"), claims=item.claims)
