"""Whether a delivered entry may run, given what PostgreSQL knows of its job. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from worker.domain.job import TERMINAL, JobStatus


@dataclass(frozen=True, slots=True)
class Known:
    """A job's row as the admission query reads it."""

    status: JobStatus
    generation: int
    run: int
    attempts: int
    entry: str | None
    completed_at: datetime | None
    next_run_at: datetime | None
    first_pickup_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Admit:
    """Run it, in this generation."""

    generation: int
    fresh_start: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """The job has ended already: only Redis has to hear of it (again)."""

    status: JobStatus
    result: str | None


@dataclass(frozen=True, slots=True)
class Reschedule:
    """The last run was settled as a later one, but Redis did not hear of it."""

    due: datetime
    generation: int
    attempts: int


@dataclass(frozen=True, slots=True)
class Superseded:
    """Another entry carries this job: this one is only acknowledged."""


Admission = Admit | Ended | Reschedule | Superseded


def admission(
    known: Known | None,
    *,
    entry: str,
    generation: int,
    explicit_id: bool,
    never_ran: bool,
    first_delivery: bool,
    now: datetime,
    idempotency_s: float,
) -> Admission:
    """What to do with entry ``entry`` (``<stream>/<id>``) of a job in ``generation``.

    An id used again within ``idempotency_s`` seconds after its job ended is the same job; later, it is a new one.
    ``never_ran``: the entry is a producer's, perhaps moved, and no later try of a job that has run.

    An ended job stays ended whatever generation an entry claims: a retry or a replay opens its row first, so such an
    entry is left over from a run that was overtaken.
    """
    if known is None:
        return Admit(generation)
    if known.status in TERMINAL:
        ended_at = known.completed_at
        reused = explicit_id and never_ran and first_delivery and entry != known.entry
        if reused and ended_at is not None and ended_at + timedelta(seconds=idempotency_s) < now:
            return Admit(max(generation, known.generation + 1), fresh_start=True)
        return Ended(known.status, known.result)
    if generation > known.generation:
        return Admit(generation)
    if known.entry is None or known.entry == entry:
        if known.status is JobStatus.SCHEDULED and known.next_run_at is not None and not first_delivery:
            return Reschedule(known.next_run_at, known.generation + 1, known.attempts)
        return Admit(max(generation, known.generation))
    return Superseded()
