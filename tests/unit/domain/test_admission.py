"""Who may run, given what PostgreSQL knows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from worker.domain.admission import Admission, Admit, Ended, Known, Reschedule, Superseded, admission
from worker.domain.job import JobStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HERE = "enrichment-jobs/5-0"


def known(status: JobStatus, **changes: Any) -> Known:
    """A row."""
    fields: dict[str, Any] = {
        "generation": 0, "run": 1, "attempts": 0, "entry": HERE, "completed_at": None, "next_run_at": None,
        "first_pickup_at": NOW, "result": None, **changes,
    }  # fmt: skip
    return Known(status, **fields)


def decide(row: Known | None, **changes: Any) -> Admission:
    """The decision for an entry."""
    entry: dict[str, Any] = {
        "entry": HERE, "generation": 0, "explicit_id": True, "never_ran": True, "first_delivery": True,
        "now": NOW, "idempotency_s": 3600.0, **changes,
    }  # fmt: skip
    return admission(row, **entry)


OTHER = "enrichment-jobs/9-0"
ENDED = {"completed_at": NOW - timedelta(minutes=1), "result": "{}"}
LONG_AGO = {"completed_at": NOW - timedelta(hours=2), "result": "{}"}
DUE = NOW + timedelta(minutes=3)


@pytest.mark.parametrize(
    ("row", "changes", "expected"),
    [
        (None, {}, Admit(0)),
        (known(JobStatus.PROCESSING), {"first_delivery": False}, Admit(0)),
        (known(JobStatus.PROCESSING), {"entry": OTHER}, Superseded()),
        (known(JobStatus.PENDING, entry=None), {"entry": OTHER}, Admit(0)),
        (known(JobStatus.COMPLETED, **ENDED), {"entry": OTHER}, Ended(JobStatus.COMPLETED, "{}")),
        (known(JobStatus.COMPLETED, **ENDED), {"first_delivery": False}, Ended(JobStatus.COMPLETED, "{}")),
        (known(JobStatus.COMPLETED, **LONG_AGO), {"entry": OTHER}, Admit(1, fresh_start=True)),
        (known(JobStatus.COMPLETED, **LONG_AGO), {"first_delivery": False}, Ended(JobStatus.COMPLETED, "{}")),
        (known(JobStatus.COMPLETED, generation=1, **LONG_AGO), {"generation": 1}, Ended(JobStatus.COMPLETED, "{}")),
        (
            known(JobStatus.DEAD_LETTER, **ENDED),
            {"generation": 1, "entry": OTHER, "never_ran": False},
            Ended(JobStatus.DEAD_LETTER, "{}"),
        ),
        (
            known(JobStatus.COMPLETED, **LONG_AGO),
            {"generation": 1, "entry": OTHER, "never_ran": False},
            Ended(JobStatus.COMPLETED, "{}"),
        ),
        (known(JobStatus.COMPLETED, **ENDED), {"generation": 1, "entry": OTHER}, Ended(JobStatus.COMPLETED, "{}")),
        (known(JobStatus.COMPLETED, **LONG_AGO), {"generation": 3, "entry": OTHER}, Admit(3, fresh_start=True)),
        (known(JobStatus.PENDING, entry=None, generation=1), {"generation": 2, "entry": OTHER}, Admit(2)),
        (known(JobStatus.SCHEDULED, next_run_at=DUE), {"first_delivery": False}, Reschedule(DUE, 1, 0)),
        (known(JobStatus.SCHEDULED, next_run_at=DUE), {"entry": OTHER}, Superseded()),
        (known(JobStatus.SCHEDULED, next_run_at=DUE), {"entry": OTHER, "generation": 1}, Admit(1)),
    ],
)
def test_admission(row: Known | None, changes: dict[str, Any], expected: Admission) -> None:
    """New, redelivered, repeated, re-added and replayed entries are told apart."""
    assert decide(row, **changes) == expected
