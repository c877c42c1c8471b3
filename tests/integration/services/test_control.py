"""Cancel, pause, clear, move, publish: marks and places instead of deletions."""

import time
from datetime import UTC, datetime, timedelta

import orjson

from tests.integration.services.conftest import Bench
from tests.support.kinds import Held, at_once, success
from worker.domain.errors import QueueUnavailable
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.lane import Lane
from worker.domain.verdict import Report, Snooze
from worker.queue.client import open_client
from worker.queue.control import Control
from worker.queue.keys import Keys
from worker.queue.shares import Shares
from worker.services.reconciler import Reconciler
from worker.store.upkeep import Upkeep

DAY_MS = 86_400_000


def control(bench: Bench) -> Control:
    """The bench's queue, as an operator sees it."""
    return Control(bench.redis, Keys("enrichment"))


async def lag(bench: Bench) -> int | None:
    """What autoscalers read."""
    groups = await bench.redis.xinfo_groups("enrichment-jobs")
    value: int | None = groups[0]["lag"]
    return value


async def test_cancel_before_the_job_is_seen(bench: Bench) -> None:
    """A mark for an id that comes later: it never runs, its row says cancelled, the lag stays a number."""
    await control(bench).mark_cancelled(["later"], DAY_MS)
    held = Held()
    held.go.set()
    async with bench.engine(held):
        await bench.add(id="later")
        await bench.add(id="other")
        await bench.until_settled(2)
        assert await lag(bench) == 0
    assert held.started == ["other"]
    assert (await bench.rows())["later"]["status"] == "cancelled"


async def test_cancel_while_it_waits_in_its_lane(bench: Bench) -> None:
    """Marked between XADD and pickup."""
    await bench.add(id="waiting", workspaceId="team")
    await control(bench).mark_cancelled(["team:waiting"], DAY_MS)
    async with bench.engine():
        await bench.until_settled(1)
    assert (await bench.rows())["waiting"]["status"] == "cancelled"
    assert await bench.quiet()


async def test_cancel_while_it_runs(bench: Bench) -> None:
    """The run is ended and the row says cancelled."""
    held = Held()
    await bench.add(id="running")
    async with bench.engine(held):
        await held.begun(1)
        await control(bench).mark_cancelled(["running"], DAY_MS)
        await bench.until_settled(1)
    assert (await bench.rows())["running"]["status"] == "cancelled"


async def test_cancel_while_it_is_delayed(bench: Bench) -> None:
    """A scheduled job is cancelled in its row at once and never comes back."""

    async def sleepy(_job: Job, _kind: Kind) -> Report:
        now = datetime.now(UTC)
        return Report(Snooze(now + timedelta(hours=1), "later"), now, now)

    await bench.add(id="delayed")
    async with bench.engine(sleepy):
        await bench.until_settled(1)
        assert await Upkeep(bench.pool).cancel([("default", "delayed")]) == [("default", "delayed")]
        await control(bench).mark_cancelled(["delayed"], DAY_MS)
    assert (await bench.rows())["delayed"]["status"] == "cancelled"
    assert await bench.redis.zcard("enrichment-delayed") == 0
    assert await bench.redis.hlen("enrichment-delayed-entries") == 0


async def test_cancel_after_it_has_ended_changes_nothing(bench: Bench) -> None:
    """A finished job stays finished."""
    await bench.add(id="done")
    async with bench.engine():
        await bench.until_settled(1)
        await control(bench).mark_cancelled(["done"], DAY_MS)
        assert await Upkeep(bench.pool).cancel([("default", "done")]) == []
    assert (await bench.rows())["done"]["status"] == "completed"


async def test_a_paused_workspace_is_parked_and_comes_back(bench: Bench) -> None:
    """Its entries are moved aside and counted, the others run; resumed, they run too, under the same ids."""
    operator = control(bench)
    await operator.pause("workspace:quiet")
    held = Held()
    held.go.set()
    await bench.add(count=5, workspaceId="quiet")
    await bench.add(count=5, workspaceId="loud")
    async with bench.engine(held):
        await bench.until_settled(5)
        depth = await operator.depth()
        assert depth.parked == {"workspace:quiet": 5}
        await operator.resume("workspace:quiet")
        await bench.until_settled(10)
    rows = await bench.rows()
    assert len(rows) == 10
    assert all(name.startswith("enrichment-jobs/") for name in rows)
    assert sum(row["workspace_id"] == "quiet" for row in rows.values()) == 5
    assert (await operator.depth()).parked == {}
    assert await bench.quiet()


async def test_a_paused_kind_in_json_is_parked_too(bench: Bench) -> None:
    """The kind is found inside ``payload`` as well."""
    operator = control(bench)
    await operator.pause("kind:noop")
    await bench.redis.xadd("enrichment-low", {"payload": orjson.dumps({"type": "noop", "id": "json-1"})})
    async with bench.engine():

        async def parked() -> bool:
            return (await operator.depth()).parked == {"kind:noop": 1}

        await bench.until(parked)
        await operator.resume("kind:noop")
        await bench.until_settled(1)
    row = (await bench.rows())["json-1"]
    assert (row["status"], row["priority"]) == ("completed", 4)


async def test_a_paused_queue_reads_nothing(bench: Bench) -> None:
    """Entries stay where they are until it is resumed."""
    operator = control(bench)
    await operator.pause("queue")
    held = Held()
    held.go.set()
    async with bench.engine(held):
        await bench.add(count=3)

        async def unread() -> bool:
            return await lag(bench) == 3

        await bench.until(unread)
        assert held.started == []
        await operator.resume("queue")
        await bench.until_settled(3)


async def test_clear_cancels_what_waits_and_nothing_that_comes(bench: Bench) -> None:
    """By mark: entries added before are cancelled as they are read, those added after run."""
    await bench.add(count=4)
    operator = control(bench)
    assert await operator.clear() == 4
    await bench.add(id="after")
    async with bench.engine():
        await bench.until_settled(5)
    statuses = sorted(row["status"] for row in (await bench.rows()).values())
    assert statuses == ["cancelled"] * 4 + ["completed"]
    await operator.forget_marks()
    assert not await bench.redis.exists("enrichment-cleared")


async def test_a_moved_job_runs_once_from_its_new_lane(bench: Bench) -> None:
    """A mark makes the old entry void; the new one counts."""
    await bench.add("batch", id="urgent")
    assert await control(bench).move("urgent", Lane.PRIORITY)
    held = Held()
    held.go.set()
    async with bench.engine(held):
        await bench.until_settled(1)
        await bench.until(bench.quiet)
    assert held.started == ["urgent"]
    assert (await bench.rows())["urgent"]["priority"] == 1


async def test_moving_finds_jobs_far_behind_and_by_their_entry(bench: Bench) -> None:
    """Entries are looked through in windows; a job without an id of its own goes by its entry."""
    entries = await bench.add("batch", count=7)
    operator = control(bench)
    name = f"enrichment-batch/{entries[5]}"
    assert await operator.move(name, Lane.HIGH, window=2)
    assert await operator.move(name, Lane.PRIORITY, window=2)
    assert not await operator.move("nobody", Lane.HIGH, window=2)
    async with bench.engine():
        await bench.until_settled(7)
        await bench.until(bench.quiet)
    rows = await bench.rows()
    assert len(rows) == 7
    assert [row["priority"] for key, row in rows.items() if key == name] == [1]


async def test_what_runs_keeps_its_lane(bench: Bench) -> None:
    """A job that somebody has read cannot be moved: it would run twice."""
    held = Held()
    async with bench.engine(held):
        await bench.add("batch", id="running")
        await held.begun(1)
        assert not await control(bench).move("running", Lane.HIGH)
        held.go.set()
        await bench.until_settled(1)
    assert held.started == ["running"]


async def test_dead_letters_are_replayed_under_the_same_id(bench: Bench) -> None:
    """Replay: same id, attempts anew, the next generation, and it may end differently."""
    broken = True

    async def sometimes(_job: Job, _kind: Kind) -> Report:
        if broken:
            message = "still broken"
            raise RuntimeError(message)
        return success()

    await bench.add(id="phoenix", maxAttempts="1", url="https://acme.example")
    upkeep = Upkeep(bench.pool)
    async with bench.engine(sometimes):
        await bench.until_settled(1)
        [dead] = await upkeep.dead(workspace=None, most=10)
        assert (dead.id, dead.error_class, dead.payload["url"]) == ("phoenix", "RuntimeError", "https://acme.example")
        broken = False
        assert await upkeep.set_to_run_again(["dead_letter"], [("default", "phoenix")], workspace=None, most=10)
        await Reconciler(control(bench), upkeep, quiet_s=60).run_once()
        await bench.until_settled(2)
    row = (await bench.rows())["phoenix"]
    assert (row["status"], row["attempts"], row["generation"]) == ("completed", 1, 2)


async def test_rows_inserted_by_a_producer_are_published(bench: Bench) -> None:
    """An INSERT into the jobs view is as good as XADD."""
    await bench.pool.execute(
        "INSERT INTO jobs (workspace_id, job_type, payload, status, priority)"
        " VALUES ('team', 'noop', '{\"url\": \"https://acme.example\", \"colour\": 7}', 'pending', 2)"
    )
    seen: list[Job] = []

    async def note(job: Job, _kind: Kind) -> Report:
        seen.append(job)
        return success()

    async with bench.engine(note, reconcile_s=0.05):
        await bench.until_settled(1)
    assert (seen[0].workspace, seen[0].url, seen[0].lane, seen[0].fields["colour"]) == (
        "team",
        "https://acme.example",
        Lane.HIGH,
        "7",
    )
    [row] = (await bench.rows()).values()
    assert row["status"] == "completed"


async def test_flushall_loses_no_registered_job(bench: Bench) -> None:
    """Scheduled, running and pending jobs are published again from PostgreSQL and settle, once each."""
    first = True

    async def snooze_first(job: Job, _kind: Kind) -> Report:
        now = datetime.now(UTC)
        if first and job.id.startswith("later"):
            return Report(Snooze(now + timedelta(seconds=0.3), "wait"), now, now)
        return success()

    for number in range(5):
        await bench.add(id=f"later-{number}")
    async with bench.engine(snooze_first):
        await bench.until_settled(5)
        first = False
        await bench.redis.flushdb()
        await bench.add(id="new")

        async def all_done() -> bool:
            rows = await bench.rows()
            return len(rows) == 6 and all(row["status"] == "completed" for row in rows.values())

        await bench.until(all_done)


async def test_what_a_dead_worker_had_read_is_not_published_again(bench: Bench) -> None:
    """A due retry that somebody read before dying is still in the queue: a second entry of it would be a second run."""

    async def snooze(_job: Job, _kind: Kind) -> Report:
        now = datetime.now(UTC)
        return Report(Snooze(now + timedelta(hours=1), "wait"), now, now)

    async with bench.engine(snooze):
        await bench.add(id="read")
        await bench.add(id="gone")
        await bench.until_settled(2)
    operator = control(bench)
    await operator.wake(["read"])
    async with bench.engine(slots=1) as promoting:
        await promoting.consumer.stop_pulling()

        async def promoted() -> bool:
            return not (await operator.are_delayed(["read"]))[0]

        await bench.until(promoted)
    await bench.redis.xreadgroup(operator.keys.group, "dead", dict.fromkeys(operator.keys.streams, ">"))
    await bench.redis.zrem(operator.keys.delayed, "gone")
    await bench.pool.execute(
        "UPDATE enrichment_jobs SET updated_at = now() - interval '1 hour', next_run_at = now() - interval '1 minute'"
    )
    await Reconciler(operator, Upkeep(bench.pool), quiet_s=1.0).run_once()
    rows = await bench.rows()
    assert rows["read"]["status"] == "scheduled"
    assert rows["gone"]["status"] == "pending"


async def test_a_small_workspace_behind_a_big_one(bench: Bench) -> None:
    """Ten jobs behind thousands of another workspace start long before those are done, and run once."""
    async with bench.redis.pipeline(transaction=False) as pipe:
        for _ in range(3_000):
            pipe.xadd("enrichment-jobs", {"type": "noop", "workspaceId": "big"})
        for number in range(10):
            pipe.xadd("enrichment-jobs", {"type": "noop", "workspaceId": "small", "id": f"s{number}"})
        await pipe.execute()
    order: list[str] = []

    async def note(job: Job, kind: Kind) -> Report:
        order.append(job.workspace)
        return await at_once(job, kind)

    operator = control(bench)
    keys = operator.keys
    await bench.redis.xgroup_create(keys.lanes[Lane.JOBS], keys.group, id="0")
    async with open_client(bench.redis_url, socket_timeout_s=5) as client:
        shares = Shares(client, keys, "looking")
        while (await shares.look(100, 1_000, 50))[1] == 0:
            pass
    async with bench.engine(note, slots=20):
        await bench.until_settled(3_010)
    assert order.count("small") == 10
    assert max(index for index, workspace in enumerate(order) if workspace == "small") < 500
    assert len(order) == 3_010


async def test_depth_tells_what_stands_where(bench: Bench) -> None:
    """Lengths, lag, pending, age, delayed, dead, consumers."""
    held = Held()
    await bench.add("priority", 3)
    await bench.add(type="nobody")
    async with bench.engine(held, slots=2):
        await held.begun(2)
        depth = await control(bench).depth()
        lanes = {lane.stream: lane for lane in depth.lanes}
        assert (lanes["enrichment-priority"].length, lanes["enrichment-priority"].pending) == (3, 2)
        assert lanes["enrichment-priority"].lag == 1
        assert lanes["enrichment-priority"].oldest_s >= 0
        assert sum(depth.consumers.values()) == 2
        held.go.set()
        await bench.until_settled(4)
        assert (await control(bench).depth()).dead == 1


async def test_idle_consumers_are_removed_and_owners_are_kept(bench: Bench) -> None:
    """DELCONSUMER drops what is pending, so only consumers without any are removed."""
    await bench.redis.xgroup_create("enrichment-jobs", "enrichment-workers", id="0", mkstream=True)
    await bench.add(count=2)
    await bench.redis.xreadgroup("enrichment-workers", "owner", {"enrichment-jobs": ">"}, count=1)
    await bench.redis.xgroup_createconsumer("enrichment-jobs", "enrichment-workers", "litter")
    removed = await control(bench).remove_idle_consumers(-1)
    assert removed == 1
    left = await bench.redis.xinfo_consumers("enrichment-jobs", "enrichment-workers")
    assert [consumer["name"] for consumer in left] == [b"owner"]


async def test_a_queue_that_is_away_says_so() -> None:
    """Nothing listens: QueueUnavailable, not a redis error."""
    client = open_client("redis://127.0.0.1:1/0", socket_timeout_s=0.5)
    try:
        await Control(client, Keys("enrichment")).depth()
    except QueueUnavailable:
        pass
    else:
        message = "expected QueueUnavailable"
        raise AssertionError(message)
    finally:
        await client.aclose()


async def test_entries_of_a_newer_schema_wait_for_newer_workers(bench: Bench) -> None:
    """Parked under their schema, not run and not refused here; the ones beside them run."""
    await bench.add(schema="2", id="future")
    await bench.add(id="present")
    async with bench.engine():
        await bench.until_settled(1)

        async def parked() -> bool:
            return (await control(bench).depth()).parked == {"schema:2": 1}

        await bench.until(parked)
        await bench.until(bench.quiet)
    assert set(await bench.rows()) == {"present"}


async def test_a_booked_out_kind_waits_in_its_place(bench: Bench) -> None:
    """New entries of the kind are parked, urgent ones pass; when the time is over the others come back."""
    desk = control(bench)
    await desk.book_out("noop", int(time.time() * 1000) + DAY_MS)
    await desk.book_out("noop", int(time.time() * 1000))  # an earlier end changes nothing
    await bench.add(id="waits")
    await bench.add("priority", id="urgent")
    held = Held()
    held.go.set()
    async with bench.engine(held):

        async def parked() -> bool:
            return bool((await desk.depth()).parked)

        await bench.until(parked)
        await bench.until_settled(1)
        assert held.started == ["urgent"]
        assert (await desk.depth()).parked == {"booked:noop": 1}
        await bench.redis.hset("enrichment-paused", "booked:noop", int(time.time() * 1000) - 1)
        await bench.until_settled(2)
        assert await desk.paused() == ()
    assert held.started == ["urgent", "waits"]
    assert await bench.quiet()


async def test_who_was_in_the_line_already_passes(bench: Bench) -> None:
    """A job that has run once keeps its turn while its kind is booked out."""
    desk = control(bench)
    starts = []

    async def once_throttled(job: Job, _: Kind) -> Report:
        starts.append(job.generation)
        now = datetime.now(UTC)
        if len(starts) == 1:
            await desk.book_out("noop", int(time.time() * 1000) + DAY_MS)
            return Report(Snooze(now + timedelta(seconds=0.2), "throttled"), now, now)
        return success()

    async with bench.engine(once_throttled):
        await bench.add(id="in-line")
        await bench.until_settled(2)
    assert len(starts) == 2
    assert (await bench.rows())["in-line"]["status"] == "completed"
