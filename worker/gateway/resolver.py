"""Names from outside to public addresses, and the last look at an address before it is connected to. Shell."""

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from typing import Any

import aiodns
from aiohttp.abc import AbstractResolver, ResolveResult

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.address import Address, Network, refused_address

#: c-ares's words for "there is no such name" and "it has no address" (ares.h).
_NO_SUCH_NAME = frozenset({1, 4})


class NotPublic(OSError):
    """A name resolves to an address that may not be reached."""


class NoSuchName(OSError):
    """A name that nobody has."""


class PublicResolver(AbstractResolver):
    """Resolves for a connector: a name of which any address is not public is refused as a whole.

    ``stand_ins`` maps names to the (address, port) that the operator put in their place; ``*`` stands for all
    others, ``.example`` for all names under it. ``servers`` are DNS servers (``address:port``) instead of the
    system's.
    """

    def __init__(
        self,
        stand_ins: Mapping[str, tuple[str, int]],
        allowed: Iterable[Network] = (),
        servers: Iterable[str] = (),
    ) -> None:
        self._stand_ins = stand_ins
        self._allowed = tuple(allowed)
        self._servers = tuple(servers)
        self._dns: aiodns.DNSResolver | None = None

    def stand_in(self, host: str) -> tuple[str, int] | None:
        """Where a name is served instead, if the operator says so."""
        if not self._stand_ins:
            return None
        found = self._stand_ins.get(host)
        labels = host
        while found is None and "." in labels:
            labels = labels.partition(".")[2]
            found = self._stand_ins.get("." + labels)
        return found or self._stand_ins.get("*")

    async def addresses(self, host: str) -> list[Address]:
        """All addresses of a name, each checked. Raises NotPublic, NoSuchName, or OSError when DNS fails."""
        try:
            found = await self._open().getaddrinfo(host, family=socket.AF_UNSPEC, type=socket.SOCK_STREAM)
        except aiodns.error.DNSError as error:
            code = error.args[0] if error.args else 0
            if code in _NO_SUCH_NAME:
                raise NoSuchName("no such name") from error
            raise OSError("the name cannot be resolved now") from error
        addresses = [ipaddress.ip_address(node.addr[0].decode("ascii")) for node in found.nodes]
        if not addresses:
            raise NoSuchName("the name has no address")
        for address in addresses:
            if refused_address(address, self._allowed):
                raise NotPublic("the name leads to an address that is not public")
        return addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """What the connector connects to: exactly the addresses that were checked."""
        found = await self.addresses(host)
        return [_result(host, address, port) for address in found if family in (socket.AF_UNSPEC, _family(address))]

    def connect_socket(self, address_info: tuple[Any, ...]) -> socket.socket:
        """The socket for a connection, made only after a last look at its address: whatever came before, nothing
        else can be connected to. Raises NotPublic."""
        family, kind, protocol, _, place = address_info
        address = ipaddress.ip_address(place[0])
        mapped = (str(address), place[1]) in set(self._stand_ins.values())
        if not mapped and refused_address(address, self._allowed):
            raise NotPublic("the address is not public")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Close the DNS sockets."""
        if self._dns is not None:
            await self._dns.close()
            self._dns = None

    def _open(self) -> aiodns.DNSResolver:
        if self._dns is None:
            if not self._servers:
                self._dns = aiodns.DNSResolver(timeout=5.0, tries=2)
            else:
                pairs = [server.rpartition(":") for server in self._servers]
                port = int(pairs[0][2])
                self._dns = aiodns.DNSResolver(
                    nameservers=[pair[0] for pair in pairs], udp_port=port, tcp_port=port, timeout=2.0, tries=2
                )
        return self._dns


def refusal_of(error: BaseException) -> PageRefused:
    """What a failed connection to a page means."""
    if isinstance(error, NotPublic):
        return PageRefused(Outcome.BAD_INPUT, str(error))
    if isinstance(error, NoSuchName):
        return PageRefused(Outcome.MISS, "no such host")
    return PageRefused(Outcome.TRANSIENT, f"no connection ({type(error).__name__})")


def _family(address: Address) -> socket.AddressFamily:
    return socket.AF_INET if address.version == 4 else socket.AF_INET6


def _result(host: str, address: Address, port: int) -> ResolveResult:
    return ResolveResult(
        hostname=host,
        host=str(address),
        port=port,
        family=_family(address),
        proto=0,
        flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
    )
