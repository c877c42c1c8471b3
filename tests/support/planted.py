"""Keys that can be told from everything else, and the search for them in bytes, folders and databases.

Every provider key and secret that a test puts into settings bears the mark, so that one search finds all of them,
however they are cut or wrapped. What a test sends in from outside on purpose bears none.
"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

import asyncpg

MARK = "key-5f0c1d"
_RING_KEY_BYTES = 32
_SHOWN = 24
_BLOCK = 4 << 20


def planted(name: str) -> str:
    """A secret for a setting: ``planted-<name>-`` and the mark."""
    return f"planted-{name}-{MARK}"


def planted_ring(key_id: str) -> str:
    """A key ring's key whose bytes, and so every spelling of them, bear the mark; as the setting spells it."""
    secret = f"{key_id}-{MARK}".encode()
    return f"{key_id}:{base64.urlsafe_b64encode(secret.rjust(_RING_KEY_BYTES, b'.')).decode()}"


def spellings(mark: str = MARK) -> tuple[bytes, ...]:
    """How the mark may stand somewhere: plain, in hex, in base64 at each of its three offsets.

    >>> spellings("abcdef")
    (b'abcdef', b'616263646566', b'YWJjZGVm', b'FiY2RlZ', b'hYmNkZW')
    """
    raw = mark.encode()
    found = [raw, raw.hex().encode()]
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        # Only characters that stand for the mark's bits alone: its neighbours are unknown.
        found.append(encoded[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6])
    return tuple(found)


@dataclass
class Search:
    """What was looked through, and where the mark stood."""

    mark: str = MARK
    found: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self._spellings = spellings(self.mark)

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Count the seconds that searching takes."""
        began = perf_counter()
        try:
            yield
        finally:
            self.seconds += perf_counter() - began

    def count(self, what: str, number: int) -> None:
        """So many more of this kind have been looked through."""
        self.counts[what] = self.counts.get(what, 0) + number

    def text(self, where: str, text: str) -> None:
        """Look through a text."""
        self.count("texts", 1)
        self._bytes(where, text.encode("utf-8", "replace"))

    def folder(self, folder: Path) -> None:
        """Look through the bytes of every file under a folder; files that vanish meanwhile are none."""
        with self.timed():
            for path in _files(folder):
                with suppress(FileNotFoundError):
                    self._file(path)

    def _file(self, path: Path) -> None:
        # Not mapped into memory: a running server may cut a file short at any time.
        at, kept = 0, b""
        overlap = max(map(len, self._spellings)) - 1
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                self._bytes(str(path), kept + block, at - len(kept), len(kept))
                at += len(block)
                kept = (kept + block)[-overlap:]
        self.count("files", 1)
        self.count("bytes", at)

    async def database(self, dsn: str) -> None:
        """Look through every row of every table: values that are stored compressed are plain only here."""
        with self.timed():
            await self._database(dsn)

    async def _database(self, dsn: str) -> None:
        connection = await asyncpg.connect(dsn)
        try:
            await connection.execute("SET lock_timeout = '10s'")
            tables = await connection.fetch(
                "SELECT format('%I.%I', n.nspname, c.relname) AS name"
                " FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                " WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
                " AND n.nspname !~ '^pg_toast' AND pg_relation_size(c.oid) > 0 ORDER BY 1"
            )
            if not tables:
                return
            hit = "t::text LIKE ANY ($1::text[])"
            query = " UNION ALL ".join(
                f"SELECT '{table['name']}', count(*), min(t.ctid::text) FILTER (WHERE {hit}) FROM {table['name']} t"
                for table in tables
            )
            # A row's text shows bytea columns in hex.
            patterns = [f"%{how.decode()}%" for one in self._spellings for how in (one, one.hex().encode())]
            rows: list[Any] = await connection.fetch(query, patterns)
        finally:
            await connection.close()
        for name, count, place in rows:
            self.count("rows", count)
            if place is not None:
                self.found.append(f"table {name} of {dsn.rpartition('/')[2]}, row {place}")

    def _bytes(self, where: str, data: bytes, offset: int = 0, seen: int = 0) -> None:
        for spelling in self._spellings:
            at = data.find(spelling, max(0, seen - len(spelling) + 1))
            if at >= 0:
                around = data[max(0, at - _SHOWN) : at + len(spelling) + _SHOWN]
                self.found.append(f"{where} at byte {offset + at}: {around!r}")


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path
