"""Who takes mail for a domain: MX, null MX and the address records that stand in for them.

Sources: RFC 5321 section 5.1 (a domain without MX is its own mail host if it has an address), RFC 7505 (null MX).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson

from worker.domain.call import Reply
from worker.providers.typed import dig

if TYPE_CHECKING:
    from aiodns import DNSResolver


@dataclass(frozen=True, slots=True)
class MailHosts:
    """What DNS says about mail for a domain. ``hosts`` are MX names by preference; ``null_mx`` refuses all mail;
    ``address`` says that the domain itself has an address record (looked up only without MX)."""

    exists: bool
    hosts: tuple[str, ...] = ()
    null_mx: bool = False
    address: bool = False

    def as_reply(self) -> Reply:
        """As a reply that can be stored and read back."""
        body = {"exists": self.exists, "mx": self.hosts, "null_mx": self.null_mx, "address": self.address}
        return Reply(200, {"content-type": "application/json"}, orjson.dumps(body))


def mail_hosts(body: Any) -> MailHosts | None:
    """``as_reply``'s body read back; None when it is of another shape."""
    exists, names, null_mx, address = (dig(body, key) for key in ("exists", "mx", "null_mx", "address"))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return None
    if not all(isinstance(said, bool) for said in (exists, null_mx, address)):
        return None
    return MailHosts(exists, tuple(names), null_mx, address)


def from_records(records: Sequence[tuple[int, str]], address: bool = False) -> MailHosts:
    """MX records (preference, name) of a domain that exists.

    >>> from_records([(0, ".")]).null_mx
    True
    >>> from_records([(20, "b.example"), (10, "a.example.")]).hosts
    ('a.example', 'b.example')
    """
    names = tuple(dict.fromkeys(name.rstrip(".").casefold() for _, name in sorted(records)))
    if names == ("",):
        return MailHosts(exists=True, null_mx=True)
    return MailHosts(exists=True, hosts=tuple(name for name in names if name), address=address)


class Resolver(Protocol):
    """Answers DNS questions about mail. Raises OSError when the DNS does not answer."""

    async def mail_hosts(self, domain: str) -> MailHosts:
        """Who takes mail for a domain."""

    async def addresses(self, host: str) -> tuple[str, ...]:
        """The IPv4 and IPv6 addresses of a host; empty when it has none."""

    async def close(self) -> None:
        """Let go of sockets."""


class DnsResolver:
    """The resolver in use: aiodns (c-ares). ``servers`` (``address`` or ``address:port``) replace the system's."""

    #: c-ares' codes: the name does not exist; it exists without such records.
    _NO_NAME: Final = 4
    _NO_DATA: Final = 1

    def __init__(self, servers: Sequence[str] = (), timeout_s: float = 5.0) -> None:
        self._servers = tuple(servers)
        self._timeout_s = timeout_s
        self._resolver: DNSResolver | None = None

    async def mail_hosts(self, domain: str) -> MailHosts:
        """MX, else whether the domain has an address of its own."""
        records = await self._query(domain, "MX")
        if records is None:
            return MailHosts(exists=False)
        if records:
            return from_records([(int(record.priority), str(record.exchange)) for record in records])
        return from_records((), address=bool(await self.addresses(domain)))

    async def addresses(self, host: str) -> tuple[str, ...]:
        """A and AAAA records."""
        found: list[str] = []
        for kind in ("A", "AAAA"):
            found.extend(str(record.addr) for record in await self._query(host, kind) or ())
        return tuple(found)

    async def close(self) -> None:
        """Close the channel, if it was opened."""
        resolver, self._resolver = self._resolver, None
        if resolver is not None:
            await resolver.close()

    async def _query(self, name: str, kind: str) -> list[Any] | None:
        """The data of the records of a kind; None when the name does not exist. Raises OSError otherwise."""
        import aiodns

        if self._resolver is None:
            servers = list(self._servers) or None
            self._resolver = aiodns.DNSResolver(nameservers=servers, timeout=self._timeout_s, tries=2)
        try:
            result = await self._resolver.query_dns(name, kind)
        except aiodns.error.DNSError as problem:
            code = problem.args[0] if problem.args else None
            if code == self._NO_NAME:
                return None
            if code == self._NO_DATA:
                return []
            raise OSError(
                f"DNS does not answer for {kind}: {problem.args[1] if len(problem.args) > 1 else code}"
            ) from None
        return [record.data for record in result.answer if hasattr(record.data, "exchange" if kind == "MX" else "addr")]
