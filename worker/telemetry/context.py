"""The ids that belong on every line a job causes, in whatever module it is written."""

from contextlib import AbstractContextManager

import structlog

from worker.domain.job import Job


def job_context(job: Job) -> AbstractContextManager[None]:
    """Bind job_id, correlation_id, workspace and kind to all lines logged inside, by tasks started inside too.

    The correlation id is the producer's trace (a W3C ``traceparent``) where the entry has one, else the job's id.
    """
    return structlog.contextvars.bound_contextvars(
        job_id=job.id, correlation_id=correlation_id(job), workspace=job.workspace, kind=job.kind
    )


def correlation_id(job: Job) -> str:
    """The trace id out of a ``traceparent`` (version-trace-span-flags), any other trace as it is, or the job's id.

    Source: W3C Trace Context, section 3.2.
    """
    parts = job.trace.split("-")
    is_traceparent = len(parts) >= 4 and len(parts[1]) == 32
    return (parts[1] if is_traceparent else job.trace) or job.id
