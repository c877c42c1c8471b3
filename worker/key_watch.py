"""Wakes the jobs that sleep over a refused key or a spent quota as soon as there is another key. Shell.

Without it they would sleep until the breaker's next probe. Keys of workspaces are watched in PostgreSQL; the
operator's own change with a restart, and which accounts were ever used is remembered in Redis, so that a restart with
the same keys wakes nobody.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final

import asyncpg
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.queue.keys import job_name
from worker.store.pool import AWAY
from worker.store.sql import query

log = structlog.get_logger("worker")

EVERY_S: Final = 5.0
#: Accounts that nobody used for so long count as new.
_MEMORY_S: Final = 30 * 86_400

Wake = Callable[[Sequence[str]], Awaitable[set[str]]]


class KeyWatch:
    """``run_once`` wakes the jobs of workspaces whose keys have changed; the first time, of everybody when the
    operator's accounts are new. ``moved`` gives the workspaces whose keys changed since it was asked last."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        redis: "Redis",
        wake: Wake,
        moved: Callable[[], Awaitable[set[str]]],
        accounts: Iterable[str],
        memory: str,
    ) -> None:
        self._pool = pool
        self._redis = redis
        self._wake = wake
        self._moved = moved
        self._accounts = sorted(set(accounts))
        self._memory = memory
        self._first = True

    async def run_once(self) -> float | None:
        """One look. Raises StoreUnavailable and QueueUnavailable, and then looks again."""
        if self._first:
            if await self._is_new():
                await self._rouse(None)
            await self._remember()
            self._first = False
        moved = await self._moved()
        if moved:
            await self._rouse(sorted(moved))
        return None

    async def _is_new(self) -> bool:
        if not self._accounts:
            return False
        try:
            known = await self._redis.smismember(self._memory, self._accounts)
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error
        return not all(known)

    async def _remember(self) -> None:
        if not self._accounts:
            return
        try:
            await self._redis.sadd(self._memory, *self._accounts)
            await self._redis.expire(self._memory, _MEMORY_S)
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error

    async def _rouse(self, workspaces: Sequence[str] | None) -> None:
        after, count = ("", ""), 0
        while True:
            try:
                rows = await self._pool.fetch(query("sleeping_for_account"), workspaces, *after)
            except AWAY as error:
                raise StoreUnavailable(type(error).__name__) from error
            if not rows:
                break
            count += len(await self._wake([job_name(row["workspace_id"], row["id"]) for row in rows]))
            after = (rows[-1]["workspace_id"], rows[-1]["id"])
        if count:
            log.info("keys have changed, jobs that waited for them run on", jobs=count)
