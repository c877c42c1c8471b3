"""Connections to Redis, and their pool, with less work a round trip than redis-py's own. Shell.

redis-py makes a task and two timers for every command, packs it argument by argument and takes two locks to give a
connection back: five times the processor time of the exchange itself. What is done here instead means the same.
"""

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from typing import Any, Final

import hiredis
from redis.asyncio import (
    BlockingConnectionPool,
    Connection,
    ConnectionPool,
    SSLConnection,
    UnixDomainSocketConnection,
)
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - redis's own name
    RedisError,
    ResponseError,
    TimeoutError,  # noqa: A004 - redis's own name
)

#: Bytes that may wait to be sent before the sender waits too.
ROOM: Final = 65_536
_FOREVER_S: Final = 3_600.0


class _Watch:
    """Notices that a reply is late, by one timer that stays for many replies."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._since: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.WriteTransport
        self.late = False

    def begin(self, transport: asyncio.WriteTransport) -> None:
        """A reply is waited for; if it is late the transport is aborted, which ends the waiting."""
        loop = asyncio.get_running_loop()
        self._transport = transport
        self._since = loop.time()
        self.late = False
        if self._timer is None:
            self._timer = loop.call_later(self._timeout_s, self._look)

    def end(self) -> None:
        """It has come, or is waited for no longer."""
        self._since = None

    def stop(self) -> None:
        """Leave no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._since is None:
            return
        loop = asyncio.get_running_loop()
        left_s = self._since + self._timeout_s - loop.time()
        if left_s > 0:
            self._timer = loop.call_later(left_s, self._look)
        else:
            self.late = True
            self._transport.abort()


class Light(AbstractConnection):
    """What the three kinds of connection have in common."""

    _watch: _Watch | None = None

    def pack_command(self, *args: Any) -> list[bytes]:
        """A command as bytes for the wire, by hiredis."""
        name = args[0]
        if isinstance(name, str) and " " not in name:
            try:
                return [hiredis.pack_command(args)]
            except TypeError:
                pass  # a type that only redis-py knows, or that it refuses with a better message
        packed: list[bytes] = super().pack_command(*args)
        return packed

    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        """Send; without a task and a timer of its own while there is room. Raises ConnectionError, TimeoutError."""
        writer = self._writer
        if isinstance(command, list) and writer is not None and not self.health_check_interval:
            writer.writelines(command)
            if writer.transport.get_write_buffer_size() <= ROOM:
                return  # that the other side has gone is seen by whoever waits for the reply
            command = []
        await super().send_packed_command(command, check_health)

    async def read_response(
        self,
        disable_decoding: bool = False,
        timeout: float | None = None,
        *,
        disconnect_on_error: bool = True,
        push_request: bool | None = False,
    ) -> Any:
        """A reply. Raises ResponseError; ConnectionError and TimeoutError, after which the connection is closed."""
        writer = self._writer
        if timeout is not None or self.socket_timeout is None or writer is None:
            return await super().read_response(
                disable_decoding, timeout, disconnect_on_error=disconnect_on_error, push_request=push_request
            )
        watch = self._watch = self._watch or _Watch(self.socket_timeout)
        watch.begin(writer.transport)
        try:
            reply = await self._read_response_from_parser(disable_decoding, push_request)
        except BaseException as error:
            if disconnect_on_error:
                await self.disconnect(nowait=True)
            if watch.late and isinstance(error, (OSError, RedisError)):
                raise TimeoutError(f"no reply within {self.socket_timeout:g} s") from error
            if isinstance(error, OSError):
                raise ConnectionError(f"connection lost while waiting for a reply: {error}") from error
            raise
        finally:
            watch.end()
        if isinstance(reply, ResponseError):
            raise reply from None
        return reply

    async def read_until(self, end: bytes) -> bytes:
        """Replies as they come over the wire, up to ``end``. Raises ConnectionError and TimeoutError."""
        reader, writer = self._reader, self._writer
        if reader is None or writer is None:
            raise ConnectionError("not connected")
        watch = self._watch = self._watch or _Watch(self.socket_timeout or _FOREVER_S)
        watch.begin(writer.transport)
        replies = bytearray()
        try:
            while not replies.endswith(end):
                some = await reader.read(ROOM)
                if not some:
                    raise TimeoutError("no reply in time") if watch.late else ConnectionError("connection lost")
                replies += some
        except BaseException as error:
            await self.disconnect(nowait=True)
            if isinstance(error, OSError):
                raise ConnectionError(f"connection lost while waiting for a reply: {error}") from error
            raise
        finally:
            watch.end()
        return bytes(replies[: -len(end)])

    async def disconnect(self, *args: Any, **kwargs: Any) -> None:
        """Close it."""
        if self._watch is not None:
            self._watch.stop()
        await super().disconnect(*args, **kwargs)


class LightConnection(Light, Connection):
    """Over TCP."""


class LightTLSConnection(Light, SSLConnection):
    """Over TCP with TLS."""


class LightUnixConnection(Light, UnixDomainSocketConnection):
    """Over a Unix domain socket, which knows no keep-alive."""

    def __init__(self, **options: Any) -> None:
        options.pop("socket_keepalive", None)
        super().__init__(**options)


#: What takes the place of redis-py's own.
LIGHT: Final[dict[type[AbstractConnection], type[AbstractConnection]]] = {
    Connection: LightConnection,
    SSLConnection: LightTLSConnection,
    UnixDomainSocketConnection: LightUnixConnection,
}


class Connections(BlockingConnectionPool):
    """A pool whose takers wait for one another, but neither lock nor look at a clock while nobody has to wait."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.connection_class = LIGHT[self.connection_class]
        self._waiting = 0

    async def get_connection(self, *_: Any, **__: Any) -> AbstractConnection:
        """A connection that is ready. Raises ConnectionError when none comes free in time."""
        connection: AbstractConnection
        if self._waiting or not self.can_get_connection():
            self._waiting += 1
            try:
                connection = await super().get_connection()  # type: ignore[no-untyped-call]
                return connection
            finally:
                self._waiting -= 1
        connection = self.get_available_connection()  # type: ignore[no-untyped-call]
        try:
            await self.ensure_connection(connection)
        except BaseException:
            await self.release(connection)
            raise
        return connection

    async def release(self, connection: AbstractConnection) -> None:
        """Give one back."""
        if self._waiting or connection.should_reconnect():
            await super().release(connection)
        else:
            self._in_use_connections.remove(connection)
            self._available_connections.append(connection)


async def exchange(pool: ConnectionPool, commands: Sequence[Sequence[Any]]) -> list[Any]:
    """The replies to commands that go out together on one connection, with the exception in place of one refused.

    Raises ConnectionError and TimeoutError; nothing is sent twice.
    """
    connection = await pool.get_connection()
    try:
        await connection.send_packed_command(connection.pack_commands(commands), check_health=False)
        replies: list[Any] = []
        for _ in commands:
            try:
                replies.append(await connection.read_response())
            except ResponseError as error:
                replies.append(error)
        return replies
    finally:
        await pool.release(connection)


async def unparsed(pool: ConnectionPool, *command: Any) -> bytes:
    """The reply to a command as it comes over the wire: one of many thousands of parts need not become as many objects.

    Raises ConnectionError and TimeoutError; TypeError for a pool of another kind than Connections.
    """
    # nobody who writes into Redis knows what the reply ends with
    mark = secrets.token_hex(16)
    connection = await pool.get_connection()
    try:
        if not isinstance(connection, Light):
            raise TypeError(f"{type(connection).__name__} cannot be read without parsing")
        await connection.send_packed_command(connection.pack_commands([command, ("PING", mark)]))
        return await connection.read_until(f"${len(mark)}\r\n{mark}\r\n".encode())
    finally:
        await pool.release(connection)
