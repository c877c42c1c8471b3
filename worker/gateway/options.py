"""What the gateway can be told: plain values, read from the environment elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.gateway.accounts import AccountOptions

#: Names the bot in every request that leaves for a page or an API.
USER_AGENT = "enrichd/0.1 (+https://enrichd.example/bot)"


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """How pages from outside are fetched.

    ``hosts`` maps names to ``address:port`` that stand in for them (``*`` for all others; ``.example`` for a suffix),
    trusted because the operator wrote them. ``allow`` lists hosts and networks that may be reached although they are
    not public. ``proxy`` is the operator's egress proxy: it is asked for checked addresses, with the name in the Host
    header. A proxy that writes that header anew (RFC 9112, 3.2.2) breaks sites on plain http; with ``proxy_resolves``
    it gets names instead, and has to refuse private addresses itself. Sizes are decompressed bytes; times are seconds.
    """

    hosts: Mapping[str, str] = field(default_factory=dict)
    allow: tuple[str, ...] = ()
    proxy: str | None = None
    proxy_resolves: bool = False
    user_agent: str = USER_AGENT
    largest_bytes: int = 5 * 2**20
    largest_header_bytes: int = 32 * 2**10
    redirects: int = 5
    total_s: float = 30.0
    idle_s: float = 10.0
    slowest_bytes_per_s: int = 512
    host_concurrency: int = 2
    host_delay_s: float = 0.25
    concurrency: int = 100
    obey_robots: bool = True
    robots_life_s: float = 86_400.0
    dns_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GatewayOptions:
    """How providers are called.

    ``proxy`` is used for provider APIs when set. ``connections`` bounds open sockets. Lives are how long an answer
    is used again, in seconds. ``share_answers`` lets workspaces use each other's answers.
    """

    accounts: AccountOptions = field(default_factory=AccountOptions)
    fetch: FetchOptions = field(default_factory=FetchOptions)
    proxy: str | None = None
    user_agent: str = USER_AGENT
    connections: int = 200
    largest_reply_bytes: int = 20 * 2**20
    connect_s: float = 10.0
    hit_life_s: float = 30 * 86_400.0
    miss_life_s: float = 7 * 86_400.0
    pending_life_s: float = 86_400.0
    share_answers: bool = False
    close_grace_s: float = 10.0
