"""A DNS server on loopback that says what a test wants, differently each time if need be."""

import asyncio
import ipaddress
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

#: The addresses of a name, given how often it was asked for; empty: the name exists without one; None: no such name.
Zone = Callable[[str, int], list[str] | None]
_A, _AAAA = 1, 28


@dataclass
class Names(asyncio.DatagramProtocol):
    """Answers A and AAAA from ``zone``, with a life of 0; ``asked`` counts A questions by name."""

    zone: Zone
    asked: dict[str, int] = field(default_factory=dict)
    place: str = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question, one reply."""
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1 : at + 1 + data[at]].decode())
            at += 1 + data[at]
        name = ".".join(labels).lower()
        (kind,) = struct.unpack(">H", data[at + 1 : at + 3])
        question = data[12 : at + 5]
        if kind == _A:
            self.asked[name] = self.asked.get(name, 0) + 1
        found = self.zone(name, self.asked.get(name, 1))
        wanted = 4 if kind == _A else 6
        addresses = [ipaddress.ip_address(text) for text in found or []]
        packed = [one.packed for one in addresses if one.version == wanted and kind in (_A, _AAAA)]
        flags = 0x8583 if found is None else 0x8580
        reply = data[:2] + struct.pack(">HHHHH", flags, 1, len(packed), 0, 0) + question
        for address in packed:
            reply += b"\xc0\x0c" + struct.pack(">HHIH", kind, 1, 0, len(address)) + address
        self.transport.sendto(reply, addr)


@asynccontextmanager
async def names(zone: Zone) -> AsyncIterator[Names]:
    """A running server; ``place`` is its ``address:port``."""
    loop = asyncio.get_running_loop()
    transport, here = await loop.create_datagram_endpoint(lambda: Names(zone), local_addr=("127.0.0.1", 0))
    host, port = transport.get_extra_info("sockname")
    here.place = f"{host}:{port}"
    try:
        yield here
    finally:
        transport.close()
