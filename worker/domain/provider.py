"""The provider contract: one file per provider under ``worker/providers``, handed a gateway, returning a Finding."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.claim import Claim
from worker.domain.finding import Finding
from worker.domain.page import Page
from worker.domain.subject import Entity, Subject


class Gateway(Protocol):
    """The only door to the outside, as one job sees it.

    It owns limits, breaker, retries inside a call, time-outs, answers, single-flight, the ledger and the budget.
    Nothing here raises for what a provider does wrong; that is an Answer's outcome.
    """

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """Ask a configured endpoint (trusted address) over HTTP; with ``bulk``, together with what other jobs of the
        workspace ask it within a few milliseconds. Each question has its own answer and charge either way."""

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """The same for a conversation that is not one plain request: an SDK, a crawl, a DNS look-up."""

    async def page(self, url: str) -> Reply:
        """Fetch a URL that came from outside, safely: http(s) only, public addresses only, robots.txt obeyed,
        bytes, redirects and time capped. For use inside a ``send`` given to ``perform``.

        Raises PageRefused, with an Outcome and a reason, when it must not or cannot be fetched.
        The reply's header ``x-enrichd-url`` holds the final URL after redirects.
        """


class PageRefused(Exception):
    """A page that must not or cannot be fetched; ``outcome`` is BLOCKED, BAD_INPUT, MISS or TRANSIENT."""

    def __init__(self, outcome: str, reason: str) -> None:
        self.outcome = outcome
        self.reason = reason
        super().__init__(reason)


class Options(Protocol):
    """Settings by their environment names, as text; None where unset."""

    def get(self, name: str) -> str | None:
        """The value of one setting."""


class Ask(msgspec.Struct, frozen=True, gc=False):
    """One question to a provider.

    ``fields`` are still wanted. ``claims`` is all that is known so far and ``pages`` all text that earlier findings
    brought, for providers that reason over it (the LLM).
    """

    workspace: str
    subject: Subject
    fields: frozenset[str]
    claims: tuple[Claim, ...] = ()
    min_confidence: float = 0.0
    observed_after: datetime | None = None
    pages: tuple[Page, ...] = ()


def _always(_: Subject) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Provider:
    """A configured, switched-on provider.

    ``stage`` is its place in PROVIDER_ORDER (``linkedin``, ``website``, ``search``, ``llm``, ...).
    ``gives`` are the fields it may fill. ``max_micros`` is the highest documented price of one lookup.
    ``cannot`` says why a subject cannot be asked about (``no LinkedIn URL``), or None.
    ``account`` is the key's fingerprint. ``validate`` checks the values of ``Ask.claims`` instead of filling gaps:
    its claims are what was found stated, alike or different; most providers have none.
    """

    name: str
    stage: str
    entities: frozenset[Entity]
    gives: frozenset[str]
    confidence: float
    lookup: Callable[[Ask, Gateway], Awaitable[Finding]]
    max_micros: int = 0
    cannot: Callable[[Subject], str | None] = _always
    account: str = ""
    close: Callable[[], Awaitable[None]] | None = None
    validate: Callable[[Ask, Gateway], Awaitable[Finding]] | None = None


@dataclass(frozen=True, slots=True)
class Off:
    """A provider that is not in use, and why (``no LINKEDIN_API_KEY``)."""

    name: str
    stage: str
    reason: str


#: What a provider module defines as ``open_provider``.
OpenProvider = Callable[[Options], Provider | Off]

__all__ = [
    "Ask",
    "Gateway",
    "Off",
    "OpenProvider",
    "Options",
    "PageRefused",
    "Provider",
    "Reply",
]
