"""Connections kept between batches: giving one back to the pool costs a round trip of clearing up each time. Shell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy


class KeptConnections:
    """Connections of a pool, held on to while they work: as many as are used at the same time.

    Only for single statements that leave nothing behind. Give them back with ``release``.
    """

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self._pool = pool
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
        while self._idle:
            await self._pool.release(self._idle.pop())

    @asynccontextmanager
    async def _one(self) -> AsyncIterator["PoolConnectionProxy[Any]"]:
        connection = self._idle.pop() if self._idle else await self._pool.acquire()
        try:
            yield connection
        except asyncpg.PostgresError as error:
            if isinstance(error, asyncpg.PostgresConnectionError) or connection.is_closed():
                await self._pool.release(connection)
            else:
                self._idle.append(connection)
            raise
        except BaseException:
            await self._pool.release(connection)
            raise
        self._idle.append(connection)
