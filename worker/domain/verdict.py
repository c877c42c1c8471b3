"""Verdicts: how a run ended, as a value. Settling one is the only way a run ends."""

from datetime import datetime

from msgspec import Struct

from worker.domain.claim import Claim
from worker.domain.result import Result, Stage
from worker.domain.subject import Subject


class Done(Struct, frozen=True, gc=False):
    """The job ended: completed (success, partial) or failed (nothing found), by ``result.status``."""

    result: Result


class Retry(Struct, frozen=True, gc=False):
    """Something failed for the moment: try again after a backoff. Spends an attempt."""

    error_class: str
    message: str
    stack: str = ""
    #: The result to settle with if attempts or the deadline are over; None when nothing was found.
    fallback: Result | None = None


class Snooze(Struct, frozen=True, gc=False):
    """Nothing failed, but it has to wait until ``until`` (aware UTC). Spends no attempt."""

    until: datetime
    reason: str
    fallback: Result | None = None


class Dead(Struct, frozen=True, gc=False):
    """No run of this entry can succeed: kept with its raw fields and the reason."""

    error_class: str
    reason: str
    stack: str = ""


class Cancelled(Struct, frozen=True, gc=False):
    """Somebody asked for the job to stop."""

    reason: str = "cancelled"


class Duplicate(Struct, frozen=True, gc=False):
    """The id is already done, in this generation: only the entry is acknowledged."""


Verdict = Done | Retry | Snooze | Dead | Cancelled | Duplicate


class LogLine(Struct, frozen=True, gc=False):
    """A line of ``job_logs``."""

    at: datetime
    level: str
    message: str


class Report(Struct, frozen=True, gc=False):
    """A run, ended: its verdict and what it learned on the way, settled in one transaction.

    ``scrub``: the job's row keeps nothing of what the entry said; its subject asked not to be processed.
    """

    verdict: Verdict
    started_at: datetime
    finished_at: datetime
    subject: Subject | None = None
    claims: tuple[Claim, ...] = ()
    stages: tuple[Stage, ...] = ()
    logs: tuple[LogLine, ...] = ()
    provider_micros: int = 0
    llm_micros: int = 0
    scrub: bool = False
