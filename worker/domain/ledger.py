"""The ledger's values: what is written down before, during and after a provider call, and the answer it brought."""

import hashlib
from datetime import date, datetime
from enum import StrEnum

import msgspec

from worker.domain.call import Call, Reply
from worker.domain.finding import Outcome


class Charge(StrEnum):
    """What is known about a call's money."""

    RESERVED = "reserved"  # an intent without an outcome yet: in flight, or cut off by a crash
    CHARGED = "charged"
    FREE = "free"
    UNKNOWN = "unknown"  # sent, and no whole answer came back: up to ``max_micros`` may have been billed


class AnswerKey(msgspec.Struct, frozen=True, gc=False):
    """What makes two questions the same. ``digest`` is the SHA-256 of the question's canonical text."""

    workspace: str
    provider: str
    operation: str
    digest: bytes

    @classmethod
    def of(cls, workspace: str, call: Call) -> "AnswerKey":
        """The key of a call made for a workspace."""
        identity = call.identity.encode("utf-8", "surrogatepass")
        return cls(workspace, call.provider, call.operation, hashlib.sha256(identity).digest())


class StoredAnswer(msgspec.Struct, frozen=True, gc=False):
    """An answer that may be used again until ``expires_at``; ``call_id`` is the ledger row that paid for it."""

    outcome: Outcome
    reply: Reply
    reason: str
    observed_at: datetime
    expires_at: datetime
    call_id: int
    subject: str = ""


class Intent(msgspec.Struct, frozen=True, gc=False):
    """A call that is about to be sent, for which job, and the most it may cost.

    ``give_up_at`` is when it has certainly ended: a row without an outcome after that was cut off by a crash.
    """

    key: AnswerKey
    account: str
    bucket: str
    job_id: str
    job_key: int | None
    run: int
    max_micros: int
    llm: bool
    intent_at: datetime
    give_up_at: datetime


class Lookup(msgspec.Struct, frozen=True, gc=False):
    """Whether an answer is known that was observed at or after a time; where none is, ``intent`` is written down."""

    key: AnswerKey
    observed_after: datetime | None
    intent: Intent | None = None


class Ending(msgspec.Struct, frozen=True, gc=False):
    """How a call ended. ``call_id`` is its intent's row, 0 when none was written (calls that cost nothing).

    ``http_status`` is 0 when no whole reply came,
    ``sent_at`` None when nothing was sent. ``answer``'s own call id is filled in when it is written.
    """

    intent: Intent
    call_id: int
    outcome: Outcome
    charge: Charge
    charged_micros: int
    http_status: int
    reason: str
    sent_at: datetime | None
    finished_at: datetime
    answer: StoredAnswer | None = None


class Reuse(msgspec.Struct, frozen=True, gc=False):
    """An answer used again: a row that cost nothing and names the call that paid."""

    intent: Intent
    outcome: Outcome
    reused_from: int


class Reservation(msgspec.Struct, frozen=True, gc=False):
    """Money set aside in shared budgets: ``places`` are (scope, period, first day), ``micros`` the same in each."""

    places: tuple[tuple[str, str, date], ...]
    micros: int


class Expected(msgspec.Struct, frozen=True, gc=False):
    """An answer that its provider delivers later: to which question, for which job. ``run`` is the one that asked."""

    key: AnswerKey
    account: str
    job_id: str
    run: int
    subject: str
    llm: bool
