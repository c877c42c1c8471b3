"""The ledger and the answers in PostgreSQL: intents, endings and answers of many calls in one statement. Shell."""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg

from worker.domain.errors import StoreUnavailable
from worker.domain.ledger import AnswerKey, Ending, Intent, Lookup, Reuse, StoredAnswer
from worker.grouping import Grouped
from worker.store.kept import KeptConnections
from worker.store.ledger_rows import Entry, answer_from, parameters
from worker.store.pool import AWAY
from worker.store.sql import query

logger = logging.getLogger(__name__)

Out = TypeVar("Out")

_ID_BLOCK = 1000
_LONGEST_PAUSE_S = 2.0
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Ledger:
    """Writes what the gateway does, and finds what was paid for before.

    Everything handed in between two flushes is committed together. While PostgreSQL is away batches wait, up to
    ``patience_s`` each; then their callers get StoreUnavailable. ``available`` says how it stands.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        *,
        most: int = 500,
        tick_s: float = 0.002,
        patience_s: float = 120.0,
    ) -> None:
        self._pool = pool
        self._kept = KeptConnections(pool)
        self._patience_s = patience_s
        self._ids: deque[int] = deque()
        self._taking = asyncio.Lock()
        self._writer: Grouped[Entry, int | StoredAnswer] = Grouped(self._write, most=most, tick_s=tick_s)
        self.available = True

    async def find(self, key: AnswerKey, observed_after: datetime | None) -> StoredAnswer | None:
        """An answer that may still be used and was observed at or after a time. Raises StoreUnavailable."""
        found = await self._writer.submit(Lookup(key, observed_after))
        return found if isinstance(found, StoredAnswer) else None

    async def open(self, intent: Intent) -> int:
        """Write an intent down; durable on return. Gives the row's id. Raises StoreUnavailable: then do not send."""
        return _row(await self._writer.submit(intent))

    async def open_unless_known(self, intent: Intent, observed_after: datetime | None) -> int | StoredAnswer:
        """``find`` and, where that finds nothing, ``open``, in one round trip. Raises StoreUnavailable."""
        return await self._writer.submit(Lookup(intent.key, observed_after, intent))

    async def close(self, ending: Ending) -> int:
        """Write an ending and its answer down, together; durable on return. Gives the row's id.

        Once handed in it is written even when the caller is cancelled. Raises StoreUnavailable.
        """
        return _row(await self._writer.submit(ending))

    def note(self, reuse: Reuse) -> None:
        """Write down, some time soon, that an answer was used again."""
        self._writer.forget(reuse)

    async def job_spent(self, workspace: str, job_id: str, since: datetime | None) -> int:
        """What a job has cost since a time (its first pickup), possible charges included, in micros."""

        async def ask() -> int:
            return int(await self._pool.fetchval(query("ledger_job_spent"), workspace, job_id, since or _BEGINNING))

        return await self._patiently(ask)

    async def sent_count(self, provider: str, account: str, bucket: str, since: datetime) -> int:
        """How many calls an account has made since a time."""

        async def ask() -> int:
            return int(await self._pool.fetchval(query("ledger_sent_count"), provider, account, bucket, since))

        return await self._patiently(ask)

    async def mark_unknown(self, most: int = 1000) -> int:
        """Mark calls that a crash cut off; gives how many."""
        return _affected(await self._pool.execute(query("ledger_mark_unknown"), most))

    async def prune_answers(self, most: int = 1000) -> int:
        """Delete answers past their life; gives how many."""
        return _affected(await self._pool.execute(query("answer_prune"), most))

    async def prune_calls(self, before: datetime, most: int = 1000) -> int:
        """Delete ledger rows older than a time; gives how many."""
        return _affected(await self._pool.execute(query("ledger_prune"), before, most))

    async def drain(self) -> None:
        """Wait until all that was handed in is written; then give the connections back."""
        await self._writer.drain()
        await self._kept.release()

    async def _write(self, batch: list[Entry]) -> Sequence[int | StoredAnswer | BaseException]:
        ids = await self._patiently(lambda: self._ids_for(batch))
        return await self._write_or_bisect(batch, ids)

    async def _write_or_bisect(
        self, batch: list[Entry], ids: list[int]
    ) -> Sequence[int | StoredAnswer | BaseException]:
        async def write() -> list[Any]:
            return await self._kept.fetch(query("ledger_write"), *parameters(batch, ids))

        try:
            found = await self._patiently(write)
        except (asyncpg.PostgresError, ValueError, TypeError, OverflowError) as error:
            if isinstance(error, AWAY):
                raise StoreUnavailable(type(error).__name__) from error
            if len(batch) == 1:
                logger.exception("ledger.refused_row", extra={"entry": type(batch[0]).__name__})
                return [StoreUnavailable(f"the ledger refused a row: {type(error).__name__}")]
            middle = len(batch) // 2
            first = await self._write_or_bisect(batch[:middle], ids[:middle])
            return [*first, *await self._write_or_bisect(batch[middle:], ids[middle:])]
        if not found:
            return ids
        known = {row["asked"]: answer_from(row) for row in found}
        return [known.get(row_id, row_id) for row_id in ids]

    async def _ids_for(self, batch: list[Entry]) -> list[int]:
        """The row id of each entry: a new one where it needs one, one below zero where it is only a question."""
        needs = [_needs_row(entry) for entry in batch]
        new = sum(needs)
        while len(self._ids) < new:
            async with self._taking:
                if len(self._ids) < new:
                    rows = await self._kept.fetch(query("ledger_take_ids"), _ID_BLOCK)
                    self._ids.extend(row["id"] for row in rows)
        return [
            self._ids.popleft() if needed else entry.call_id if isinstance(entry, Ending) else -place
            for place, (entry, needed) in enumerate(zip(batch, needs, strict=True), 1)
        ]

    async def _patiently(self, act: Callable[[], Awaitable[Out]]) -> Out:
        """Repeat something repeatable while PostgreSQL is away. Raises StoreUnavailable when patience ends."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._patience_s
        pause_s = 0.05
        while True:
            try:
                result = await act()
            except AWAY as error:
                self.available = False
                if loop.time() + pause_s >= ends_at:
                    raise StoreUnavailable(type(error).__name__) from error
                logger.warning("ledger.waiting", extra={"error_class": type(error).__name__})
                await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                pause_s = min(_LONGEST_PAUSE_S, pause_s * 2)
            else:
                self.available = True
                return result


def _needs_row(entry: Entry) -> bool:
    if isinstance(entry, Ending):
        return not entry.call_id
    return not isinstance(entry, Lookup) or entry.intent is not None


def _row(written: int | StoredAnswer) -> int:
    return written if isinstance(written, int) else written.call_id


def _affected(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
