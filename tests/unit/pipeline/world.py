"""A small world for pipeline tests: scripted providers, a gateway that counts, and a cache that is a list."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.claim import Claim, Value
from worker.domain.finding import Finding, Outcome
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.page import Page
from worker.domain.provider import Ask, Gateway, Off, Provider
from worker.domain.silence import Silence
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Report
from worker.jobs import load_kinds
from worker.pipeline import Policy, Tools, enrich
from worker.pipeline.tools import HitRates, Silences

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KINDS = load_kinds()


class Purse:
    """A job's gateway that only knows what was spent; the scripted providers do not call it."""

    def __init__(self) -> None:
        self.provider_micros = 0
        self.llm_micros = 0

    @property
    def spent_micros(self) -> int:
        """All there is: one run."""
        return self.provider_micros + self.llm_micros

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """Scripted providers ask nobody."""
        raise AssertionError("no request expected")

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """Scripted providers ask nobody."""
        raise AssertionError("no call expected")

    async def page(self, url: str) -> Reply:
        """Scripted providers ask nobody."""
        raise AssertionError("no page expected")


@dataclass
class World:
    """What providers say, what the cache holds, and what was asked."""

    known: tuple[Claim, ...] = ()
    off: tuple[Off, ...] = ()
    policy: Policy = field(default_factory=Policy)
    roster: list[Provider] = field(default_factory=list)
    asked: list[tuple[str, Ask]] = field(default_factory=list)
    lookups: list[datetime | None] = field(default_factory=list)
    purse: Purse = field(default_factory=Purse)
    silences: Silences | None = None
    rates: HitRates | None = None

    def provider(
        self,
        name: str,
        says: Mapping[str, Value] | Finding | Exception | Callable[[Ask], Finding],
        *,
        stage: str = "",
        gives: Iterable[str] | None = None,
        entity: Entity = Entity.COMPANY,
        confidence: float = 0.8,
        cents: int = 0,
        source: str = "",
        cannot: Callable[[Subject], str | None] | None = None,
        inferred: bool = False,
        identifiers: Mapping[str, str] | None = None,
        pages: tuple[Page, ...] = (),
    ) -> Provider:
        """Add a provider that says the same to everybody: values by field, a finding, or an error."""

        async def lookup(ask: Ask, _: Gateway) -> Finding:
            self.asked.append((name, ask))
            await asyncio.sleep(0)
            if isinstance(says, Exception):
                raise says
            if isinstance(says, Finding):
                return says
            if callable(says):
                return says(ask)
            self.purse.provider_micros += cents * 10_000
            claims = tuple(
                Claim(key, value, source or name, name, confidence, NOW, inferred=inferred)
                for key, value in says.items()
            )
            outcome = Outcome.HIT if claims or identifiers else Outcome.MISS
            return Finding(
                name, outcome, claims, charged_micros=cents * 10_000, identifiers=identifiers or {}, pages=pages
            )

        offered = gives if gives is not None else says if isinstance(says, Mapping) else ()
        more: dict[str, Any] = {"cannot": cannot} if cannot else {}
        one = Provider(
            name, stage or name, frozenset({entity}), frozenset(offered), confidence, lookup, cents * 10_000, **more
        )
        self.roster.append(one)
        return one

    async def claims(
        self, workspace: str, subject: Subject, fields: frozenset[str], observed_after: datetime | None
    ) -> tuple[Claim, ...]:
        """The cache: it ignores the age limit on purpose, the pipeline must judge by itself."""
        self.lookups.append(observed_after)
        return tuple(claim for claim in self.known if claim.field in fields)

    def tools(self) -> Tools:
        """Tools over this world."""
        return Tools(
            self.claims,
            self.roster,
            lambda _: self.purse,
            self.off,
            lambda: NOW,
            self.policy,
            self.silences,
            self.rates,
        )

    async def run(self, *required: str, kind: str | Kind = "company_website", **options: Any) -> Report:
        """Run one job."""
        chosen = KINDS[kind] if isinstance(kind, str) else kind
        options.setdefault("url", "https://acme.example")
        job = Job("default", "job-1", chosen.name, required=required or chosen.default_fields, **options)
        return await enrich(job, chosen, self.tools())

    @property
    def order(self) -> list[str]:
        """The names of the providers that were asked, in order."""
        return [name for name, _ in self.asked]


class Remembered:
    """Silences in a dictionary."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], dict[str, Silence]] = {}

    async def get(self, workspace: str, subject: str) -> tuple[Silence, ...]:
        """What was put."""
        return tuple(self.held.get((workspace, subject), {}).values())

    async def put(self, workspace: str, subject: str, silences: Sequence[Silence]) -> None:
        """Keep the newest of each provider."""
        self.held.setdefault((workspace, subject), {}).update({one.provider: one for one in silences})
