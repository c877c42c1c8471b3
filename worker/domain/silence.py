"""Negative knowledge: who was asked about a subject and had nothing, why, and for how long that is worth knowing.

Not found, refused and failed are different things: what was not found stays unknown for days, a site that blocks us
is tried again the next day, and a failure says nothing about the subject at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from worker.domain.fields.field import DAY_S
from worker.domain.finding import Finding, Outcome
from worker.domain.subject import Subject

#: Seconds for which an answer without the field is remembered, by its outcome; others are not remembered.
LIVES_S: Final[Mapping[Outcome, float]] = {
    Outcome.HIT: 7 * DAY_S,  # it knows the subject, but not this
    Outcome.MISS: 7 * DAY_S,
    Outcome.BAD_INPUT: 7 * DAY_S,
    Outcome.BLOCKED: DAY_S,
    Outcome.SUPPRESSED: 30 * DAY_S,
}
_KEYS: Final = (
    "company_domain",
    "company_linkedin_url",
    "person_linkedin_url",
    "person_email",
    "person_company_domain",
)


@dataclass(frozen=True, slots=True)
class Silence:
    """A provider was asked about these fields at ``asked_at`` and gave none of them.

    ``by`` are the identifiers it was asked with: with a new one, asking again may help.
    """

    provider: str
    outcome: Outcome
    fields: frozenset[str]
    asked_at: datetime
    by: tuple[str, ...] = ()
    reason: str = ""

    @property
    def ends_at(self) -> datetime:
        """When it is worth asking again."""
        return self.asked_at + timedelta(seconds=LIVES_S[self.outcome])

    def answers(
        self, fields: frozenset[str], subject: Subject, now: datetime, observed_after: datetime | None = None
    ) -> bool:
        """Whether asking for these fields now would bring the same nothing."""
        if now >= self.ends_at or (observed_after is not None and self.asked_at < observed_after):
            return False
        return fields <= self.fields and set(keys_of(subject)) <= set(self.by)

    def told(self, now: datetime) -> str:
        """In words for the result: ``miss 2 days ago``."""
        days = max(0, (now - self.asked_at).days)
        age = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
        return f"{self.outcome.value} {age}" + (f": {self.reason}" if self.reason else "")

    def as_json(self) -> dict[str, Any]:
        """A JSON object that ``from_json`` reads back to an equal silence."""
        return {
            "provider": self.provider,
            "outcome": self.outcome.value,
            "fields": sorted(self.fields),
            "asked_at": self.asked_at.isoformat(),
            "by": list(self.by),
            "reason": self.reason,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Silence":
        """Read ``as_json``'s shape. Raises KeyError or ValueError when it is not one."""
        return cls(
            data["provider"],
            Outcome(data["outcome"]),
            frozenset(data["fields"]),
            datetime.fromisoformat(data["asked_at"]),
            tuple(data["by"]),
            data["reason"],
        )


def keys_of(subject: Subject) -> tuple[str, ...]:
    """The identifiers that a provider can be asked with."""
    return tuple(f"{name}={value}" for name in _KEYS if (value := subject.get(name)))


def silence_after(
    finding: Finding, asked: frozenset[str], found: frozenset[str], subject: Subject, now: datetime
) -> Silence | None:
    """What a finding teaches about the fields it did not bring; None when nothing.

    An answer paid for before teaches nothing new: its age is not that of the question.
    """
    missing = asked - found
    if finding.outcome not in LIVES_S or not missing or finding.reused:
        return None
    return Silence(finding.provider, finding.outcome, missing, now, keys_of(subject), finding.reason[:200])
