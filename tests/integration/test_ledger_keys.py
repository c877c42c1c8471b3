"""Provider keys of workspaces in PostgreSQL: sealed, shown by fingerprint only, sealed anew when the ring turns."""

from typing import Any

import asyncpg
import pytest

from tests.support.planted import planted_ring
from worker.domain.errors import ConfigError
from worker.providers.option import fingerprint
from worker.store.keyring import KeyRing, SealBroken, WorkspaceKeys, key_id_of, secret_fingerprint

SECRET = "planted-key-5f0c1d-0003"


async def test_keys_are_sealed_and_come_back(pg_pool: "asyncpg.Pool[Any]") -> None:
    """What is stored does not hold the key; what is listed is its fingerprint; removing forgets it."""
    keys = WorkspaceKeys(pg_pool, KeyRing.parse(planted_ring("a")))
    shown = await keys.set("acme", "APOLLO_API_KEY", SECRET)
    await keys.set("other", "APOLLO_API_KEY", "another")
    assert shown.fingerprint == fingerprint(SECRET)
    assert await keys.secrets("acme") == {"APOLLO_API_KEY": SECRET}
    assert [one.workspace for one in await keys.names()] == ["acme", "other"]
    rows = await pg_pool.fetch("SELECT * FROM workspace_keys")
    assert SECRET not in "".join(str(dict(row)) for row in rows)
    assert SECRET.encode() not in b"".join(row["sealed"] for row in rows)
    assert await keys.remove("acme", "APOLLO_API_KEY")
    assert not await keys.remove("acme", "APOLLO_API_KEY")
    assert await keys.secrets("acme") == {}


async def test_a_row_moved_to_another_workspace_does_not_open(pg_pool: "asyncpg.Pool[Any]") -> None:
    """The seal is bound to the workspace and the name."""
    keys = WorkspaceKeys(pg_pool, KeyRing.parse(planted_ring("a")))
    await keys.set("acme", "APOLLO_API_KEY", SECRET)
    await pg_pool.execute("UPDATE workspace_keys SET workspace_id = 'thief'")
    with pytest.raises(SealBroken):
        await keys.secrets("thief")


async def test_the_ring_turns(pg_pool: "asyncpg.Pool[Any]") -> None:
    """After a rotation the old ring key is not needed any more; with a key missing nothing changes."""
    old, new = planted_ring("old"), planted_ring("new")
    before = WorkspaceKeys(pg_pool, KeyRing.parse(old))
    for number in range(3):
        await before.set(f"w{number}", "K", f"{SECRET}-{number}")
    with pytest.raises(SealBroken):
        await WorkspaceKeys(pg_pool, KeyRing.parse(new)).rotate()
    turning = WorkspaceKeys(pg_pool, KeyRing.parse(f"{new},{old}"))
    assert await turning.rotate() == 3
    assert await turning.rotate() == 0
    after = WorkspaceKeys(pg_pool, KeyRing.parse(new))
    assert await after.secrets("w2") == {"K": f"{SECRET}-2"}
    assert {one.sealed_by for one in await after.names()} == {"new"}


@pytest.mark.parametrize("text", ["", "a", "a:", "a:AAAA", ":" + "A" * 44, "a b:x", "ä:x"])
def test_a_wrong_ring_is_refused_without_its_text(text: str) -> None:
    """The error names the setting, never what stood in it."""
    with pytest.raises(ConfigError) as caught:
        KeyRing.parse(text)
    assert str(caught.value).startswith("ENCRYPTION_KEYS: expected")


def test_a_damaged_seal_does_not_open() -> None:
    """Any changed byte is noticed."""
    ring = KeyRing.parse(planted_ring("a"))
    sealed = ring.seal(SECRET, "acme", "K")
    assert ring.open(sealed, "acme", "K") == SECRET
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 1
        with pytest.raises(SealBroken):
            ring.open(bytes(broken), "acme", "K")
    for short in (b"", b"\x01", sealed[:10]):
        with pytest.raises(SealBroken):
            ring.open(short, "acme", "K")
    assert key_id_of(b"") == ""
    assert secret_fingerprint("") == ""
