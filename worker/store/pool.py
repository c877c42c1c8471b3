"""The connection pool, and the one place where PostgreSQL's errors become ours. Shell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from worker.domain.errors import StoreUnavailable

Connection = asyncpg.Connection | PoolConnectionProxy

#: PostgreSQL says so when it cannot serve us now but will later; the transaction did not happen, or is unknown.
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutdown, crash recovery, cannot connect now, query cancelled
    asyncpg.InsufficientResourcesError,  # too many connections, disk full, out of memory
    asyncpg.ReadOnlySQLTransactionError,  # a failover's old primary
    asyncpg.TransactionRollbackError,  # deadlock, serialization
    asyncpg.LockNotAvailableError,
    asyncpg.InvalidAuthorizationSpecificationError,  # a restarting pooler may say so
)


async def open_pool(
    dsn: str, *, min_size: int = 1, max_size: int = 8, timeout_s: float = 60.0, statement_cache: int = 100
) -> asyncpg.Pool:
    """A pool. ``statement_cache`` 0 is for a pooler that cannot prepare statements in transaction mode."""
    return await asyncpg.create_pool(
        dsn,
        min_size=min_size,
        max_size=max_size,
        command_timeout=timeout_s,
        statement_cache_size=statement_cache,
        max_inactive_connection_lifetime=300,
        reset=_as_it_is,
        init=_keep_plans if statement_cache else None,
        server_settings={"application_name": "enrichd"},
    )


async def _keep_plans(connection: Connection) -> None:
    """Statements are prepared once, so their plans must suit tables that grow: one made while a table was empty read
    all of it for every row of a batch, until statistics came. Every statement of a job has its index. Without JIT,
    because a query that has none is priced as if it were a giant.
    """
    await connection.execute("SET enable_seqscan = off; SET jit = off")


async def _as_it_is(_: Connection) -> None:
    """Nothing here changes a session's state, and open transactions are rolled back anyway: the default reset query
    would be one more round trip for every batch."""


@asynccontextmanager
async def connection(pool: asyncpg.Pool, *, wait_s: float = 30.0) -> AsyncIterator[PoolConnectionProxy]:
    """A pooled connection. Raises StoreUnavailable for what PostgreSQL or the network does wrong."""
    try:
        async with pool.acquire(timeout=wait_s) as acquired:
            try:
                yield acquired
            except asyncpg.InternalClientError as error:
                # asyncpg lost track of a connection that the server closed in the middle of something
                acquired.terminate()
                raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
    except AWAY as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
