"""Reading a subject's identifiers from an entry's own fields, in whatever spelling producers use."""

from worker.domain.job import Job


def said(job: Job, *names: str) -> str:
    """The first of several entry fields, or known values, that says something; camel case means the same.

    >>> said(Job("w", "1", "k", "", (), fields={"companyName": "Acme"}), "company_name")
    'Acme'
    """
    for name in names:
        head, *rest = name.split("_")
        camel = head + "".join(part.title() for part in rest)
        for value in (job.fields.get(name), job.fields.get(camel), job.known.get(name)):
            if value and value.strip():
                return " ".join(value.split())
    return ""
