"""Subjects: the company or person a job is about, with every identifier known so far."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct


class Entity(StrEnum):
    """What a subject is; field names start with it."""

    COMPANY = "company"
    PERSON = "person"


class Subject(Struct, frozen=True, gc=False):
    """A company or person.

    ``key`` is the canonical identity within a workspace: ``company:acme.example``,
    ``company:linkedin.com/company/acme``, ``person:linkedin.com/in/ada``, ``person:mailto:ada@acme.example``.
    ``identifiers`` maps field names (``company_website``, ``company_domain``, ``company_linkedin_url``,
    ``company_name``, ``person_linkedin_url``, ``person_email``, ``person_name``, ...) to normalised values.
    """

    entity: Entity
    key: str
    identifiers: Mapping[str, str] = {}

    def get(self, name: str) -> str | None:
        """The identifier under a field name, if known."""
        return self.identifiers.get(name)

    def knowing(self, found: Mapping[str, str]) -> "Subject":
        """The same subject with newly found identifiers; what was known first stays.

        >>> known = Subject(Entity.COMPANY, "company:a.example", {"company_name": "A"})
        >>> known.knowing({"company_name": "B"}).get("company_name")
        'A'
        """
        fresh = {name: value for name, value in found.items() if value and name not in self.identifiers}
        if not fresh:
            return self
        return Subject(self.entity, self.key, {**self.identifiers, **fresh})
