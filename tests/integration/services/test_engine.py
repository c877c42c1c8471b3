"""The engine on real servers: from XADD to rows, hash and ack."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.integration.services.conftest import Bench
from tests.support.kinds import Held, success
from worker.domain.backoff import Backoff
from worker.domain.ending import RetryPolicy
from worker.domain.errors import StoreUnavailable
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.verdict import Dead, Report, Retry, Snooze
from worker.queue.entry_fields import GENERATION


def _report(verdict: Retry | Snooze | Dead) -> Report:
    now = datetime.now(UTC)
    return Report(verdict, now, now)


async def test_a_job_leaves_a_row_a_hash_an_event_and_nothing_else(bench: Bench) -> None:
    """One job: completed row, readable hash with a life, one event, empty lanes."""
    [entry] = await bench.add(url="https://acme.example")
    async with bench.engine():
        await bench.until_settled(1)
    job_id = f"enrichment-jobs/{entry}"
    row = (await bench.rows())[job_id]
    assert (row["status"], row["result_status"], row["workspace_id"], row["attempts"]) == (
        "completed",
        "success",
        "default",
        1,
    )
    held = await bench.redis.hgetall(f"enrichment:job:{job_id}")
    assert held[b"status"] == b"completed"
    assert orjson.loads(held[b"result"])["status"] == "success"
    assert await bench.redis.pttl(f"enrichment:job:{job_id}") > 0
    [(_, ended)] = await bench.redis.xrange("enrichment-events")
    assert ended == {job_id.encode(): b"completed"}
    assert await bench.quiet()
    logs = await bench.pool.fetch("SELECT * FROM job_logs WHERE job_id = $1", job_id)
    assert "Job completed" in logs[-1]["message"]


async def test_lanes_are_read_in_order(bench: Bench) -> None:
    """With one slot, the most urgent entries start first, whatever order they were added in."""
    for lane in ("batch", "low", "jobs", "high", "priority"):
        await bench.add(lane, 2, id="", n=lane)
    order: list[int] = []

    async def note(job: Job, _kind: Kind) -> Report:
        order.append(int(job.lane))
        return success()

    async with bench.engine(note, slots=1):
        await bench.until_settled(10)
    assert order == sorted(order)


async def test_no_more_runs_than_slots(bench: Bench) -> None:
    """Five lanes full of work: the budget is over all of them together."""
    for lane in ("batch", "low", "jobs", "high", "priority"):
        await bench.add(lane, 10)
    held = Held()
    async with bench.engine(held, slots=7) as engine:
        await held.begun(7)
        assert engine.consumer.busy == 7
        pending = [
            (await bench.redis.xpending(f"enrichment-{lane}", "enrichment-workers"))["pending"]
            for lane in ("priority", "high", "jobs", "low", "batch")
        ]
        assert sum(pending) == 7
        held.go.set()
        await bench.until_settled(50)
    assert await bench.quiet()


async def test_malformed_entries_are_kept_and_neighbours_settle(bench: Bench) -> None:
    """Every bad entry is a dead letter with a reason; the good ones beside it complete; the worker goes on."""
    bad: list[dict[str, Any]] = [
        {"type": "nobody-does-this"},
        {"type": ""},
        {"payload": "{not json"},
        {"note": "x" * 5_000_000},
        {"url": b"\xff\xfe\xfa"},
        {"url": "a\0b"},
        {"maxCostCents": "-5"},
        {"requiredFields": "company_shoe_size"},
    ]
    for fields in bad:
        await bench.add(**fields)
        await bench.add(url="https://ok.example")
    async with bench.engine():
        await bench.until_settled(2 * len(bad))
        await bench.add(url="https://still-alive.example")
        await bench.until_settled(2 * len(bad) + 1)
    rows = await bench.rows()
    dead = [row for row in rows.values() if row["status"] == "dead_letter"]
    assert len(dead) == len(bad)
    assert all(row["error_message"] and "expected" in row["error_message"] for row in dead)
    assert sum(row["status"] == "completed" for row in rows.values()) == len(bad) + 1
    letters = await bench.redis.xrange("enrichment-dead")
    assert len(letters) == len(bad)
    assert {letter[b"_error"] for _, letter in letters} >= {b"malformed", b"unknown_kind"}
    assert any(letter.get(b"url") == b"\xff\xfe\xfa" for _, letter in letters)
    assert await bench.quiet()


async def test_a_row_that_postgres_refuses_costs_only_itself(bench: Bench) -> None:
    """One bad row among 99 good ones: bisected, dead-lettered alone."""

    async def sometimes_bad(job: Job, _kind: Kind) -> Report:
        if job.fields.get("bad"):
            now = datetime(1, 1, 1, tzinfo=UTC)
            report = success()
            return Report(report.verdict, now - timedelta(0), report.finished_at, provider_micros=2**70)
        return success()

    for number in range(100):
        await bench.add(bad="1" if number == 42 else "")
    async with bench.engine(sometimes_bad, slots=100):
        await bench.until_settled(100)
    statuses = [row["status"] for row in (await bench.rows()).values()]
    assert sorted(statuses) == ["completed"] * 99 + ["dead_letter"]
    assert await bench.quiet()


async def test_a_raising_handler_is_retried_later_with_its_attempt_spent(bench: Bench) -> None:
    """An unexpected exception schedules the job with backoff, its stack in the row, its entry in the delayed set."""

    async def raises(_job: Job, _kind: Kind) -> Report:
        message = "broken"
        raise RuntimeError(message)

    await bench.add(id="r1")
    async with bench.engine(raises):
        await bench.until_settled(1)
        row = (await bench.rows())["r1"]
        assert (row["status"], row["attempts"], row["error_class"]) == ("scheduled", 1, "RuntimeError")
        assert "broken" in row["error_stack"]
        assert await bench.redis.zcard("enrichment-delayed") == 1
        assert await bench.quiet()


async def test_a_retry_comes_back_and_ends(bench: Bench) -> None:
    """Promoted when due, in the next generation, with its attempts counted, to completion."""
    seen: list[tuple[int, int]] = []

    async def second_time_lucky(job: Job, _kind: Kind) -> Report:
        seen.append((job.generation, job.attempts))
        if job.attempts == 0:
            return _report(Snooze(datetime.now(UTC), "wait a moment")) if not seen[1:] else _report(Retry("E", "m"))
        return success()

    await bench.add(id="again", workspaceId="team")
    async with bench.engine(second_time_lucky, retry=RetryPolicy(Backoff(base_s=0.01))):
        await bench.until_settled(3)
    assert seen == [(0, 0), (1, 0), (2, 1)]
    row = (await bench.rows())["again"]
    assert (row["status"], row["attempts"], row["generation"]) == ("completed", 2, 2)
    assert await bench.redis.hlen("enrichment-delayed-entries") == 0


async def test_the_same_id_is_one_job(bench: Bench) -> None:
    """Twice in the lanes, and once more after it has ended: it runs once."""
    await bench.add(count=2, id="same")
    held = Held()
    async with bench.engine(held):
        await held.begun(1)
        held.go.set()
        await bench.until_settled(2)
        await bench.add(id="same")
        await bench.until_settled(3)
    assert held.started == ["same"]
    assert len(await bench.rows()) == 1
    assert await bench.quiet()


async def test_the_same_id_after_its_life_is_a_new_job(bench: Bench) -> None:
    """Past IDEMPOTENCY_TTL the id runs again, in the next generation."""
    async with bench.engine(idempotency_s=0.0):
        await bench.add(id="old")
        await bench.until_settled(1)
        await bench.add(id="old")
        await bench.until_settled(2)
    assert (await bench.rows())["old"]["generation"] == 1


async def test_a_job_that_ended_beside_a_later_run_has_ended(bench: Bench) -> None:
    """A run that was overtaken ends the job while the next generation is under way: the later verdict is too late."""
    held = Held()
    async with bench.engine(held):
        await bench.pool.execute(
            "INSERT INTO enrichment_jobs (workspace_id, id, job_type, status, generation, run, entry, payload)"
            " VALUES ('default', 'twin', 'noop', 'scheduled', 1, (1 << 20) + 1, 'gone', '{}')"
        )
        entry: dict[str, Any] = {"id": "twin", GENERATION: "2"}
        await bench.add(**entry)
        await held.begun(1)
        await bench.pool.execute(
            "UPDATE enrichment_jobs SET status = 'completed', completed_at = now(), worker_id = 'the other'"
            " WHERE id = 'twin'"
        )
        await asyncio.sleep(0.6)  # longer than a run waits before it says in its row that it runs
        held.go.set()
        await bench.until_settled(1)
        await bench.until(bench.quiet)
    row = (await bench.rows())["twin"]
    assert (row["status"], row["generation"], row["worker_id"]) == ("completed", 1, "the other")


async def test_of_two_entries_with_a_used_id_one_runs(bench: Bench) -> None:
    """Past IDEMPOTENCY_TTL two entries with an id come to two workers at once: the row is opened for one of them."""
    held = Held()
    held.go.set()
    async with bench.engine(held, idempotency_s=0.2), bench.engine(held, idempotency_s=0.2):
        await bench.add(id="again")
        await bench.until_settled(1)
        await asyncio.sleep(0.3)  # the time under test: longer than the id's life
        held.go.clear()
        await asyncio.gather(*(bench.add(id="again") for _ in range(6)))
        await held.begun(2)
        await bench.until_settled(6)
        held.go.set()
        await bench.until_settled(7)
        await bench.until(bench.quiet)
    assert held.started.count("again") == 2
    assert (await bench.rows())["again"]["generation"] == 1


async def test_workspaces_with_the_same_id_never_meet(bench: Bench) -> None:
    """Two rows, two hashes."""
    await bench.add(id="7", workspaceId="a")
    await bench.add(id="7", workspaceId="b")
    await bench.add(id="7")
    async with bench.engine():
        await bench.until_settled(3)
    found = await bench.pool.fetch("SELECT workspace_id FROM enrichment_jobs WHERE id = '7' ORDER BY 1")
    assert [row["workspace_id"] for row in found] == ["a", "b", "default"]
    for name in ("a:7", "b:7", "7"):
        assert await bench.redis.hget(f"enrichment:job:{name}", "status") == b"completed"


async def test_a_dead_worker_s_entries_are_taken_over(bench: Bench) -> None:
    """Entries read by a consumer that never settles them run here after its lease, without new traffic."""
    await bench.add(count=5)
    await bench.redis.xgroup_create("enrichment-jobs", "enrichment-workers", id="0")
    await bench.redis.xreadgroup("enrichment-workers", "gone", {"enrichment-jobs": ">"}, count=5)
    async with bench.engine(lease_s=0.3):
        await bench.until_settled(5)
    assert await bench.quiet()


async def test_stale_entries_behind_hundreds_of_live_ones_are_reached(bench: Bench) -> None:
    """400 live pending entries in front of 20 stale ones: the cursor is kept, so the stale ones are found."""
    await bench.redis.xgroup_create("enrichment-jobs", "enrichment-workers", id="0", mkstream=True)
    live = await bench.add(count=400)
    stale = await bench.add(count=20)
    await bench.redis.xreadgroup("enrichment-workers", "living", {"enrichment-jobs": ">"}, count=400)
    await bench.redis.xreadgroup("enrichment-workers", "gone", {"enrichment-jobs": ">"}, count=20)
    await bench.redis.xclaim(
        "enrichment-jobs",
        "enrichment-workers",
        "gone",
        0,
        stale,
        idle=60_000,
        justid=True,
    )
    async with bench.engine(lease_s=30.0, slots=1):
        await bench.until_settled(20)
    left = await bench.redis.xpending("enrichment-jobs", "enrichment-workers")
    assert left["pending"] == len(live)


async def test_a_job_longer_than_its_lease_runs_once(bench: Bench) -> None:
    """Two workers, a run of five leases: renewed, never taken over."""
    held = Held()
    await bench.add(id="long")
    async with bench.engine(held, lease_s=0.3), bench.engine(held, lease_s=0.3):
        await held.begun(1)
        await asyncio.sleep(1.5)  # the time under test: five leases
        held.go.set()
        await bench.until_settled(1)
    assert held.started == ["long"]


async def test_a_run_over_its_time_is_ended(bench: Bench) -> None:
    """JOB_TIMEOUT: cancelled, an attempt spent, scheduled again."""
    held = Held()
    await bench.add(id="slow")
    async with bench.engine(held, job_timeout_s=0.2):
        await bench.until_settled(1)
    row = (await bench.rows())["slow"]
    assert (row["status"], row["error_class"], row["attempts"]) == ("scheduled", "JobTimeout", 1)


async def test_a_longer_run_is_registered_before_it_ends(bench: Bench) -> None:
    """After REGISTER_AFTER the row says processing, with the payload, and so does the hash."""
    held = Held()
    [entry] = await bench.add(url="https://acme.example")
    job_id = f"enrichment-jobs/{entry}"
    async with bench.engine(held, register_after_s=0.05):
        await held.begun(1)

        async def registered() -> bool:
            return bool(await bench.redis.hget(f"enrichment:job:{job_id}", "status") == b"processing")

        await bench.until(registered)
        row = (await bench.rows())[job_id]
        assert (row["status"], orjson.loads(row["payload"])["url"]) == ("processing", "https://acme.example")
        held.go.set()
        await bench.until_settled(1)
    assert (await bench.rows())[job_id]["status"] == "completed"


async def test_shutdown_hands_back_what_is_not_done(bench: Bench) -> None:
    """Runs that outlast the grace are handed back with no delivery counted; the next worker runs them at once."""
    stuck, held = Held(), Held()
    await bench.add(count=3)
    async with bench.engine(stuck, shutdown_s=0.0, lease_s=30.0):
        await stuck.begun(3)
    pending = await bench.redis.xpending_range("enrichment-jobs", "enrichment-workers", "-", "+", 10)
    assert [entry["times_delivered"] for entry in pending] == [0, 0, 0]
    held.go.set()
    async with bench.engine(held, lease_s=30.0):
        await bench.until_settled(3)
    assert sorted(held.started) == sorted(stuck.started)
    assert await bench.quiet()


async def test_poison_is_put_away(bench: Bench) -> None:
    """An entry that has been delivered more often than MAX_DELIVERIES is a dead letter that says why."""
    [entry] = await bench.add(id="poison")
    await bench.redis.xgroup_create("enrichment-jobs", "enrichment-workers", id="0")
    await bench.redis.xreadgroup("enrichment-workers", "gone", {"enrichment-jobs": ">"})
    await bench.redis.xclaim("enrichment-jobs", "enrichment-workers", "gone", 0, [entry], idle=60_000, retrycount=3)
    async with bench.engine(lease_s=30.0):
        await bench.until_settled(1)
    row = (await bench.rows())["poison"]
    assert (row["status"], row["error_class"]) == ("dead_letter", "Poison")


async def test_run_at_waits(bench: Bench) -> None:
    """An entry for later is put into the delayed set, and runs when it is due."""
    when = datetime.now(UTC) + timedelta(seconds=1.5)
    await bench.add(id="later", runAt=when.isoformat())
    started: list[datetime] = []

    async def note(_job: Job, _kind: Kind) -> Report:
        started.append(datetime.now(UTC))
        return success()

    async def has_ended() -> bool:
        row = (await bench.rows()).get("later")
        return row is not None and row["status"] == "completed"

    async with bench.engine(note):
        await bench.until(has_ended)
    assert len(started) == 1
    assert started[0] >= when


async def test_a_missing_group_is_made_again(bench: Bench) -> None:
    """FLUSHALL under a running worker: it goes on with what comes next."""
    async with bench.engine():
        await bench.add()
        await bench.until_settled(1)
        await bench.redis.flushdb()
        await bench.add(id="after")
        await bench.until_settled(2)
    assert (await bench.rows())["after"]["status"] == "completed"


async def test_a_store_that_is_away_holds_the_slot(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """While PostgreSQL is away nothing is acknowledged; when it is back, the run is settled, no attempt spent."""
    await bench.add(count=3)
    async with bench.engine() as engine:
        settle = engine.store.settle
        failures = 3

        async def flaky(*args: object) -> set[tuple[str, str]]:
            nonlocal failures
            if failures:
                failures -= 1
                message = "gone"
                raise StoreUnavailable(message)
            return await settle(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(engine.store, "settle", flaky)
        await bench.until_settled(3)
    assert [row["attempts"] for row in (await bench.rows()).values()] == [1, 1, 1]
    assert await bench.quiet()


async def test_results_beyond_the_byte_budget_stay_in_postgres(bench: Bench) -> None:
    """Over the budget a hash says where the result is instead of holding it."""
    from worker.queue.queue import Limits

    async def big(_job: Job, _kind: Kind) -> Report:
        return success(company_name="x" * 600)

    ids = [f"enrichment-jobs/{entry}" for entry in await bench.add(count=6)]
    async with bench.engine(big, limits=Limits(result_bytes=2_000)):
        await bench.until_settled(6)
    hashes = [await bench.redis.hgetall(f"enrichment:job:{job_id}") for job_id in ids]
    assert sum(b"result" in held for held in hashes) == 2
    assert sum(b"result_omitted" in held for held in hashes) == 4
    assert all(row["result"] for row in (await bench.rows()).values())


async def test_all_tries_of_a_job_cost_together(bench: Bench) -> None:
    """The row adds up what every run cost; a new job under an old id begins at nothing."""

    async def costly(job: Job, _kind: Kind) -> Report:
        now = datetime.now(UTC)
        if job.attempts == 0 and job.fields.get("twice"):
            return Report(Retry("E", "m"), now, now, provider_micros=500)
        return Report(success().verdict, now, now, provider_micros=300, llm_micros=7)

    policy = RetryPolicy(Backoff(base_s=0.01))
    async with bench.engine(costly, retry=policy, idempotency_s=0.0):
        await bench.add(id="dear", twice="1")
        await bench.until_settled(2)
        assert (await bench.rows())["dear"]["cost_micros"] == 807
        await bench.add(id="dear")
        await bench.until_settled(3)
    assert (await bench.rows())["dear"]["cost_micros"] == 307


async def test_entries_that_come_along_with_a_failed_settling_are_run(bench: Bench) -> None:
    """A settling brings new entries along; when Redis refuses the settling itself, they run all the same, once."""
    held = Held()
    await bench.redis.set("enrichment-events", "in the way")
    await bench.add(count=60)
    async with bench.engine(held, lease_s=30.0):
        held.go.set()
        await held.begun(30)
        assert bench.settled == []
        await bench.redis.delete("enrichment-events")
        await bench.until_settled(60)
        await bench.until(bench.quiet)
    assert sorted(held.started) == sorted(await bench.rows())
    assert len(held.started) == 60


async def test_a_busy_worker_settles_and_pulls_in_one_round_trip(bench: Bench) -> None:
    """While the lanes are full, a job costs a small part of a round trip."""
    await bench.add(count=400)
    before = (await bench.redis.info("stats"))["total_reads_processed"]
    async with bench.engine(slots=40, lease_s=30.0):
        await bench.until_settled(400)
        trips = (await bench.redis.info("stats"))["total_reads_processed"] - before
    assert trips < 200
