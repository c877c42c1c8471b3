"""Keeps the ledger true and bounded: calls that a crash cut off become unknown, old rows go. Shell."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import structlog

from worker.domain.errors import StoreUnavailable
from worker.store.pool import AWAY

log = structlog.get_logger("worker")

#: Rows at a time; a full batch is followed by the next one soon.
BATCH: Final = 1_000
#: A month's bill can be checked against the rows, whatever JOB_RETENTION says.
SHORTEST_RETENTION_S: Final = 40 * 86_400.0


class UpkeptLedger(Protocol):
    """What is asked of the ledger; each gives how many rows it touched."""

    async def mark_unknown(self, most: int = BATCH) -> int:
        """Calls that a crash cut off."""

    async def prune_answers(self, most: int = BATCH) -> int:
        """Answers past their life."""

    async def prune_calls(self, before: datetime, most: int = BATCH) -> int:
        """Rows older than a time."""


class LedgerUpkeep:
    """``run_once`` does one batch of each."""

    def __init__(
        self, ledger: UpkeptLedger, prune_deliveries: Callable[[int], Awaitable[int]], *, retention_s: float
    ) -> None:
        self._ledger = ledger
        self._prune_deliveries = prune_deliveries
        self._retention = timedelta(seconds=max(retention_s, SHORTEST_RETENTION_S))

    async def run_once(self) -> float | None:
        """One round; soon again while there is more. Raises StoreUnavailable."""
        try:
            unknown = await self._ledger.mark_unknown(BATCH)
            counts = [
                unknown,
                await self._ledger.prune_answers(BATCH),
                await self._ledger.prune_calls(datetime.now(UTC) - self._retention, BATCH),
                await self._prune_deliveries(BATCH),
            ]
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        if unknown:
            log.warning("calls cut off by a crash may have been billed", count=unknown)
        return 1.0 if max(counts) >= BATCH else None
