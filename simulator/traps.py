"""What a safe fetcher must never reach, and names that lead there: a counting port, and a DNS server that rebinds.

DNS on UDP as in RFC 1035; null MX as in RFC 7505.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from ipaddress import ip_address
from typing import Final, cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

LOOPBACK: Final = "127.0.0.1"
#: Where the trap listens too, on the same port, so that no trick fails for want of a listener.
OTHER_LOOPBACKS: Final = ("::1", "127.0.0.2", "127.0.1.1", "127.255.255.254")


class Traps:
    """A port that must never be reached. ``hits`` counts what was, by request line; ``hosts`` are where it listens."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.address = ""
        self.hosts: tuple[str, ...] = ()

    @contextlib.asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Traps"]:
        """Listen while the context is open."""
        async with contextlib.AsyncExitStack() as stack:
            server = await stack.enter_async_context(await asyncio.start_server(self._caught, LOOPBACK, port))
            host, bound = server.sockets[0].getsockname()[:2]
            self.address = f"{host}:{bound}"
            self.hosts = (host,)
            for other in OTHER_LOOPBACKS:
                with contextlib.suppress(OSError):  # not every system has them
                    await stack.enter_async_context(await asyncio.start_server(self._caught, other, bound))
                    self.hosts += (other,)
            yield self

    async def _caught(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.hits["connection"] += 1
        with contextlib.suppress(ConnectionError, TimeoutError, asyncio.LimitOverrunError, ValueError):
            line = await asyncio.wait_for(reader.readline(), 1.0)
            self.hits[line.decode("latin-1").strip()[:200] or "silent connection"] += 1
            body = b'{"secret": "reached"}'
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
            await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


class DnsServer(asyncio.DatagramProtocol):
    """A DNS server for fictional names.

    ``zone`` maps (name, type) to answers in turn: with several lists, each query gets the next and the last stays,
    which is what a rebinding name does. Names that nobody added: ``*.example`` has an A record and an MX, unless
    the name starts with ``nomx-``, ``nullmx-`` or ``nxdomain-``; ``servfail-`` and ``silent-`` do as they say.
    """

    def __init__(self) -> None:
        self.zone: dict[tuple[str, str], list[Sequence[str]]] = {}
        self.queries: Counter[tuple[str, str]] = Counter()
        self.address = ""
        self.site_address = "93.184.215.14"
        self._transport: asyncio.DatagramTransport | None = None

    def add(self, name: str, kind: str, *answers: Sequence[str]) -> None:
        """Answer a name: ``add("rebind.example", "A", ["93.184.215.14"], ["127.0.0.1"])`` changes after one query."""
        self.zone[name.lower().rstrip("."), kind] = list(answers)

    @contextlib.asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["DnsServer"]:
        """Listen on UDP while the context is open."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(LOOPBACK, port))
        host, bound = transport.get_extra_info("sockname")[:2]
        self.address = f"{host}:{bound}"
        try:
            yield self
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio when the socket is bound."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one query; what is no query is dropped."""
        try:
            query = dns.message.from_wire(data)
            question = query.question[0]
        except (dns.exception.DNSException, IndexError):
            return
        name, kind = question.name.to_text().rstrip(".").lower(), dns.rdatatype.to_text(question.rdtype)
        self.queries[name, kind] += 1
        if name.startswith("silent-") or self._transport is None:
            return
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        code, answers = self.answer(name, kind)
        response.set_rcode(code)
        if answers:
            response.answer.append(dns.rrset.from_text_list(question.name, 1, "IN", kind, list(answers)))
        self._transport.sendto(response.to_wire(), addr)

    def answer(self, name: str, kind: str) -> tuple[dns.rcode.Rcode, Sequence[str]]:
        """The answer to one query; moves a rebinding name one step on."""
        if (turns := self.zone.get((name, kind))) is not None:
            return dns.rcode.NOERROR, turns.pop(0) if len(turns) > 1 else turns[0]
        first = name.split(".", maxsplit=1)[0]
        if name.startswith("servfail-"):
            return dns.rcode.SERVFAIL, ()
        if not name.endswith((".example", ".test")) or first.startswith("nxdomain-"):
            return dns.rcode.NXDOMAIN, ()
        match kind:
            case "A":
                return dns.rcode.NOERROR, (self.site_address,)
            case "MX" if first.startswith("nullmx-"):
                return dns.rcode.NOERROR, ("0 .",)
            case "MX" if not first.startswith(("nomx-", "mail")):
                return dns.rcode.NOERROR, (f"10 mail.{name}.",)
        return dns.rcode.NOERROR, ()


#: Addresses and spellings that lead to places a fetcher of outside URLs must not go; ``{port}`` is the trap's.
FORBIDDEN_URLS: Final[tuple[str, ...]] = (
    "http://127.0.0.1:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.255.255.254:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0x0.0x0.0x1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://0:{port}/",
    "http://0.0.0.0:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://localhost.:{port}/",
    "http://sub.localhost:{port}/",
    "http://ip6-localhost:{port}/",
    "http://[::1]:{port}/",
    "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[::127.0.0.1]:{port}/",
    "http://[64:ff9b::7f00:1]:{port}/",
    "http://[64:ff9b:1::7f00:1]:{port}/",
    "http://[2002:7f00:1::]:{port}/",
    "http://[2001:0:7f00:1::1]:{port}/",
    "http://[fe80::1]:{port}/",
    "http://[fe80::1%25lo]:{port}/",
    "http://[fc00::1]:{port}/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://[ff02::1]:{port}/",
    "http://[2001:db8::1]:{port}/",
    "http://[100::1]:{port}/",
    "http://10.0.0.1:{port}/",
    "http://10.255.255.255:{port}/",
    "http://172.16.0.1:{port}/",
    "http://172.31.255.254:{port}/",
    "http://192.168.0.1:{port}/",
    "http://192.168.1.1:{port}/",
    "http://169.254.0.1:{port}/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/latest/meta-data/",
    "http://2852039166/latest/meta-data/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://metadata/computeMetadata/v1/",
    "http://instance-data/latest/meta-data/",
    "http://100.64.0.1:{port}/",
    "http://100.100.100.200/latest/meta-data/",
    "http://168.63.129.16/metadata/",
    "http://192.0.0.192/latest/",
    "http://192.0.2.1:{port}/",
    "http://198.18.0.1:{port}/",
    "http://198.51.100.7:{port}/",
    "http://203.0.113.9:{port}/",
    "http://192.88.99.1:{port}/",
    "http://224.0.0.1:{port}/",
    "http://240.0.0.1:{port}/",
    "http://255.255.255.255:{port}/",
    "http://user@127.0.0.1:{port}/",
    "http://acme.example@127.0.0.1:{port}/",
    "http://acme.example:80@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}\\@acme.example/",
    "http://127.0.0.1:{port}#@acme.example/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127。0。0。1:{port}/",
    "http://１２７.０.０.１:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http://127.0.0.1%00.acme.example:{port}/",
    "http://127.0.0.1%2f.acme.example:{port}/",
    "http://rebind.example:{port}/",
    "http://private.example:{port}/",
    "http://mapped.example:{port}/",
    "http://mixed.example:{port}/",
    "http://cname-local.example:{port}/",
    "file:///etc/passwd",
    "ftp://127.0.0.1:{port}/",
    "gopher://127.0.0.1:{port}/_GET",
    "dict://127.0.0.1:{port}/info",
    "unix:///var/run/docker.sock",
    "data:text/html,<h1>x</h1>",
    "javascript:alert(1)",
    "//127.0.0.1:{port}/",
)


def set_traps(server: DnsServer, public: str = "93.184.215.14") -> None:
    """Give the DNS server the names that FORBIDDEN_URLS uses."""
    loop = ip_address(LOOPBACK).exploded
    server.add("rebind.example", "A", [public], [loop])
    server.add("private.example", "A", [loop])
    server.add("mixed.example", "A", [public, loop])
    server.add("cname-local.example", "A", [loop])
    server.add("mapped.example", "A", [])
    server.add("mapped.example", "AAAA", ["::ffff:127.0.0.1"])
