"""``email_validation``: whether an email address can be written to, and how far that was checked."""

from typing import Final

from worker.domain.errors import MalformedEntry
from worker.domain.fields import InvalidValue
from worker.domain.identity import person_with_email
from worker.domain.job import Job
from worker.domain.kind import Kind
from worker.domain.subject import Entity, Subject


def subject(job: Job) -> Subject:
    """The mailbox of the job's ``email`` field, of ``known``, or of a ``mailto:`` URL. Raises MalformedEntry."""
    name, address = next(
        (
            (name, text.strip())
            for name, text in (
                ("email", job.fields.get("email", "")),
                ("known", job.known.get("person_email", "")),
                ("url", job.url),
            )
            if text.strip()
        ),
        ("email", ""),
    )
    if not address:
        raise MalformedEntry("email", "is missing", "the address to validate, in email or as a mailto: url")
    line = " ".join(address.removeprefix("mailto:").split())
    try:
        return person_with_email(line)
    except InvalidValue as problem:
        if "@" not in line or len(line) > 320:
            raise MalformedEntry(name, str(problem), "an email address such as ada@acme.example") from problem
    # An address that breaks the rules is what this job is for: the answer is that it is invalid.
    return Subject(Entity.PERSON, f"person:mailto:{line.casefold()}", {"person_email": line})


KIND: Final = Kind(
    "email_validation",
    Entity.PERSON,
    ("person_email_status", "person_email_reasons"),
    subject,
    stages=("email", "hunter"),
    needs_url=False,
)
