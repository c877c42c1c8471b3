"""An answer as bytes for Redis, and back. Core.

Thirteen digits (observed at, Unix milliseconds: the Lua verb compares them), a line of JSON, a newline, the body.
"""

from datetime import UTC, datetime, timedelta

import orjson

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import StoredAnswer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STAMP = 13


def milliseconds(at: datetime) -> int:
    """Unix milliseconds, rounded down.

    >>> milliseconds(datetime(2001, 9, 9, 1, 46, 40, tzinfo=UTC))
    1000000000000
    """
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1000 + since.microseconds // 1000


def _microseconds(at: datetime) -> int:
    since = at - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def encode(answer: StoredAnswer) -> bytes:
    """The bytes that ``decode`` reads back to an equal answer."""
    observed = _microseconds(answer.observed_at)
    head = orjson.dumps(
        (
            answer.outcome.value,
            answer.reply.status,
            dict(answer.reply.headers),
            answer.reason,
            observed,
            _microseconds(answer.expires_at),
            answer.call_id,
            answer.subject,
        )
    )
    return b"%013d%b\n%b" % (observed // 1000, head, answer.reply.body)


def decode(stored: bytes) -> StoredAnswer | None:
    """An answer, or None for anything that ``encode`` did not write (another version, a damaged copy)."""
    end = stored.find(b"\n", _STAMP)
    try:
        outcome, status, headers, reason, observed, expires, call_id, subject = orjson.loads(stored[_STAMP:end])
        return StoredAnswer(
            outcome=Outcome(outcome),
            reply=Reply(status, headers, stored[end + 1 :]),
            reason=reason,
            observed_at=_EPOCH + timedelta(microseconds=observed),
            expires_at=_EPOCH + timedelta(microseconds=expires),
            call_id=call_id,
            subject=subject,
        )
    except (ValueError, TypeError, OverflowError):
        return None
