"""The ledger in PostgreSQL and the hot copies in Redis, when things go wrong."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
from redis.asyncio import Redis

from worker.cache.answers import AnswerCache
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import AnswerKey, Charge, Ending, Intent, StoredAnswer
from worker.store.ledger import Ledger
from worker.store.migrate import migrate
from worker.store.pool import open_pool

NOW = datetime.now(UTC)


def key(number: int, workspace: str = "default") -> AnswerKey:
    """A question's key."""
    return AnswerKey(workspace, "oracle", "company", number.to_bytes(32, "little"))


def intent(number: int, **changes: Any) -> Intent:
    """A paid call about to be sent."""
    values = {
        "key": key(number),
        "account": "f00d",
        "bucket": "",
        "job_id": f"job-{number}",
        "job_key": None,
        "run": 1,
        "max_micros": 9,
        "llm": False,
        "intent_at": NOW,
        "give_up_at": NOW,
    }
    return Intent(**{**values, **changes})


def answer(body: bytes = b"{}", age_s: float = 0.0) -> StoredAnswer:
    """An answer of some age."""
    observed_at = NOW - timedelta(seconds=age_s)
    reply = Reply(200, {"content-type": "application/json"}, body)
    return StoredAnswer(Outcome.HIT, reply, "", observed_at, NOW + timedelta(days=1), 0)


def ending(number: int, call_id: int, stored: StoredAnswer | None) -> Ending:
    """A charged call's end."""
    return Ending(intent(number), call_id, Outcome.HIT, Charge.CHARGED, 5, 200, "", NOW, NOW, stored)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that nobody announces."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - nobody sets an event
            await asyncio.sleep(0.01)


async def test_one_bad_row_costs_only_itself(pg_pool: "asyncpg.Pool[Any]") -> None:
    """A row that PostgreSQL refuses among 300 is found by halving; all others are written."""
    ledger = Ledger(pg_pool)
    too_large = 2**70
    writing = [ledger.open(intent(n, max_micros=too_large if n == 137 else 9)) for n in range(300)]
    results = await asyncio.gather(*writing, return_exceptions=True)
    assert [n for n, result in enumerate(results) if isinstance(result, BaseException)] == [137]
    assert await pg_pool.fetchval("SELECT count(*) FROM provider_calls") == 299
    await ledger.drain()


async def test_the_latest_answer_stays(pg_pool: "asyncpg.Pool[Any]") -> None:
    """Of several answers to one question in a batch, and of a late old one, the latest is kept."""
    ledger = Ledger(pg_pool)
    await asyncio.gather(
        *(ledger.close(ending(1, 0, answer(body, age))) for body, age in ((b"old", 9), (b"new", 1), (b"mid", 5)))
    )
    await ledger.close(ending(1, 0, answer(b"late", 7)))
    found = await ledger.find(key(1), None)
    assert found is not None
    assert found.reply.body == b"new"
    assert await ledger.find(key(1), NOW) is None
    await ledger.drain()


async def test_an_intent_is_written_only_where_no_answer_is_known(pg_pool: "asyncpg.Pool[Any]") -> None:
    """Of three intents in one batch, one for a known question, one for one whose answer is too old, one for a new
    one, the first brings the answer and leaves no row; the others are written down."""
    ledger = Ledger(pg_pool)
    await asyncio.gather(*(ledger.close(ending(n, 0, answer(b"%d" % n, age_s=9))) for n in (1, 2)))
    known, old, new = await asyncio.gather(
        ledger.open_unless_known(intent(1), None),
        ledger.open_unless_known(intent(2), NOW),
        ledger.open_unless_known(intent(3), None),
    )
    assert isinstance(known, StoredAnswer)
    assert known.reply.body == b"1"
    rows = await pg_pool.fetch("SELECT id, job_id FROM provider_calls WHERE charge = 'reserved' ORDER BY job_id")
    assert [tuple(row) for row in rows] == [(old, "job-2"), (new, "job-3")]
    await ledger.drain()


async def test_what_was_opened_stays_open_when_its_batch_is_written_again(pg_pool: "asyncpg.Pool[Any]") -> None:
    """The connection breaks behind the commit and somebody else answers meanwhile: the repeated batch gives the row
    that is there, which its caller will end, not the answer."""
    ledger, other = Ledger(pg_pool), Ledger(pg_pool)
    write = ledger._kept.fetch
    broken = 0

    async def breaking(statement: str, *parameters: Any) -> list[Any]:
        nonlocal broken
        rows = await write(statement, *parameters)
        if len(parameters) == 4 and not broken:
            broken += 1
            await other.close(ending(1, 0, answer()))
            raise asyncpg.ConnectionDoesNotExistError
        return rows

    ledger._kept.fetch = breaking  # type: ignore[method-assign]
    row = await ledger.open_unless_known(intent(1), None)
    assert broken
    assert await pg_pool.fetchval("SELECT id FROM provider_calls WHERE charge = 'reserved'") == row
    for one in (ledger, other):
        await one.drain()


async def test_hostile_text_is_stored(pg_pool: "asyncpg.Pool[Any]") -> None:
    """NUL, lone surrogates, quotes in headers and any bytes in bodies go through; workspaces are found under what they
    became."""
    ledger = Ledger(pg_pool)
    strange = "w\x00\udce4"
    headers = {"server": "\"\\'é\n\t{}", "date": ""}
    given = msgspec.structs.replace(answer(), reply=Reply(200, headers, bytes(range(256))))
    one = Ending(
        intent(1, key=key(1, strange), job_id="\x00"), 0, Outcome.HIT, Charge.FREE, 0, 200, "\udfff\x00", NOW, NOW,
        given,
    )  # fmt: skip
    await ledger.close(one)
    found = await ledger.find(key(1, strange), None)
    assert found is not None
    assert found.reply == given.reply
    await ledger.drain()


async def test_two_writers_never_wait_for_each_other(pg_pool: "asyncpg.Pool[Any]") -> None:
    """Two processes that store the same answers in opposite orders, over and over, all get through."""
    both = Ledger(pg_pool, tick_s=0.0), Ledger(pg_pool, tick_s=0.0)
    for round_number in range(20):
        await asyncio.gather(
            *(both[0].close(ending(n, 0, answer(age_s=-round_number))) for n in range(50)),
            *(both[1].close(ending(n, 0, answer(age_s=-round_number))) for n in reversed(range(50))),
        )
    assert await pg_pool.fetchval("SELECT count(*) FROM provider_answers") == 50
    for ledger in both:
        await ledger.drain()


async def test_what_happens_while_postgres_is_away_is_written_when_it_is_back(postgres_server: Any) -> None:
    """An ending handed in during an outage waits, the ledger says that it is not available, nothing is lost."""
    server = await asyncio.to_thread(postgres_server)
    await migrate(server.url)
    pool = await open_pool(server.url, min_size=1, max_size=4)
    try:
        ledger = Ledger(pool, patience_s=60.0)
        row = await ledger.open(intent(1))
        await asyncio.to_thread(server.stop_immediately)
        closing = asyncio.ensure_future(ledger.close(ending(1, row, answer())))
        await until(lambda: not ledger.available)
        assert not closing.done()
        await asyncio.to_thread(server.start)
        assert await closing == row
        await until(lambda: ledger.available)
        assert await pool.fetchval("SELECT charge FROM provider_calls WHERE id = $1", row) == "charged"
        found = await ledger.find(key(1), None)
        assert found is not None
        assert found.call_id == row
        await ledger.drain()
    finally:
        pool.terminate()


async def test_old_answers_and_rows_are_pruned(pg_pool: "asyncpg.Pool[Any]") -> None:
    """Answers past their life and rows past theirs go, a bounded number at a time; open rows stay."""
    ledger = Ledger(pg_pool)
    await asyncio.gather(*(ledger.close(ending(n, 0, answer())) for n in range(5)), ledger.open(intent(9)))
    await pg_pool.execute("UPDATE provider_answers SET expires_at = now() - interval '1 s' WHERE call_id % 2 = 0")
    old = await pg_pool.fetchval("SELECT count(*) FROM provider_answers WHERE expires_at < now()")
    assert await ledger.prune_answers(most=1) == 1
    assert await ledger.prune_answers() == old - 1
    assert await ledger.prune_calls(datetime.now(UTC) + timedelta(seconds=1), most=3) == 3
    assert await ledger.prune_calls(datetime.now(UTC) + timedelta(seconds=1)) == 2
    assert await pg_pool.fetchval("SELECT charge FROM provider_calls") == "reserved"
    await ledger.drain()


async def test_hot_copies_stay_within_their_budget(redis_client: Redis) -> None:
    """All together take no more than the budget, the oldest go first, a giant is not taken in at all."""
    cache = AnswerCache(redis_client, budget_bytes=50_000, largest_bytes=20_000)
    for number in range(60):
        token = await cache.begin(key(number), None, 1.0)
        assert isinstance(token, str)
        cache.finish(key(number), token, answer(bytes(2000)), again=True)
        await cache.drain()
    token = await cache.begin(key(99), None, 1.0)
    assert isinstance(token, str)
    cache.finish(key(99), token, answer(bytes(30_000)), again=True)
    await cache.drain()
    assert isinstance(await cache.begin(key(99), None, 1.0), str)
    assert isinstance(await cache.begin(key(0), None, 1.0), str)
    assert isinstance(await cache.begin(key(59), None, 1.0), StoredAnswer)
    held = await redis_client.keys("*:a:*")
    assert sum([await redis_client.strlen(name) for name in held]) <= 50_000
    await cache.forget([key(59)])
    assert isinstance(await cache.begin(key(59), None, 1.0), str)


async def test_an_answer_is_hot_when_it_is_asked_again(redis_client: Redis) -> None:
    """Nobody waits: no copy, and an older one goes. Somebody waits, or it was asked again: a copy."""
    one, two = AnswerCache(redis_client), AnswerCache(redis_client)
    for again, waits, hot in ((False, False, False), (True, False, True), (False, False, False), (False, True, True)):
        token = await one.begin(key(1), NOW + timedelta(hours=1), 1.0)
        assert isinstance(token, str)
        if waits:
            assert await two.begin(key(1), None, 1.0) is None
        one.finish(key(1), token, answer(), again=again)
        await one.drain()
        assert len(await redis_client.keys("*:a:*")) == hot
        assert not await redis_client.keys("*:f:*")
    assert isinstance(await two.begin(key(1), None, 1.0), StoredAnswer)


async def test_a_lease_is_one_askers_and_ends(redis_client: Redis) -> None:
    """A second asker waits; only the holder's own token gives the lease back; a copy that is too old is asked anew."""
    one, two = AnswerCache(redis_client), AnswerCache(redis_client)
    token = await one.begin(key(1), None, 1.0)
    assert isinstance(token, str)
    assert await two.begin(key(1), None, 1.0) is None
    two.finish(key(1), "not mine", None)
    await two.drain()
    assert await two.begin(key(1), None, 1.0) is None
    one.finish(key(1), token, answer(age_s=60))
    await one.drain()
    assert isinstance(await two.begin(key(1), None, 1.0), StoredAnswer)
    assert isinstance(await two.begin(key(1), NOW, 1.0), str)
    lease = await redis_client.pttl(next(iter(await redis_client.keys("*:f:*"))))
    assert 1000 < lease <= 6000
