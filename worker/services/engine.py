"""The engine: consumer, settler and the loops beside them, started together and stopped in reverse. Shell."""

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import asyncpg
import structlog

from worker.domain.ending import RetryPolicy
from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.domain.job import JobStatus
from worker.domain.kind import Kind
from worker.domain.money import micros_from_cents
from worker.domain.verdict import Report
from worker.queue.client import open_client
from worker.queue.control import Control
from worker.queue.keys import Keys
from worker.queue.queue import Limits, Queue
from worker.queue.shares import Shares
from worker.services.bookings import Bookings
from worker.services.cancels import CancelWatch
from worker.services.consumer import Consumer
from worker.services.heartbeat import Heartbeat, LoopLag
from worker.services.isolation import Alone, Isolator
from worker.services.leases import Reclaimer, Renewer
from worker.services.ports import ClaimsBatch, Execute, SaveClaims
from worker.services.promoter import Promoter
from worker.services.reconciler import Reconciler
from worker.services.recurring import Recurring
from worker.services.registrar import Registrar
from worker.services.run import Run
from worker.services.service import Away, Loop
from worker.services.settler import Settler
from worker.services.settling import Settled
from worker.services.upkeep import Pruner, Scout
from worker.store.jobs import JobStore
from worker.store.schedules import Schedules
from worker.store.upkeep import Upkeep
from worker.store.workers import WorkerStore

log = structlog.get_logger("worker")

#: Entries that are handed back show an idle time above any lease, so that the next reclaimer takes them at once.
HANDED_BACK_IDLE_MS: Final = 7 * 86_400_000

_FAILED: Final = frozenset({JobStatus.FAILED, JobStatus.DEAD_LETTER})


def consumer_name() -> str:
    """``<host>-<pid>-<start>``: never used twice, so nobody inherits another's pending entries unseen."""
    return f"{socket.gethostname()}-{os.getpid()}-{int(time.time() * 1000):x}"


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How the engine runs. Seconds unless the name says otherwise."""

    queue_name: str = "enrichment"
    slots: int = 10
    block_ms: int = 1_000
    lease_s: float = 30.0
    job_timeout_s: float = 300.0
    shutdown_s: float = 30.0
    register_after_s: float = 0.25
    settle_tick_s: float = 0.005
    settle_batch: int = 500
    heartbeat_s: float = 30.0
    max_attempts: int = 5
    max_deliveries: int = 3
    min_confidence: float = 0.60
    max_cost_cents: float | None = None
    idempotency_s: float = 86_400.0
    reconcile_s: float = 15.0
    retention_s: float = 30 * 86_400.0
    prune_s: float = 60.0
    redis_timeout_s: float = 5.0
    redis_connections: int = 16
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    limits: Limits = field(default_factory=Limits)
    version: str = "0"


class Engine:
    """One worker process's share of a queue.

    ``execute`` runs a job to a Report. ``save_claims`` writes claims in the settling transaction, ``put_claims``
    caches them after it. ``on_settled`` hears of every settled run. ``alone`` runs a suspected poison job in a
    process of its own; without it, an entry delivered more than ``max_deliveries`` times is a dead letter.
    """

    def __init__(
        self,
        redis_url: str,
        pool: asyncpg.Pool,
        kinds: Mapping[str, Kind],
        execute: Execute,
        options: EngineOptions,
        *,
        save_claims: SaveClaims | None = None,
        put_claims: Callable[[ClaimsBatch], Awaitable[None]] | None = None,
        on_settled: Callable[[Sequence[Settled]], None] = lambda _group: None,
        alone: Alone | None = None,
    ) -> None:
        self.worker = consumer_name()
        self.options = options
        self.away: dict[str, str] = {}
        self.stopping = False
        self.processed = 0
        self.failed = 0
        self._on_settled = on_settled
        keys = Keys(options.queue_name)
        client = open_client(
            redis_url, socket_timeout_s=options.redis_timeout_s, max_connections=options.redis_connections
        )
        reader = open_client(
            redis_url, socket_timeout_s=options.redis_timeout_s + options.block_ms / 1000, max_connections=2
        )
        self.queue = Queue(client, reader, keys, self.worker, options.limits)
        self.client = client
        self.store = JobStore(pool, self.worker)
        workers = WorkerStore(
            pool,
            worker=self.worker,
            hostname=socket.gethostname(),
            pid=os.getpid(),
            version=options.version,
            queue=options.queue_name,
            concurrency=options.slots,
        )
        self.consumer = Consumer(
            self.queue,
            self.store,
            kinds,
            execute,
            worker=self.worker,
            slots=options.slots,
            block_ms=options.block_ms,
            max_attempts=options.max_attempts,
            min_confidence=options.min_confidence,
            max_cost_micros=micros_from_cents(options.max_cost_cents) if options.max_cost_cents is not None else None,
            max_deliveries=options.max_deliveries,
            suspect=self._try_alone if alone is not None else None,
            idempotency_s=options.idempotency_s,
            health=self._note,
            on_group_missing=self._group_missing,
        )
        self._settle_arguments = (save_claims, put_claims)
        self._isolator = alone and Isolator(
            self.queue,
            alone,
            self._submit,
            most_crashes=options.max_deliveries,
            lease_s=options.lease_s,
            timeout_s=options.job_timeout_s,
        )
        self._settler: Settler | None = None
        self.heartbeat = Heartbeat(workers, lambda: (self.consumer.busy, self.processed, self.failed))
        self.loop_lag = LoopLag()
        lease_s = options.lease_s
        self.control = Control(client, keys)
        self._bookings = Bookings(self.control)
        upkeep = Upkeep(pool)
        registrar = Registrar(
            self.consumer.runs.values,
            self.store,
            self.queue,
            after_s=options.register_after_s,
            timeout_s=options.job_timeout_s,
            refresh_s=lease_s / 2,
        )
        reclaimer = Reclaimer(
            self.queue,
            self.consumer.take,
            lambda: self.consumer.free,
            lease_ms=int(lease_s * 1000),
        )
        self._reconciler = Reconciler(self.control, upkeep, quiet_s=2 * lease_s)
        pruner = Pruner(self.control, upkeep, retention_s=options.retention_s, consumer_idle_s=max(10 * lease_s, 600.0))
        renewer = Renewer(self.queue, lambda: self.consumer.runs, self.consumer.held_deliveries)
        #: What brings new work stops first, what keeps running work alive last.
        self._intake = [
            Loop("reclaimer", reclaimer.run_once, min(lease_s / 4, 0.5)),
            Loop("bookings", self._bookings.run_once, 0.5),
            Loop("promoter", Promoter(self.queue).run_once, 1.0),
            Loop("scout", Scout(Shares(client, keys, self.worker), slots=options.slots).run_once, 0.5),
            Loop("recurring", Recurring(self.control, Schedules(pool)).run_once, 5.0),
            Loop("reconciler", self._reconciler.run_once, options.reconcile_s),
            Loop("pruner", pruner.run_once, options.prune_s),
        ]
        self._care = [
            Loop("cancels", CancelWatch(self.control, self.consumer.runs.values).run_once, 0.5),
            Loop("registrar", registrar.run_once, max(options.register_after_s / 2, 0.05)),
            Loop("renewer", renewer.run_once, lease_s / 3),
            Loop("heartbeat", self.heartbeat.run_once, options.heartbeat_s),
        ]

    def _note(self, name: str, error: Exception | None) -> None:
        if error is None:
            if self.away.pop(name, None) is not None:
                log.info("back again", what=name)
        elif name not in self.away:
            self.away[name] = str(error)
            log.warning("away, waiting for it", what=name, error=str(error))

    async def _try_alone(self, run: Run) -> None:
        if self._isolator is not None:
            await self._isolator.try_alone(run)

    def _submit(self, run: Run, report: Report) -> None:
        if self._settler is not None:
            self._settler.submit(run, report)

    def look_now(self) -> None:
        """Let every loop that brings new work run at once."""
        for loop in self._intake:
            loop.nudge()

    def _group_missing(self) -> None:
        """Redis was flushed or replaced: everything that PostgreSQL knows is looked for at once."""
        self._reconciler.flushed = True
        for loop in self._intake:
            if loop.name == "reconciler":
                loop.nudge()

    def _freed(self, group: Sequence[Settled]) -> None:
        bookings = self._bookings
        for item in group:
            if item.status is not None and item.status is not JobStatus.SCHEDULED:
                self.processed += 1
                self.failed += item.status in _FAILED
            if (item.status is JobStatus.SCHEDULED or bookings.watching) and item.run.report is not None:
                bookings.saw(item.run.job.kind, item.run.report)
        self.consumer.freed(group)
        self._on_settled(group)

    async def start(self) -> None:
        """Begin taking jobs, as soon as Redis can be reached."""
        await self._first_contact()
        save_claims, put_claims = self._settle_arguments
        self._settler = Settler(
            self.queue,
            self.store,
            worker=self.worker,
            policy=self.options.retry,
            freed=self._freed,
            save_claims=save_claims,
            put_claims=put_claims,
            health=self._note,
            busy=lambda: self.consumer.busy,
            intake=self.consumer,
            batch=self.options.settle_batch,
            tick_s=self.options.settle_tick_s,
        )
        self.loop_lag.start()
        for loop in (*self._care, *self._intake):
            loop.start()
        self.consumer.start(self._settler)

    async def _first_contact(self) -> None:
        away = Away()
        while True:
            try:
                await self.queue.ensure_groups()
            except QueueUnavailable as error:
                self._note("redis", error)
                await asyncio.sleep(away.next_wait_s())
            else:
                self._note("redis", None)
                return

    async def stop(self) -> None:
        """Take nothing new, let running jobs end within ``shutdown_s``, hand the others back, say goodbye."""
        self.stopping = True
        self.heartbeat.status = "stopping"
        await asyncio.gather(*(loop.stop() for loop in self._intake), self.consumer.stop_pulling())
        try:
            async with asyncio.timeout(self.options.shutdown_s):
                await self.consumer.idle()
        except TimeoutError:
            pass
        await self._hand_back()
        if self._settler is not None:
            await self._settler.drain(max(self.options.shutdown_s, 5.0))
        await asyncio.gather(*(loop.stop() for loop in self._care))
        await self._goodbye()
        await self.loop_lag.stop()
        await self.queue.close()

    async def _hand_back(self) -> None:
        left = [*await self.consumer.give_up(), *self.consumer.held_deliveries()]
        if not left:
            return
        try:
            count = await self.queue.hand_back(left, HANDED_BACK_IDLE_MS)
        except QueueUnavailable as error:
            log.warning("entries could not be handed back; their lease will lapse", count=len(left), error=str(error))
        else:
            log.info("entries handed back", count=count)

    async def _goodbye(self) -> None:
        self.heartbeat.status = "stopped"
        try:
            async with asyncio.timeout(5):
                await self.heartbeat.run_once()
                await self.queue.leave()
        except (TimeoutError, QueueUnavailable, StoreUnavailable) as error:
            log.warning("could not say goodbye", error=str(error))
