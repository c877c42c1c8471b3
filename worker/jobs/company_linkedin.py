"""``company_linkedin``: a company, named by its LinkedIn page."""

from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import company_on_linkedin
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject

COMPANY_FIELDS: Final = (
    "company_name",
    "company_website",
    "company_description",
    "company_industry",
    "company_size",
    "company_country",
)


def subject(job: Job) -> Subject:
    """The company of the job's LinkedIn page. Raises MalformedEntry."""
    try:
        return company_on_linkedin(job.url)
    except InvalidValue as problem:
        raise MalformedEntry("url", str(problem), "an address like https://www.linkedin.com/company/acme") from problem


KIND: Final = Kind("company_linkedin", Entity.COMPANY, COMPANY_FIELDS, subject)
