"""What Redis, PostgreSQL and the clock do to a worker: it waits in place, goes on by itself, and runs nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import orjson
import pytest
from redis.asyncio import Redis
from redis.exceptions import BusyLoadingError, OutOfMemoryError, ReadOnlyError, ResponseError

from tests.conftest import StartValkey
from tests.integration.services.conftest import Bench
from tests.support.kinds import Held, at_once, success
from worker.cache.answers import AnswerCache
from worker.domain.backoff import Backoff
from worker.domain.ending import RetryPolicy
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.ledger import AnswerKey
from worker.domain.verdict import Report, Retry
from worker.queue.client import GroupMissing, open_client, translate
from worker.queue.keys import Keys
from worker.queue.queue import Limits, Queue
from worker.services import promoter
from worker.services.service import LONGEST_WAIT_S, Away

GROUP = "enrichment-workers"
LANES = ("priority", "high", "jobs", "low", "batch")


@pytest.fixture
async def own(valkey_server: StartValkey, pg_pool: asyncpg.Pool) -> AsyncIterator[Bench]:
    """A bench on a Redis of its own, to be ill-treated."""
    server = await asyncio.to_thread(valkey_server)
    async with Redis.from_url(server.url) as client:
        yield Bench(server.url, client, pg_pool)


async def blocking(redis: Any) -> int:
    """The client id of a reader that now blocks."""
    async with asyncio.timeout(20):
        while True:
            for client in await redis.client_list():
                if "b" in client["flags"]:
                    return int(client["id"])
            await asyncio.sleep(0.01)


# -- leases ----------------------------------------------------------------------------------------------------------


async def test_one_slot_and_full_lanes_run_each_once(bench: Bench) -> None:
    """Entries of five lanes arrive together at workers of one slot: what waits for longer than its lease runs once,
    and never two at a time in one worker."""
    held = Held()
    async with (
        bench.engine(held, slots=1, lease_s=0.3, block_ms=300) as one,
        bench.engine(held, slots=1, lease_s=0.3, block_ms=300) as two,
    ):
        await blocking(bench.redis)
        async with bench.redis.pipeline(transaction=True) as pipe:
            for lane in LANES:
                pipe.xadd(f"enrichment-{lane}", {"type": "noop", "id": f"in-{lane}"})
            await pipe.execute()
        await held.begun(1)
        await asyncio.sleep(1.0)  # the time under test: three leases
        assert len(held.started) == one.consumer.busy + two.consumer.busy <= 2
        assert max(one.consumer.busy, two.consumer.busy) == 1
        held.go.set()
        await bench.until_settled(5)
    assert sorted(held.started) == sorted(f"in-{lane}" for lane in LANES)
    assert await bench.quiet()


async def test_a_late_register_does_not_reopen_a_job(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that is settled while it is being registered stays completed, in its row and in its hash."""
    held, registered = Held(), asyncio.Event()
    await bench.add(id="quick")
    async with bench.engine(held, register_after_s=0.05) as engine:
        register = engine.store.register

        async def slow(rows: Any) -> None:
            held.go.set()
            await bench.until_settled(1)
            await register(rows)
            registered.set()

        monkeypatch.setattr(engine.store, "register", slow)
        await asyncio.wait_for(registered.wait(), 20)
    assert (await bench.rows())["quick"]["status"] == "completed"
    assert await bench.redis.hget("enrichment:job:quick", "status") == b"completed"


# -- Redis -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("breaks", "mends"),
    [
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
    ],
    ids=["no-replicas", "read-only"],
)
async def test_a_redis_that_refuses_writes_is_waited_for(
    own: Bench, monkeypatch: pytest.MonkeyPatch, breaks: str, mends: str
) -> None:
    """A run that ends meanwhile keeps its slot; when writes are taken again it is settled, without another try."""
    held = Held()
    async with own.engine(held) as engine:
        await own.add(id="patient")
        await held.begun(1)
        settle, refused = engine.queue.settle, asyncio.Event()

        async def watched(items: Any) -> int:
            try:
                return await settle(items)
            except QueueUnavailable:
                refused.set()
                raise

        monkeypatch.setattr(engine.queue, "settle", watched)
        await own.redis.execute_command(*breaks.split())
        held.go.set()
        await asyncio.wait_for(refused.wait(), 20)
        assert own.settled == []
        await own.redis.execute_command(*mends.split())
        await own.until_settled(1)
        await own.add(id="next")
        await own.until_settled(2)
        await own.until(own.quiet)
        assert engine.away == {}
    assert held.started == ["patient", "next"]
    assert {row["status"] for row in (await own.rows()).values()} == {"completed"}


async def test_a_full_redis_is_drained(own: Bench) -> None:
    """Out of memory under noeviction: producers are refused, what runs still settles and frees its entry, and the
    worker goes on when there is room."""
    held = Held()
    async with own.engine(held):
        await own.add(id="inside")
        await held.begun(1)
        await own.redis.config_set("maxmemory", 1)
        with pytest.raises(OutOfMemoryError):
            await own.add(id="refused")
        held.go.set()
        await own.until_settled(1)
        await own.until(own.quiet)
        await own.redis.config_set("maxmemory", 0)
        await own.add(id="next")
        await own.until_settled(2)
    assert held.started == ["inside", "next"]


async def test_cut_and_unblocked_readers_read_on(own: Bench) -> None:
    """A connection killed in mid-BLOCK, an UNBLOCKED reply, a paused server: the next entry runs, each once."""
    held = Held()
    held.go.set()
    async with own.engine(held, block_ms=2_000):
        await own.redis.execute_command("CLIENT", "KILL", "ID", await blocking(own.redis))
        await own.add(id="after-kill")
        await own.until_settled(1)
        await own.redis.execute_command("CLIENT", "UNBLOCK", await blocking(own.redis), "ERROR")
        await own.add(id="after-unblock")
        await own.until_settled(2)
        await own.redis.execute_command("CLIENT", "PAUSE", 400, "WRITE")
        await own.add(id="after-pause")
        await own.until_settled(3)
    assert held.started == ["after-kill", "after-unblock", "after-pause"]


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (BusyLoadingError("Redis is loading the dataset in memory"), QueueUnavailable),
        (ReadOnlyError("You can't write against a read only replica."), QueueUnavailable),
        (ResponseError("LOADING Redis is loading the dataset in memory"), QueueUnavailable),
        (ResponseError("OOM command not allowed when used memory > 'maxmemory'. script: 1, on @user_script:1."),
         QueueUnavailable),
        (ResponseError("MISCONF Redis is configured to save RDB snapshots"), QueueUnavailable),
        (ResponseError("NOREPLICAS Not enough good replicas to write."), QueueUnavailable),
        (ResponseError("NOGROUP No such key 'x' or consumer group 'y'"), GroupMissing),
        (ResponseError("WRONGTYPE Operation against a key holding the wrong kind of value"), ResponseError),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, Exception) else value.__name__,
)  # fmt: skip
def test_what_redis_says_is_understood(error: Exception, meant: type[Exception]) -> None:
    """What passes by itself is waited for; a missing group is made again; anything else stays what it is."""
    assert type(translate(error)) is meant


async def test_a_missing_group_is_no_hot_loop(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Streams deleted, then the group destroyed: made again once each, and what comes runs."""
    async with bench.engine() as engine:
        await bench.add()
        await bench.until_settled(1)
        made = 0
        ensure = engine.queue.ensure_groups

        async def counted() -> None:
            nonlocal made
            made += 1
            await ensure()

        monkeypatch.setattr(engine.queue, "ensure_groups", counted)
        await bench.redis.delete(*(f"enrichment-{lane}" for lane in LANES))
        await bench.add(id="after-delete")
        await bench.until_settled(2)
        await bench.redis.xgroup_destroy("enrichment-jobs", GROUP)
        await bench.add(id="after-destroy")
        await bench.until_settled(3)
        assert made <= 6
    rows = await bench.rows()
    assert rows["after-delete"]["status"] == rows["after-destroy"]["status"] == "completed"


async def test_a_cancelled_command_leaves_no_answer_behind(redis_url: str) -> None:
    """A command given up in mid-wait: the next one on the only connection gets its own answer."""
    async with open_client(redis_url, socket_timeout_s=5, max_connections=1) as client, Redis.from_url(redis_url) as at:
        await client.set("mine", "right")
        for _ in range(5):
            waiting = asyncio.create_task(client.execute_command("BLPOP", "other", 4))
            await blocking(at)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await at.rpush("other", "wrong")
            assert await client.get("mine") == b"right"
            await at.delete("other")


async def test_more_commands_than_connections_wait(redis_url: str) -> None:
    """Fifty commands at once over two connections: each waits for its turn, none is taken for an outage."""
    async with open_client(redis_url, socket_timeout_s=5, max_connections=2) as client:
        replies = await asyncio.gather(*(client.incr("count") for _ in range(50)))
    assert sorted(replies) == list(range(1, 51))


# -- PostgreSQL ------------------------------------------------------------------------------------------------------


async def test_terminated_backends_are_replaced(bench: Bench, pg_dsn: str) -> None:
    """pg_terminate_backend on every connection in mid-run: the run is settled by new ones, no attempt spent on it."""
    held = Held()
    async with bench.engine(held):
        await bench.add(id="steady")
        await held.begun(1)
        admin = await asyncpg.connect(pg_dsn)
        killed = await admin.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await admin.close()
        assert killed > 0
        held.go.set()
        await bench.until_settled(1)
    row = (await bench.rows())["steady"]
    assert (row["status"], row["attempts"]) == ("completed", 1)
    assert held.started == ["steady"]


async def test_an_exhausted_pool_is_waited_for(bench: Bench) -> None:
    """While others hold every connection nothing is acknowledged; with one given back the run is settled."""
    held = Held()
    async with bench.engine(held) as engine:
        await bench.add(id="queued")
        await held.begun(1)
        taken = [await bench.pool.acquire() for _ in range(5)]
        held.go.set()

        async def ended() -> bool:
            return all(run.report is not None for run in engine.consumer.runs.values())

        await bench.until(ended)
        assert (await bench.redis.xpending("enrichment-jobs", GROUP))["pending"] == 1
        assert bench.settled == []
        for connection in taken:
            await bench.pool.release(connection)
        await bench.until_settled(1)
    assert (await bench.rows())["queued"]["status"] == "completed"


# -- stopping --------------------------------------------------------------------------------------------------------


async def test_what_a_last_read_brings_is_handed_back(bench: Bench) -> None:
    """An entry that arrives while the worker stops runs elsewhere at once, with no delivery counted."""
    async with bench.engine(lease_s=60.0, block_ms=1_500) as engine:
        await blocking(bench.redis)

        async def add_late() -> None:
            while not engine.stopping:  # noqa: ASYNC110 - a flag without an event
                await asyncio.sleep(0)
            await bench.add(id="late")

        late = asyncio.create_task(add_late())
    await late
    assert bench.settled == []
    pending = await bench.redis.xpending_range("enrichment-jobs", GROUP, "-", "+", 10)
    assert [entry["times_delivered"] for entry in pending] == [0]
    async with bench.engine(lease_s=60.0):
        await bench.until_settled(1)
    assert (await bench.rows())["late"]["status"] == "completed"


async def test_stopping_without_postgres_ends(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGTERM while PostgreSQL is away: the end comes in time, and the unsettled job is another worker's."""
    begun = asyncio.get_running_loop().time
    await bench.add(id="stranded")
    held = Held()
    async with bench.engine(held, shutdown_s=0.3, lease_s=60.0) as engine:

        async def away(*_: object) -> None:
            raise StoreUnavailable("gone")

        monkeypatch.setattr(engine.store, "settle", away)
        await held.begun(1)
        held.go.set()

        async def noticed() -> bool:
            return "postgres" in engine.away

        await bench.until(noticed)
        stopping_s = begun()
    assert begun() - stopping_s < 15
    assert bench.settled == []
    async with bench.engine(lease_s=1.0):
        await bench.until_settled(1)
    assert (await bench.rows())["stranded"]["status"] == "completed"


# -- time ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-2, 2])
async def test_due_is_by_the_clock_of_redis(bench: Bench, monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    """A promoter whose own clock is days off moves a job neither early nor late."""
    from time import time

    monkeypatch.setattr(promoter, "time", SimpleNamespace(time=lambda: time() + days * 86_400))
    started: list[datetime] = []

    async def second_time(job: Job, _kind: Kind) -> Report:
        now = datetime.now(UTC)
        started.append(now)
        return success() if job.attempts else Report(Retry("E", "m"), now, now)

    await bench.add(id="later")
    async with bench.engine(second_time, retry=RetryPolicy(Backoff(base_s=0.4))):
        await bench.until_settled(1)
        due = (await bench.rows())["later"]["next_run_at"]
        await bench.until_settled(2)
    assert due <= started[1] < due + timedelta(seconds=10)
    assert len(started) == 2


async def test_many_promoters_move_a_due_entry_once(bench: Bench) -> None:
    """Twenty at the same moment: one entry in the lane."""
    keys = Keys("enrichment")
    await bench.redis.zadd(keys.delayed, {"one": 1})
    await bench.redis.hset(keys.delayed_entries, "one", orjson.dumps(["enrichment-jobs", "type", "noop", "id", "one"]))
    queue = Queue(bench.redis, bench.redis, keys, "tester", Limits())
    moved = await asyncio.gather(*(queue.promote(100) for _ in range(20)))
    assert sum(count for count, _ in moved) == 1
    assert await bench.redis.xlen("enrichment-jobs") == 1


async def test_a_retry_that_redis_never_heard_of(bench: Bench) -> None:
    """PostgreSQL says scheduled, the old entry is still pending: it moves to the delayed set and does not run now."""
    [entry] = await bench.add(id="torn")
    await bench.redis.xgroup_create("enrichment-jobs", GROUP, id="0")
    await bench.redis.xreadgroup(GROUP, "gone", {"enrichment-jobs": ">"})
    await bench.pool.execute(
        "INSERT INTO enrichment_jobs (id, job_type, status, run, attempts, entry, next_run_at, payload)"
        " VALUES ('torn', 'noop', 'scheduled', 1, 1, $1, now() + interval '1 hour', '{}')",
        f"enrichment-jobs/{entry}",
    )
    held = Held()
    async with bench.engine(held, lease_s=0.2):
        await bench.until_settled(1)
    assert held.started == []
    assert await bench.redis.zcard("enrichment-delayed") == 1
    packed = orjson.loads(await bench.redis.hget("enrichment-delayed-entries", "torn"))
    assert dict(zip(packed[1::2], packed[2::2], strict=True))["_gen"] == "1"
    assert await bench.quiet()


# -- fairness and limits ---------------------------------------------------------------------------------------------


async def test_the_last_lane_has_its_turn(bench: Bench) -> None:
    """Four hundred urgent entries and one in the batch lane: with a single slot it runs before they are all done."""
    await bench.add("priority", 400)
    await bench.add("batch", 1, id="humble")
    async with bench.engine(at_once, slots=1):
        await bench.until_settled(401)
    names = [item.run.name for item in bench.settled]
    assert names.index("humble") < 399


def test_waits_are_spread_and_bounded() -> None:
    """Thirty waits for something that is away: growing, jittered, never above the bound."""
    away, other = Away(), Away()
    waits = [away.next_wait_s() for _ in range(30)]
    assert waits != [other.next_wait_s() for _ in range(30)]
    assert all(0 < wait <= LONGEST_WAIT_S for wait in waits)
    assert min(waits[10:]) >= LONGEST_WAIT_S / 2
    away.back()
    assert away.next_wait_s() < 0.2


async def test_a_question_of_a_killed_asker_is_free_again(redis_client: Redis) -> None:
    """A lease that nobody gives back ends by itself, not before its call may have ended, and is then another's."""
    answers = AnswerCache(redis_client)
    key = AnswerKey("default", "pdl", "company", b"0" * 32)
    assert isinstance(await answers.begin(key, None, 10.0), str)
    assert await answers.begin(key, None, 10.0) is None
    [name] = [name async for name in redis_client.scan_iter("*:f:*")]
    assert 0 < await redis_client.pttl(name) <= 15_000
    await redis_client.pexpire(name, 1)
    async with asyncio.timeout(5):
        while (begun := await answers.begin(key, None, 10.0)) is None:  # noqa: ASYNC110 - a life that ends
            await asyncio.sleep(0.01)
    assert isinstance(begun, str)
