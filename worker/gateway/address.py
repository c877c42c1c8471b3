"""Which URLs and addresses from outside may be reached: pure checks, strict where notations differ.

Sources: IANA's special-purpose address registries (IPv4, IPv6), RFC 6890, RFC 6052 (NAT64), RFC 3056 (6to4),
RFC 4380 (Teredo), WHATWG URL (hosts that end in a number are IPv4 addresses).
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST_URL = 4096
_NOT_PUBLIC_V4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        # A public address that answers every virtual machine of one cloud with its secrets.
        "168.63.129.16/32",
    )
)
#: All there is of public IPv6 space; within it, what is not: protocol assignments with Teredo, documentation, 6to4.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    ipaddress.IPv6Network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)
#: Names that lead inwards wherever they are resolved.
_INWARD_SUFFIXES = (
    "localhost",
    "local",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "home.arpa",
    "corp",
    "home",
    "onion",
    "in-addr.arpa",
    "ip6.arpa",
)
_PORTS = frozenset({80, 443})
#: Above 1023, ports where something other than a website listens.
_SERVICE_PORTS = frozenset(
    {1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 4369, 5432, 5672, 5900, 5984, 6000, 6379, 6443}
    | {7001, 8500, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 15672, 26379, 27017, 50070}
)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_DOTTED_QUAD = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked for, if its name resolves to public addresses. ``address`` is set when its host is
    one."""

    url: str
    scheme: str
    host: str
    port: int
    address: Address | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port, as robots.txt counts them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse_target(url: str, base_ports: Iterable[int] = ()) -> Target:
    """Take a URL from outside apart. ``base_ports`` are ports allowed beside the usual ones.

    Raises PageRefused (BAD_INPUT) for anything that is not plainly a public web address.
    """
    if len(url) > _LONGEST_URL or any(ord(character) <= 32 or ord(character) == 127 for character in url):
        raise _bad("the URL has control characters or is too long")
    if "\\" in url:
        raise _bad("the URL has a backslash")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = parts.hostname or ""
    except ValueError:
        raise _bad("the URL is not one") from None
    if parts.scheme not in ("http", "https"):
        raise _bad("only http and https are fetched")
    if "@" in parts.netloc:
        raise _bad("the URL has user information")
    port = port if port is not None else (443 if parts.scheme == "https" else 80)
    if port not in _PORTS and port not in base_ports and (port < 1024 or port in _SERVICE_PORTS):
        raise _bad(f"port {port} is not a website's")
    host = plain_host(host)
    address = literal(host)
    if address is None:
        _check_name(host)
    rest = url[url.index("://") + 3 + len(parts.netloc) :]
    shown = f"[{host}]" if ":" in host else host
    default = 443 if parts.scheme == "https" else 80
    netloc = shown if port == default else f"{shown}:{port}"
    return Target(f"{parts.scheme}://{netloc}{rest}", parts.scheme, host, port, address)


def plain_host(host: str) -> str:
    """A host in lower-case ASCII, without a closing dot. Raises PageRefused.

    >>> plain_host("BÜCHER.example.")
    'xn--bcher-kva.example'
    """
    if "%" in host:
        raise _bad("the host is percent-encoded or has a zone")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            raise _bad("the host is no domain name") from None
    host = host.lower()
    host = host.removesuffix(".")
    if not host:
        raise _bad("the URL has no host")
    return host


def literal(host: str) -> Address | None:
    """The address that a host spells out, None for a name. Raises PageRefused for odd spellings (``0x7f.1``,
    ``2130706433``, ``0177.0.0.1``), which libraries read differently.

    >>> literal("192.0.2.1")
    IPv4Address('192.0.2.1')
    """
    if ":" in host:
        try:
            return ipaddress.IPv6Address(host)
        except ValueError:
            raise _bad("the host is no address") from None
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        if not _DOTTED_QUAD.fullmatch(host):
            raise _bad("the host is an address in an odd notation")
        try:
            return ipaddress.IPv4Address(host)
        except ValueError:
            raise _bad("the host is no address") from None
    return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, and to nothing that tunnels elsewhere.

    >>> is_public(ipaddress.ip_address("::ffff:10.0.0.1"))
    False
    """
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_V4)
    if address.scope_id is not None or address not in _GLOBAL_V6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_V6) and not _isatap(address)


def refused_address(address: Address, allowed: Iterable[Network] = ()) -> str | None:
    """Why an address may not be reached, None if it may. ``allowed`` are the operator's exceptions."""
    if any(address.version == network.version and address in network for network in allowed):
        return None
    return None if is_public(address) else "the address is not public"


def _isatap(address: ipaddress.IPv6Address) -> bool:
    """Interface identifiers that carry an IPv4 address (RFC 5214)."""
    return (int(address) >> 32) & 0xFFFF_FFFF in (0x0000_5EFE, 0x0200_5EFE)


def _check_name(host: str) -> None:
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _bad("the host is no domain name")
    if len(labels) < 2:
        raise _bad("the host is a local name")
    if any(host == suffix or host.endswith("." + suffix) for suffix in _INWARD_SUFFIXES):
        raise _bad("the host is a local name")


def _bad(reason: str) -> PageRefused:
    return PageRefused(Outcome.BAD_INPUT, reason)
