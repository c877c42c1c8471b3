"""Keeps the leases of everything owned here, and takes over what others let lapse. Shell."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import structlog

from worker.domain.job import Delivery
from worker.queue.queue import Entry
from worker.services.run import Run

log = structlog.get_logger("worker")


class LeaseQueue(Protocol):
    """What keeping leases asks of the queue."""

    async def renew(self, deliveries: Iterable[Delivery]) -> set[tuple[str, str]]:
        """Renew; returns the lost."""

    async def reclaim(self, lease_ms: int, most: int) -> list[Entry]:
        """Take over lapsed entries."""


class Renewer:
    """``run_once`` renews the lease of everything owned here, running or waiting for a slot, in one call a lane."""

    def __init__(
        self, queue: LeaseQueue, runs: Callable[[], Mapping[str, Run]], held: Callable[[], list[Delivery]]
    ) -> None:
        self._queue = queue
        self._runs = runs
        self._held = held

    async def run_once(self) -> float | None:
        """Renew everything owned here."""
        owned = [*(run.delivery for run in self._runs().values()), *self._held()]
        if not owned:
            return None
        for stream, entry_id in await self._queue.renew(owned):
            run = self._runs().get(f"{stream}/{entry_id}")
            if run is not None and run.task is not None and run.report is None:
                # it may have been settled while we asked; otherwise another worker runs it now and the fence decides
                log.warning("lease lost", entry=run.entry_ref, job=run.name)
        return None


class Reclaimer:
    """``run_once`` takes over entries whose lease has lapsed, as many as there are free slots."""

    def __init__(
        self,
        queue: LeaseQueue,
        take: Callable[[Sequence[Entry]], Awaitable[None]],
        free: Callable[[], int],
        *,
        lease_ms: int,
    ) -> None:
        self._queue = queue
        self._take = take
        self._free = free
        self._lease_ms = lease_ms

    async def run_once(self) -> float | None:
        """One pass over all lanes, from where the last one ended."""
        free = self._free()
        if free <= 0:
            return None
        entries = await self._queue.reclaim(self._lease_ms, free)
        if entries:
            log.info("entries taken over", count=len(entries))
            await self._take(entries)
            return 0.05
        return None
