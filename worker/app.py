"""The composition root: settings in, a running App out, stopped in reverse order of start. Knows everyone. Shell."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Self

import asyncpg
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from config.settings import Settings
from worker.alone import Alone
from worker.cache.answers import AnswerCache
from worker.cache.keys import RecordKeys
from worker.deliveries_in import DeliveryDesk, Tokens
from worker.domain.errors import ConfigError, QueueUnavailable, StoreUnavailable
from worker.domain.job import Job, JobStatus
from worker.domain.kind import Kind
from worker.domain.lane import Lane
from worker.domain.verdict import Report
from worker.gateway.accounts import Accounts
from worker.gateway.gateway import JobGateway
from worker.gateway.hub import GatewayHub
from worker.gateway.patience import PatientPages
from worker.gateway.safe_fetch import SafeFetch
from worker.gateway.transport import Transport
from worker.jobs import load_kinds
from worker.key_watch import EVERY_S as KEYS_EVERY_S
from worker.key_watch import KeyWatch
from worker.pipeline import Tools, enrich
from worker.pipeline.run import age_limit
from worker.providers.roster import Roster, open_roster
from worker.providers.usage import usage_questions
from worker.queue.client import open_client
from worker.rosters import Rosters
from worker.services.engine import Engine
from worker.services.failpoint import arm
from worker.services.job_lines import JobLines
from worker.services.knowledge import Knowledge, open_knowledge
from worker.services.ledger_upkeep import LedgerUpkeep
from worker.services.service import Away, Loop
from worker.services.settling import Settled
from worker.slices import calibration, engine_options, gateway_options, policy, workspace_budgets
from worker.store.budgets import Budgets
from worker.store.claims import save_claims
from worker.store.deliveries import Deliveries
from worker.store.keyring import KeyRing, WorkspaceKeys, sealed_workspaces
from worker.store.ledger import Ledger
from worker.store.migrate import migrate
from worker.store.pool import AWAY, open_pool
from worker.telemetry import Meter, job_context
from worker.usage_watch import UsageWatch
from worker.vitals import Vitals, package_version
from worker.warm_up import warm_up
from worker.web.process import process_routes
from worker.web.server import HealthServer, application, serve
from worker.web.webhooks import webhook_routes

log = structlog.get_logger("worker")


class App:
    """One worker process."""

    def __init__(
        self,
        settings: Settings,
        redis_url: str,
        database_url: str,
        *,
        hide: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``hide`` is told every secret that becomes known later: keys of workspaces."""
        self._hide = hide
        self.settings = settings
        self._redis_url = redis_url
        self._database_url = database_url
        self._stack = AsyncExitStack()
        self.vitals = Vitals(settings.queue_name, settings.concurrency)
        self.meter = Meter()
        self.lines = JobLines()
        self.server: HealthServer
        self.roster: Roster
        self._pool: asyncpg.Pool
        self._cache: Redis
        self._kinds: Mapping[str, Kind]
        self._knows: Knowledge
        self._tools: Tools
        self._hub: GatewayHub
        self._transport: Transport
        self._ledger: Ledger
        self._rosters: Rosters
        self._deliveries: Deliveries
        self._desk = DeliveryDesk()
        self._tokens = Tokens()

    async def __aenter__(self) -> Self:
        """Start everything; what was started is stopped again when something fails on the way."""
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self) -> None:
        settings = self.settings
        log.info("Starting enrichment worker...", queue=settings.queue_name, version=package_version())
        for warning in settings.warnings:
            log.warning(warning)
        arm(dict(part.split("=", 1) for part in settings.failpoints.split(",") if "=" in part))
        # first of all: a worker that waits for its servers is alive, only not ready
        served = application(self.vitals, [self.meter])
        webhook_routes(served, self._desk.receivers())
        process_routes(
            served,
            self.vitals,
            self._look_now,
            worker_token=settings.get("WORKER_SECRET_TOKEN") or "",
            cron_secret=settings.get("CRON_SECRET") or "",
        )
        self.server = await serve(served, settings.health_check_host, settings.health_check_port)
        self._stack.push_async_callback(self.server.close)
        await self._open_tools()
        alone = Alone(self._redis_url, self._database_url)
        self._stack.push_async_callback(alone.close)
        engine = Engine(
            self._redis_url,
            self._pool,
            self._kinds,
            self._execute,
            engine_options(settings, package_version()),
            save_claims=save_claims,
            put_claims=self._knows.records.put_many,
            on_settled=self._on_settled,
            alone=alone.run,
        )
        self.vitals.engine = engine
        self._stack.push_async_callback(engine.stop)
        await engine.start()
        if self._hub.inbox is not None:
            self._desk.open(self._deliveries, self._hub.inbox, self._rosters, engine.control.wake)
        upkeep = LedgerUpkeep(self._ledger, self._deliveries.prune, retention_s=settings.job_retention_ms / 1000)
        watch = KeyWatch(
            self._pool,
            self._cache,
            engine.control.wake,
            self._rosters.moved,
            (f"{provider.name}:{provider.account}" for provider in self.roster.on if provider.account),
            RecordKeys(settings.namespace).accounts,
        )
        for loop in (
            Loop("keys", watch.run_once, KEYS_EVERY_S),
            Loop("pauses", self._look_at_pauses, 1.0),
            Loop("deliveries", self._desk.run_once, 1.0),
            Loop("ledger upkeep", upkeep.run_once, 60.0),
            *self._usage_loops(),
        ):
            loop.start()
            self._stack.push_async_callback(loop.stop)
        log.info(
            "Worker is ready",
            worker=engine.worker,
            slots=settings.concurrency,
            health=f"http://{settings.health_check_host}:{self.server.port}/health",
        )

    def _usage_loops(self) -> list[Loop]:
        questions, every_s = usage_questions(self.settings), self.settings.usage_interval_ms / 1000
        if not questions or not every_s:
            return []
        usage = self.vitals.usage = UsageWatch(questions, self._transport.send)
        return [Loop("usage", usage.run_once, every_s)]

    async def _open_tools(self, *, first: bool = True) -> None:
        """Everything that running a job needs, short of taking one from the queue."""
        settings = self.settings
        self._kinds = load_kinds(settings.plugins)
        self.roster = open_roster(settings, settings.plugins)
        self._stack.push_async_callback(self.roster.close)
        warming = asyncio.create_task(self._warm_up()) if first else None
        self._pool = await self._open_pool(migrated=not first)
        if warming is not None:
            await warming
        self._stack.push_async_callback(_close_pool, self._pool)
        self._cache = open_client(
            settings.cache_redis_url or self._redis_url,
            socket_timeout_s=settings.redis_timeout_ms / 1000,
            max_connections=settings.redis_pool_size,
            name="enrichd-cache",
        )
        self._stack.push_async_callback(self._cache.aclose)
        self._knows = await self._open_knowledge()
        await self._warn_of_sealed_keys()
        self._rosters = self._open_rosters()
        self._stack.push_async_callback(self._rosters.close)
        hub = self._hub = self._open_gateway()
        self._tools = Tools(
            claims=self._knows.records.get,
            roster=self.roster.on,
            off=self.roster.off,
            gateway=partial(_gateway_for, hub, self._subject_of),
            policy=policy(settings),
            silences=self._knows.silences,
            rates=self._knows.rates,
            suppressed=self._knows.suppressions.holds,
            calibration=calibration(settings),
            refresh=self._refresh,
            look_up=self._knows.look_up,
        )

    @asynccontextmanager
    async def tools_only(self) -> AsyncIterator[Callable[[Job], Awaitable[Report]]]:
        """Run single jobs without taking part in the queue."""
        async with self._stack:
            await self._open_tools(first=False)

            async def run(job: Job) -> Report:
                return await self._execute(job, self._kinds[job.kind])

            yield run

    async def _warn_of_sealed_keys(self) -> None:
        """Workspaces that have keys of their own would be served with the operator's, at the operator's cost."""
        if self.settings.encryption_keys is not None:
            return
        with suppress(*AWAY):
            count = await sealed_workspaces(self._pool)
            if count:
                log.warning("workspaces have sealed keys that cannot be opened: ENCRYPTION_KEYS is unset", count=count)

    def _open_rosters(self) -> Rosters:
        settings, ring = self.settings, self.settings.encryption_keys
        keys = None if ring is None else WorkspaceKeys(self._pool, KeyRing.parse(ring.get_secret_value()))
        return Rosters(settings, settings.plugins, self.roster, keys, self._hide, self._tokens.learn)

    def _open_gateway(self) -> GatewayHub:
        settings = self.settings
        options = gateway_options(settings, self.roster.on)
        ledger = self._ledger = Ledger(self._pool)
        self._deliveries = Deliveries(self._pool)
        transport = self._transport = Transport(options)
        self._stack.push_async_callback(transport.close)
        hub = GatewayHub(
            ledger=ledger,
            answers=AnswerCache(self._cache, settings.namespace, budget_bytes=settings.cache_budget_bytes),
            accounts=Accounts(self._cache, settings.namespace, options.accounts, count_sent=ledger.sent_count),
            pages=PatientPages(SafeFetch(options.fetch), settings.fetch_retries, options.fetch.total_s),
            send=transport.send,
            options=options,
            budgets=Budgets(self._pool, workspace_budgets(settings)),
            deliveries=self._deliveries,
            token_of=self._tokens.of,
            clean=self._knows.suppressions.cleaned,
        )
        self._stack.push_async_callback(hub.close)
        return hub

    def _subject_of(self, job: Job) -> str:
        """Whom a job's answers are about, where somebody was erased: only then does it matter to what is kept."""
        return self._kinds[job.kind].subject(job).key if len(self._knows.suppressions) else ""

    def _look_now(self) -> bool:
        """Bring forward what the engine's clocks would do within seconds; False while there is none."""
        if self.vitals.engine is None:
            return False
        self.vitals.engine.look_now()
        return True

    async def _look_at_pauses(self) -> None:
        if self.vitals.engine is not None:
            paused = await self.vitals.engine.control.paused()
            self._hub.pause(frozenset(what.partition(":")[2] for what in paused if what.startswith("provider:")))

    async def _open_knowledge(self) -> Knowledge:
        """Records, silences, hit rates and suppressions; waits for its stores as long as it takes."""
        settings = self.settings
        ear = open_client(
            settings.cache_redis_url or self._redis_url, socket_timeout_s=60.0, max_connections=2, name="enrichd-ear"
        )
        self._stack.push_async_callback(ear.aclose)
        away = Away()
        while True:
            knowledge = open_knowledge(
                self._pool,
                self._cache,
                ear,
                namespace=settings.namespace,
                record_life_s=settings.record_ttl_ms / 1000,
                memory_bytes=settings.memory_cache_bytes,
            )
            try:
                return await self._stack.enter_async_context(knowledge)
            except (QueueUnavailable, StoreUnavailable, RedisError) as error:
                self.vitals.waiting_for = str(error)
                log.warning("a store is away, waiting for it", error=str(error))
                await asyncio.sleep(away.next_wait_s())

    async def _refresh(self, entry: Mapping[str, str]) -> None:
        """Add a job that renews old values, behind everything else."""
        if self.vitals.engine is not None:
            await self.vitals.engine.control.publish([(self.vitals.engine.queue.keys.lanes[Lane.BATCH], entry)])

    async def _execute(self, job: Job, kind: Kind) -> Report:
        """Run one job with the providers of its workspace."""
        if self._rosters.only_common:
            return await self._run(job, kind, self._tools)
        async with self._tools_of(job.workspace) as tools:
            return await self._run(job, kind, tools)

    @asynccontextmanager
    async def _tools_of(self, workspace: str) -> AsyncIterator[Tools]:
        """What a workspace's jobs run with: the providers of its own keys, where it has any."""
        async with self._rosters.of(workspace) as roster:
            if roster is self.roster:
                yield self._tools
            else:
                yield replace(self._tools, roster=roster.on, off=roster.off)

    async def _run(self, job: Job, kind: Kind, tools: Tools) -> Report:
        """Run one job, its ids on every log line."""
        if kind.handler is not None:
            return await kind.handler(job, tools)
        with job_context(job):
            self.lines.note("Processing enrichment job: %s", job.id)
            return await enrich(job, kind, tools)

    def _on_settled(self, group: Sequence[Settled]) -> None:
        self.meter.settled(len(group))
        ended: list[tuple[str, Report, str]] = []
        for item in group:
            if item.status is None:
                continue
            if item.run.report is not None and item.run.parsed and item.row is not None:
                ended.append((item.run.job.kind, item.run.report, item.row.get("result_status") or item.status))
            elif item.status is JobStatus.DEAD_LETTER and item.row is not None:
                self.meter.refused(item.row.get("error_class") or "malformed")
            if item.status is JobStatus.DEAD_LETTER:
                log.warning("Job is a dead letter: %s", item.run.name or item.run.entry_ref, reason=item.error)
            else:
                self.lines.note("Job %s: %s", item.status, item.run.name)
        self.meter.ended_together(ended)

    async def _warm_up(self) -> None:
        for line in self.roster.lines():
            log.info("provider", state=line)
        await asyncio.to_thread(warm_up, {provider.stage for provider in self.roster.on})

    async def _open_pool(self, *, migrated: bool) -> asyncpg.Pool:
        """Connect and migrate, waiting for PostgreSQL as long as it takes."""
        settings = self.settings
        away = Away()
        while True:
            try:
                applied = [] if migrated else await migrate(self._database_url)
                if applied:
                    log.info("schema migrated", applied=applied)
                return await open_pool(
                    self._database_url,
                    min_size=settings.database_pool_min,
                    max_size=settings.database_pool_max,
                    timeout_s=settings.database_timeout_ms / 1000,
                    statement_cache=settings.database_statement_cache,
                )
            except (asyncpg.InvalidPasswordError, asyncpg.InvalidCatalogNameError) as error:
                raise ConfigError(f"DATABASE_URL: PostgreSQL refuses it: {error}") from error
            except AWAY as error:
                self.vitals.waiting_for = "PostgreSQL is away"
                log.warning("PostgreSQL is away, waiting for it", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(away.next_wait_s())


def _gateway_for(hub: GatewayHub, subject_of: Callable[[Job], str], job: Job) -> JobGateway:
    now = datetime.now(UTC)
    return hub.for_job(
        workspace=job.workspace,
        job_id=job.id,
        run=job.generation,
        max_cost_micros=job.max_cost_micros,
        observed_after=age_limit(job, now),
        since=job.first_pickup_at or now,
        # picked up for the first time: there is nothing that the ledger could be asked for
        spent_micros=None if job.first_pickup_at else 0,
        lane=job.lane,
        subject=subject_of(job),
    )


async def _close_pool(pool: asyncpg.Pool) -> None:
    try:
        async with asyncio.timeout(5):
            await pool.close()
    except TimeoutError:
        pool.terminate()
