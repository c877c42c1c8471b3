"""What the gateway stands on, as it sees it: the ledger, the answers, the budgets, the pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

import msgspec

from worker.domain.call import Call, Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import AnswerKey, Ending, Expected, Intent, Reservation, Reuse, StoredAnswer


class Ledger(Protocol):
    """The truth in PostgreSQL. Everything raises StoreUnavailable when it cannot be reached for long."""

    async def find(self, key: AnswerKey, observed_after: datetime | None) -> StoredAnswer | None:
        """An answer that may still be used and was observed at or after a time."""

    async def open(self, intent: Intent) -> int:
        """Write an intent down; durable on return. Gives the row's id."""

    async def open_unless_known(self, intent: Intent, observed_after: datetime | None) -> int | StoredAnswer:
        """``find`` and, where that finds nothing, ``open``, at the price of one."""

    async def close(self, ending: Ending) -> int:
        """Write an ending and its answer down together; durable on return, written even if the caller is gone."""

    def note(self, reuse: Reuse) -> None:
        """Write down, some time soon, that an answer was used again."""

    async def job_spent(self, workspace: str, job_id: str, since: datetime | None) -> int:
        """What a job has cost since a time, possible charges included."""

    async def drain(self) -> None:
        """Wait until all that was handed in is written."""


class Answers(Protocol):
    """Hot copies and leases on questions; may be lost at any time."""

    async def begin(self, key: AnswerKey, observed_after: datetime | None, call_s: float) -> StoredAnswer | str | None:
        """The answer; or a token: ask, within ``call_s`` seconds; or None: somebody else is asking."""

    def finish(self, key: AnswerKey, token: str, answer: StoredAnswer | None, *, again: bool = False) -> None:
        """Give the lease back, soon; keep the answer, if there is one, for those who wait. ``again``: for those to come
        too."""

    async def put(self, key: AnswerKey, answer: StoredAnswer) -> None:
        """Keep an answer that came by itself instead of an earlier one, which nobody gets any more on return."""

    async def drain(self) -> None:
        """Wait until all that was handed in is sent."""


class Budgets(Protocol):
    """Money that many jobs share: a workspace's per day and month, a provider account's."""

    @property
    def none_set(self) -> bool:
        """Whether nobody has set a budget, as was known a moment ago: then there is nothing to reserve."""

    async def reserve(self, workspace: str, provider: str, account: str, micros: int) -> Reservation | str | None:
        """Set money aside everywhere it counts: None where no budget is set, the name of the one that is used up."""

    def settle(self, reservation: Reservation, spent: int) -> None:
        """Turn a reservation into what was spent, some time soon."""

    async def drain(self) -> None:
        """Wait until all that was handed in is written."""


class Deliveries(Protocol):
    """Which deliveries are expected."""

    async def expect(self, token: str, expected: Expected, life_s: float) -> None:
        """Remember whose answer a token stands for. Expecting the same again changes nothing but the job."""

    async def take(self, token: str, provider: str) -> list[Expected]:
        """Everybody who waits for a delivery, once: nobody when it came before, is too late or was never expected."""


class Pages(Protocol):
    """Pages from outside, fetched safely."""

    async def fetch(self, url: str) -> Reply:
        """The page's reply. Raises PageRefused."""

    async def close(self) -> None:
        """Close every connection."""


class CallNote(msgspec.Struct, frozen=True, gc=False):
    """What was asked in a run and how it went, for metrics, stages and logs. Times are seconds."""

    provider: str
    operation: str
    account: str
    outcome: Outcome
    charged_micros: int
    unknown_micros: int
    reused: bool
    latency_s: float
    waited_s: float
    call_id: int


#: The unguessable token that a provider gets in the address to deliver a call's answer to; empty when it delivers none.
TokenOf = Callable[[Call], str]
Observe = Callable[[CallNote], None]
#: Takes what was erased in a workspace out of an answer's body about a subject, before it is kept.
Clean = Callable[[str, str, bytes], bytes]
Clock = Callable[[], datetime]
