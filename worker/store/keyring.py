"""Provider keys of workspaces: encrypted at rest, opened only for a call, sealed anew when the ring turns.

AES-256-GCM (NIST SP 800-38D) with a random nonce; workspace and name are authenticated with the secret, so that a row
copied to another workspace does not open. The ring is a setting; its first key seals, all of them open.
"""

import base64
import binascii
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from worker.domain.errors import ConfigError, EnrichdError
from worker.store.sql import query

_VERSION: Final = b"\x01"
_NONCE_BYTES: Final = 12
_KEY_BYTES: Final = 32
_LONGEST_ID: Final = 32


class SealBroken(EnrichdError):
    """A stored secret cannot be opened: its key is not in the ring, or the row was changed or moved."""


def new_ring_key(key_id: str) -> str:
    """A fresh key as the setting spells it: ``<id>:<base64>``."""
    return f"{key_id}:{base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()}"


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id, the first of which seals."""

    keys: Mapping[str, AESGCM]

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Read ``id:base64,id:base64``. Raises ConfigError, without a word of the text."""
        keys: dict[str, AESGCM] = {}
        for part in text.split(","):
            key_id, _, encoded = part.strip().partition(":")
            try:
                raw = base64.urlsafe_b64decode(encoded.encode("ascii"))
            except (UnicodeEncodeError, binascii.Error):
                raw = b""
            if not key_id.isalnum() or len(key_id) > _LONGEST_ID or len(raw) != _KEY_BYTES or key_id in keys:
                raise ConfigError("ENCRYPTION_KEYS: expected id:base64 of 32 bytes, comma-separated, newest first")
            keys[key_id] = AESGCM(raw)
        return cls(keys)

    @property
    def current(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.keys))

    def seal(self, secret: str, workspace: str, name: str) -> bytes:
        """Version, key id and its length, nonce, ciphertext with tag."""
        key_id, nonce = self.current, os.urandom(_NONCE_BYTES)
        sealed = self.keys[key_id].encrypt(nonce, secret.encode(), _bound_to(workspace, name))
        return _VERSION + bytes([len(key_id)]) + key_id.encode("ascii") + nonce + sealed

    def open(self, sealed: bytes, workspace: str, name: str) -> str:
        """The secret. Raises SealBroken."""
        key = self.keys.get(key_id_of(sealed))
        start = 2 + sealed[1] if len(sealed) > 1 else 0
        if key is None:
            raise SealBroken("its key is not in the ring")
        try:
            nonce, body = sealed[start : start + _NONCE_BYTES], sealed[start + _NONCE_BYTES :]
            return key.decrypt(nonce, body, _bound_to(workspace, name)).decode()
        except (InvalidTag, ValueError):
            raise SealBroken("the seal does not fit") from None


def key_id_of(sealed: bytes) -> str:
    """Which ring key sealed a secret; empty for what is no seal."""
    if sealed[:1] != _VERSION or len(sealed) < 2:
        return ""
    return sealed[2 : 2 + sealed[1]].decode("ascii", "replace")


def _bound_to(workspace: str, name: str) -> bytes:
    encoded = workspace.encode()
    return len(encoded).to_bytes(4, "big") + encoded + name.encode()


def secret_fingerprint(secret: str) -> str:
    """The name under which limits and rows know an account, the same as adapters give their keys."""
    return hashlib.sha256(b"enrichd account\0" + secret.encode()).hexdigest()[:16] if secret else ""


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A key as it may be shown."""

    workspace: str
    name: str
    fingerprint: str
    sealed_by: str
    updated_at: datetime


class WorkspaceKeys:
    """The table of sealed keys. Names are those of the settings they stand in for (``APOLLO_API_KEY``)."""

    def __init__(self, pool: "asyncpg.Pool[Any]", ring: KeyRing) -> None:
        self._pool = pool
        self._ring = ring

    async def set(self, workspace: str, name: str, secret: str) -> StoredKey:
        """Store or replace a key."""
        sealed = self._ring.seal(secret, workspace, name)
        row = await self._pool.fetchrow(query("key_set"), workspace, name, secret_fingerprint(secret), sealed)
        return _shown(row)

    async def remove(self, workspace: str, name: str) -> bool:
        """Forget a key; False when there was none."""
        return bool(await self._pool.fetchval(query("key_remove"), workspace, name))

    async def names(self, workspace: str | None = None) -> list[StoredKey]:
        """What is stored, for one workspace or all; never the keys themselves."""
        return [_shown(row) for row in await self._pool.fetch(query("key_list"), workspace)]

    async def secrets(self, workspace: str) -> dict[str, str]:
        """A workspace's keys by name, opened. Hold them for a call, not longer. Raises SealBroken."""
        rows = await self._pool.fetch(query("key_sealed"), workspace)
        return {row["name"]: self._ring.open(row["sealed"], workspace, row["name"]) for row in rows}

    async def mark(self) -> str:
        """A text that changes when any key does."""
        return str(await self._pool.fetchval(query("key_mark")))

    async def rotate(self) -> int:
        """Seal everything with the ring's first key; gives how many rows changed. Raises SealBroken, and changes
        nothing, when a row cannot be opened."""
        changed = []
        async with self._pool.acquire() as connection, connection.transaction():
            for row in await connection.fetch(query("key_all")):
                if key_id_of(row["sealed"]) == self._ring.current:
                    continue
                secret = self._ring.open(row["sealed"], row["workspace_id"], row["name"])
                changed.append(
                    (self._ring.seal(secret, row["workspace_id"], row["name"]), row["workspace_id"], row["name"])
                )
            await connection.executemany(query("key_reseal"), changed)
        return len(changed)


def _shown(row: Any) -> StoredKey:
    return StoredKey(row["workspace_id"], row["name"], row["fingerprint"], key_id_of(row["sealed"]), row["updated_at"])


async def sealed_workspaces(pool: "asyncpg.Pool[Any]") -> int:
    """How many workspaces have keys of their own, whether or not there is a ring to open them with."""
    return len({row["workspace_id"] for row in await pool.fetch(query("key_list"), None)})
