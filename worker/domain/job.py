"""Jobs: a parsed, validated entry, and where it was delivered."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from worker.domain.lane import DEFAULT_LANE, Lane

DEFAULT_WORKSPACE = "default"


class JobStatus(StrEnum):
    """``enrichment_jobs.status``."""

    SCHEDULED = "scheduled"
    WAITING = "waiting"
    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    DEAD_LETTER = "dead_letter"
    CANCELLED = "cancelled"


#: A job in one of these takes no further verdict in the same generation.
TERMINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.DEAD_LETTER, JobStatus.CANCELLED})


class ResultStatus(StrEnum):
    """``result.status``."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"


class Delivery(Struct, frozen=True, gc=False):
    """One delivery of one entry: the fence's second half.

    ``count`` is Redis's delivery count, from 1. ``entry_id`` is the stream's id (``<ms>-<seq>``).
    """

    stream: str
    lane: Lane
    entry_id: str
    count: int


class Job(Struct, frozen=True, gc=False):
    """What is to be done, for whom.

    ``generation`` grows at every re-add (retry, snooze, replay, republish); ``attempts`` counts tries that cost
    something, before this run. ``max_cost_micros`` caps the money of all attempts. Times are aware UTC.
    ``fields`` is the entry as it came, needed to add it again. ``validate`` names fields whose values, where there are
    any, others are to bear out; ``*`` is all that is required or known.
    """

    workspace: str
    id: str
    kind: str
    url: str
    required: tuple[str, ...]
    lane: Lane = DEFAULT_LANE
    generation: int = 0
    attempts: int = 0
    max_attempts: int = 5
    skip_cache: bool = False
    max_cost_micros: int | None = None
    min_confidence: float = 0.60
    refresh_older_than_s: float | None = None
    webhook_url: str | None = None
    tags: tuple[str, ...] = ()
    run_at: datetime | None = None
    first_pickup_at: datetime | None = None
    explicit_id: bool = False
    trace: str = ""
    known: Mapping[str, str] = {}
    fields: Mapping[str, str] = {}
    validate: tuple[str, ...] = ()


def run_number(generation: int, delivery_count: int) -> int:
    """The fence: grows with every delivery of a job, across re-adds. Fits a signed 64-bit integer.

    >>> run_number(1, 1) > run_number(0, 9)
    True
    """
    return (generation << 20) | min(delivery_count, (1 << 20) - 1)
