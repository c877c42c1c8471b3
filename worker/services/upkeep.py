"""Keeps everything bounded: ended jobs, marks, dead consumers, long lanes of one workspace. Shell."""

from typing import Protocol

import structlog

log = structlog.get_logger("worker")


class PrunedStore(Protocol):
    """What pruning asks of PostgreSQL."""

    async def prune(self, retention_s: float, most: int) -> int:
        """Delete ended jobs."""


class PrunedQueue(Protocol):
    """What pruning asks of the queue."""

    async def forget_marks(self) -> int:
        """Drop spent marks."""

    async def remove_idle_consumers(self, idle_ms: int) -> int:
        """Remove consumers of dead workers."""


class ScoutedQueue(Protocol):
    """What scouting asks of the queue."""

    async def look(self, long: int, most: int, room: int) -> tuple[int, int]:
        """Give minority workspaces places of their own: (looked at, placed)."""


class Pruner:
    """``run_once`` drops what has served its time, a batch at a time."""

    def __init__(
        self, queue: PrunedQueue, store: PrunedStore, *, retention_s: float, consumer_idle_s: float, batch: int = 5_000
    ) -> None:
        self._queue = queue
        self._store = store
        self._retention_s = retention_s
        self._consumer_idle_ms = int(consumer_idle_s * 1000)
        self._batch = batch

    async def run_once(self) -> float | None:
        """One round; soon again while there is more."""
        await self._queue.forget_marks()
        removed = await self._queue.remove_idle_consumers(self._consumer_idle_ms)
        if removed:
            log.info("idle consumers removed", count=removed)
        pruned = await self._store.prune(self._retention_s, self._batch)
        return 1.0 if pruned == self._batch else None


class Scout:
    """``run_once`` looks for small workspaces behind a big one's backlog."""

    def __init__(self, queue: ScoutedQueue, *, slots: int, window: int = 2_000) -> None:
        self._queue = queue
        self._long = max(20 * slots, 500)
        self._window = window
        self._room = max(2 * slots, 50)

    async def run_once(self) -> float | None:
        """One look; soon again while there is more to look through: 100,000 entries are seen within 6 s."""
        looked, placed = await self._queue.look(self._long, self._window, self._room)
        return 0.09 if placed or looked >= self._window else None
