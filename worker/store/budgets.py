"""Budgets that many jobs and processes share: reserved before money is spent, settled after. Shell.

Scopes are ``workspace:<id>``, ``provider:<name>`` and ``account:<name>:<fingerprint>``; periods are UTC days and
months. What a crash leaves reserved stays counted: it may have been billed.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

import asyncpg

from worker.domain.errors import StoreUnavailable
from worker.domain.ledger import Reservation
from worker.grouping import Grouped, SingleFlight
from worker.store.pool import AWAY
from worker.store.sql import query

logger = logging.getLogger(__name__)

Place = tuple[str, str, date]
Change = tuple[Reservation, int]

_BELIEF_S = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """One budget today, in micros."""

    scope: str
    period: str
    limit: int
    committed: int


def starts_on(period: str, day: date) -> date:
    """The first day of the period that a day is in.

    >>> starts_on("month", date(2026, 11, 22))
    datetime.date(2026, 11, 1)
    """
    return day if period == "day" else day.replace(day=1)


def decide(
    wishes: Sequence[Reservation], committed: dict[Place, int], limits: dict[Place, int | None]
) -> list[str | None]:
    """For each wish, in order: None when it fits everywhere (``committed`` then holds it), or the budget it does not
    fit into."""
    decisions: list[str | None] = []
    for wish in wishes:
        full = next(
            (
                place
                for place in wish.places
                if (limit := limits.get(place)) is not None and committed.get(place, 0) + wish.micros > limit
            ),
            None,
        )
        decisions.append(None if full is None else f"the budget of {full[0]} per {full[1]}")
        if full is None:
            for place in wish.places:
                committed[place] = committed.get(place, 0) + wish.micros
    return decisions


class Budgets:
    """Reserves and settles in batches; a batch is one transaction.

    ``for_workspaces`` are micros by period for every workspace that has no budget of its own for that period.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", for_workspaces: Mapping[str, int] | None = None) -> None:
        self._pool = pool
        self._for_workspaces = dict(for_workspaces or {})
        self._limits: dict[str, list[str]] = {}
        self._believed_until = 0.0
        self._refreshing: SingleFlight[None, None] = SingleFlight()
        self._reserver: Grouped[Reservation, str | None] = Grouped(self._reserve, tick_s=0.001)
        self._settler: Grouped[Change, None] = Grouped(self._settle, tick_s=0.02)

    @property
    def none_set(self) -> bool:
        """Whether nobody has set a budget, as was known a moment ago: then there is nothing to reserve."""
        return not self._limits and not self._for_workspaces and monotonic() < self._believed_until

    async def reserve(self, workspace: str, provider: str, account: str, micros: int) -> Reservation | str | None:
        """Set money aside: the reservation, or None where no budget is set, or the name of the one that is used up.

        A budget that is set or removed takes effect within five seconds. Raises StoreUnavailable.
        """
        await self._refresh()
        if not self._limits and not self._for_workspaces:
            return None
        scopes = (f"workspace:{workspace}", f"provider:{provider}", f"account:{provider}:{account}")
        today = datetime.now(UTC).date()
        places = tuple((scope, period, starts_on(period, today)) for scope in scopes for period in self._periods(scope))
        if not places:
            return None
        wish = Reservation(places, micros)
        return await self._reserver.submit(wish) or wish

    def _periods(self, scope: str) -> list[str]:
        own = self._limits.get(scope, [])
        if not self._for_workspaces or not scope.startswith("workspace:"):
            return own
        return [*own, *(period for period in self._for_workspaces if period not in own)]

    def _limit(self, row: Any) -> int | None:
        """A budget of its own, or what every workspace may spend."""
        if row["limit_micros"] is None and row["scope"].startswith("workspace:"):
            return self._for_workspaces.get(row["period"])
        return None if row["limit_micros"] is None else int(row["limit_micros"])

    def settle(self, reservation: Reservation, spent: int) -> None:
        """Turn a reservation into what was spent, some time soon."""
        if spent != reservation.micros:
            self._settler.forget((reservation, spent - reservation.micros))

    async def drain(self) -> None:
        """Wait until everything is settled."""
        await self._settler.drain()

    async def set_limit(self, scope: str, period: str, micros: int | None) -> None:
        """Set a budget, or remove it (None)."""
        if micros is None:
            await self._pool.execute(query("quota_unset"), scope, period)
        else:
            await self._pool.execute(query("quota_set"), scope, period, micros)
        self._believed_until = 0.0

    async def standings(self, day: date | None = None) -> list[Standing]:
        """Every budget and what is committed of it; then the workspaces under the common one, those that spend most."""
        today = day or datetime.now(UTC).date()
        rows = await self._pool.fetch(query("quota_standing"), today)
        own = [Standing(row["scope"], row["period"], row["limit_micros"], row["committed_micros"]) for row in rows]
        common = await self._pool.fetch(query("quota_by_default"), today, sorted(self._for_workspaces))
        return own + [
            Standing(row["scope"], row["period"], self._for_workspaces[row["period"]], row["committed_micros"])
            for row in common
        ]

    async def _refresh(self) -> None:
        if monotonic() >= self._believed_until:
            # Many ask in the same moment.
            await self._refreshing.run(None, self._read_limits)

    async def _read_limits(self) -> None:
        try:
            rows = await self._pool.fetch(query("quota_limits"))
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        limits: dict[str, list[str]] = defaultdict(list)
        for row in rows:
            limits[row["scope"]].append(row["period"])
        self._limits = dict(limits)
        self._believed_until = monotonic() + _BELIEF_S

    async def _reserve(self, wishes: list[Reservation]) -> Sequence[str | None]:
        places = sorted({place for wish in wishes for place in wish.places})
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(query("quota_place"), *_columns(places))
                rows = await connection.fetch(query("quota_lock"), *_columns(places))
                before = {(row["scope"], row["period"], row["starts_on"]): row["committed_micros"] for row in rows}
                limits = {(row["scope"], row["period"], row["starts_on"]): self._limit(row) for row in rows}
                after = dict(before)
                decisions = decide(wishes, after, limits)
                changes = {place: after[place] - before[place] for place in places if after[place] != before[place]}
                if changes:
                    await connection.execute(query("quota_add"), *_columns(changes), list(changes.values()))
        except AWAY as error:
            raise StoreUnavailable(type(error).__name__) from error
        return decisions

    async def _settle(self, changes: list[Change]) -> Sequence[None]:
        sums: dict[Place, int] = defaultdict(int)
        for reservation, change in changes:
            for place in reservation.places:
                sums[place] += change
        places = sorted(sums)
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.fetch(query("quota_lock"), *_columns(places))
                await connection.execute(query("quota_add"), *_columns(places), [sums[place] for place in places])
        except AWAY as error:
            # Not tried again: a commit whose reply was lost would be taken off twice. What stays set aside is counted.
            logger.warning("budgets.not_settled", extra={"error_class": type(error).__name__})
        return [None] * len(changes)


def _columns(places: Iterable[Place]) -> tuple[list[str], list[str], list[date]]:
    places = list(places)
    return [place[0] for place in places], [place[1] for place in places], [place[2] for place in places]
