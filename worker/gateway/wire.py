"""Plain HTTP/1.1 connections to configured endpoints, kept between requests. Shell.

A general client spends more on one small exchange (sessions, cookies, redirects, hooks, streams) than the rest of a
paid call costs. This one sends a request that is complete, and hands over a reply that is complete. Nothing is ever
sent twice: a provider that counted the first would bill the second.
"""

import asyncio
import ssl
from collections import defaultdict, deque
from functools import lru_cache
from math import inf
from time import monotonic
from typing import cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from worker.domain.call import Reply
from worker.gateway.faults import BrokenReply, NotConnected, ReplyTooLarge
from worker.gateway.http_text import unpacked

#: How long an unused connection is kept: most servers close them after 15 s to a minute.
IDLE_S = 14.0
#: How late it may be noticed that an exchange has used up its time. One look for all: a timer for each costs more
#: than the exchange's other bookkeeping.
_LOOK_S = 0.1
_LARGEST_HEAD_BYTES = 256 * 2**10

Origin = tuple[bool, str, int]


@lru_cache(1024)
def _header_name(name: bytes) -> str:
    return name.decode("ascii", "replace").lower()


class Wire(asyncio.Protocol):
    """One connection, one exchange at a time. ``usable`` says whether another one may follow."""

    def __init__(self, largest_bytes: int) -> None:
        self._largest_bytes = largest_bytes
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport
        self._loop: asyncio.AbstractEventLoop
        self._waiter: asyncio.Future[Reply] | None = None
        self._closed = False
        self._begun = False
        self._keep = False
        self._status = 0
        self._head_bytes = 0
        self._size = 0
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self.idle_since = 0.0
        self.until = inf

    @property
    def usable(self) -> bool:
        """Whether it is open and at rest."""
        return not self._closed and self._waiter is None

    def exchange(self, message: bytes) -> "asyncio.Future[Reply]":
        """Send a request; the future ends with its reply, in which the last header of a name counts. Fails with
        BrokenReply, ReplyTooLarge or ConnectionError."""
        self._waiter = waiter = self._loop.create_future()
        self._head_bytes = 0
        self._transport.write(message)
        return waiter

    def give_up(self) -> None:
        """Close it; what waits for a reply gets TimeoutError."""
        self._fail(TimeoutError())

    def close(self) -> None:
        """Close it, whatever is under way."""
        self._closed = True
        self._transport.abort()

    # -- asyncio.Protocol ------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        """Some of a reply."""
        if self._waiter is None:
            self.close()  # nobody asked
            return
        if not self._status:
            self._head_bytes += len(data)
            if self._head_bytes > _LARGEST_HEAD_BYTES:
                self._fail(ReplyTooLarge())
                return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._fail(BrokenReply(type(error).__name__))

    def eof_received(self) -> None:
        """The other side has said everything: a body without a length ends here."""
        if self._waiter is not None and self._status and not self._sized():
            self._keep = False
            self._complete()

    def connection_lost(self, _: Exception | None) -> None:
        """The connection is gone."""
        self._closed = True
        if self._waiter is not None:
            self.eof_received()
            self._fail(BrokenReply("cut off") if self._begun else ConnectionResetError("closed before it answered"))

    # -- httptools -------------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """A status line begins: the reply's own, or an interim one's."""
        if self._waiter is None:
            self.close()
        self._begun, self._status, self._size = True, 0, 0
        self._headers, self._parts = {}, []

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or a trailer, which nobody needs."""
        if not self._status:
            self._headers[_header_name(name)] = value.decode("utf-8", "surrogateescape")

    def on_headers_complete(self) -> None:
        """The body begins."""
        status = self._parser.get_status_code()
        if status >= 200:
            self._status = status

    def on_body(self, part: bytes) -> None:
        """Some of the body."""
        self._size += len(part)
        if self._size > self._largest_bytes:
            self._fail(ReplyTooLarge())
        elif self._waiter is not None:
            self._parts.append(part)

    def on_message_complete(self) -> None:
        """The reply is whole; an interim one (1xx) is followed by the real one."""
        if self._status:
            self._keep = bool(self._parser.should_keep_alive())
            self._complete()

    def _sized(self) -> bool:
        return "content-length" in self._headers or "transfer-encoding" in self._headers

    def _complete(self) -> None:
        waiter, self._waiter = self._waiter, None
        status, self._status, self._begun = self._status, 0, False
        if waiter is None or waiter.done():
            self.close()
            return
        if not self._keep:
            self.close()
        parts, self._parts = self._parts, []
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        if coding := self._headers.get("content-encoding"):
            try:
                body = unpacked(body, coding, self._largest_bytes)
            except (BrokenReply, ReplyTooLarge) as error:
                waiter.set_exception(error)
                return
        waiter.set_result(Reply(status, self._headers, body))

    def _fail(self, error: Exception) -> None:
        waiter, self._waiter = self._waiter, None
        self._parts = []
        self.close()
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)


class Wires:
    """Kept connections by origin: at most ``most`` exchanges at a time, all origins together.

    ``connect_s`` bounds making a connection, TLS included.
    """

    def __init__(self, *, most: int, connect_s: float, largest_bytes: int) -> None:
        self._free = most
        self._connect_s = connect_s
        self._largest_bytes = largest_bytes
        self._idle: dict[Origin, list[Wire]] = defaultdict(list)
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._sweeping: asyncio.TimerHandle | None = None
        self._busy: set[Wire] = set()
        self._looking: asyncio.TimerHandle | None = None
        self._tls: ssl.SSLContext | None = None

    async def exchange(self, origin: Origin, message: bytes, until: float = inf) -> Reply:
        """One request, one reply, by a time (``time.monotonic``; noticed a tenth of a second later at the latest).

        Raises NotConnected when nothing was sent, TimeoutError, and what ``Wire.exchange`` fails with.
        """
        if self._free:
            self._free -= 1
        else:
            await self._room(until)
        try:
            wire = self._kept(origin) or await self._connected(origin, until)
            wire.until = until
            self._busy.add(wire)
            if self._looking is None:
                self._looking = asyncio.get_running_loop().call_later(_LOOK_S, self._look)
            try:
                received = await wire.exchange(message)
            except BaseException:
                wire.close()
                raise
            finally:
                self._busy.discard(wire)
            if wire.usable:
                self._keep(origin, wire)
            return received
        finally:
            self._leave()

    def close(self) -> None:
        """Close every connection that is at rest."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        for wires in self._idle.values():
            for wire in wires:
                wire.close()
        self._idle.clear()

    def _look(self) -> None:
        """Give up what has used up its time."""
        self._looking = None
        now = monotonic()
        for wire in [wire for wire in self._busy if wire.until < now]:
            wire.give_up()
        if self._busy:
            self._looking = asyncio.get_running_loop().call_later(_LOOK_S, self._look)

    async def _room(self, until: float) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(left_s(until)):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._leave()
            if isinstance(error, TimeoutError):
                raise NotConnected("all connections were in use") from error
            raise

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _kept(self, origin: Origin) -> Wire | None:
        wires = self._idle.get(origin)
        while wires:
            wire = wires.pop()
            if wire.usable:
                return wire
        return None

    def _keep(self, origin: Origin, wire: Wire) -> None:
        wire.idle_since = monotonic()
        self._idle[origin].append(wire)
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(IDLE_S / 2, self._sweep)

    def _sweep(self) -> None:
        """Close what has not been used for long. The last ones used are the first to be used again."""
        before = monotonic() - IDLE_S / 2
        for origin, wires in list(self._idle.items()):
            young = [wire for wire in wires if wire.usable and wire.idle_since > before]
            for wire in wires:
                if wire.idle_since <= before:
                    wire.close()
            if young:
                self._idle[origin] = young
            else:
                del self._idle[origin]
        loop = asyncio.get_running_loop()
        self._sweeping = loop.call_later(IDLE_S / 2, self._sweep) if self._idle else None

    async def _connected(self, origin: Origin, until: float) -> Wire:
        secure, host, port = origin
        if secure and self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        try:
            async with asyncio.timeout(left_s(until, self._connect_s)):
                _, wire = await asyncio.get_running_loop().create_connection(
                    lambda: Wire(self._largest_bytes),
                    host,
                    port,
                    ssl=self._tls if secure else None,
                    server_hostname=host if secure else None,
                )
        except TimeoutError as error:
            raise NotConnected("timed out") from error
        except (OSError, ssl.SSLError, ValueError) as error:
            raise NotConnected(type(error).__name__) from error
        return wire


def left_s(until: float, at_most_s: float = inf) -> float | None:
    """Seconds that may still be waited until a time (``time.monotonic``), as asyncio's time-outs take them."""
    left = min(until - monotonic(), at_most_s)
    return None if left == inf else left
