"""Which identifier a subject is asked about by: always the same one, whatever else was learned on the way.

A question that changed with every new fact would be a new question each time, and bought again.
"""

import re
from typing import Final

from worker.domain.subject import Subject

_OUTER: Final = re.compile(r"^(?:https?://)?(?:www\.)?", re.IGNORECASE)


def anchors(subject: Subject, fields: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The subject's known identifiers among ``fields`` as (field, value), the one that its key is made of first.

    >>> from worker.domain.subject import Entity
    >>> known = {"company_domain": "acme.example", "company_linkedin_url": "https://www.linkedin.com/company/acme"}
    >>> by_page = Subject(Entity.COMPANY, "company:linkedin.com/company/acme", known)
    >>> anchors(by_page, ("company_domain", "company_linkedin_url"))[0][0]
    'company_linkedin_url'
    """
    known = [(field, value) for field in fields if (value := subject.get(field))]
    if len(known) < 2:
        return tuple(known)
    return tuple(sorted(known, key=lambda pair: not is_known_by(subject, pair[1])))


def is_known_by(subject: Subject, value: str) -> bool:
    """Is this identifier the one that the subject's key is made of?"""
    inner = _OUTER.sub("", value.strip()).rstrip("/").casefold()
    return bool(inner) and subject.key.casefold().rpartition(":")[2] == inner
