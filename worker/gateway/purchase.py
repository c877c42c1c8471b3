"""Buying an answer: money, turn, intent, sending, and the record of what came of it. Shell."""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import msgspec
from msgspec.structs import replace

from worker.domain.call import Answer, Call, Reading, Reply
from worker.domain.errors import StoreUnavailable
from worker.domain.finding import Outcome
from worker.domain.ledger import AnswerKey, Charge, Ending, Expected, Intent, Reservation, StoredAnswer
from worker.gateway.accounts import Accounts, Permit, Refusal
from worker.gateway.batcher import Batcher, Member, NotSent, SharedFault
from worker.gateway.faults import Fault, fault_of
from worker.gateway.gateway import Question, Run, SendRequest
from worker.gateway.options import GatewayOptions
from worker.gateway.outcome import charge_of, cleaned, kept_answer, new_answer
from worker.gateway.ports import Budgets, CallNote, Clean, Deliveries, Ledger, TokenOf
from worker.gateway.secret import blot
from worker.gateway.turn import Turns, fresh, ticket_for

logger = logging.getLogger(__name__)

#: An answer, what of it is kept, and whether another try is safe and may be worth it.
Tried = tuple[Answer, StoredAnswer | None, bool]
Noted = Callable[[Run, CallNote], None]

_TRIES = 3
#: How long a job sleeps before it looks again whether a paused provider may be asked.
PAUSED_S = 30.0
_RECONNECT_PAUSE_S = 0.2
_GIVE_UP_MARGIN_S = 30.0


class Opened(msgspec.Struct, frozen=True, gc=False):
    """An intent that is written down (``call_id`` 0: none is needed), with the permit to send if there is one yet."""

    intent: Intent
    call_id: int
    permit: Permit | None
    asked_at: float


class Purchases:
    """Makes calls. Everything that is spent passes through here, and only here."""

    def __init__(
        self,
        ledger: Ledger,
        accounts: Accounts,
        budgets: Budgets | None,
        options: GatewayOptions,
        noted: Noted,
        send: SendRequest,
        deliveries: Deliveries | None = None,
        token_of: TokenOf | None = None,
        clean: Clean | None = None,
    ) -> None:
        self._ledger = ledger
        self._clean = clean
        self._accounts = accounts
        self._turns = Turns(accounts)
        self._batcher = Batcher(self._turns, send)
        self._budgets = budgets
        self._deliveries = deliveries
        self._token_of = token_of
        self._options = options
        self._noted = noted
        #: Providers that an operator has paused: known answers are still given, nothing new is asked.
        self.paused: frozenset[str] = frozenset()

    async def find(self, run: Run, question: Question, key: AnswerKey) -> StoredAnswer | Opened | None:
        """The answer in the ledger. Where there is none, and hardly anything else can stand before the call (no budget,
        no past to be looked up, an account with room), its intent is written in the same round trip, for ``buy``.

        Raises StoreUnavailable."""
        call, purse, asked_at = question.call, run.purse, monotonic()
        permit: Permit | None = None
        direct = bool(call.max_micros) and purse.known and call.provider not in self.paused
        if direct and self._budgets is not None:
            direct = self._budgets.none_set
        if direct and question.takes_turn:
            permit = self._accounts.at_once(call) or await self._accounts.unhindered(call)
            direct = permit is not None or self._accounts.at_ease(call)
        if not (direct and purse.reserve(call.max_micros)):
            return await self._ledger.find(key, run.observed_after)
        found: StoredAnswer | int = 0
        try:
            intent = self._intent(run, call, key)
            found = await self._ledger.open_unless_known(intent, run.observed_after)
        finally:
            if isinstance(found, StoredAnswer) or not found:
                purse.release(call.max_micros)
        return found if isinstance(found, StoredAnswer) else Opened(intent, found, permit, asked_at)

    async def buy(
        self, run: Run, question: Question, key: AnswerKey, opened: Opened | None
    ) -> tuple[Answer, StoredAnswer | None]:
        """Ask the provider; again only where nothing can have been billed and the wait is short. ``opened`` is what
        ``find`` has begun.

        Raises StoreUnavailable when nothing can be written down, and what a bug raises.
        """
        last_start = monotonic() + self._options.accounts.hold_s
        call, purse = question.call, run.purse
        if not purse.known and call.max_micros:
            purse.before = await self._ledger.job_spent(run.workspace, run.job_id, run.since)
        if opened is None and call.provider in self.paused:
            until = datetime.now(UTC) + timedelta(seconds=PAUSED_S)
            answer = self._not_sent(run, call, Outcome.UNAVAILABLE, "the provider is paused")
            return replace(answer, retry_at=until), None
        for tries_left in reversed(range(_TRIES)):
            if opened is None and not purse.reserve(call.max_micros):
                return self._not_sent(run, call, Outcome.OVER_BUDGET, "the job's cost cap is reached"), None
            try:
                if opened is None:
                    answer, kept, again = await self._try(run, question, key)
                else:
                    (answer, kept, again), _ = await self._go(run, question, opened)
            finally:
                purse.release(call.max_micros)
            if not again or not tries_left or monotonic() > last_start:
                break
            opened = None
        return answer, kept

    async def _try(self, run: Run, question: Question, key: AnswerKey) -> Tried:
        call = question.call
        asked_at = monotonic()
        permit = self._accounts.at_once(call) if question.takes_turn else None
        if question.takes_turn and permit is None:
            turn = await self._turns.ask(call, ticket_for(run.workspace, run.job_id, key), run.lane)
            if isinstance(turn, Refusal):
                return self._refused(run, call, turn)
            permit = turn
        reservation: Reservation | str | None = None
        if self._budgets is not None and call.max_micros and not self._budgets.none_set:
            reservation = await self._budgets.reserve(run.workspace, call.provider, call.account, call.max_micros)
        if isinstance(reservation, str):
            return self._not_sent(run, call, Outcome.OVER_BUDGET, f"{reservation} is used up"), None, False
        spent = call.max_micros
        try:
            intent = self._intent(run, call, key)
            call_id = await self._ledger.open(intent) if call.max_micros else 0
            tried, spent = await self._go(run, question, Opened(intent, call_id, permit, asked_at))
            return tried
        except StoreUnavailable:
            spent = 0
            raise
        finally:
            if self._budgets is not None and reservation is not None:
                self._budgets.settle(reservation, spent)

    async def _go(self, run: Run, question: Question, opened: Opened) -> tuple[Tried, int]:
        """From the intent on; also gives what it cost or may have cost."""
        call, permit = question.call, opened.permit
        try:
            if question.takes_turn and (permit is None or not fresh(permit)):
                ticket = ticket_for(run.workspace, run.job_id, opened.intent.key)
                turn = await self._turns.take(call, ticket, run.lane, permit)
                if isinstance(turn, Refusal):
                    raise NotSent(turn)
                opened = replace(opened, permit=turn)
            return await self._send(run, question, opened)
        except NotSent as not_sent:
            await self._close_unsent(opened, not_sent.refusal)
            return self._refused(run, call, not_sent.refusal), 0

    async def _send(self, run: Run, question: Question, opened: Opened) -> tuple[Tried, int]:
        """Send, classify, write down."""
        intent, call_id, permit = opened.intent, opened.call_id, opened.permit
        call = question.call
        reply: Reply | None = None
        fault: Fault | None = None
        sent_at, sent = _now(), monotonic()
        try:
            if question.shared is None:
                if question.timed:
                    reply = await question.send()
                else:
                    async with asyncio.timeout(call.timeout_s):
                        reply = await question.send()
            else:
                request, bulk = question.shared
                member = Member(call, request, ticket_for(run.workspace, run.job_id, intent.key), run.lane)
                shared = await self._batcher.ask(run.workspace, member, bulk)
                reply, permit = shared.reply, shared.permit
            reading = question.read(reply)
        except NotSent:
            raise
        except BaseException as raised:
            error = raised
            if isinstance(raised, SharedFault):
                error, permit = raised.error, raised.permit
            fault = fault_of(error)
            if fault is None:
                fault = Fault(Outcome.TRANSIENT, f"cut off by {type(error).__name__}", sent=True)
                await self._record(
                    run, question, intent, call_id, Reading(fault.outcome, reason=fault.reason), None, fault, sent_at
                )
                raise error from None
            reading = Reading(fault.outcome, reason=fault.reason)
        took_s = monotonic() - sent
        if question.secrets and reading.reason:
            reading = replace(reading, reason=blot(reading.reason, question.secrets))
        if self._clean is not None and reading.reason:
            reason = self._clean(run.workspace, run.subject, reading.reason.encode("utf-8", "replace")).decode()
            reading = replace(reading, reason=reason)
        if permit is not None:
            await self._accounts.report(call, permit, reading)
        ending, row = await self._record(run, question, intent, call_id, reading, reply, fault, sent_at)
        if reading.outcome is Outcome.PENDING:
            await self._expect(run, call, intent)
        answer = new_answer(reading, reply, ending.finished_at, row)
        unknown = call.max_micros if ending.charge is Charge.UNKNOWN else 0
        self._noted(run, _note(call, answer, unknown, took_s, sent - opened.asked_at))
        kept = ending.answer
        if kept is not None and kept.call_id != row:
            kept = replace(kept, call_id=row)
        nothing_sent = fault is not None and not fault.sent and fault.outcome is Outcome.TRANSIENT
        if nothing_sent:
            await asyncio.sleep(_RECONNECT_PAUSE_S)
        again = nothing_sent or reading.outcome is Outcome.THROTTLED
        return (answer, kept, again), max(reading.charged_micros, unknown)

    async def _record(
        self,
        run: Run,
        question: Question,
        intent: Intent,
        call_id: int,
        reading: Reading,
        reply: Reply | None,
        fault: Fault | None,
        sent_at: datetime,
    ) -> tuple[Ending, int]:
        """Write the ending and its answer down together; durable on return."""
        finished_at = _now()
        kept = kept_answer(
            self._options, question.call, reading, reply, finished_at, run.subject, call_id, question.secrets
        )
        if kept is not None and self._clean is not None:
            kept = replace(kept, reply=cleaned(kept.reply, self._clean, run.workspace, run.subject))
        ending = Ending(
            intent,
            call_id,
            reading.outcome,
            charge_of(question.call, reading, reply, fault),
            reading.charged_micros,
            reply.status if reply is not None else 0,
            reading.reason,
            sent_at,
            finished_at,
            kept,
        )
        run.purse.settle(
            ending.charged_micros, intent.max_micros, llm=intent.llm, unknown=ending.charge is Charge.UNKNOWN
        )
        return ending, await self._ledger.close(ending)

    async def _expect(self, run: Run, call: Call, intent: Intent) -> None:
        """When the provider answers later by a webhook, remember whose answer it will be."""
        if self._deliveries is None or self._token_of is None:
            return
        token = self._token_of(call)
        if token:
            expected = Expected(intent.key, call.account, run.job_id, run.run, run.subject, call.llm)
            await self._deliveries.expect(token, expected, self._options.pending_life_s)

    async def _close_unsent(self, opened: Opened, refusal: Refusal) -> None:
        if not opened.call_id:
            return
        now = _now()
        reason = f"not sent: {refusal.reason}"
        await self._ledger.close(
            Ending(opened.intent, opened.call_id, refusal.outcome, Charge.FREE, 0, 0, reason, None, now)
        )

    def _refused(self, run: Run, call: Call, refusal: Refusal) -> Tried:
        retry_at = _now() + timedelta(seconds=refusal.retry_after_s)
        return self._not_sent(run, call, refusal.outcome, refusal.reason, retry_at), None, False

    def _not_sent(
        self, run: Run, call: Call, outcome: Outcome, reason: str, retry_at: datetime | None = None
    ) -> Answer:
        answer = Answer(outcome, reason=reason, retry_at=retry_at)
        self._noted(run, _note(call, answer, 0, 0.0, 0.0))
        return answer

    def _intent(self, run: Run, call: Call, key: AnswerKey) -> Intent:
        now = _now()
        most_s = call.timeout_s + 2 * self._options.accounts.hold_s + _GIVE_UP_MARGIN_S
        return Intent(
            key,
            call.account,
            call.bucket,
            run.job_id,
            run.job_key,
            run.run,
            call.max_micros,
            call.llm,
            now,
            now + timedelta(seconds=most_s),
        )


def _note(call: Call, answer: Answer, unknown: int, latency_s: float, waited_s: float) -> CallNote:
    return CallNote(
        call.provider,
        call.operation,
        call.account,
        answer.outcome,
        answer.charged_micros,
        unknown,
        answer.reused,
        latency_s,
        waited_s,
        answer.call_id,
    )


def _now() -> datetime:
    return datetime.now(UTC)
