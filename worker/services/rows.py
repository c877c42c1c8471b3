"""A run as a row of the running. Pure."""

import orjson

from worker.services.run import Run
from worker.store.jobs import RunningRow


def running_row(run: Run) -> RunningRow:
    """What PostgreSQL is told of a run before it has ended."""
    job = run.job
    return RunningRow(
        workspace=job.workspace,
        id=job.id,
        kind=job.kind,
        priority=int(job.lane),
        generation=job.generation,
        run=run.number,
        attempts=job.attempts,
        max_attempts=job.max_attempts,
        url=job.url or None,
        payload=orjson.dumps(dict(job.fields)).decode(),
        entry=run.entry_ref,
        first_pickup_at=job.first_pickup_at or run.picked_at,
        started_at=run.started_at,
        created_at=run.created_at,
    )
