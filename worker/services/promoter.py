"""Moves entries that are due from the delayed set to their lanes. Any number of workers may. Shell."""

import time
from typing import Protocol


class PromoteQueue(Protocol):
    """What promoting asks of the queue."""

    async def promote(self, most: int) -> tuple[int, int]:
        """(moved, next due time in ms or -1)."""


class Promoter:
    """``run_once`` moves at most ``most`` entries and says when the next one is due."""

    def __init__(self, queue: PromoteQueue, *, most: int = 500, longest_s: float = 1.0) -> None:
        self._queue = queue
        self._most = most
        self._longest_s = longest_s

    async def run_once(self) -> float | None:
        """Move what is due."""
        moved, due_ms = await self._queue.promote(self._most)
        if moved == self._most:
            return 0.0
        if due_ms < 0:
            return self._longest_s
        return min(max(due_ms / 1000 - time.time(), 0.01), self._longest_s)
