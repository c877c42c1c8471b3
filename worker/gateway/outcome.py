"""From a provider's reply to what is kept, charged and answered: pure decisions."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from worker.domain.call import Answer, Call, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import Charge, StoredAnswer
from worker.gateway.faults import Fault
from worker.gateway.options import GatewayOptions
from worker.gateway.ports import Clean
from worker.gateway.secret import without_secrets

#: The outcomes whose reply the adapter gets to see, and that are kept as answers.
ANSWERED = frozenset({Outcome.HIT, Outcome.MISS, Outcome.PENDING})


def charge_of(call: Call, reading: Reading, reply: Reply | None, fault: Fault | None) -> Charge:
    """What is known about a call's money.

    Unknown is everything that was sent and did not come back whole, and a success whose content is nonsense: the
    provider counts what it sent, not what we could read.
    """
    if reading.charged_micros > 0:
        return Charge.CHARGED
    if call.max_micros == 0 or (fault is not None and not fault.sent):
        return Charge.FREE
    if fault is not None or reply is None:
        return Charge.UNKNOWN
    if reading.outcome is Outcome.NONSENSE and reply.status < 300:
        return Charge.UNKNOWN
    return Charge.FREE


def life_s(options: GatewayOptions, call: Call, reading: Reading) -> float:
    """How long an answer may be used again, in seconds; 0 for what is no answer (errors and blocks never are)."""
    if reading.outcome is Outcome.HIT:
        return options.hit_life_s if call.hit_life_s is None else call.hit_life_s
    if reading.outcome is Outcome.MISS:
        return options.miss_life_s if call.miss_life_s is None else call.miss_life_s
    if reading.outcome is Outcome.PENDING:
        return options.pending_life_s if reading.retry_after_s is None else reading.retry_after_s
    return 0.0


def kept_answer(
    options: GatewayOptions,
    call: Call,
    reading: Reading,
    reply: Reply | None,
    at: datetime,
    subject: str,
    call_id: int = 0,
    secrets: tuple[bytes, ...] = (),
) -> StoredAnswer | None:
    """The answer to keep, if it is one, without secrets and with harmless headers only. ``call_id`` is its row, if
    known."""
    life = life_s(options, call, reading)
    if reply is None or life <= 0:
        return None
    return StoredAnswer(
        reading.outcome,
        without_secrets(reply, secrets),
        reading.reason,
        at,
        at + timedelta(seconds=life),
        call_id,
        subject,
    )


def cleaned(reply: Reply, clean: Clean, workspace: str, subject: str) -> Reply:
    """A reply that may be kept: without what was erased in its workspace."""
    body = clean(workspace, subject, reply.body)
    return reply if body is reply.body else replace(reply, body=body)


def new_answer(reading: Reading, reply: Reply | None, at: datetime, call_id: int) -> Answer:
    """What the adapter gets from a call that was made just now."""
    return Answer(
        reading.outcome,
        reply if reading.outcome in ANSWERED else None,
        reading.reason,
        reading.charged_micros,
        False,
        at,
        None if reading.retry_after_s is None else at + timedelta(seconds=reading.retry_after_s),
        call_id,
    )


def known_answer(stored: StoredAnswer) -> Answer:
    """What the adapter gets from an answer that was paid for before."""
    pending = stored.outcome is Outcome.PENDING
    return Answer(
        outcome=stored.outcome,
        reply=stored.reply,
        reason=stored.reason,
        reused=True,
        observed_at=stored.observed_at,
        retry_at=stored.expires_at if pending else None,
        call_id=stored.call_id,
    )


def followed_answer(answer: Answer) -> Answer:
    """What those get who asked the same while it was being asked: it cost them nothing."""
    return replace(answer, charged_micros=0, reused=answer.outcome in ANSWERED)
