"""The record cache on a real Valkey: union, subsets, aliases, races, outages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis.asyncio import Redis

from worker.cache.changes import RecordChanges
from worker.cache.keys import RecordKeys
from worker.cache.memory import MemoryTier
from worker.cache.records import WHOLE, Loaded, RecordCache
from worker.domain.claim import Claim, Value
from worker.domain.errors import StoreUnavailable
from worker.domain.fields import FIELDS
from worker.domain.record import merge
from worker.domain.subject import Entity, Subject

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ACME = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})
KEYS = RecordKeys("test")


def claim(field: str, value: Value, source: str = "acme.example", **more: Any) -> Claim:
    """A claim observed now."""
    return Claim(field, value, source, "website", 0.8, more.pop("at", NOW), **more)


class Store:
    """PostgreSQL's part: what is stored, and how often it was asked."""

    def __init__(self, *claims: Claim, key: str = ACME.key) -> None:
        self.loaded = Loaded(key, claims)
        self.asked = 0
        self.gate: asyncio.Event | None = None
        self.reached = asyncio.Event()

    async def load(self, workspace: str, key: str) -> Loaded:
        """The stored record, for the default workspace."""
        self.asked += 1
        found = self.loaded if workspace == "default" else Loaded(key)
        if self.gate:
            self.reached.set()
            await self.gate.wait()
        return found


async def test_any_known_subset_is_a_hit(redis_client: Redis) -> None:
    """What one job settled answers another's part of it, without asking PostgreSQL twice."""
    store = Store(claim("company_name", "Acme"), claim("company_size", "11-50"))
    cache = RecordCache(redis_client, KEYS, store.load)
    assert [c.value for c in await cache.get("default", ACME, ["company_size"])] == ["11-50"]
    assert [c.value for c in await cache.get("default", ACME, ["company_name", "company_city"])] == ["Acme"]
    assert await cache.get("default", ACME, ["company_city"]) == ()
    assert store.asked == 1


async def test_writing_is_a_union(redis_client: Redis) -> None:
    """Two settlers that know different things about one field lose nothing of each other."""
    cache = RecordCache(redis_client, KEYS, Store().load)
    await cache.get("default", ACME, FIELDS)
    one, other = claim("company_name", "Acme"), claim("company_name", "Acme", "pdl")
    await asyncio.gather(cache.put_many([("default", ACME, (one,))]), cache.put_many([("default", ACME, (other,))]))
    assert merge(await cache.get("default", ACME, FIELDS)) == merge([one, other])


async def test_workspaces_do_not_share(redis_client: Redis) -> None:
    """The same subject elsewhere is unknown, whatever separators a workspace's name holds."""
    cache = RecordCache(redis_client, KEYS, Store().load)
    await cache.put_many([("default", ACME, (claim("company_name", "Acme"),))])
    for workspace in ("other", "default:record", "de*", "default:company%3Aacme.example"):
        assert await cache.get(workspace, ACME, FIELDS) == ()


async def test_age_limit_leaves_out_old_claims_but_not_peoples(redis_client: Redis) -> None:
    """skipCache and refreshOlderThan never discard what a person typed."""
    old = claim("company_name", "Acme", at=NOW - timedelta(days=9))
    typed = Claim("company_city", "Berlin", "human", "known", 1.0, NOW - timedelta(days=900))
    cache = RecordCache(redis_client, KEYS, Store(old, typed).load)
    assert await cache.get("default", ACME, FIELDS, NOW - timedelta(days=1)) == (typed,)


async def test_a_load_does_not_undo_a_settle_in_between(redis_client: Redis) -> None:
    """A reader that loaded before a commit and fills the cache after it keeps the newer claims."""
    before, after = claim("company_name", "Acme", at=NOW - timedelta(days=9)), claim("company_name", "ACME")
    store = Store(before)
    store.gate = asyncio.Event()
    cache = RecordCache(redis_client, KEYS, store.load)
    reading = asyncio.create_task(cache.get("default", ACME, FIELDS))
    await store.reached.wait()
    await cache.put_many([("default", ACME, (after,))])
    store.gate.set()
    await reading
    assert await cache.get("default", ACME, FIELDS) == (after,)


async def test_other_keys_lead_to_the_record(redis_client: Redis) -> None:
    """A LinkedIn page that PostgreSQL knows as an alias shares the domain's record, also after a settle."""
    store = Store(claim("company_name", "Acme"))
    cache = RecordCache(redis_client, KEYS, store.load)
    page = Subject(Entity.COMPANY, "company:linkedin.com/company/acme")
    assert len(await cache.get("default", page, FIELDS)) == 1
    await cache.put_many([("default", page, (claim("company_size", "11-50"),))])
    assert {c.field for c in await cache.get("default", ACME, FIELDS)} == {"company_name", "company_size"}
    assert store.asked == 1


async def test_every_key_ends(redis_client: Redis) -> None:
    """Nothing stays in Redis for good."""
    cache = RecordCache(redis_client, KEYS, Store(claim("company_name", "Acme")).load, life_s=60)
    await cache.get("default", Subject(Entity.COMPANY, "company:linkedin.com/company/acme"), FIELDS)
    await cache.put_many([("default", ACME, (claim("company_size", "11-50"),))])
    names = await redis_client.keys("*")
    assert len(names) == 2
    for name in names:
        assert 0 < await redis_client.pttl(name) <= 60_000


async def test_unreadable_claims_are_left_out(redis_client: Redis) -> None:
    """What a newer or broken version wrote costs only itself."""
    cache = RecordCache(redis_client, KEYS, Store().load)
    name = KEYS.record("default", ACME.key)
    await redis_client.hset(name, mapping={b"company_name:1": b"{", b"company_name:2": b'{"field":1}', WHOLE: b"1"})
    await cache.put_many([("default", ACME, (claim("company_size", "11-50"),))])
    assert {c.field for c in await cache.get("default", ACME, FIELDS)} == {"company_size"}


async def test_redis_away_is_a_miss(redis_url: str) -> None:
    """Without Redis the record comes from PostgreSQL, and settling goes on."""
    client = Redis.from_url("redis://127.0.0.1:1/0", retry=None, socket_connect_timeout=0.5)
    cache = RecordCache(client, KEYS, Store(claim("company_name", "Acme")).load)
    assert len(await cache.get("default", ACME, FIELDS)) == 1
    await cache.put_many([("default", ACME, (claim("company_size", "11-50"),))])
    await client.aclose()


async def test_postgresql_away_is_told(redis_client: Redis) -> None:
    """A miss in both would buy again what was paid for: the caller has to wait."""

    async def away(_: str, __: str) -> Loaded:
        raise StoreUnavailable("away")

    with pytest.raises(StoreUnavailable):
        await RecordCache(redis_client, KEYS, away).get("default", ACME, FIELDS)


async def test_forgetting_drops_record_and_pointers(redis_client: Redis) -> None:
    """After erasure nothing is left under any of the subject's keys."""
    cache = RecordCache(redis_client, KEYS, Store(claim("company_name", "Acme")).load)
    page = "company:linkedin.com/company/acme"
    await cache.get("default", Subject(Entity.COMPANY, page), FIELDS)
    await cache.forget("default", [ACME.key, page])
    assert await redis_client.dbsize() == 0


class Watched(MemoryTier):
    """A tier that tells when a record has been dropped from it."""

    def __init__(self) -> None:
        super().__init__(1_000_000)
        self.forgot = asyncio.Event()

    def forget(self, workspace: str, key: str) -> None:
        """Drop and tell."""
        super().forget(workspace, key)
        self.forgot.set()


async def forgotten(memory: Watched) -> None:
    """Until a memory tier has been told to forget, and holds nothing."""
    async with asyncio.timeout(5):
        await memory.forgot.wait()
    memory.forgot.clear()
    assert len(memory) == 0


@contextlib.asynccontextmanager
async def process(url: str, store: Store) -> AsyncIterator[tuple[RecordCache, Watched, RecordChanges]]:
    """A process of its own: client, memory tier, and an ear for changes."""
    memory = Watched()
    async with Redis.from_url(url) as client, Redis.from_url(url) as ear:
        changes = RecordChanges(ear, KEYS, memory, pause_s=0.05, poll_s=0.05)
        task = asyncio.create_task(changes.run())
        await changes.listening.wait()
        try:
            yield RecordCache(client, KEYS, store.load, nearby=memory), memory, changes
        finally:
            changes.stop()
            await task


async def test_memory_answers_without_redis(redis_url: str, redis_client: Redis) -> None:
    """The second look costs no round trip."""
    async with process(redis_url, Store(claim("company_name", "Acme"))) as (cache, memory, _):
        await cache.get("default", ACME, FIELDS)
        await redis_client.flushdb()
        assert len(await cache.get("default", ACME, FIELDS)) == 1
        assert memory.hits == 1


async def test_a_change_reaches_every_process(redis_url: str) -> None:
    """What one process settles or erases, another one's memory does not show any more."""
    store = Store(claim("company_name", "Acme"))
    async with process(redis_url, store) as (one, _, _), process(redis_url, store) as (other, memory, _):
        await other.get("default", ACME, FIELDS)
        assert len(memory) == 1
        await one.put_many([("default", ACME, (claim("company_size", "11-50"),))])
        await forgotten(memory)
        assert len(await other.get("default", ACME, FIELDS)) == 2
        store.loaded = Loaded(ACME.key)
        await one.forget("default", [ACME.key])
        await forgotten(memory)
        assert await other.get("default", ACME, FIELDS) == ()


async def test_a_deaf_process_keeps_nothing(redis_url: str, redis_client: Redis) -> None:
    """When its connection is cut, memory is emptied; afterwards it listens again."""
    async with process(redis_url, Store(claim("company_name", "Acme"))) as (cache, memory, changes):
        await cache.get("default", ACME, FIELDS)
        changes.listening.clear()
        await redis_client.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
        async with asyncio.timeout(5):
            await changes.listening.wait()
        assert len(memory) == 0


async def test_many_records_are_looked_at_together(redis_client: Redis) -> None:
    """What is whole in Redis, under other keys too, is not loaded; the rest is, once; looking leaves nothing behind."""
    store = Store(claim("company_name", "Acme"))
    cache = RecordCache(redis_client, KEYS, store.load)
    await cache.get("default", ACME, ["company_name"])
    await redis_client.set(KEYS.alias("default", "company:other-key"), ACME.key)
    asked: list[tuple[str, str]] = []

    async def load_many(wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[Claim, ...]]:
        asked.extend(wanted)
        return {("default", "company:b.example"): (claim("company_name", "B"),)}

    wanted = [("default", key) for key in (ACME.key, "company:other-key", "company:b.example", "company:c.example")]
    before = await redis_client.dbsize()
    held = await cache.peek([*wanted, wanted[0]], load_many)
    assert [[c.value for c in held[key]] for key in wanted] == [["Acme"], ["Acme"], ["B"], []]
    assert asked == wanted[2:]
    assert await redis_client.dbsize() == before


async def test_looking_without_redis_loads_everything(redis_url: str) -> None:
    """An outage costs time, not knowledge."""
    away = Redis.from_url("redis://127.0.0.1:1/0", retry=None, socket_connect_timeout=0.5)
    store = Store()

    async def load_many(wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], tuple[Claim, ...]]:
        return {key: (claim("company_name", "Acme"),) for key in wanted}

    held = await RecordCache(away, KEYS, store.load).peek([("default", ACME.key)], load_many)
    assert [c.value for c in held["default", ACME.key]] == ["Acme"]
