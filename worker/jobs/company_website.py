"""``company_website``: a company, named by its web address."""

from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import company_at
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject

COMPANY_FIELDS: Final = (
    "company_name",
    "company_description",
    "company_industry",
    "company_size",
    "company_country",
    "company_phone",
    "company_email",
    "company_linkedin_url",
)


def subject(job: Job) -> Subject:
    """The company of the job's URL, by registrable domain. Raises MalformedEntry."""
    expected = "a company's web address such as https://acme.example"
    try:
        found = company_at(job.url)
    except InvalidValue as problem:
        raise MalformedEntry("url", str(problem), expected) from problem
    if found.key.startswith("company:linkedin.com/"):
        raise MalformedEntry("url", "is a LinkedIn address", f"{expected}, or the type company_linkedin")
    return found


KIND: Final = Kind("company_website", Entity.COMPANY, COMPANY_FIELDS, subject)
