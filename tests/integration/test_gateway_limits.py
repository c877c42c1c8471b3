"""Limits, pauses and breakers of accounts, on a real Redis, with as many processes as it takes."""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from redis.asyncio import Redis

from benchmarks.chaos.pacing import most_in_a_window
from tests.support.hubs import Limit, call, get, open_process, read
from tests.support.outside import outside
from worker.domain.call import Call, Reading
from worker.domain.finding import Outcome
from worker.domain.lane import Lane
from worker.gateway.accounts import EARLY_S, AccountOptions, Accounts, Permit, Refusal
from worker.gateway.breaker import BreakerPolicy
from worker.gateway.options import GatewayOptions
from worker.gateway.turn import Turns


async def send(accounts: Accounts, asking: Call, ticket: str, lane: Lane = Lane.JOBS) -> Permit | Refusal:
    """Ask for a turn and wait for it."""
    return await Turns(accounts).take(asking, ticket, lane)


async def test_no_window_ever_holds_more_than_the_limit(redis_client: Redis) -> None:
    """Three processes, each with more to send than there is room, keep 40 per 2 s and 15 per 0.5 s together."""
    limits = (Limit(40, 2.0), Limit(15, 0.5))
    asking = call(limits=limits)
    stamps: list[float] = []
    ends_at = time.monotonic() + 6.0

    async def process(name: str) -> None:
        accounts = Accounts(redis_client)

        async def job(number: int) -> None:
            turn = 0
            while time.monotonic() < ends_at:
                turn += 1
                permit = await send(accounts, asking, f"{name}-{number}-{turn}")
                if isinstance(permit, Permit):
                    stamps.append(time.monotonic())
                else:
                    await asyncio.sleep(permit.retry_after_s)

        await asyncio.gather(*(job(number) for number in range(10)))

    await asyncio.gather(*(process(name) for name in ("a", "b", "c")))
    assert most_in_a_window(stamps, 2.0) <= 40
    assert most_in_a_window(stamps, 0.5) <= 15
    took_s = max(stamps) - min(stamps)
    assert len(stamps) >= 0.9 * 20 * took_s


async def test_a_lost_bucket_starts_empty(redis_client: Redis) -> None:
    """After FLUSHALL nobody may send a burst on top of what was sent before."""
    asking = call(limits=(Limit(20, 1.0),))
    accounts = Accounts(redis_client)
    stamps: list[float] = []
    for number in range(60):
        if number in (20, 35):
            await redis_client.flushdb()
        assert isinstance(await send(accounts, asking, f"{number}"), Permit)
        stamps.append(time.monotonic())
    assert most_in_a_window(stamps, 1.0) <= 20


async def test_a_pause_stops_every_process_at_once(redis_client: Redis) -> None:
    """After a 429 nothing is sent until its Retry-After is over, not even by those who had their turn already."""
    asking = call(limits=(Limit(50, 1.0),))
    one, two = Accounts(redis_client), Accounts(redis_client)
    sent: list[float] = []
    ten = asyncio.Event()

    async def work(accounts: Accounts, name: str) -> None:
        for number in range(40):
            if isinstance(await send(accounts, asking, f"{name}{number}"), Permit):
                sent.append(time.monotonic())
                if len(sent) == 10:
                    ten.set()

    working = [asyncio.create_task(work(accounts, name)) for accounts, name in ((one, "a"), (two, "b"))]
    await ten.wait()
    permit = await one.admit(asking, "x")
    assert isinstance(permit, Permit)
    read_at = time.monotonic()
    await one.report(asking, permit, Reading(Outcome.THROTTLED, retry_after_s=1.0))
    await asyncio.gather(*working)
    after = [stamp for stamp in sent if stamp > read_at]
    assert not [stamp for stamp in after if read_at + 0.1 < stamp < read_at + 0.99]
    assert len(sent) == 80


async def test_how_an_account_stands_is_known_before_it_is_needed(redis_client: Redis) -> None:
    """Who expects a call of an account without limits need not wait for a look later; a look ahead that finds trouble
    ends what was believed, and an account with limits is not looked at."""
    one, two = Accounts(redis_client), Accounts(redis_client)
    assert one.at_once(call()) is None
    one.expect(call())
    await one.drain()
    assert isinstance(one.at_once(call()), Permit)
    await two.report(call(), Permit(0.0, 0.0), Reading(Outcome.THROTTLED, retry_after_s=60.0))
    place = one._place(call())
    place.believed_until = time.monotonic() + 0.01
    one.expect(call())
    await one.drain()
    assert (place.believed_until, place.looking) == (0.0, False)
    assert await one.unhindered(call()) is None
    with_limits = call(provider="sibyl", limits=(Limit(50, 1.0),))
    one.expect(with_limits)
    assert not one._place(with_limits).looking


async def test_a_believed_account_is_looked_at_once_for_all_that_come(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """Fifty calls that come together on an account without limits share a look or two."""
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        looks: list[int] = []
        untroubled = process.accounts._untroubled

        async def counted(places: Any) -> Any:
            looks.append(len(places))
            return await untroubled(places)

        process.accounts._untroubled = counted  # type: ignore[method-assign]
        job = process.job()
        await asyncio.gather(*(job.request(call(f"{number}"), get(world.url), read) for number in range(50)))
        assert world.total == 50
        assert sum(looks) < 10


async def test_a_booked_ticket_finds_its_place_again(redis_client: Redis) -> None:
    """A job sent away until its reserved time has its turn when it comes back, a little early or just in time."""
    asking = call(limits=(Limit(60, 60.0),))
    accounts = Accounts(redis_client, options=AccountOptions(hold_s=0.0))
    refusals = [answer for n in range(8) if isinstance(answer := await accounts.admit(asking, f"{n}"), Refusal)]
    assert all(refusal.outcome is Outcome.THROTTLED for refusal in refusals)
    waits = [refusal.retry_after_s + EARLY_S for refusal in refusals]
    assert all(late - early > 0.9 for early, late in itertools.pairwise(waits[2:]))
    patient = Accounts(redis_client, options=AccountOptions(hold_s=20.0))
    again = await patient.admit(asking, "5")
    assert isinstance(again, Permit)
    assert again.send_at - asyncio.get_running_loop().time() < waits[5] + 0.01
    assert isinstance(again, Permit)
    other = await patient.admit(asking, "new")
    assert isinstance(other, Permit)
    assert other.send_at > again.send_at


async def test_a_long_line_is_told_to_come_back_one_by_one(redis_client: Redis) -> None:
    """A thousand jobs on a 60/min account get wake times a second apart, and an urgent one is not behind them."""
    asking = call(limits=(Limit(60, 60.0),))
    accounts = Accounts(redis_client)
    answers = await asyncio.gather(*(accounts.admit(asking, f"{n}", Lane.LOW) for n in range(1000)))
    waits = sorted(answer.retry_after_s for answer in answers if isinstance(answer, Refusal))
    assert len(waits) > 990
    gaps = [late - early for early, late in itertools.pairwise(waits[50:])]
    assert min(gaps) > 0.9
    urgent = await accounts.admit(asking, "urgent", Lane.PRIORITY)
    assert isinstance(urgent, Refusal)
    assert urgent.retry_after_s < 60.0
    following = await accounts.admit(asking, "one more", Lane.LOW)
    assert isinstance(following, Refusal)
    assert following.retry_after_s > 900.0


async def test_a_day_limit_starts_from_the_ledger(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """What was sent before Redis lost the count is counted, so that a day's limit holds over its loss."""
    asking = call(limits=(Limit(5, 86_400.0),))
    async with outside() as world, open_process(redis_client, pg_pool) as process:
        for number in range(3):
            answer = await process.job().request(call(f"{number}", limits=asking.limits), get(world.url), read)
            assert answer.outcome is Outcome.HIT
        await redis_client.flushdb()
        outcomes = [
            (await process.job(f"j{n}").request(call(f"n{n}", limits=asking.limits), get(world.url), read)).outcome
            for n in range(4)
        ]
        assert outcomes == [Outcome.HIT, Outcome.HIT, Outcome.THROTTLED, Outcome.THROTTLED]
        assert world.total == 5


async def test_limits_are_learned_from_headers_by_all(redis_client: Redis) -> None:
    """What one process reads in a reply's headers holds in the others; the operator's own limit stays above it."""
    documented = call(limits=(Limit(1000, 1.0),))
    one, two = Accounts(redis_client), Accounts(redis_client)
    permit = await one.admit(documented, "a")
    assert isinstance(permit, Permit)
    assert isinstance(await two.admit(documented, "b"), Permit)
    await one.report(documented, permit, Reading(Outcome.HIT, limits=(Limit(10, 1.0),)))
    stamps = []
    for number in range(15):
        assert isinstance(await send(two, documented, f"{number}"), Permit)
        stamps.append(time.monotonic())
    assert most_in_a_window(stamps[1:], 1.0) <= 10


async def test_without_redis_each_process_keeps_to_its_share(redis_client: Redis, valkey_server: Any) -> None:
    """While Redis is away two processes together still keep the limit; when it is back they share it again."""
    server = await asyncio.to_thread(valkey_server)
    asking = call(limits=(Limit(20, 1.0),))
    options = AccountOptions(processes=2)
    stamps: list[float] = []
    async with Redis.from_url(server.url, socket_timeout=1.0, socket_connect_timeout=1.0) as client:
        both = [Accounts(client, options=options) for _ in range(2)]
        ends_at = time.monotonic() + 5.0

        async def work(accounts: Accounts, name: str) -> None:
            number = 0
            while time.monotonic() < ends_at:
                number += 1
                if isinstance(await send(accounts, asking, f"{name}{number}"), Permit):
                    stamps.append(time.monotonic())

        working = [asyncio.create_task(work(accounts, f"{n}-")) for n, accounts in enumerate(both)]
        await asyncio.sleep(1.0)
        await asyncio.to_thread(server.kill)
        away_at = time.monotonic()
        await asyncio.sleep(1.5)
        await asyncio.to_thread(server.start)
        back_at = time.monotonic()
        await asyncio.gather(*working)
    assert most_in_a_window(stamps, 1.0) <= 20
    assert len([stamp for stamp in stamps if away_at < stamp < back_at]) >= 5
    assert len([stamp for stamp in stamps if stamp > back_at]) >= 5


async def failing(request: web.Request) -> web.Response:
    """A provider that is down."""
    return web.Response(status=503)


async def test_the_breaker_opens_for_all_and_closes_by_itself(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """A provider that is down is left alone by every process, probed by one call, and used again when it is back."""
    options = GatewayOptions(accounts=AccountOptions(breaker=BreakerPolicy(open_s=0.5)))
    async with (
        outside() as world,
        open_process(redis_client, pg_pool, options) as one,
        open_process(redis_client, pg_pool, options) as two,
    ):
        world.handler = failing
        for number in range(5):
            assert (await one.job().request(call(f"{number}"), get(world.url), read)).outcome is Outcome.TRANSIENT
        refused = await two.job().request(call("x"), get(world.url), read)
        assert refused.outcome is Outcome.UNAVAILABLE
        assert refused.retry_at is not None
        assert refused.retry_at > datetime.now(UTC)
        assert world.total == 5
        await asyncio.sleep(0.55)
        answers = await asyncio.gather(
            *(p.job(f"{n}").request(call(f"p{n}"), get(world.url), read) for n in range(10) for p in (one, two))
        )
        assert world.total == 6  # one probe, of all that asked
        assert {answer.outcome for answer in answers} == {Outcome.TRANSIENT, Outcome.UNAVAILABLE}
        world.handler = None
        await asyncio.sleep(1.1)  # it opened for twice as long
        assert (await two.job().request(call("back"), get(world.url), read)).outcome is Outcome.HIT
        assert (await one.job().request(call("back too"), get(world.url), read)).outcome is Outcome.HIT


async def test_a_probe_that_is_late_is_still_the_probe(redis_client: Redis) -> None:
    """Writing the intent down may take longer than a permit of a fast account lasts: the probe asks anew and goes out,
    others are still held off, and when it succeeds the breaker closes."""
    accounts = Accounts(redis_client, options=AccountOptions(breaker=BreakerPolicy(open_s=0.1)))
    asking, turns = call(limits=(Limit(1000, 1.0),)), Turns(accounts)
    permit = await turns.ask(asking, "first", Lane.JOBS)
    assert isinstance(permit, Permit)
    for _ in range(5):
        await accounts.report(asking, permit, Reading(Outcome.TRANSIENT))
    await asyncio.sleep(0.15)
    probe = await turns.ask(asking, "probe", Lane.JOBS)
    assert isinstance(probe, Permit)
    assert probe.probe
    await asyncio.sleep(probe.latest - asyncio.get_running_loop().time() + 0.1)
    late = await turns.take(asking, "probe", Lane.JOBS, probe)
    assert isinstance(late, Permit)
    assert late.probe
    assert isinstance(await turns.ask(asking, "another", Lane.JOBS), Refusal)
    await accounts.report(asking, late, Reading(Outcome.HIT))
    again = await turns.ask(asking, "another", Lane.JOBS)
    assert isinstance(again, Permit)
    assert not again.probe


async def asleep_until_sent(
    accounts: Accounts, asking: Call, ticket: str, lane: Lane, failing: list[bool]
) -> tuple[int, float]:
    """A job as it snoozes and wakes: how often it woke until it was sent, and when. A probe takes one of ``failing``
    away and fails."""
    loop, wakes = asyncio.get_running_loop(), 0
    while True:
        turn = await accounts.admit(asking, ticket, lane)
        if isinstance(turn, Refusal):
            await asyncio.sleep(turn.retry_after_s)
            wakes += 1
            continue
        if not turn.probe:
            return wakes, loop.time()
        await asyncio.sleep(0.1)  # the call itself
        fails = bool(failing and failing.pop())
        await accounts.report(asking, turn, Reading(Outcome.TRANSIENT if fails else Outcome.HIT))
        if not fails:
            return wakes, loop.time()


@pytest.mark.parametrize(("limits", "down"), [((), 0), ((Limit(1000, 1.0),), 0), ((Limit(1000, 1.0),), 1)])
async def test_sleepers_wake_when_the_breaker_is_closed(
    redis_client: Redis, limits: tuple[Limit, ...], down: int
) -> None:
    """Of 200 jobs in two processes that an open breaker puts to sleep one comes back first; the others find it closed
    when they wake for the first time, urgent ones first. Each opening costs them one wake-up."""
    policy = BreakerPolicy(open_s=0.5, ahead_s=0.5 if down else 1.5)
    processes = [Accounts(redis_client, options=AccountOptions(breaker=policy)) for _ in range(2)]
    asking = call(limits=limits)
    for _ in range(5):
        await processes[0].report(asking, Permit(0.0, 0.0), Reading(Outcome.TRANSIENT))
    probes: list[bool] = [True] * down
    lanes = list(Lane)

    async def sleeper(number: int) -> tuple[int, float, Lane]:
        lane = lanes[number % len(lanes)]
        wakes, at = await asleep_until_sent(processes[number % 2], asking, f"job {number}", lane, probes)
        return wakes, at, lane

    ended = await asyncio.gather(*(sleeper(number) for number in range(200)))
    wakes = sum(wakes for wakes, _, _ in ended)
    assert 200 <= wakes <= 200 * (1 + down) * 1.05
    assert sum(count <= 1 + down for count, _, _ in ended) >= 190
    _, *others = sorted(ended, key=lambda end: end[1])
    firsts = {lane: min(at for _, at, one in others if one is lane) for lane in lanes}
    assert list(firsts.values()) == sorted(firsts.values())
    assert max(at for _, at, lane in others if lane is Lane.PRIORITY) < firsts[Lane.BATCH]


@pytest.mark.parametrize(
    ("status", "outcome"), [(401, Outcome.BAD_CREDENTIALS), (402, Outcome.QUOTA_EXHAUSTED), (418, Outcome.UNAVAILABLE)]
)
async def test_refused_keys_and_spent_quotas_are_asked_once(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]", status: int, outcome: Outcome
) -> None:
    """One refusal is enough for every process, until the key changes: another key is another account."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with (
        outside() as world,
        open_process(redis_client, pg_pool) as one,
        open_process(redis_client, pg_pool) as two,
    ):
        world.handler = refuse
        await one.job().request(call("first"), get(world.url), read)
        for number in range(3):
            answer = await two.job().request(call(f"{number}"), get(world.url), read)
            assert answer.outcome is outcome
            assert answer.retry_at is not None
        assert world.total == 1
        world.handler = None
        other = await two.job().request(call("new key", account="beef"), get(world.url), read)
        assert other.outcome is Outcome.HIT
        await two.accounts.release("oracle", "f00d")
        assert (await two.job().request(call("again"), get(world.url), read)).outcome is Outcome.HIT


async def test_a_short_throttle_is_waited_out(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A 429 that asks for less than the hold is tried again in place: nothing was billed."""

    async def first_throttled(request: web.Request) -> web.Response:
        if world.total == 1:
            return web.Response(status=429, headers={"Retry-After": "0.3"})
        return web.json_response({})

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = first_throttled
        answer = await process.job().request(call(), get(world.url), read)
        assert (answer.outcome, world.total) == (Outcome.HIT, 2)
        assert world.stamps[1] - world.stamps[0] >= 0.28


async def test_a_long_throttle_sends_the_job_away(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A 429 with a long Retry-After ends the call at once, with the time to come back."""

    async def throttled(request: web.Request) -> web.Response:
        return web.Response(status=429, headers={"Retry-After": "120"})

    async with outside() as world, open_process(redis_client, pg_pool) as process:
        world.handler = throttled
        job = process.job(max_cost_micros=10_000)
        answer = await job.request(call(), get(world.url), read)
        assert (answer.outcome, world.total, job.spent_micros) == (Outcome.THROTTLED, 1, 0)
        assert answer.retry_at is not None
        assert 100 < (answer.retry_at - datetime.now(UTC)).total_seconds() <= 121


async def test_an_intent_written_before_its_turn_is_taken_back(
    redis_client: Redis, pg_pool: "asyncpg.Pool[Any]"
) -> None:
    """An account that had room a moment ago was closed by another process: the intent that ran ahead of its turn ends
    as not sent and free."""
    limits = (Limit(1000, 1.0),)
    async with (
        outside() as world,
        open_process(redis_client, pg_pool) as one,
        open_process(redis_client, pg_pool) as two,
    ):
        while not one.accounts.at_ease(call(limits=limits)):
            await one.job().request(call(f"{world.total}", limits=limits), get(world.url), read)
            await asyncio.sleep(0.01)  # a bucket that nobody knew starts empty
        throttled = Reading(Outcome.THROTTLED, retry_after_s=120.0)
        await two.accounts.report(call(limits=limits), Permit(0.0, 0.0), throttled)
        sent = world.total
        job = one.job("late")
        answer = await job.request(call("late", limits=limits), get(world.url), read)
        assert (answer.outcome, world.total, job.spent_micros) == (Outcome.THROTTLED, sent, 0)
        assert not one.accounts.at_ease(call(limits=limits))
        await one.job("later").request(call("later", limits=limits), get(world.url), read)
    rows = await pg_pool.fetch(
        "SELECT job_id, charge, outcome, sent_at FROM provider_calls WHERE job_id IN ('late', 'later')"
    )
    assert [tuple(row) for row in rows] == [("late", "free", "throttled", None)]


async def test_a_long_line_wakes_each_job_about_once(redis_client: Redis) -> None:
    """3,000 jobs wait on an account of 10 a second; watched for 12 s, with late promoters: at most 1.2 wake-ups per
    send, hardly a slot unused, and an urgent job that comes in the middle has its turn within a minute."""
    asking = call(limits=(Limit(10, 1.0), Limit(600, 60.0)))
    accounts = Accounts(redis_client, options=AccountOptions(hold_s=2.0))
    loop = asyncio.get_running_loop()
    sleeping: list[tuple[float, str]] = []
    sent: dict[str, float] = {}
    wakes = 0

    async def run(ticket: str, lane: Lane = Lane.LOW) -> bool:
        permit = await send(accounts, asking, ticket, lane)
        if isinstance(permit, Refusal):
            heapq.heappush(sleeping, (loop.time() + permit.retry_after_s, ticket))
            return False
        sent[ticket] = loop.time()
        return True

    first = await asyncio.gather(*(run(f"{number}") for number in range(3000)))
    started, before = loop.time(), sum(first)
    running: set[asyncio.Task[bool]] = set()
    urgent: asyncio.Task[bool] | None = None
    while loop.time() < started + 12.0:
        while sleeping and sleeping[0][0] <= loop.time():
            wakes += 1
            running.add(asyncio.create_task(run(heapq.heappop(sleeping)[1])))
        if urgent is None and loop.time() > started + 5.0:
            urgent = asyncio.create_task(run("urgent", Lane.PRIORITY))
        await asyncio.sleep(0.2)  # a promoter that looks five times a second
    await asyncio.gather(*running, *([urgent] if urgent else []))
    its_time = sent.get("urgent") or next(at for at, ticket in sleeping if ticket == "urgent")
    assert its_time < started + 5.0 + 60.0
    woken_sends = len(sent) - before
    assert woken_sends >= 90
    assert wakes <= 1.2 * woken_sends
    # stamped by the senders here, which may be late by a tenth of a second on a busy machine
    assert most_in_a_window(list(sent.values()), 0.9) <= 10
