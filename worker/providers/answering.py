"""From the gateway's answer to a finding: the common end of every lookup."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import msgspec

from worker.domain.call import Answer, Reply
from worker.domain.claim import Claim
from worker.domain.finding import Finding, Outcome
from worker.domain.page import Page


class Parsed(msgspec.Struct, frozen=True, gc=False):
    """What an adapter reads out of a good reply.

    ``refused`` says why the reply's content is not used (``the answer is about other.example``).
    """

    claims: tuple[Claim, ...] = ()
    identifiers: Mapping[str, str] = msgspec.field(default_factory=dict)
    pages: tuple[Page, ...] = ()
    refused: str = ""


#: Reads a good reply; gets when it was first given. Never raises, whatever the body holds.
Parse = Callable[[Reply, datetime], Parsed]


def utc_now() -> datetime:
    """The clock of adapters; tests hand in their own."""
    return datetime.now(UTC)


def finding_from(provider: str, answer: Answer, parse: Parse, clock: Callable[[], datetime] = utc_now) -> Finding:
    """A finding: the parsed claims of a hit, the outcome and reason of everything else.

    A hit that holds nothing usable is a MISS with the reason; what it cost stays.
    """
    outcome, reason, parsed = answer.outcome, answer.reason, Parsed()
    if outcome is Outcome.HIT and answer.reply is not None:
        parsed = parse(answer.reply, answer.observed_at or clock())
        if parsed.refused:
            outcome, reason = Outcome.MISS, parsed.refused
            parsed = Parsed(pages=parsed.pages)
        elif not parsed.claims and not parsed.identifiers:
            outcome, reason = Outcome.MISS, reason or "the answer holds no usable value"
    return Finding(
        provider=provider,
        outcome=outcome,
        claims=parsed.claims,
        reason=reason,
        charged_micros=answer.charged_micros,
        reused=answer.reused,
        retry_at=answer.retry_at,
        identifiers=parsed.identifiers,
        pages=parsed.pages,
    )
