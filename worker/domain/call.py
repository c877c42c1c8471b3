"""Provider calls: what is asked of the gateway, and what it answers.

Values that every call makes anew are Structs: a frozen dataclass takes many times as long to make. Those that hold no
code cannot be part of a cycle, so the garbage collector need not look at them (``gc=False``). Where every call makes
one it is made by position: by name it takes three times as long.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final

import msgspec

from worker.domain.finding import Outcome

NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


class Limit(msgspec.Struct, frozen=True, gc=False):
    """At most ``count`` sends in any ``window_s`` seconds."""

    count: int
    window_s: float


class Call(msgspec.Struct, frozen=True, gc=False):
    """One question to one provider account, before it is sent.

    ``provider`` is the adapter's name (``pdl``), ``operation`` the endpoint (``company.enrich``), ``identity`` the
    canonical text of the question: two calls with equal (provider, operation, identity) would get the same answer.
    ``account`` is the key's fingerprint (never the key): limits and breakers belong to it; empty without a key.
    ``max_micros`` is the documented maximum price, reserved before sending.
    ``timeout_s`` bounds the call hard, whatever the transport does.
    ``limits`` are the documented ones of the account; ``bucket`` names the operations that share them (a provider
    that counts per endpoint gives each its own), empty when the whole account does.
    ``llm`` books the money as LLM cost. ``hit_life_s`` and ``miss_life_s`` are how long an answer may be used again;
    None leaves that to the gateway.
    """

    provider: str
    operation: str
    identity: str
    account: str = ""
    max_micros: int = 0
    timeout_s: float = 30.0
    limits: tuple[Limit, ...] = ()
    bucket: str = ""
    llm: bool = False
    hit_life_s: float | None = None
    miss_life_s: float | None = None


class HttpRequest(msgspec.Struct, frozen=True, gc=False):
    """A request to a configured endpoint. ``headers`` and ``params`` may hold secrets and are never logged."""

    method: str
    url: str
    headers: Mapping[str, str] = NOTHING
    params: Mapping[str, str] = NOTHING
    body: bytes | None = None


class Reply(msgspec.Struct, frozen=True, gc=False):
    """What came back. Header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Bulk(msgspec.Struct, frozen=True):
    """How questions of one account and operation share a request.

    At most ``most`` questions; ``combine`` makes one request of theirs, ``split`` a reply for each, in order, that
    the single call's ``read`` reads and charges. ``group`` tells apart what cannot be combined (other flags).
    """

    most: int
    combine: Callable[[Sequence[HttpRequest]], HttpRequest]
    split: Callable[[Reply, Sequence[HttpRequest]], Sequence[Reply]]
    group: str = ""


class Reading(msgspec.Struct, frozen=True, gc=False):
    """What a provider makes of a reply: a pure function's result.

    ``charged_micros`` is what the provider bills for it. ``retry_after_s`` is its word on when to ask again:
    for PENDING, when the same question is worth asking again (None: the answer is delivered instead), for
    QUOTA_EXHAUSTED, when the quota comes back. ``limits`` are the account's, as its headers tell them.
    """

    outcome: Outcome
    charged_micros: int = 0
    reason: str = ""
    retry_after_s: float | None = None
    limits: tuple[Limit, ...] = ()


Read = Callable[[Reply], Reading]
Send = Callable[[], Awaitable[Reply]]


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The gateway's answer to a Call.

    ``reply`` is there for HIT, MISS and PENDING. ``reused`` means that it was paid for before and cost nothing
    now; ``observed_at`` is when it was first given. ``call_id`` is its ledger row (0 when nothing was sent).
    """

    outcome: Outcome
    reply: Reply | None = None
    reason: str = ""
    charged_micros: int = 0
    reused: bool = False
    observed_at: datetime | None = None
    retry_at: datetime | None = None
    call_id: int = 0
