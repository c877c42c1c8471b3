"""Silences on a real Valkey: kept by provider, ended by themselves, dropped with the record."""

from datetime import UTC, datetime

from redis.asyncio import Redis

from worker.cache.keys import RecordKeys
from worker.cache.records import Loaded, RecordCache
from worker.cache.silences import SilenceCache
from worker.domain.finding import Outcome
from worker.domain.silence import Silence

KEYS = RecordKeys("test")
KEY = "company:acme.example"


def silence(provider: str, outcome: Outcome = Outcome.MISS) -> Silence:
    """A provider that had no size today."""
    return Silence(provider, outcome, frozenset({"company_size"}), datetime.now(UTC), (), "404")


async def test_kept_by_provider_and_workspace(redis_client: Redis) -> None:
    """The newest word of each provider stays, elsewhere nobody was asked."""
    cache = SilenceCache(redis_client, KEYS)
    blocked, miss, newer = silence("site", Outcome.BLOCKED), silence("pdl"), silence("pdl", Outcome.BAD_INPUT)
    await cache.put("default", KEY, [blocked, miss])
    await cache.put("default", KEY, [newer])
    assert set(await cache.get("default", KEY)) == {blocked, newer}
    assert await cache.get("other", KEY) == ()


async def test_life_follows_the_longest_silence(redis_client: Redis) -> None:
    """A short one added later does not cut a long one's life."""
    cache = SilenceCache(redis_client, KEYS)
    await cache.put("default", KEY, [silence("pdl")])
    await cache.put("default", KEY, [silence("site", Outcome.BLOCKED)])
    assert 6 * 86_400 < await redis_client.ttl(KEYS.silence("default", KEY)) <= 7 * 86_400


async def test_unreadable_and_unreachable_mean_nobody_was_asked(redis_client: Redis) -> None:
    """Neither a foreign value nor an outage stops a job."""
    await redis_client.hset(KEYS.silence("default", KEY), mapping={"pdl": "{", "site": '{"a": 1}'})
    assert await SilenceCache(redis_client, KEYS).get("default", KEY) == ()
    away = SilenceCache(Redis.from_url("redis://127.0.0.1:1/0", retry=None, socket_connect_timeout=0.5), KEYS)
    await away.put("default", KEY, [silence("pdl")])
    assert await away.get("default", KEY) == ()


async def test_forgotten_with_the_record(redis_client: Redis) -> None:
    """Erasing a subject leaves no trace of who was asked about it."""
    cache = SilenceCache(redis_client, KEYS)
    await cache.put("default", KEY, [silence("pdl")])

    async def load(_: str, key: str) -> Loaded:
        return Loaded(key)

    await RecordCache(redis_client, KEYS, load).forget("default", [KEY])
    assert await redis_client.dbsize() == 0
