"""Records as people see and correct them: show with provenance, set, revert, diff."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from worker.domain.claim import Claim, Evidence
from worker.domain.errors import EnrichdError
from worker.domain.fields import FIELDS, InvalidValue
from worker.domain.freshness import HUMAN, KNOWN, is_fresh
from worker.domain.identity import subject_of
from worker.domain.record import FieldValue, record_of
from worker.domain.record_diff import Difference, differences, record_at
from worker.domain.subject import Subject
from worker.store.records import Change, Records, Stored

#: (workspace, keys): drops cached copies, everywhere.
Forget = Callable[[str, Iterable[str]], Awaitable[None]]


class RecordProblem(EnrichdError):
    """Something about a record that a person asked for cannot be done; the message says what and why."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A record with its provenance: every claim, when it was first made, and what was changed by hand."""

    workspace: str
    subject: Subject
    keys: tuple[str, ...]
    record: dict[str, FieldValue]
    stale: frozenset[str]
    claims: tuple[tuple[datetime, Claim], ...]
    changes: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        """A JSON object with the record in the result's spelling and all claims behind it."""
        return {
            "workspaceId": self.workspace,
            "subject": self.subject.key,
            "keys": list(self.keys),
            "identifiers": dict(self.subject.identifiers),
            "data": {name: value.as_json() | self._stale(name) for name, value in self.record.items()},
            "claims": [claim.as_json() | {"first_observed_at": first.isoformat()} for first, claim in self.claims],
            "changes": [
                {
                    "field": c.field,
                    "action": c.action,
                    "value": c.value,
                    "actor": c.actor,
                    "at": c.changed_at.isoformat(),
                }
                for c in self.changes
            ],
        }

    def _stale(self, name: str) -> dict[str, bool]:
        return {"stale": True} if name in self.stale else {}


class RecordDesk:
    """Looks records up by any reference: a key, a domain, a web or LinkedIn address, an email address."""

    def __init__(self, records: Records, forget: Forget, now: Callable[[], datetime]) -> None:
        self._records = records
        self._forget = forget
        self._now = now

    async def show(self, workspace: str, reference: str) -> Shown:
        """The record and all that is behind it. Raises RecordProblem when there is none."""
        stored = await self._stored(workspace, reference)
        now = self._now()
        held = [claim for _, claim in stored.claims]
        fresh = {claim.field for claim in held if is_fresh(claim, now)}
        record = record_of(held, now)
        return Shown(
            workspace,
            stored.subject,
            stored.keys,
            record,
            frozenset(record) - fresh,
            tuple(sorted(stored.claims, key=lambda pair: (pair[1].field, pair[0], pair[1].source))),
            await self._records.history(stored),
        )

    async def set(self, workspace: str, reference: str, field: str, raw: str, actor: str) -> FieldValue:
        """Type a value: it outranks machines until it is reverted. Raises RecordProblem for a value that is none."""
        subject = _subject(reference)
        known = FIELDS.get(field)
        if known is None or known.entity is not subject.entity:
            raise RecordProblem(f"{field} is no field of a {subject.entity.value}")
        try:
            value = known.normalise(raw)
        except InvalidValue as problem:
            raise RecordProblem(f"{field}: {problem}") from problem
        typed = Claim(
            field, value, HUMAN, KNOWN, 1.0, self._now(), (Evidence(path=f"typed by {actor}"),),
            display=raw if raw != value else None,
        )  # fmt: skip
        key = await self._records.type_value(workspace, subject, typed, actor)
        return (await self._changed(workspace, key))[field]

    async def revert(self, workspace: str, reference: str, field: str, actor: str) -> FieldValue | None:
        """Take back the last typed value; returns what shows now. Raises RecordProblem when nothing was typed."""
        stored = await self._stored(workspace, reference)
        if not await self._records.take_back(workspace, stored, field, actor, self._now()):
            raise RecordProblem(f"nobody typed a value of {field}: there is nothing to take back")
        return (await self._changed(workspace, stored.subject.key)).get(field)

    async def diff(self, workspace: str, reference: str, since: datetime) -> tuple[Difference, ...]:
        """What differs between the record as it was and as it is. Raises RecordProblem when there is none."""
        stored = await self._stored(workspace, reference)
        now = self._now()
        return differences(record_at(stored.claims, since), record_of((claim for _, claim in stored.claims), now))

    async def _stored(self, workspace: str, reference: str) -> Stored:
        stored = await self._records.find(workspace, _subject(reference).key)
        if stored is None:
            raise RecordProblem(f"nothing is known about {reference} in workspace {workspace}")
        return stored

    async def _changed(self, workspace: str, key: str) -> dict[str, FieldValue]:
        stored = await self._records.find(workspace, key)
        if stored is None:
            return {}
        await self._forget(workspace, stored.keys)
        return record_of((claim for _, claim in stored.claims), self._now())


def _subject(reference: str) -> Subject:
    try:
        return subject_of(reference)
    except InvalidValue as problem:
        raise RecordProblem(f"{reference!r} names no company and no person: {problem}") from problem
