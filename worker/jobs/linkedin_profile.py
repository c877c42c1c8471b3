"""``linkedin_profile``: a person, named by their LinkedIn profile."""

from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import person_on_linkedin
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject

PERSON_FIELDS: Final = (
    "person_name",
    "person_title",
    "person_company_name",
    "person_seniority",
    "person_city",
    "person_country",
)


def subject(job: Job) -> Subject:
    """The person of the job's LinkedIn profile. Raises MalformedEntry."""
    try:
        return person_on_linkedin(job.url)
    except InvalidValue as problem:
        raise MalformedEntry("url", str(problem), "an address like https://www.linkedin.com/in/ada-l") from problem


KIND: Final = Kind("linkedin_profile", Entity.PERSON, PERSON_FIELDS, subject)
