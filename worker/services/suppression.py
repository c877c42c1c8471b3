"""The suppression list in a worker's memory: hashes, looked at before anything is asked or kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from worker.domain.suppression import digest
from worker.store.suppressions import Suppressed


class Source(Protocol):
    """Where the hashes are kept."""

    async def since(self, moment: datetime | None) -> Suppressed:
        """What was added at or after a time."""


class SuppressionList:
    """``run_once`` reads what was added; ``holds`` answers from memory."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._salt = b""
        self._held: set[tuple[str, bytes]] = set()
        self._newest: datetime | None = None

    def __len__(self) -> int:
        return len(self._held)

    def holds(self, workspace: str, keys: Iterable[str]) -> bool:
        """Whether any of a subject's keys is suppressed in a workspace."""
        if not self._held:
            return False
        return any((workspace, digest(self._salt, workspace, key)) in self._held for key in keys)

    async def run_once(self) -> None:
        """Read what was added since the last time. Raises StoreUnavailable; what is known stays."""
        found = await self._source.since(self._newest)
        self._salt, self._newest = found.salt, found.newest
        self._held.update(found.added)
