"""What passes over the simulated wire: a request as a provider sees it, its reply, and what it charges for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from simulator.world import World


def account_of(key: str | None) -> str:
    """The name under which a key is counted: never the key itself.

    >>> account_of(None)
    'keyless'
    """
    return f"{sha256(key.encode()).hexdigest()[:12]}" if key else "keyless"


@dataclass(frozen=True, slots=True)
class Charge:
    """One thing a provider bills: ``identity`` is what was asked, in canonical text; ``micros`` are micro-dollars."""

    identity: str
    micros: int
    credits: float = 1.0


@dataclass(frozen=True, slots=True)
class Webhook:
    """A POST that the provider sends later."""

    url: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.05


@dataclass(frozen=True, slots=True)
class Reply:
    """A provider's reply, before faults. Header names keep the provider's spelling."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    charges: tuple[Charge, ...] = ()
    webhooks: tuple[Webhook, ...] = ()


def json_reply(
    body: object,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    charges: tuple[Charge, ...] = (),
    webhooks: tuple[Webhook, ...] = (),
) -> Reply:
    """A reply with a JSON body."""
    sent = {"Content-Type": "application/json; charset=utf-8", **(headers or {})}
    return Reply(status, orjson.dumps(body), sent, charges, webhooks)


def text_reply(text: str, status: int = 200, content_type: str = "text/plain; charset=utf-8") -> Reply:
    """A reply with a text body."""
    return Reply(status, text.encode(), {"Content-Type": content_type})


@dataclass(frozen=True)
class Ask:
    """A request as a provider's pure functions see it. Header names are lower-case.

    ``state`` is the provider's own memory (polls answered, pending results); ``credits_left`` is None without a quota.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, str]
    query_lists: Mapping[str, Sequence[str]]
    headers: Mapping[str, str]
    body: bytes
    now: float
    world: "World"
    state: dict[str, Any]
    parts: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    account: str = ""
    key: str | None = None
    credits_spent: float = 0.0
    credits_left: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def json(self) -> Any:
        """The body as JSON, or None when it is not JSON."""
        try:
            return orjson.loads(self.body) if self.body else None
        except orjson.JSONDecodeError:
            return None

    @cached_property
    def params(self) -> dict[str, Any]:
        """Query parameters, with a JSON object body's members over them."""
        return {**self.query, **(self.json if isinstance(self.json, dict) else {})}


#: Parameters that hold a secret or change only the form of a reply: no part of what was asked.
NOT_ASKED = frozenset({"api_key", "key", "pretty", "metadata"})


def identity(operation: str, params: Mapping[str, Any]) -> str:
    """The canonical text of a question: equal for equal questions, whatever the order of parameters.

    >>> identity("x", {"b": 1, "a": 2, "api_key": "k"})
    'x {"a":2,"b":1}'
    """
    asked = {name: value for name, value in params.items() if name not in NOT_ASKED}
    return f"{operation} {orjson.dumps(asked, option=orjson.OPT_SORT_KEYS).decode()}"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` requests in ``seconds``, per account, and per operation when ``per_operation``.

    A fixed window starts at multiples of its length, as most providers count; a sliding one looks back.
    """

    count: int
    seconds: float
    per_operation: bool = False
    sliding: bool = False


@dataclass(frozen=True, slots=True)
class Usage:
    """How full one window is, this request included when it was let in."""

    limit: Limit
    used: int
    reset_s: float

    @property
    def left(self) -> int:
        """Requests that may still come in this window."""
        return max(0, self.limit.count - self.used)


Handler = Callable[[Ask], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint: ``path`` may hold ``{name}`` parts; ``operation`` names it on the bill and in faults."""

    methods: tuple[str, ...]
    path: str
    operation: str
    handler: Handler
    open: bool = False  # no key needed


def _never(_: Ask) -> bool:
    return False


def _no_headers(_: Ask, __: Sequence[Usage]) -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True)
class Provider:
    """One simulated provider: where it listens, how it reads a key, and how each refusal looks.

    ``throttled`` gets the seconds to wait, or None for a 429 that does not say. ``broken`` gets a 5xx status.
    ``limits`` names the windows that hold for an operation. ``exempt`` requests count against no limit.
    """

    name: str
    prefix: str
    routes: tuple[Route, ...]
    key: Callable[[Ask], str | None]
    bad_key: Callable[[Ask], Reply]
    throttled: Callable[[Ask, float | None], Reply]
    quota: Callable[[Ask], Reply]
    broken: Callable[[Ask, int], Reply]
    limits: Callable[[Ask], tuple[Limit, ...]] = lambda _: ()
    rate_headers: Callable[[Ask, Sequence[Usage]], dict[str, str]] = _no_headers
    exempt: Callable[[Ask], bool] = _never
    keyless: bool = False
