"""The suppression list in a worker's memory: hashes, looked at before anything is asked or kept."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from worker.domain.erased_text import ANY, scrub_body
from worker.domain.subject import Entity
from worker.domain.suppression import digest
from worker.store.suppressions import Suppressed

#: How often every worker reads what was added: an erasure waits this long before it takes the list as heard.
REFRESH_S: Final = 2.0


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

    def cleaned(self, workspace: str, subject: str, body: bytes) -> bytes:
        """An answer's body about a subject (its key) as it may be kept: without what was erased in the workspace."""
        if not self._held or not self.holds(workspace, (ANY,)):
            return body

        def holds(keys: Iterable[str]) -> bool:
            return self.holds(workspace, keys)

        return scrub_body(body, holds, names=not subject.startswith(f"{Entity.PERSON.value}:"))

    async def run_once(self) -> None:
        """Read what was added since the last time. Raises StoreUnavailable; what is known stays."""
        found = await self._source.since(self._newest)
        self._salt, self._newest = found.salt, found.newest
        self._held.update(found.added)
