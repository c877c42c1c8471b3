"""Job kinds: what a job may ask for. One file per kind under ``worker/jobs``, each defining ``KIND``."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from worker.domain.job import Job
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Report


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    ``subject`` reads the subject from a job (raises MalformedEntry for a URL that does not fit).
    ``default_fields`` is what a job without ``requiredFields`` asks for.
    ``handler`` replaces the enrichment pipeline for kinds that are something else; it gets (job, tools).
    ``stages`` restricts the stages for this kind; empty means all.
    ``hands_through``: when nobody could be asked until the end, the job's own data is the result, and says so.
    """

    name: str
    entity: Entity
    default_fields: tuple[str, ...]
    subject: Callable[[Job], Subject]
    handler: Callable[[Job, Any], Awaitable[Report]] | None = None
    stages: tuple[str, ...] = ()
    needs_url: bool = True
    hands_through: bool = False
