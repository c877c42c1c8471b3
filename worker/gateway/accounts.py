"""Who may send when: limits, pauses and breakers of provider accounts, shared by all processes through Redis. Shell.

Keys, one Redis Cluster slot per account, each with a life: ``<namespace>:{account:<provider>:<account>}:`` then
``breaker``, and per bucket ``b:<bucket>``, ``b:<bucket>:booked``, ``:parked``, ``:w<seconds>``.
"""

import asyncio
import logging
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic
from typing import Any
from urllib.parse import quote

import orjson
from aiolimiter import AsyncLimiter
from redis.asyncio import Redis

from worker.domain.call import Call, Limit, Reading
from worker.domain.finding import Outcome
from worker.domain.lane import DEFAULT_LANE, Lane
from worker.gateway.account import AccountOptions, Asked, Permit, Place, Refusal, learned_limits, learned_text
from worker.gateway.breaker import REFUSAL, Health, Trip, Trouble, behind_s
from worker.gateway.limits import Pace, effective, share_for
from worker.gateway.verbs import AWAY, Verbs
from worker.grouping import Grouped, SingleFlight

logger = logging.getLogger(__name__)

#: How far ahead a lane may book: an urgent job is never behind more than this much of other jobs' bookings.
HORIZON_S = {Lane.PRIORITY: 60.0, Lane.HIGH: 50.0, Lane.JOBS: 40.0, Lane.LOW: 30.0, Lane.BATCH: 20.0}
#: A job that comes back for its reserved time comes a little early and waits the rest in place.
EARLY_S = 1.5
#: What one process may believe about an account without asking Redis again.
_BELIEF_S = 0.04
#: So long before a belief ends it is renewed for a call that is about to come.
_AHEAD_S = 0.015
#: How long an account with limits is taken to have room after it had some for everybody who asked.
_EASE_S = 2.0
_MICRO = 1_000_000
_UNPACED = Pace(0.0, 1, 1.5)

#: How many calls (provider, account, bucket) has made since a time, by the ledger.
CountSent = Callable[[str, str, str, datetime], Awaitable[int]]


__all__ = ["EARLY_S", "AccountOptions", "Accounts", "Permit", "Refusal"]


class Accounts:
    """Admits calls and takes in how they went. ``redis`` must give bytes.

    ``count_sent`` is asked once per account with limits over a minute, when Redis knows nothing of it.
    """

    def __init__(
        self,
        redis: "Redis",
        namespace: str = "enrichd",
        options: AccountOptions | None = None,
        count_sent: CountSent | None = None,
    ) -> None:
        self._redis = redis
        self._namespace = namespace
        self._options = options or AccountOptions()
        self._count_sent = count_sent
        self._places: dict[tuple[str, str, str], Place] = {}
        self._verbs = Verbs(redis, self._rejoin)
        self._asker: Grouped[Asked, Permit | Refusal] = Grouped(self._ask, most=200, lanes=2, tick_s=0.0005)
        self._looker: Grouped[Place, bool] = Grouped(self._look, most=200, lanes=2, tick_s=0.0005)
        self._confirming: SingleFlight[tuple[str, bytes], bool] = SingleFlight()

    async def admit(self, call: Call, ticket: str, lane: Lane = DEFAULT_LANE) -> Permit | Refusal:
        """May this call be sent, and when? ``ticket`` names the question, so that a job that comes back for its
        reserved time finds it."""
        return self.at_once(call) or await self._asker.submit(
            Asked(self._place(call), ticket, lane, call.timeout_s + 5.0)
        )

    def at_once(self, call: Call) -> Permit | None:
        """A permit to send now, where nobody has to be asked: an account without limits, in order a moment ago."""
        place, now = self._place(call), monotonic()
        return Permit(now, now) if place.pace is None and now < place.believed_until else None

    def expect(self, call: Call) -> None:
        """Such a call may be about to come: see how its account stands, so that it need not wait for that."""
        place = self._place(call)
        if place.pace is None and not place.looking and monotonic() >= place.believed_until - _AHEAD_S:
            place.looking = True
            self._looker.forget(place)

    async def unhindered(self, call: Call) -> Permit | None:
        """The same, after a look; None where ``admit`` has to decide."""
        place, asked_at = self._place(call), monotonic()
        if place.pace is not None or not await self._looker.submit(place):
            return None
        return Permit(monotonic(), asked_at)

    def at_ease(self, call: Call) -> bool:
        """Whether an account with limits had room for everybody a moment ago, so that a turn will hardly be refused."""
        return monotonic() < self._place(call).eased_until

    async def confirm(self, call: Call, permit: Permit) -> bool:
        """Whether a permit that was waited for still holds."""
        place = self._place(call)
        if permit.epoch == place.epoch and monotonic() < place.believed_until:
            return True
        if permit.probe:
            return bool(await self._verbs.run("confirm", place.keys[:2], [permit.epoch, 1]))
        # Many wait at the same time, for the same answer.
        return await self._confirming.run((place.keys[0], permit.epoch), lambda: self._confirm(place, permit.epoch))

    async def _confirm(self, place: Place, epoch: bytes) -> bool:
        asked_at = monotonic()
        holds = bool(await self._verbs.run("confirm", place.keys[:2], [epoch, 0]))
        if holds:
            place.epoch, place.believed_until = epoch, asked_at + _BELIEF_S
        return holds

    async def report(self, call: Call, permit: Permit, reading: Reading) -> None:
        """Take in how a call went: learned limits, a pause for all, the breaker."""
        place = self._place(call)
        if reading.limits:
            await self._learn(place, reading.limits)
        if reading.outcome is Outcome.THROTTLED:
            await self._pause(place, reading.retry_after_s)
            return
        trip = place.health.saw(reading.outcome, reading.retry_after_s, probe=permit.probe)
        if trip is not None:
            await self._trip(place, trip, reading.reason)
        elif permit.probe:
            place.local_trip = None
            await self._verbs.run("close", [place.keys[1]], [])
            logger.warning("provider.back", extra={"provider": place.provider, "account": place.account})

    async def drain(self) -> None:
        """Wait until every look that was begun has ended."""
        await self._looker.drain()

    async def release(self, provider: str, account: str) -> None:
        """Close an account's breaker by hand (a key was put right, a quota bought)."""
        prefix = self._prefix(provider, account)
        await self._redis.delete(f"{prefix}breaker")

    def _prefix(self, provider: str, account: str) -> str:
        return f"{self._namespace}:{{account:{quote(provider, '')}:{quote(account, '')}}}:"

    def _place(self, call: Call) -> Place:
        name = (call.provider, call.account, call.bucket)
        place = self._places.get(name)
        if place is None or place.documented != call.limits:
            prefix = self._prefix(call.provider, call.account)
            bucket = f"{prefix}b:{quote(call.bucket, '')}"
            place = self._places[name] = Place(
                provider=call.provider,
                account=call.account,
                bucket=call.bucket,
                keys=[bucket, f"{prefix}breaker", f"{bucket}:booked", f"{bucket}:parked"],
                documented=call.limits,
                operators=self._options.limits.get(call.provider, self._options.limits.get("*", ())),
                health=place.health if place else Health(self._options.breaker),
            )
            place.adopt("")
        return place

    async def _ask(self, batch: list[Asked]) -> Sequence[Permit | Refusal]:
        by_place: dict[int, list[int]] = {}
        for position, asked in enumerate(batch):
            by_place.setdefault(id(asked.place), []).append(position)
        groups = [[batch[position] for position in positions] for positions in by_place.values()]
        results: list[Permit | Refusal | None] = [None] * len(batch)
        for positions, decisions in zip(by_place.values(), await self._decide_all(groups), strict=True):
            for position, decision in zip(positions, decisions, strict=True):
                results[position] = decision
        return [result for result in results if result is not None]

    async def _decide_all(self, groups: list[list[Asked]]) -> list[Sequence[Permit | Refusal]]:
        """One round trip for all accounts that have to be asked about."""
        asked_at = monotonic()
        unpaced = [group[0].place for group in groups if group[0].place.pace is None]
        untroubled = {id(place) for place in await self._untroubled(unpaced)} if unpaced else set()
        free = [id(group[0].place) in untroubled for group in groups]
        asking = [group for group, is_free in zip(groups, free, strict=True) if not is_free]
        replies = iter(
            await self._verbs.run_many("admit", [self._admission(group[0].place, group) for group in asking])
        )
        decisions: list[Sequence[Permit | Refusal]] = []
        for group, is_free in zip(groups, free, strict=True):
            if is_free:
                decisions.append([Permit(asked_at, asked_at)] * len(group))
            else:
                decisions.append(await self._decide(group, next(replies), asked_at))
        return decisions

    async def _decide(self, group: list[Asked], reply: Any, asked_at: float) -> Sequence[Permit | Refusal]:
        place = group[0].place
        while reply is not None:
            word = reply[0]
            if word == b"limits":
                place.adopt(reply[1].decode())
            elif word == b"seed":
                place.seeds = await self._seed(place)
            else:
                place.seeds = ()
                return self._decisions(group, reply, asked_at)
            asked_at = monotonic()
            reply = await self._verbs.run("admit", *self._admission(place, group))
        return await asyncio.gather(*(self._on_our_own(place) for _ in group))

    def _admission(self, place: Place, batch: list[Asked]) -> tuple[list[str], list[Any]]:
        pace = place.pace or _UNPACED
        keys = [*place.keys, *(f"{place.keys[0]}:w{window.window_s:g}" for window in pace.counted)]
        args: list[Any] = [
            round(pace.interval_s * _MICRO),
            pace.burst,
            round(pace.lateness_s * _MICRO),
            round(self._options.hold_s * _MICRO),
            secrets.token_hex(8),
            place.learned,
            round(max(asked.probe_s for asked in batch) * _MICRO),
            len(pace.counted),
        ]
        for position, window in enumerate(pace.counted):
            seed = place.seeds[position] if position < len(place.seeds) else -1
            args.extend((window.count, round(window.window_s * _MICRO), window.group, seed))
        calls = [(asked.ticket, int(asked.lane), round(HORIZON_S[asked.lane] * _MICRO)) for asked in batch]
        args.append(orjson.dumps(calls))
        return keys, args

    def _decisions(self, group: list[Asked], reply: list[Any], asked_at: float) -> list[Permit | Refusal]:
        """What Redis decided at a moment between ``asked_at`` and now: no send before its time by the later clock, and
        none after its grace by the earlier one, however long the reply has waited to be read."""
        place, epoch, now = group[0].place, reply[1], monotonic()
        if all(kind in (1, 2, 3) for kind in reply[2::3]):
            place.epoch, place.believed_until = epoch, asked_at + _BELIEF_S
        at_ease = all(kind == 1 and not int(wait) for kind, wait in zip(reply[2::3], reply[3::3], strict=True))
        place.eased_until = now + _EASE_S if at_ease else 0.0
        lateness_s = place.pace.lateness_s if place.pace else inf
        decisions: list[Permit | Refusal] = []
        for asked, kind, wait, why in zip(group, reply[2::3], reply[3::3], reply[4::3], strict=True):
            wait_s = int(wait) / _MICRO
            if kind in (1, 5):
                latest = asked_at + wait_s + lateness_s
                decisions.append(Permit(now + wait_s, asked_at, latest, epoch, kind == 5))
            elif kind in (4, 6):
                if kind == 4:
                    wait_s += behind_s(self._options.breaker.ahead_s, asked.lane, random.random())  # noqa: S311 - jitter
                trouble, _, reason = why.decode("utf-8", "replace").partition(":")
                decisions.append(_refused(Trouble(trouble), reason, wait_s))
            else:
                word = "booked" if kind == 2 else "waiting in line"
                reason = f"{place.provider}: the rate limit is reached, {word}"
                decisions.append(Refusal(Outcome.THROTTLED, reason, max(0.0, wait_s - EARLY_S)))
        return decisions

    async def _look(self, batch: list[Place]) -> Sequence[bool]:
        places = {id(place): place for place in batch}
        try:
            untroubled = {id(place) for place in await self._untroubled(list(places.values()))}
        finally:
            for place in places.values():
                place.looking = False
        return [id(place) in untroubled for place in batch]

    async def _untroubled(self, places: Sequence[Place]) -> list[Place]:
        """Which of these accounts without limits have no pause and a closed breaker either; believed for a moment."""
        now = monotonic()
        asked = [place for place in places if now >= place.believed_until - _AHEAD_S]
        if not asked:
            return list(places)
        if self._verbs.away:
            return _left_alone(places, now)
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for place in asked:
                    pipeline.hmget(place.keys[0], "paused", "learned")
                    pipeline.exists(place.keys[1])
                replies = await pipeline.execute()
        except AWAY:
            self._verbs.note_away()
            return _left_alone(places, now)
        for place, (paused, learned), opened in zip(asked, replies[::2], replies[1::2], strict=True):
            troubled = opened or learned or (paused and not await self._over(int(paused)))
            place.believed_until = 0.0 if troubled else now + _BELIEF_S
        return [place for place in places if now < place.believed_until]

    async def _over(self, paused: int) -> bool:
        seconds, micros = await self._redis.time()
        return int(seconds) * _MICRO + int(micros) > paused

    async def _on_our_own(self, place: Place) -> Permit | Refusal:
        """Without Redis: this process's share of the limit, starting empty, and what it saw itself."""
        if place.local_trip is not None and monotonic() < place.local_trip[0]:
            until, trouble, reason = place.local_trip
            return _refused(trouble, reason, until - monotonic())
        limits = effective(place.documented, learned_limits(place.learned), place.operators)
        interval_s = share_for(limits, self._options.processes)
        if not interval_s:
            return Permit(now := monotonic(), now)
        if place.share is None:
            place.share = AsyncLimiter(1, interval_s)
            await place.share.acquire()
        try:
            async with asyncio.timeout(self._options.hold_s):
                await place.share.acquire()
        except TimeoutError:
            return Refusal(Outcome.THROTTLED, f"{place.provider}: the share of the rate limit is used", interval_s)
        return Permit(now := monotonic(), now)

    async def _seed(self, place: Place) -> tuple[int, ...]:
        pace = place.pace or _UNPACED
        if self._count_sent is None:
            return (0,) * len(pace.counted)
        now = datetime.now(UTC)
        counts = [
            await self._count_sent(place.provider, place.account, place.bucket, now - timedelta(seconds=one.window_s))
            for one in pace.counted
        ]
        return tuple(counts)

    async def _learn(self, place: Place, limits: Sequence[Limit]) -> None:
        text = learned_text(limits)
        if text == place.learned:
            return
        try:
            await self._redis.hset(place.keys[0], "learned", text)
            await self._redis.pexpire(place.keys[0], 90_000_000)
        except AWAY:
            self._verbs.note_away()
        place.adopt(text)
        place.doubt()

    async def _pause(self, place: Place, retry_after_s: float | None) -> None:
        pace = place.pace or _UNPACED
        pause_s = retry_after_s if retry_after_s is not None else max(1.0, pace.interval_s * 2)
        place.doubt()
        place.share = None
        args = [round(pause_s * _MICRO), secrets.token_hex(8)]
        if await self._verbs.run("pause", [place.keys[0], *place.keys[2:4]], args) is None:
            reason = "throttled while Redis is away"
            place.local_trip = (monotonic() + pause_s, Trouble.FAILING, reason)
        logger.warning("provider.throttled", extra={"provider": place.provider, "pause_s": pause_s})

    async def _trip(self, place: Place, trip: Trip, reason: str) -> None:
        place.doubt()
        place.local_trip = (monotonic() + trip.lasts_s, trip.trouble, reason[:200])
        life_ms = round((trip.longest_s * 2 + 3600) * 1000)
        args = [trip.trouble.value, reason[:200], trip.lasts_s, trip.longest_s, life_ms]
        await self._verbs.run("trip", [place.keys[1]], args)
        loud = logger.error if trip.trouble in (Trouble.CREDENTIALS, Trouble.QUOTA) else logger.warning
        extra = {
            "provider": place.provider,
            "account": place.account,
            "trouble": trip.trouble.value,
            "reason": reason[:200],
        }
        loud("provider.breaker_open", extra=extra)

    async def _rejoin(self) -> None:
        """Redis is back: what was sent meanwhile is in no bucket, so each one starts empty again."""
        for place in self._places.values():
            place.share = None
            if place.pace is not None:
                gap = round(place.pace.interval_s * (place.pace.burst + self._options.processes) * _MICRO)
                await self._verbs.ask("pause", [place.keys[0], *place.keys[2:4]], [gap, secrets.token_hex(8)])


def _left_alone(places: Sequence[Place], now: float) -> list[Place]:
    """Those that this process itself has no reason to avoid."""
    return [place for place in places if place.local_trip is None or place.local_trip[0] < now]


def _refused(trouble: Trouble, reason: str, wait_s: float) -> Refusal:
    return Refusal(REFUSAL[trouble], f"left alone for now ({trouble.value}): {reason}", wait_s)
