"""``enrich_account``: a company in a CRM, named by domain, website or LinkedIn page, from every source in use."""

from contextlib import suppress
from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import company_at, company_on_linkedin
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject
from worker.jobs.entry_text import said

_EXPECTED: Final = "a domain such as acme.example, in domain or url, or a LinkedIn page in linkedin_url"


def subject(job: Job) -> Subject:
    """The company of ``domain``, ``website``, ``url`` or ``linkedin_url``. Raises MalformedEntry."""
    address = said(job, "domain", "company_domain", "website", "company_website") or job.url
    page = said(job, "linkedin_url", "company_linkedin_url")
    name = said(job, "name", "company_name", "company")
    try:
        if address and "linkedin.com/" not in address:
            found = company_at(address)
        elif page or address:
            found = company_on_linkedin(page or address)
        else:
            raise MalformedEntry("domain", "is missing", _EXPECTED)
    except InvalidValue as problem:
        raise MalformedEntry("domain", str(problem), _EXPECTED) from problem
    known = {"company_name": name} if name else {}
    if page:
        with suppress(InvalidValue):
            known |= company_on_linkedin(page).identifiers
    return found.knowing(known)


KIND: Final = Kind(
    "enrich_account",
    Entity.COMPANY,
    ("company_name", "company_domain", "company_industry", "company_size", "company_country", "company_linkedin_url"),
    subject,
    needs_url=False,
    hands_through=True,
)
