"""The gateway as one run of one job sees it: the only door to the outside."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

import msgspec

from worker.domain.call import Answer, Bulk, Call, HttpRequest, Read, Reply, Send
from worker.domain.lane import DEFAULT_LANE, Lane
from worker.gateway.money import Purse
from worker.gateway.ports import CallNote
from worker.gateway.secret import secrets_of


class Run(msgspec.Struct, gc=False):
    """Who asks: one run of one job, with its purse and the calls it made.

    ``observed_after`` refuses older answers (``skipCache``: the job's first pickup). ``since`` is where the job's own
    spending begins: its first pickup. ``subject`` is kept with the answers, for erasure.
    """

    workspace: str
    job_id: str
    job_key: int | None = None
    run: int = 0
    lane: Lane = DEFAULT_LANE
    observed_after: datetime | None = None
    since: datetime | None = None
    subject: str = ""
    purse: Purse = msgspec.field(default_factory=Purse)
    notes: list[CallNote] = msgspec.field(default_factory=list)


class Question(msgspec.Struct, frozen=True):
    """A call with everything needed to make it. ``guarded``: the account's limits and breaker apply. ``timed``: sending
    ends by itself when the call's time is over. ``shared`` is set when it may go out together with others."""

    call: Call
    send: Send
    read: Read
    guarded: bool
    timed: bool = False
    secrets: tuple[bytes, ...] = ()
    shared: tuple[HttpRequest, Bulk] | None = None

    @property
    def takes_turn(self) -> bool:
        """Whether it needs a permit of its own; one that is sent together with others shares theirs."""
        return self.guarded and self.shared is None


#: Sends a request to a configured endpoint, within so many seconds.
SendRequest = Callable[[HttpRequest, float], Awaitable[Reply]]
AskFunction = Callable[[Run, Question], Awaitable[Answer]]


class JobGateway:
    """A Gateway for one run. Made by ``GatewayHub.for_job``.

    ``provider_micros`` and ``llm_micros`` are what this run paid, ``unknown_micros`` what it may have paid beyond
    that, ``spent_micros`` all attempts so far, as far as known here.
    """

    def __init__(
        self,
        run: Run,
        ask: AskFunction,
        send: SendRequest,
        page: Callable[[str], Awaitable[Reply]],
    ) -> None:
        self._run = run
        self._ask = ask
        self._send = send
        self._page = page

    async def request(self, call: Call, request: HttpRequest, read: Read, bulk: Bulk | None = None) -> Answer:
        """Ask a configured endpoint (trusted address) over HTTP; with ``bulk``, together with other jobs."""
        send = partial(self._send, request, call.timeout_s)
        shared = None if bulk is None else (request, bulk)
        return await self._ask(self._run, Question(call, send, read, True, True, secrets_of(request), shared))

    async def perform(self, call: Call, send: Send, read: Read) -> Answer:
        """The same for a conversation that is not one plain request. Limits and breaker apply to it when the call
        has an account or limits: without either there is nothing that calls share."""
        return await self._ask(self._run, Question(call, send, read, guarded=bool(call.account or call.limits)))

    async def page(self, url: str) -> Reply:
        """Fetch a URL that came from outside, safely. Raises PageRefused."""
        return await self._page(url)

    @property
    def provider_micros(self) -> int:
        """What this run paid for provider calls."""
        return self._run.purse.provider

    @property
    def llm_micros(self) -> int:
        """What this run paid for LLM calls."""
        return self._run.purse.llm

    @property
    def unknown_micros(self) -> int:
        """What this run may have paid for calls whose answer never arrived whole."""
        return self._run.purse.unknown

    @property
    def spent_micros(self) -> int:
        """What the job has cost, earlier attempts and possible charges included."""
        return self._run.purse.committed

    @property
    def calls(self) -> tuple[CallNote, ...]:
        """The calls of this run so far, answers used again included."""
        return tuple(self._run.notes)

    @property
    def call_ids(self) -> tuple[int, ...]:
        """The ledger rows whose answers this run used."""
        return tuple(dict.fromkeys(note.call_id for note in self._run.notes if note.call_id))
