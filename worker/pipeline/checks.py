"""Checking values that are already there: which ones a job wants checked, and which of them wait for a word. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from worker.domain.check import PROVEN_BY, Check, Given, check, given_values, statements
from worker.domain.claim import Claim
from worker.domain.fields import FIELDS
from worker.domain.gaps import Standing
from worker.domain.job import Job
from worker.domain.subject import Entity

#: In ``Job.validate``: every value that is required or known.
EVERY: Final = "*"
TO_BE_CHECKED: Final = "to be checked"


def wanted_checks(job: Job, entity: Entity) -> tuple[str, ...]:
    """The fields whose values the job wants checked."""
    if EVERY not in job.validate:
        return job.validate
    return tuple(dict.fromkeys(name for name in (*job.known, *job.required) if FIELDS[name].entity is entity))


def given_to(job: Job, entity: Entity, claims: Iterable[Claim], standing: Standing) -> dict[str, Given]:
    """The values that are there, of those that the job wants checked."""
    if not job.validate:
        return {}
    best = {name: value.value for name, value in standing.record.items()}
    return given_values(wanted_checks(job, entity), claims, best)


def waiting(
    given: Mapping[str, Given], claims: frozenset[Claim], now: datetime, observed_after: datetime | None
) -> dict[str, str]:
    """The fields to ask for so that every given value has a word from somebody else, as open fields."""
    return {
        PROVEN_BY.get(name, name): TO_BE_CHECKED
        for name, value in given.items()
        if not statements(value, claims, now, observed_after)
    }


def checks_of(
    given: Mapping[str, Given], claims: frozenset[Claim], now: datetime, observed_after: datetime | None
) -> tuple[Check, ...]:
    """What came of each check."""
    return tuple(check(value, statements(value, claims, now, observed_after)) for value in given.values())
