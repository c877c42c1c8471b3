"""The gateway of a process: answers before calls, and one asker per question. Shell.

The order of one question: known answer (Redis) -> one asker -> known answer (PostgreSQL) -> the job's purse -> the
account's limits and breaker -> shared budgets -> intent, durable -> send -> classify -> answer and charge, durable ->
use. Where hardly anything can stand between, the intent goes along when PostgreSQL is asked for the answer. How the
account stands is looked up while Redis is asked.
"""

import asyncio
import random
from datetime import UTC, datetime
from functools import partial

from worker.domain.call import Answer
from worker.domain.finding import Outcome
from worker.domain.lane import DEFAULT_LANE, Lane
from worker.domain.ledger import AnswerKey, Intent, Reuse, StoredAnswer
from worker.gateway.accounts import Accounts
from worker.gateway.delivery import Inbox
from worker.gateway.gateway import JobGateway, Question, Run, SendRequest
from worker.gateway.money import Purse
from worker.gateway.options import GatewayOptions
from worker.gateway.outcome import followed_answer, known_answer
from worker.gateway.ports import Answers, Budgets, CallNote, Clean, Deliveries, Ledger, Observe, Pages, TokenOf
from worker.gateway.purchase import Purchases

#: Whose answers they are when workspaces share them.
SHARED_WORKSPACE = "*"
_SHORTEST_PAUSE_S = 0.005
_LONGEST_PAUSE_S = 0.1


class GatewayHub:
    """Everything that calls of one process share. ``for_job`` gives each run its own Gateway.

    ``send`` delivers requests to configured endpoints (``Transport.send``). ``observe`` hears of every call, for
    metrics. ``clean`` takes out of replies what was erased, before they are kept. ``deliveries`` and ``token_of`` are
    for answers that come later by webhook, handed to ``inbox``. Close the hub after the last job: calls under way are
    given time to end, because they are paid for.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        answers: Answers,
        accounts: Accounts,
        pages: Pages,
        send: SendRequest,
        options: GatewayOptions | None = None,
        budgets: Budgets | None = None,
        deliveries: Deliveries | None = None,
        token_of: TokenOf | None = None,
        observe: Observe | None = None,
        clean: Clean | None = None,
    ) -> None:
        self._ledger = ledger
        self._accounts = accounts
        self._answers = answers
        self._pages = pages
        self._send = send
        self._budgets = budgets
        self._options = options or GatewayOptions()
        self._purchases = Purchases(
            ledger, accounts, budgets, self._options, self._note, send, deliveries, token_of, clean
        )
        self._observe = observe
        self.inbox = None if deliveries is None else Inbox(deliveries, ledger, answers, self._options, clean)
        self._flights: dict[AnswerKey, asyncio.Task[Answer]] = {}

    def for_job(
        self,
        *,
        workspace: str,
        job_id: str,
        job_key: int | None = None,
        run: int = 0,
        max_cost_micros: int | None = None,
        observed_after: datetime | None = None,
        since: datetime | None = None,
        spent_micros: int | None = None,
        lane: Lane = DEFAULT_LANE,
        subject: str = "",
    ) -> JobGateway:
        """A run's own Gateway. ``spent_micros`` is what earlier attempts cost; None: the ledger is asked, from
        ``since`` on, before the first paid call of a job with a cap."""
        purse = Purse(cap=max_cost_micros, before=spent_micros)
        context = Run(workspace, job_id, job_key, run, lane, observed_after, since, subject, purse)
        return JobGateway(context, self._ask, self._send, self._pages.fetch)

    def pause(self, providers: frozenset[str]) -> None:
        """Ask nothing new of these providers until told otherwise."""
        self._purchases.paused = providers

    async def close(self) -> None:
        """Let the calls under way end, for a while; then write everything down."""
        if self._flights:
            _, late = await asyncio.wait(set(self._flights.values()), timeout=self._options.close_grace_s)
            for flight in late:
                flight.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._ledger.drain()
        await self._answers.drain()
        await self._accounts.drain()
        if self._budgets is not None:
            await self._budgets.drain()
        await self._pages.close()

    async def _ask(self, run: Run, question: Question) -> Answer:
        workspace = SHARED_WORKSPACE if self._options.share_answers else run.workspace
        key = AnswerKey.of(workspace, question.call)
        while (flight := self._flights.get(key)) is not None:
            await asyncio.wait((flight,))
            if not flight.cancelled() and flight.exception() is None:
                answer = followed_answer(flight.result())
                if _may_follow(answer, run):
                    return self._reused(run, question, key, answer)
            await asyncio.sleep(0)  # let the flight that has ended be taken off the list
        # A task of its own: a paid call ends and is kept even when the job that asked is cancelled.
        loop = asyncio.get_running_loop()
        flight = loop.create_task(self._lead(run, question, key))
        self._flights[key] = flight
        waiter: asyncio.Future[Answer] = loop.create_future()
        flight.add_done_callback(partial(self._landed, key, waiter))
        return await waiter

    def _landed(self, key: AnswerKey, waiter: "asyncio.Future[Answer]", flight: "asyncio.Task[Answer]") -> None:
        del self._flights[key]
        error = None if flight.cancelled() else flight.exception()
        if waiter.done():
            return  # the job that asked is gone
        if flight.cancelled():
            waiter.cancel()
        elif error is not None:
            waiter.set_exception(error)
        else:
            waiter.set_result(flight.result())

    async def _lead(self, run: Run, question: Question, key: AnswerKey) -> Answer:
        if question.takes_turn:
            self._accounts.expect(question.call)
        call_s = question.call.timeout_s + self._options.accounts.hold_s * 2
        begun = await self._answers.begin(key, run.observed_after, call_s) or await self._begin_after(
            key, run.observed_after, call_s
        )
        if isinstance(begun, StoredAnswer):
            return self._reused(run, question, key, known_answer(begun))
        kept: StoredAnswer | None = None
        known = False
        try:
            found = await self._purchases.find(run, question, key)
            if isinstance(found, StoredAnswer):
                kept, known = found, True
                return self._reused(run, question, key, known_answer(kept))
            answer, kept = await self._purchases.buy(run, question, key, found)
            return answer
        finally:
            self._answers.finish(key, begun, kept, again=known)

    async def _begin_after(self, key: AnswerKey, observed_after: datetime | None, call_s: float) -> StoredAnswer | str:
        """The answer, or the lease to ask; waits while another process asks, at most until its lease ends."""
        pause_s = _SHORTEST_PAUSE_S
        while True:
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            begun = await self._answers.begin(key, observed_after, call_s)
            if begun is not None:
                return begun
            pause_s = min(_LONGEST_PAUSE_S, pause_s * 1.5)

    def _reused(self, run: Run, question: Question, key: AnswerKey, answer: Answer) -> Answer:
        call = question.call
        if answer.reused:
            now = datetime.now(UTC)
            intent = Intent(
                key, call.account, call.bucket, run.job_id, run.job_key, run.run, call.max_micros, call.llm, now, now
            )
            self._ledger.note(Reuse(intent, answer.outcome, answer.call_id))
        note = CallNote(
            call.provider, call.operation, call.account, answer.outcome, 0, 0, answer.reused, 0.0, 0.0, answer.call_id
        )
        self._note(run, note)
        return answer

    def _note(self, run: Run, note: CallNote) -> None:
        run.notes.append(note)
        if self._observe is not None:
            self._observe(note)


def _may_follow(answer: Answer, run: Run) -> bool:
    """Whether an answer that somebody else was waiting for will do: not when it is about the asker's own purse, nor
    when it is older than this job accepts."""
    if answer.outcome is Outcome.OVER_BUDGET:
        return False
    return answer.observed_at is None or run.observed_after is None or answer.observed_at >= run.observed_after
