"""The providers that a workspace's jobs ask: the common ones, or a roster opened with its own keys. Shell.

Keys are opened when a workspace's first job comes and forgotten with its roster: after a change, or when others need
the room. What cannot be opened is left out, never replaced by the operator's key: somebody else's money is not spent.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

import structlog

from worker.domain.errors import StoreUnavailable
from worker.domain.provider import Options
from worker.providers.roster import Roster, open_roster
from worker.store.keyring import SealBroken, WorkspaceKeys
from worker.store.pool import AWAY

log = structlog.get_logger("worker")

#: A key that is set, replaced or removed takes effect within this.
BELIEF_S: Final = 5.0
MOST_ROSTERS: Final = 64


@dataclass(frozen=True, slots=True)
class Overlay:
    """Settings with some replaced; what is replaced by "" is unset."""

    beneath: Options
    replaced: Mapping[str, str]

    def get(self, name: str) -> str | None:
        """The value of one setting."""
        if name in self.replaced:
            return self.replaced[name] or None
        return self.beneath.get(name)


@dataclass(slots=True)
class _Own:
    """A workspace's roster. ``marks`` are the keys it was opened with; it is closed when nobody uses it."""

    roster: Roster
    marks: frozenset[tuple[str, str]]
    users: int = 0
    retired: bool = False


class Rosters:
    """``of(workspace)`` for a job's time. Without ``keys`` everybody has the common roster.

    ``hide`` is told every opened key, so that logs never show it; ``learn`` the settings of each roster.
    """

    def __init__(
        self,
        options: Options,
        modules: Sequence[str],
        common: Roster,
        keys: WorkspaceKeys | None,
        hide: Callable[[str], None],
        learn: Callable[[Options], None],
        *,
        most: int = MOST_ROSTERS,
        belief_s: float = BELIEF_S,
    ) -> None:
        self._options = options
        self._modules = modules
        self._common = common
        self._keys = keys
        self._hide = hide
        self._learn = learn
        learn(options)
        self._most = most
        self._belief_s = belief_s
        self._believed_until = 0.0
        self._mark: str | None = None
        self._stored: dict[str, frozenset[tuple[str, str]]] = {}
        self._moved: set[str] = set()
        self._own: OrderedDict[str, _Own] = OrderedDict()
        self._changing = asyncio.Lock()

    @property
    def only_common(self) -> bool:
        """Whether no workspace can have keys of its own: there is no key ring to open them with."""
        return self._keys is None

    @asynccontextmanager
    async def of(self, workspace: str) -> AsyncIterator[Roster]:
        """The workspace's roster, open while it is used. Raises StoreUnavailable while its keys cannot be read."""
        await self._refresh()
        if workspace not in self._stored:
            yield self._common
            return
        own = await self._opened(workspace)
        own.users += 1
        try:
            yield own.roster
        finally:
            own.users -= 1
            await self._close_unused(own)

    async def options(self, workspace: str) -> Options:
        """The settings a workspace's providers see. Raises StoreUnavailable while its keys cannot be read."""
        await self._refresh()
        if self._keys is None or workspace not in self._stored:
            return self._options
        try:
            secrets = await self._keys.secrets(workspace)
        except SealBroken as error:
            log.error("keys of a workspace cannot be opened", workspace=workspace, reason=str(error))
            secrets = {name: "" for name, _ in self._stored[workspace]}
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        for secret in secrets.values():
            self._hide(secret)
        return Overlay(self._options, secrets)

    async def moved(self) -> set[str]:
        """Workspaces whose keys were set, replaced or removed since this was asked last; at first, all that have any.

        Raises StoreUnavailable while their keys were never read.
        """
        await self._refresh()
        moved, self._moved = self._moved, set()
        return moved

    async def close(self) -> None:
        """Close every workspace's roster; the common one is its owner's."""
        for workspace in list(self._own):
            await self._retire(workspace)

    async def _opened(self, workspace: str) -> _Own:
        async with self._changing:
            marks = self._stored.get(workspace, frozenset())
            own = self._own.get(workspace)
            if own is not None and own.marks != marks:
                await self._retire(workspace)
                own = None
            if own is None:
                options = await self.options(workspace)
                roster = open_roster(options, self._modules)
                self._learn(options)
                own = self._own[workspace] = _Own(roster, marks)
            self._own.move_to_end(workspace)
            while len(self._own) > self._most:
                await self._retire(next(iter(self._own)))
            return own

    async def _refresh(self) -> None:
        loop = asyncio.get_running_loop()
        if self._keys is None or loop.time() < self._believed_until:
            return
        try:
            mark = await self._keys.mark()
            if mark != self._mark:
                stored: dict[str, set[tuple[str, str]]] = {}
                for key in await self._keys.names():
                    stored.setdefault(key.workspace, set()).add((key.name, f"{key.fingerprint} {key.updated_at}"))
                before, self._stored = self._stored, {name: frozenset(marks) for name, marks in stored.items()}
                self._moved |= {
                    name for name in before.keys() | self._stored.keys() if before.get(name) != self._stored.get(name)
                }
                self._mark = mark
                for workspace in [workspace for workspace in self._own if workspace not in self._stored]:
                    await self._retire(workspace)
        except AWAY as error:
            if self._mark is None:  # never knew: the common key must not be used for somebody who has one
                raise StoreUnavailable(type(error).__name__) from error
        self._believed_until = loop.time() + self._belief_s

    async def _retire(self, workspace: str) -> None:
        own = self._own.pop(workspace)
        own.retired = True
        await self._close_unused(own)

    async def _close_unused(self, own: _Own) -> None:
        if own.retired and own.users == 0:
            await own.roster.close()
