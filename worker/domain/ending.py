"""From a verdict to a job's next state: the table of states, as one pure function."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec import Struct

from worker.domain.backoff import Backoff
from worker.domain.job import Job, JobStatus, ResultStatus
from worker.domain.result import Result
from worker.domain.verdict import Cancelled, Dead, Done, Duplicate, Retry, Snooze, Verdict


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """When to stop trying. ``deadline_s`` counts from the first pickup."""

    backoff: Backoff = field(default_factory=Backoff)
    deadline_s: float = 86_400.0


class Ending(Struct, frozen=True, gc=False):
    """What becomes of the job: its status, and when it runs again (``due``), if it does."""

    status: JobStatus
    attempts: int
    result: Result | None = None
    due: datetime | None = None
    error_class: str | None = None
    error_message: str | None = None
    error_stack: str | None = None


def _finished(result: Result, attempts: int, error_class: str | None = None, message: str | None = None) -> Ending:
    status = JobStatus.FAILED if result.status is ResultStatus.FAILED else JobStatus.COMPLETED
    return Ending(status, attempts, result, error_class=error_class, error_message=message)


def _given_up(verdict: Retry | Snooze, attempts: int, why: str) -> Ending:
    """Attempts or time are over: what there is, or a dead letter when there is nothing."""
    error_class = verdict.error_class if isinstance(verdict, Retry) else "Snoozed"
    message = verdict.message if isinstance(verdict, Retry) else verdict.reason
    text = f"{why}; last: {message}"
    fallback = verdict.fallback
    if fallback is not None and fallback.status is not ResultStatus.FAILED:
        return _finished(fallback, attempts, error_class, text)
    stack = verdict.stack if isinstance(verdict, Retry) else ""
    return Ending(
        JobStatus.DEAD_LETTER,
        attempts,
        fallback,
        error_class=error_class,
        error_message=text,
        error_stack=stack or None,
    )


def ending(verdict: Verdict, job: Job, now: datetime, policy: RetryPolicy, random: float) -> Ending:
    """What a verdict means for the job. ``random`` in 0..1 spreads retries."""
    tried = job.attempts + 1
    if isinstance(verdict, Done):
        return _finished(verdict.result, tried)
    deadline = (job.first_pickup_at or now) + timedelta(seconds=policy.deadline_s)
    match verdict:
        case Retry():
            if tried >= job.max_attempts:
                return _given_up(verdict, tried, f"{tried} of {job.max_attempts} attempts are spent")
            due = now + timedelta(seconds=policy.backoff.delay_s(tried, random))
            if due > deadline:
                return _given_up(verdict, tried, "the deadline is over")
            return Ending(
                JobStatus.SCHEDULED,
                tried,
                due=due,
                error_class=verdict.error_class,
                error_message=verdict.message,
                error_stack=verdict.stack or None,
            )
        case Snooze(until, reason):
            if until > deadline:
                return _given_up(verdict, job.attempts, "the deadline is over")
            return Ending(JobStatus.SCHEDULED, job.attempts, due=max(until, now), error_message=reason)
        case Dead(error_class, reason, stack):
            return Ending(
                JobStatus.DEAD_LETTER, tried, error_class=error_class, error_message=reason, error_stack=stack or None
            )
        case Cancelled(reason):
            return Ending(JobStatus.CANCELLED, job.attempts, error_class="Cancelled", error_message=reason)
        case Duplicate():
            message = "a duplicate has no ending of its own"
            raise ValueError(message)
