"""Status tables, waiting times and reasons."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.providers.reading import (
    LONGEST_WAIT_S,
    StatusTable,
    error_code,
    error_text,
    json_body,
    one_line,
    retry_after_s,
    until_s,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TABLE = StatusTable({200: Outcome.HIT, 429: Outcome.THROTTLED, (429, "quota"): Outcome.QUOTA_EXHAUSTED}, {429: "slow"})


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (200, "", Outcome.HIT),
        (429, "", Outcome.THROTTLED),
        (429, "quota", Outcome.QUOTA_EXHAUSTED),
        (429, "other", Outcome.THROTTLED),
        (408, "", Outcome.TRANSIENT),
        (599, "", Outcome.TRANSIENT),
        (302, "", Outcome.NONSENSE),
        (418, "", Outcome.NONSENSE),
    ],
)
def test_a_row_with_the_bodys_code_wins(status: int, code: str, outcome: Outcome) -> None:
    """Status and code together decide; what no row names goes by its class."""
    assert TABLE.outcome(status, code) is outcome


def test_reasons_are_the_tables_then_the_providers() -> None:
    """A reason starts with the status and is never empty."""
    assert TABLE.reason(429) == "429: slow"
    assert TABLE.reason(500, said="oops") == "500: oops"
    assert TABLE.reason(500) == "status 500"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("Sat, 21 Nov 2026 10:02:00 GMT", 120.0),
        ("Sat, 21 Nov 2026 09:00:00 GMT", 0.0),
        ("99999999999999999999", LONGEST_WAIT_S),
        ("-5", None),
        ("soon", None),
        ("²", None),
        ("", None),
    ],
)
def test_retry_after(said: str, seconds: float | None) -> None:
    """Seconds and HTTP dates are read, the past is now, and nothing is believed without end."""
    assert retry_after_s({"retry-after": said}, NOW) == seconds


@given(st.text(max_size=40))
def test_waits_are_bounded_whatever_is_said(said: str) -> None:
    """No text raises or makes a wait outside of 0 to 31 days."""
    for wait in (retry_after_s({"retry-after": said}, NOW), until_s(said, NOW)):
        assert wait is None or 0 <= wait <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"error": {"type": "t", "message": "one"}}, "one"),
        ({"message": "two\nlines\x00"}, "two lines"),
        ({"detail": {"error": "three"}}, "three"),
        ({"error": "four sk-planted"}, "four ***"),
        ({"detail": "five"}, "five"),
        ({"error": 6}, ""),
        (None, ""),
    ],
)
def test_error_envelopes(body: object, text: str) -> None:
    """The envelopes in use are understood, on one line and without the key."""
    assert error_text(body, hide="sk-planted") == text


def test_error_codes() -> None:
    """The provider's own code is found where it keeps it."""
    assert error_code({"error": {"type": "rate_limit_error"}}) == "rate_limit_error"
    assert error_code({"error_code": "API_INACCESSIBLE"}) == "API_INACCESSIBLE"
    assert error_code({"error": "text"}) == ""


@given(st.binary(max_size=64))
def test_any_bytes_are_json_or_none(body: bytes) -> None:
    """Bytes that are no JSON are None, never an exception."""
    json_body(Reply(200, {}, body))


@given(st.text(max_size=3000))
def test_one_line_is_short_and_printable(said: str) -> None:
    """Outside text in a reason cannot break a log line."""
    line = one_line(said)
    assert len(line) <= 200
    assert line.isprintable()
