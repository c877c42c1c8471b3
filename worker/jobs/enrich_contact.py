"""``enrich_contact``: a person in a CRM, named by email address, LinkedIn profile, or name and company."""

from contextlib import suppress
from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import person_at, person_on_linkedin, person_with_email
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject
from worker.jobs.entry_text import said

_EXPECTED: Final = "an address in email, a profile in linkedin_url, or name and company"


def subject(job: Job) -> Subject:
    """The person of ``email``, ``linkedin_url`` (or ``url``), or ``name`` and ``company``. Raises MalformedEntry."""
    email = said(job, "email", "person_email")
    page = said(job, "linkedin_url", "person_linkedin_url") or job.url
    whole = " ".join(part for part in (said(job, "first_name"), said(job, "last_name")) if part)
    name = said(job, "name", "full_name", "person_name") or whole
    company = said(job, "company_domain", "domain", "person_company_domain", "company", "company_name",
                   "person_company_name")  # fmt: skip
    try:
        if email:
            found = person_with_email(email)
        elif page:
            found = person_on_linkedin(page)
        elif name and company:
            found = person_at(name, company)
        else:
            raise MalformedEntry("email", "is missing", _EXPECTED)
    except InvalidValue as problem:
        raise MalformedEntry("email" if email else "linkedin_url", str(problem), _EXPECTED) from problem
    return found.knowing(_also_known(name, company, page if email else ""))


def _also_known(name: str, company: str, page: str) -> dict[str, str]:
    known = {"person_name": name} if name else {}
    if name and company:
        known |= person_at(name, company).identifiers
    if page:
        with suppress(InvalidValue):
            known |= person_on_linkedin(page).identifiers
    return known


KIND: Final = Kind(
    "enrich_contact",
    Entity.PERSON,
    (
        "person_name",
        "person_title",
        "person_company_name",
        "person_email",
        "person_email_status",
        "person_linkedin_url",
    ),
    subject,
    needs_url=False,
    hands_through=True,
)
