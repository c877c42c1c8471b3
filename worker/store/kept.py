"""Connections kept between batches: giving one back to the pool costs a round trip of clearing up each time. Shell."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy


class KeptConnections:
    """Connections of a pool, held on to while they work: as many as are used at the same time.

    Only for single statements that leave nothing behind. Idle ones go back to the pool after ``idle_s``, or at once
    with ``release``. One that is new is waited for ``wait_s`` at most.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]", idle_s: float = 0.2, wait_s: float = 30.0) -> None:
        self._pool = pool
        self._wait_s = wait_s
        self._idle_s = idle_s
        self._timer: asyncio.TimerHandle | None = None
        self._used = False
        self._releasing: set[asyncio.Task[None]] = set()
        self._idle: list[PoolConnectionProxy[Any]] = []

    async def execute(self, statement: str, *parameters: Any) -> str:
        """Run a statement; gives its status. Raises asyncpg's errors."""
        async with self._one() as connection:
            return await connection.execute(statement, *parameters)

    async def fetch(self, statement: str, *parameters: Any) -> list[Any]:
        """Run a query; gives its rows. Raises asyncpg's errors."""
        async with self._one() as connection:
            return await connection.fetch(statement, *parameters)

    async def release(self) -> None:
        """Give all idle connections back to the pool."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._idle:
            await self._pool.release(self._idle.pop())

    def _keep(self, connection: "PoolConnectionProxy[Any]") -> None:
        self._idle.append(connection)
        self._used = True
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._idle_s, self._look)

    def _look(self) -> None:
        """Give the idle ones back if nothing was asked since the last look."""
        self._timer = None
        loop = asyncio.get_running_loop()
        if self._used:
            self._used = False
            self._timer = loop.call_later(self._idle_s, self._look)
        elif self._idle:
            task = loop.create_task(self.release())
            self._releasing.add(task)
            task.add_done_callback(self._releasing.discard)

    async def _idle_or_new(self) -> "PoolConnectionProxy[Any]":
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            await self._pool.release(connection)
        return await self._pool.acquire(timeout=self._wait_s)

    @asynccontextmanager
    async def _one(self) -> AsyncIterator["PoolConnectionProxy[Any]"]:
        connection = await self._idle_or_new()
        try:
            yield connection
        except asyncpg.InternalClientError as error:
            # asyncpg lost track of a connection that the server closed in the middle of something
            connection.terminate()
            await self._pool.release(connection)
            raise asyncpg.InterfaceError(str(error)) from error
        except asyncpg.PostgresError as error:
            if isinstance(error, asyncpg.PostgresConnectionError) or connection.is_closed():
                await self._pool.release(connection)
            else:
                self._keep(connection)
            raise
        except BaseException:
            await self._pool.release(connection)
            raise
        self._keep(connection)
