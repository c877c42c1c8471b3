"""What a job itself said of its contact or account, for the case that nobody could be asked. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from worker.domain.finding import MOMENTARY, WAITING, Finding
from worker.domain.job import ResultStatus
from worker.domain.record import record_of
from worker.domain.result import Result
from worker.domain.subject import Subject
from worker.pipeline.admit import context_for, human_claims


def handed_through(result: Result, subject: Subject, findings: Mapping[str, Finding], since: datetime) -> Result | None:
    """The result with the job's own data where nothing better was found, and a note of who could not be asked.

    ``subject`` is what the job named, ``since`` when it did. A required field that holds only the job's own value
    stays a gap: nobody has confirmed it. None when there is no data at all.
    """
    own = human_claims(subject.identifiers, subject, since, context_for(subject, (), since))
    values = {name: value.as_json() for name, value in record_of(own.claims, since).items() if name not in result.data}
    data = {**values, **result.data}
    if not data:
        return None
    away = _away(findings.values())
    note = f"{away} could not be asked: the job's own data is handed through unchanged"
    gaps = tuple(
        replace(gap, why="only the job's own value, confirmed by nobody") if gap.field in values else gap
        for gap in result.gaps
    )
    notes = (*result.notes, note) if away and values else result.notes
    return replace(result, status=ResultStatus.PARTIAL, data=data, gaps=gaps, notes=notes)


def _away(findings: Iterable[Finding]) -> str:
    told = (finding for finding in findings if finding.outcome in MOMENTARY or finding.outcome in WAITING)
    return ", ".join(
        f"{finding.provider} ({finding.reason})" if finding.reason else finding.provider for finding in told
    )
