"""Gateways on real servers, for tests: as many "processes" as a test wants, each with a hub of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from redis.asyncio import Redis

from worker.cache.answers import AnswerCache
from worker.domain.call import Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.gateway.accounts import Accounts
from worker.gateway.hub import GatewayHub
from worker.gateway.options import GatewayOptions
from worker.gateway.ports import Budgets, CallNote, Deliveries
from worker.gateway.transport import Transport
from worker.store.ledger import Ledger


class NoPages:
    """No page can be fetched here."""

    async def fetch(self, url: str) -> Reply:
        """Fails the test."""
        raise AssertionError(url)

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Process:
    """One process's share of the gateway."""

    hub: GatewayHub
    ledger: Ledger
    answers: AnswerCache
    accounts: Accounts
    notes: list[CallNote]

    def job(self, job_id: str = "job-1", **options: Any) -> Any:
        """A run's gateway."""
        return self.hub.for_job(**{"workspace": "default", "job_id": job_id, **options})


@asynccontextmanager
async def open_process(
    redis: Redis,
    pool: "asyncpg.Pool[Any]",
    options: GatewayOptions | None = None,
    *,
    pages: Any = None,
    budgets: Callable[[Ledger], Budgets] | None = None,
    deliveries: Deliveries | None = None,
    patience_s: float = 120.0,
) -> AsyncIterator[Process]:
    """A hub with its ledger, answers and accounts; closed at the end."""
    options = options or GatewayOptions()
    ledger = Ledger(pool, patience_s=patience_s)
    answers = AnswerCache(redis)
    accounts = Accounts(redis, options=options.accounts, count_sent=ledger.sent_count)
    transport = Transport(options)
    notes: list[CallNote] = []
    hub = GatewayHub(
        ledger=ledger,
        answers=answers,
        accounts=accounts,
        pages=pages or NoPages(),
        send=transport.send,
        options=options,
        budgets=budgets(ledger) if budgets else None,
        deliveries=deliveries,
        token_of=lambda call: f"token of {call.identity}",
        observe=notes.append,
    )
    try:
        yield Process(hub, ledger, answers, accounts, notes)
    finally:
        await hub.close()
        await transport.close()


def call(identity: str = "acme.example", **changes: Any) -> Call:
    """A paid call of an invented provider."""
    return Call(
        **{
            "provider": "oracle",
            "operation": "company",
            "identity": identity,
            "account": "f00d",
            "max_micros": 9000,
            "timeout_s": 5.0,
            **changes,
        }
    )


def get(url: str, **params: str) -> HttpRequest:
    """A GET with a key."""
    return HttpRequest("GET", url, headers={"X-Api-Key": "planted-key-5f0c1d-0001"}, params=params)


def read(reply: Reply) -> Reading:
    """The invented provider's status table; a hit costs 1000 micros, or what ``x-price`` says."""
    if reply.status == 200:
        return Reading(Outcome.HIT, charged_micros=int(reply.headers.get("x-price", "1000")))
    if reply.status == 404:
        return Reading(Outcome.MISS)
    if reply.status == 202:
        return Reading(Outcome.PENDING, retry_after_s=float(reply.headers.get("retry-after", "60")))
    if reply.status == 401:
        return Reading(Outcome.BAD_CREDENTIALS, reason="the key was refused")
    if reply.status == 402:
        return Reading(Outcome.QUOTA_EXHAUSTED, retry_after_s=60.0)
    if reply.status == 429:
        wait = reply.headers.get("retry-after")
        return Reading(Outcome.THROTTLED, retry_after_s=float(wait) if wait else None)
    if reply.status == 418:
        return Reading(Outcome.BLOCKED)
    return Reading(Outcome.TRANSIENT, reason=f"status {reply.status}")


__all__ = ["Limit", "NoPages", "Process", "call", "get", "open_process", "read"]
