"""Connections of our own against servers that say exactly what a test wants: worker.gateway.wire and transport."""

import asyncio
import gzip
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from worker.domain.call import HttpRequest, Reply
from worker.gateway.faults import BrokenReply, NotConnected, ReplyTooLarge, fault_of
from worker.gateway.options import GatewayOptions
from worker.gateway.transport import Transport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


class Server:
    """Answers each request with the next of ``replies``; an empty one closes the connection, None never answers."""

    def __init__(self, *replies: bytes | None, close: bool = False) -> None:
        self.replies = list(replies)
        self.close = close
        self.requests: list[bytes] = []
        self.connections = 0
        self.ended = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.requests.append(head)
                reply = self.replies.pop(0)
                if reply is None:
                    await reader.read()
                    return
                if not reply:
                    return
                writer.write(reply)
                await writer.drain()
                if self.close:
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended.set()
            writer.close()


@asynccontextmanager
async def serving(server: Server, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """The server, listening on loopback."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls)
    server.url = f"{'https' if tls else 'http'}://localhost:{listening.sockets[0].getsockname()[1]}/v1"
    try:
        yield server
    finally:
        listening.close()


@pytest.fixture
async def transport() -> AsyncIterator[Transport]:
    """A transport with small caps."""
    one = Transport(GatewayOptions(largest_reply_bytes=1000, connect_s=5.0))
    yield one
    await one.close()


async def get(transport: Transport, server: Server) -> Reply:
    """One GET."""
    return await transport.send(HttpRequest("GET", server.url))


WHOLE = {
    "length": OK,
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nTrailer: x\r\n\r\n",
    "interim": b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK,
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    % len(gzip.compress(b"hi", mtime=0))
    + gzip.compress(b"hi", mtime=0),
}


@pytest.mark.parametrize("reply", WHOLE.values(), ids=WHOLE)
async def test_whole_replies_keep_their_connection(transport: Transport, reply: bytes) -> None:
    """Every framing that says where it ends gives its body, and the next request uses the same connection."""
    async with serving(Server(reply, OK)) as server:
        first = await get(transport, server)
        assert (first.status, first.body) == (200, b"hi")
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 1


async def test_no_content(transport: Transport) -> None:
    """A reply that has no body by its status does not wait for one, and header names are lower-case."""
    async with serving(Server(b"HTTP/1.1 204 No Content\r\nX-Left: 7\r\n\r\n")) as server:
        reply = await get(transport, server)
        assert (reply.status, reply.body, reply.headers["x-left"]) == (204, b"", "7")


async def test_a_body_without_a_length_ends_with_its_connection(transport: Transport) -> None:
    """As HTTP/1.0 servers do it; the connection is not used again."""
    old = b"HTTP/1.0 200 OK\r\n\r\nhi"
    async with serving(Server(old, old, close=True)) as server:
        assert (await get(transport, server)).body == b"hi"
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 2


async def test_connection_close_is_obeyed(transport: Transport) -> None:
    """A server that says it closes is connected to anew."""
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    async with serving(Server(closing, OK)) as server:
        assert (await get(transport, server)).body == b"hi"
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 2


BROKEN = {
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi",
    "cut off in a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhi",
    "cut off in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no HTTP": b"hello\r\n\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("reply", BROKEN.values(), ids=BROKEN)
async def test_what_is_not_whole_is_a_fault_after_sending(transport: Transport, reply: bytes) -> None:
    """Nothing of it is used, the money is unknown, and the request is not sent again."""
    async with serving(Server(reply, OK, close=True)) as server:
        with pytest.raises(BrokenReply) as caught:
            await get(transport, server)
        fault = fault_of(caught.value)
        assert fault is not None
        assert fault.sent
        assert len(server.requests) == 1


async def test_a_kept_connection_that_breaks_is_not_retried(transport: Transport) -> None:
    """The provider may have counted the request that it did not answer."""
    async with serving(Server(OK, b"", OK)) as server:
        await get(transport, server)
        with pytest.raises(ConnectionResetError) as caught:
            await get(transport, server)
        fault = fault_of(caught.value)
        assert fault is not None
        assert fault.sent
        assert len(server.requests) == 2


async def test_a_connection_closed_at_rest_is_not_used(transport: Transport) -> None:
    """What the server closed meanwhile is replaced before anything is sent."""
    async with serving(Server(OK, OK, close=True)) as server:
        await get(transport, server)
        await server.ended.wait()
        await _until(lambda: not any(wire.usable for kept in transport._wires._idle.values() for wire in kept))
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 2


async def test_words_that_nobody_asked_for_end_the_connection(transport: Transport) -> None:
    """A second reply to one request can never be taken for the answer to the next."""
    other = OK.replace(b"hi", b"no")
    async with serving(Server(OK + other, OK)) as server:
        assert (await get(transport, server)).body == b"hi"
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 2


LARGE = {
    "body": b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000,
    "packed": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    % len(gzip.compress(bytes(2000), mtime=0))
    + gzip.compress(bytes(2000), mtime=0),
    "head": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000,
}


@pytest.mark.parametrize("reply", LARGE.values(), ids=LARGE)
async def test_replies_are_capped(transport: Transport, reply: bytes) -> None:
    """Body, unpacked body and head have their caps."""
    async with serving(Server(reply)) as server:
        with pytest.raises(ReplyTooLarge):
            await get(transport, server)


async def test_who_gives_up_closes_the_connection(transport: Transport) -> None:
    """A late reply cannot meet the next request."""
    async with serving(Server(None, OK)) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await get(transport, server)
        await server.ended.wait()
        assert (await get(transport, server)).body == b"hi"
        assert server.connections == 2


async def test_an_exchange_ends_with_its_time(transport: Transport) -> None:
    """A silent server is given up: sent, and no whole reply. Its connection is closed, the next request is not hurt."""
    async with serving(Server(None, OK)) as server:
        with pytest.raises(TimeoutError) as caught:
            await transport.send(HttpRequest("GET", server.url), 0.05)
        fault = fault_of(caught.value)
        assert fault is not None
        assert fault.sent
        await server.ended.wait()
        assert (await transport.send(HttpRequest("GET", server.url), 5.0)).body == b"hi"
        assert server.connections == 2


async def test_nothing_is_sent_without_a_connection_in_time() -> None:
    """Who waits for one of too few connections until the time is over has sent nothing; the place is not lost."""
    transport = Transport(GatewayOptions(connections=1))
    async with serving(Server(None, OK)) as server:
        first = asyncio.create_task(get(transport, server))
        await _until(lambda: bool(server.requests))
        with pytest.raises(NotConnected, match="all connections were in use") as caught:
            await transport.send(HttpRequest("GET", server.url), 0.05)
        fault = fault_of(caught.value)
        assert fault is not None
        assert not fault.sent
        assert len(server.requests) == 1
        first.cancel()
        assert (await transport.send(HttpRequest("GET", server.url), 5.0)).body == b"hi"
    await transport.close()


async def test_nobody_there(transport: Transport) -> None:
    """A refused connection is a fault before sending."""
    async with serving(Server()) as server:
        pass
    with pytest.raises(NotConnected) as caught:
        await get(transport, server)
    fault = fault_of(caught.value)
    assert fault is not None
    assert not fault.sent
    assert fault.reason == "no connection (ConnectionRefusedError)"


async def test_exchanges_at_a_time_are_bounded() -> None:
    """With one connection allowed the second request waits its turn, also when the first one is given up."""
    transport = Transport(GatewayOptions(connections=1))
    async with serving(Server(None, OK, OK)) as server:
        first = asyncio.create_task(get(transport, server))
        await _until(lambda: bool(server.requests))
        waiting = [asyncio.create_task(get(transport, server)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        assert server.connections == 1
        first.cancel()
        replies = await asyncio.gather(first, *waiting, return_exceptions=True)
        assert [isinstance(reply, asyncio.CancelledError) for reply in replies] == [True, True, False, False]
    await transport.close()


async def test_certificates_are_checked(transport: Transport, tmp_path: Path) -> None:
    """A server that nobody vouches for is told nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    async with serving(Server(OK), context) as server:
        with pytest.raises(NotConnected, match="SSLCertVerificationError"):
            await get(transport, server)
        assert not server.requests
        transport._wires._tls = ssl.create_default_context(cafile=str(tmp_path / "both.pem"))
        assert (await get(transport, server)).body == b"hi"


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.001)


def _certificate(folder: Path) -> Path:
    """A file with a key and a certificate for ``localhost`` that it signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file
