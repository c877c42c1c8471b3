"""One run's memory: what is known, who was asked, what it is to tell afterwards."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from worker.domain.check import Check, Given
from worker.domain.claim import Claim
from worker.domain.finding import Finding
from worker.domain.gaps import Standing, standing
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.page import Page
from worker.domain.provider import Provider
from worker.domain.record import merge
from worker.domain.result import Stage
from worker.domain.segment import before_of
from worker.domain.silence import Silence
from worker.domain.subject import Subject
from worker.domain.verdict import LogLine
from worker.pipeline.checks import checks_of, given_to, waiting
from worker.pipeline.plan import Situation
from worker.pipeline.tools import JobGateway, Tools

_log = structlog.get_logger("worker.pipeline")


@dataclass(slots=True)
class Run:
    """The state of one run of one job; nothing outlives it but the report.

    ``learned`` are the claims this run brought, to be saved; ``held`` all it knows. ``silences`` is who had nothing to
    say in earlier runs, ``silenced`` who had nothing in this one. ``observed_after`` is the age
    limit that the job asked for, None without one. ``given`` are values that the job wants checked.
    """

    job: Job
    kind: Kind
    tools: Tools
    gateway: JobGateway
    providers: tuple[Provider, ...]
    started_at: datetime
    subject: Subject
    observed_after: datetime | None
    held: frozenset[Claim] = frozenset()
    learned: list[Claim] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stages: list[Stage] = field(default_factory=list)
    logs: list[LogLine] = field(default_factory=list)
    silences: dict[str, Silence] = field(default_factory=dict)
    silenced: list[Silence] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    pages: dict[tuple[str, str], Page] = field(default_factory=dict)
    given: Mapping[str, Given] = field(default_factory=dict)
    _standing: Standing | None = None

    @classmethod
    def begin(cls, job: Job, kind: Kind, tools: Tools, providers: tuple[Provider, ...]) -> "Run":
        """A run that has not done anything yet. Raises MalformedEntry when the job names no subject."""
        now = tools.now()
        return cls(job, kind, tools, tools.gateway(job), providers, now, kind.subject(job), age_limit(job, now))

    def learn(self, claims: Iterable[Claim], identifiers: Mapping[str, str], *, new: bool = True) -> None:
        """Take claims into the record; ``new`` ones are to be saved."""
        brought = tuple(claims)
        if new:
            self.learned.extend(brought)
        self.held = merge(self.held, brought)
        self.subject = self.subject.knowing(identifiers)
        self._standing = None

    def standing(self) -> Standing:
        """The record as it stands, and what is open."""
        if self._standing is None:
            found = standing(
                self.held,
                self.job.required,
                self.started_at,
                min_confidence=self.job.min_confidence,
                observed_after=self.observed_after,
            )
            self._standing = replace(found, open={**self.unchecked(), **found.open}) if self.given else found
        return self._standing

    def check(self) -> None:
        """From here on, values that the job wants checked are asked for like missing ones."""
        self.given = given_to(self.job, self.subject.entity, self.held, self.standing())
        self._standing = None

    def unchecked(self) -> dict[str, str]:
        """The fields that are asked for only because a given value waits for somebody else's word."""
        return waiting(self.given, self.held, self.started_at, self.observed_after)

    def checked(self) -> tuple[Check, ...]:
        """What came of the checks."""
        return checks_of(self.given, self.held, self.started_at, self.observed_after)

    def accept_stale(self) -> None:
        """Old values count as they are: nothing is open any more."""
        self._standing = Standing(self.standing().record, {})

    def situation(self) -> Situation:
        """What the plan looks at."""
        wanted = frozenset(self.standing().open)
        cap = self.job.max_cost_micros
        left = None if cap is None else max(0, cap - self.gateway.spent_micros)
        before = before_of(finding.outcome for finding in self.findings.values())
        return Situation(self.subject, wanted, frozenset(self.findings), self._silent(wanted), left, before)

    def _silent(self, wanted: frozenset[str]) -> dict[str, str]:
        """Who would only repeat that it has nothing, and what it said when."""
        return {
            provider.name: silence.told(self.started_at)
            for provider in self.providers
            if (silence := self.silences.get(provider.name)) is not None
            and silence.answers(wanted & provider.gives, self.subject, self.started_at, self.observed_after)
        }

    def say(self, message: str, level: str = "info") -> None:
        """A line of the job's log, also written to the worker's own log."""
        self.logs.append(LogLine(self.tools.now(), level, message))
        # What a provider said may be about a person; the worker's log cannot be erased, the job's row can.
        _log.log(_LEVELS[level], _QUOTED.sub("'…'", message))


_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”")
_LEVELS = {"info": 20, "warning": 30, "error": 40}


def age_limit(job: Job, now: datetime) -> datetime | None:
    """Claims and answers observed before this time are not good enough for the job.

    ``skipCache`` means: before the job was first picked up, so that what the job itself learned in an earlier run
    counts. ``refreshOlderThan`` counts back from the same moment, so that a retry judges by the same limit.
    """
    first = job.first_pickup_at or now
    limits = []
    if job.skip_cache:
        limits.append(first)
    if job.refresh_older_than_s is not None:
        limits.append(first - timedelta(seconds=job.refresh_older_than_s))
    return max(limits, default=None)
