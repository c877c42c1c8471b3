"""What a provider's HTTP reply means: status tables, waiting times and reasons, as pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import orjson

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.providers.typed import dig, text

#: A row of a status table: a status alone, or a status with the code in the body.
Row = int | tuple[int, str]

#: No provider's word on when to ask again is believed beyond this.
LONGEST_WAIT_S: Final = 31 * 24 * 3600.0
_LONGEST_REASON: Final = 200


@dataclass(frozen=True, slots=True)
class StatusTable:
    """Every documented status of one provider and the outcome it means.

    A row with the body's code wins over the row of the status alone. Statuses in no row: 408 and 5xx are
    TRANSIENT, 429 is THROTTLED, anything else is NONSENSE. ``reasons`` are sentences for people, by the same rows.
    """

    outcomes: Mapping[Row, Outcome]
    reasons: Mapping[Row, str] = field(default_factory=dict)

    def outcome(self, status: int, code: str = "") -> Outcome:
        """The outcome of a status, with the body's code where the provider sends one."""
        found = self.outcomes.get((status, code), self.outcomes.get(status))
        if found is not None:
            return found
        if status == 408 or 500 <= status <= 599:
            return Outcome.TRANSIENT
        return Outcome.THROTTLED if status == 429 else Outcome.NONSENSE

    def reason(self, status: int, code: str = "", said: str = "") -> str:
        """A reason for people: the table's own sentence, else what the provider said, behind the status."""
        own = self.reasons.get((status, code), self.reasons.get(status, ""))
        tail = own or said or code
        return f"{status}: {tail}" if tail else f"status {status}"


def json_body(reply: Reply) -> Any:
    """The body as JSON, or None when it is not JSON (no provider answers a bare null)."""
    try:
        return orjson.loads(reply.body)
    except ValueError:
        return None


def error_text(body: Any, hide: str = "") -> str:
    """What the provider says went wrong, from the envelopes in use, on one line and capped; ``hide`` is cut out.

    >>> error_text({"error": {"type": "not_found", "message": "No records"}})
    'No records'
    """
    for path in (("error", "message"), ("message",), ("detail", "error"), ("error", "detail"), ("error",), ("detail",)):
        said = text(body, *path)
        if said:
            return one_line(said.replace(hide, "***") if hide else said)
    return ""


def error_code(body: Any) -> str:
    """The provider's own code for what went wrong, from ``error.type|code`` or ``error_code``; empty without one."""
    for path in (("error", "type"), ("error", "code"), ("error_code",), ("code",)):
        said = dig(body, *path)
        if isinstance(said, str) and said:
            return said
    return ""


def one_line(said: str) -> str:
    """Outside text made fit for a log line: no control characters, at most 200 characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in said[:1000]).split())[:_LONGEST_REASON]


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """``Retry-After`` in seconds from now, from seconds or an HTTP date (RFC 9110, 10.2.3); None without one."""
    said = headers.get("retry-after", "").strip()
    if not said:
        return None
    if said.isascii() and said.replace(".", "", 1).isdigit():
        return min(float(said), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return _seconds_until(moment, now)


def until_s(moment: str, now: datetime) -> float | None:
    """Seconds until an ISO 8601 time; one without a zone is taken as UTC. None when it cannot be read.

    >>> until_s("2026-11-21T10:01:00Z", datetime(2026, 11, 21, 10, 0, tzinfo=UTC))
    60.0
    """
    try:
        return _seconds_until(datetime.fromisoformat(moment.strip()), now)
    except ValueError:
        return None


def _seconds_until(moment: datetime, now: datetime) -> float:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        seconds = (aware - now).total_seconds()
    except OverflowError:
        return LONGEST_WAIT_S
    return min(max(0.0, seconds), LONGEST_WAIT_S)
