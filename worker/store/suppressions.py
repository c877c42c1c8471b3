"""Suppressions and erasures in PostgreSQL. Shell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import asyncpg
import orjson

from worker.domain.clean import clean_text
from worker.domain.suppression import digest, pattern_of
from worker.store.pool import connection
from worker.store.sql import query


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The salt, and the hashes that were added since a time: (workspace, digest) pairs."""

    salt: bytes
    added: tuple[tuple[str, bytes], ...]
    newest: datetime | None


class Suppressions:
    """Every method raises StoreUnavailable while PostgreSQL is away."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def add(self, workspace: str, keys: Iterable[str]) -> int:
        """Suppress keys from now on; only salted hashes are kept. Returns how many are new."""
        async with connection(self._pool) as conn:
            salt = await conn.fetchval("SELECT salt FROM suppression_salt")
            digests = sorted({digest(salt, clean_text(workspace), key) for key in keys})
            done = await conn.execute(query("suppressions_add"), clean_text(workspace), digests)
        return int(done.rpartition(" ")[2])

    async def since(self, moment: datetime | None) -> Suppressed:
        """What was added at or after a time; everything without one."""
        async with connection(self._pool) as conn:
            salt = await conn.fetchval("SELECT salt FROM suppression_salt")
            rows = await conn.fetch(query("suppressions_since"), moment)
        added = tuple((str(row["workspace_id"]), bytes(row["digest"])) for row in rows)
        return Suppressed(bytes(salt), added, max((row["created_at"] for row in rows), default=moment))

    async def begin(self, workspace: str, lanes: Mapping[str, str]) -> int:
        """Open an erasure's report; ``lanes`` maps streams to the last entry that may still speak of the subject."""
        async with connection(self._pool) as conn:
            text = orjson.dumps(dict(lanes)).decode()
            return int(await conn.fetchval(query("erasures_begin"), clean_text(workspace), text))

    async def close(self, erasure: int, removed: Mapping[str, int]) -> None:
        """Close the report: nothing was left."""
        async with connection(self._pool) as conn:
            await conn.execute(query("erasures_close"), erasure, orjson.dumps(dict(removed)).decode())

    async def drop_subject(self, workspace: str, keys: Iterable[str]) -> int:
        """Remove the subjects that keys lead to, with claims, keys and history, and their stored answers."""
        held = [clean_text(key) for key in keys]
        async with connection(self._pool) as conn, conn.transaction():
            await conn.execute(query("erase_answers"), clean_text(workspace), held)
            done = await conn.execute(query("erase_subjects"), clean_text(workspace), held)
        return int(done.rpartition(" ")[2])

    async def mentioning(self, workspace: str, strings: Sequence[str]) -> tuple[str, ...]:
        """The keys of all subjects of whom something is said in which a text stands."""
        if not strings:
            return ()
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("subjects_mentioning"), clean_text(workspace), pattern_of(strings))
        return tuple(str(row["alias"]) for row in rows)

    async def sweep(self, workspace: str, strings: Sequence[str]) -> dict[str, int]:
        """Take texts out of every row of a workspace. Returns rows touched by table."""
        if not strings:
            return {}
        async with connection(self._pool) as conn, conn.transaction():
            rows = await conn.fetch(query("erase_rows"), clean_text(workspace), pattern_of(strings), _exact(strings))
        removed: dict[str, int] = {}
        for row in rows:
            removed[row["table_name"]] = removed.get(row["table_name"], 0) + int(row["removed"])
        return removed

    async def left(self, workspace: str, strings: Sequence[str]) -> dict[str, int]:
        """Where the texts still stand: ``table.column`` -> rows."""
        if not strings:
            return {}
        async with connection(self._pool) as conn:
            rows = await conn.fetch(query("erasable_rows"), clean_text(workspace), pattern_of(strings), _exact(strings))
        return {f"{row['table_name']}.{row['column_name']}": int(row["places"]) for row in rows}


def _exact(strings: Iterable[str]) -> list[bytes]:
    """Texts beyond ASCII as bytes: the pattern does not see them in columns of bytes."""
    beyond = (text for text in strings if not text.isascii())
    return sorted({form.encode("utf-8", "replace") for text in beyond for form in (text, text.lower(), text.title())})
