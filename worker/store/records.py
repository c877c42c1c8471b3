"""Whole records in PostgreSQL, for people who look at them or change them by hand. Shell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
import orjson

from worker.domain.claim import Claim, Value
from worker.domain.clean import clean_text, json_text
from worker.domain.subject import Entity, Subject
from worker.store.claims import claim_of, save_claims
from worker.store.pool import Connection, connection
from worker.store.sql import query


@dataclass(frozen=True, slots=True)
class Stored:
    """A subject with every key that leads to it, and its claims, each with the time it was first made."""

    id: int
    subject: Subject
    keys: tuple[str, ...]
    claims: tuple[tuple[datetime, Claim], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What a person changed by hand: ``action`` is ``set`` or ``revert``."""

    field: str
    action: str
    value: Any
    actor: str
    changed_at: datetime


class Records:
    """Records by (workspace, any key). Every method raises StoreUnavailable while PostgreSQL is away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def find(self, workspace: str, key: str) -> Stored | None:
        """The record that a key leads to, or None."""
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("record_show"), clean_text(workspace), clean_text(key))
        if not rows:
            return None
        head = rows[0]
        return Stored(
            id=int(head["id"]),
            subject=Subject(Entity(head["entity"]), str(head["key"]), orjson.loads(head["identifiers"])),
            keys=tuple(head["keys"] or ()),
            claims=tuple((row["first_observed_at"], claim_of(dict(row))) for row in rows if row["field"] is not None),
        )

    async def type_value(self, workspace: str, subject: Subject, claim: Claim, actor: str) -> str:
        """Add a value that a person typed. Returns the subject's canonical key; the subject is made when it is new."""
        async with connection(self._pool) as conn, conn.transaction():
            saved = await save_claims(conn, [(workspace, subject, (claim,))])
            key = saved[0][1].key
            await _note(conn, workspace, key, claim.field, "set", json_text(claim.value), actor, claim.observed_at)
        return key

    async def take_back(self, workspace: str, stored: Stored, field: str, actor: str, at: datetime) -> bool:
        """Remove the last typed value of a field. Returns whether there was one."""
        async with connection(self._pool) as conn, conn.transaction():
            done = await conn.execute(query("record_untype"), stored.id, field)
            if done == "DELETE 0":
                return False
            await _note(conn, workspace, stored.subject.key, field, "revert", None, actor, at)
        return True

    async def history(self, stored: Stored, limit: int = 50) -> tuple[Change, ...]:
        """What people changed by hand, newest first."""
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("record_history"), stored.id, limit)
        return tuple(
            Change(row["field"], row["action"], _value(row["value"]), row["actor"], row["changed_at"]) for row in rows
        )


async def _note(
    conn: Connection, workspace: str, key: str, field: str, action: str, value: str | None, actor: str, at: datetime
) -> None:
    await conn.execute(
        query("record_change"), clean_text(workspace), clean_text(key), field, action, value, clean_text(actor), at
    )


def _value(text: str | None) -> Value | None:
    return None if text is None else orjson.loads(text)
