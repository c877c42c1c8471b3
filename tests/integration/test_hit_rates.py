"""Experience on a real Valkey: processes add up, an outage loses nothing."""

from redis.asyncio import Redis

from worker.cache.hit_rates import HitRateBook
from worker.cache.keys import RecordKeys

KEYS = RecordKeys("test")


async def test_processes_learn_from_each_other(redis_client: Redis) -> None:
    """What two processes count is one experience, and their own newest counts at once."""
    one, other = HitRateBook(redis_client, KEYS), HitRateBook(redis_client, KEYS)
    one.note(
        "pdl", "company d/", hit=True, wanted=["company_size", "company_name"], found=["company_size"], micros=280_000
    )
    other.note("pdl", "company d/", hit=False, wanted=["company_size"], found=[], micros=0)
    assert one.tallies["pdl"].asks == 1
    await one.run_once()
    await other.run_once()
    await one.run_once()
    for tally in (book.tallies[name] for book in (one, other) for name in ("pdl", "pdl@company d", "pdl@company d/")):
        assert (tally.asks, tally.hits, tally.hit_micros) == (2, 1, 280_000)
        assert tally.fields["company_size"] == (1, 1)
        assert tally.fields["company_name"] == (1, 0)


async def test_an_outage_loses_nothing(redis_client: Redis) -> None:
    """What could not be exchanged is exchanged later, once."""
    away = Redis.from_url("redis://127.0.0.1:1/0", retry=None, socket_connect_timeout=0.5)
    book = HitRateBook(away, KEYS)
    book.note("pdl", "company d/", hit=True, wanted=[], found=[], micros=1)
    await book.run_once()
    book.note("pdl", "company d/", hit=True, wanted=[], found=[], micros=1)
    book._redis = redis_client
    await book.run_once()
    await book.run_once()
    assert book.tallies["pdl"].asks == 2


async def test_foreign_values_are_ignored(redis_client: Redis) -> None:
    """What is no counter costs only itself."""
    await redis_client.hset(KEYS.hit_rates, mapping={"pdl|asks": "3", "pdl|hits": "many", "odd": "1"})
    book = HitRateBook(redis_client, KEYS)
    await book.run_once()
    assert (book.tallies["pdl"].asks, book.tallies["pdl"].hits) == (3, 0)
