"""The table of states."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.backoff import Backoff
from worker.domain.ending import RetryPolicy, ending
from worker.domain.job import Job, JobStatus, ResultStatus
from worker.domain.result import Result
from worker.domain.verdict import Cancelled, Dead, Done, Retry, Snooze, Verdict

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POLICY = RetryPolicy()


def result(status: ResultStatus) -> Result:
    """A result of one status."""
    return Result(status, {}, (), (), 0, 0, NOW)


def job(attempts: int = 0, max_attempts: int = 5, first: datetime | None = NOW) -> Job:
    """A job that has spent some attempts."""
    return Job("default", "1", "noop", "", (), attempts=attempts, max_attempts=max_attempts, first_pickup_at=first)


@pytest.mark.parametrize(
    ("verdict", "status", "spent"),
    [
        (Done(result(ResultStatus.SUCCESS)), JobStatus.COMPLETED, 1),
        (Done(result(ResultStatus.PARTIAL)), JobStatus.COMPLETED, 1),
        (Done(result(ResultStatus.FAILED)), JobStatus.FAILED, 1),
        (Retry("Timeout", "slow"), JobStatus.SCHEDULED, 1),
        (Snooze(NOW + timedelta(minutes=5), "throttled"), JobStatus.SCHEDULED, 0),
        (Dead("Poison", "crashes"), JobStatus.DEAD_LETTER, 1),
        (Cancelled(), JobStatus.CANCELLED, 0),
    ],
)
def test_each_verdict_has_its_state(verdict: Verdict, status: JobStatus, spent: int) -> None:
    """A first run's verdict leads to the state of the table, with or without an attempt spent."""
    end = ending(verdict, job(), NOW, POLICY, 0.5)
    assert (end.status, end.attempts) == (status, spent)


def test_retries_wait_longer_each_time() -> None:
    """60, 120, 240, 480 seconds, as the processors this replaces did."""
    waits = [ending(Retry("E", "m"), job(n), NOW, POLICY, 0.5).due for n in range(4)]
    assert [int((due - NOW).total_seconds()) for due in waits if due] == [60, 120, 240, 480]


def test_attempts_over_with_something_found_is_partial() -> None:
    """What was found is kept: the job completes."""
    end = ending(Retry("E", "m", fallback=result(ResultStatus.PARTIAL)), job(4), NOW, POLICY, 0.5)
    assert end.status is JobStatus.COMPLETED
    assert end.error_message is not None
    assert "5 of 5 attempts" in end.error_message


@pytest.mark.parametrize("fallback", [None, result(ResultStatus.FAILED)])
def test_attempts_over_with_nothing_is_a_dead_letter(fallback: Result | None) -> None:
    """Nothing found and nobody left to ask again: kept among the dead letters."""
    assert ending(Retry("E", "m", fallback=fallback), job(4), NOW, POLICY, 0.5).status is JobStatus.DEAD_LETTER


def test_the_deadline_bounds_snoozes_and_retries() -> None:
    """24 hours after the first pickup nothing is scheduled any more."""
    old = job(first=NOW - timedelta(hours=24))
    assert ending(Snooze(NOW + timedelta(seconds=1), "x"), old, NOW, POLICY, 0.5).status is JobStatus.DEAD_LETTER
    assert ending(Retry("E", "m"), old, NOW, POLICY, 0.5).status is JobStatus.DEAD_LETTER


@given(st.integers(0, 10**6), st.floats(0, 1), st.floats(0, 1e5), st.floats(1, 100), st.floats(0, 1e6))
def test_a_backoff_stays_within_its_bounds(attempt: int, random: float, base: float, by: float, most: float) -> None:
    """Never negative, never above the maximum and its jitter, whatever the numbers."""
    delay = Backoff(base, by, most, jitter=0.2).delay_s(attempt, random)
    assert 0 <= delay <= most * 1.1 + 1e-9
