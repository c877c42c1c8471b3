"""The two Redis clients, and the one place where Redis's errors become ours. Shell.

The blocking reader has a socket time-out above its BLOCK and never retries: a retried XREADGROUP strands the first
reply's entries in the pending list. The command client does not retry by itself either (a retried XADD is two
entries); verbs that may be repeated safely are repeated by their callers.
"""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    ConnectionError,  # noqa: A004 - redis's own name
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,  # noqa: A004 - redis's own name
    TryAgainError,
)
from redis.maint_notifications import MaintNotificationsConfig

from worker.domain.errors import QueueUnavailable
from worker.queue.connection import Connections

Args = ParamSpec("Args")
Out = TypeVar("Out")

#: Redis says so when it cannot serve us now but will later.
AWAY = (
    ConnectionError,
    TimeoutError,
    BusyLoadingError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ClusterDownError,
    TryAgainError,
    OSError,
)
#: The same, as a script reports it: the code stands at the start or inside the message.
AWAY_CODES = (
    "LOADING", "UNBLOCKED", "READONLY", "OOM", "MASTERDOWN", "MISCONF", "NOREPLICAS", "CLUSTERDOWN", "TRYAGAIN", "BUSY",
)  # fmt: skip


class GroupMissing(QueueUnavailable):
    """A stream or its group is gone: flushed, failed over, or deleted by hand."""


def translate(error: Exception) -> Exception:
    """Redis's error as ours; anything else is a bug and stays as it is."""
    if isinstance(error, AWAY):
        return QueueUnavailable(f"{type(error).__name__}: {error}")
    if isinstance(error, ResponseError):
        text = str(error)
        if "NOGROUP" in text:
            return GroupMissing(text)
        if any(text.startswith(code) or f"{code} " in text for code in AWAY_CODES):
            return QueueUnavailable(text)
    return error


def guarded(function: Callable[Args, Coroutine[Any, Any, Out]]) -> Callable[Args, Coroutine[Any, Any, Out]]:
    """Raise QueueUnavailable (or GroupMissing) for what Redis does wrong."""

    @functools.wraps(function)
    async def call(*args: Args.args, **kwargs: Args.kwargs) -> Out:
        try:
            return await function(*args, **kwargs)
        except (*AWAY, ResponseError) as error:
            raise translate(error) from error

    return call


def open_client(url: str, *, socket_timeout_s: float, max_connections: int = 16, name: str = "enrichd") -> Redis:
    """A client for ``redis://``, ``rediss://`` or ``unix://`` that does each thing once and says what happened.

    With all connections in use a command waits for one: having more jobs than connections is no outage.
    """
    pool = Connections.from_url(
        url,
        timeout=socket_timeout_s,
        decode_responses=False,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        socket_timeout=socket_timeout_s,
        socket_connect_timeout=5,
        socket_keepalive=True,
        health_check_interval=0,
        max_connections=max_connections,
        client_name=name,
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return Redis.from_pool(pool)
