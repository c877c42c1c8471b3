"""Checks: whether a value that is already there is borne out by somebody else. Pure.

A given value is a producer's (``known``), a person's correction, or one that was found before. A statement about it is
a fresh claim from a provider that is not among its own: alike it confirms, different it contradicts, unless several
values of the field can be right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from worker.domain.claim import Claim, Value
from worker.domain.fields import FIELDS
from worker.domain.freshness import is_fresh, is_human
from worker.domain.record import value_key

#: An address is borne out by what a check of its mailbox says, not by who else writes it down.
PROVEN_BY: Final[Mapping[str, str]] = {"person_email": "person_email_status"}
_GOOD: Final = frozenset({"valid"})
_BAD: Final = frozenset({"invalid"})


class Word(StrEnum):
    """What came of a check."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    DISPUTED = "disputed"
    NOT_STATED = "not stated"


#: By whether somebody states the same, and whether somebody states something else.
_WORDS: Final = {
    (True, False): Word.CONFIRMED,
    (False, True): Word.CONTRADICTED,
    (True, True): Word.DISPUTED,
    (False, False): Word.NOT_STATED,
}


@dataclass(frozen=True, slots=True)
class Given:
    """A value to be checked, and the providers that said it already."""

    claim: Claim
    providers: frozenset[str]


@dataclass(frozen=True, slots=True)
class Check:
    """What came of checking one field. ``said`` maps providers to the values they state."""

    field: str
    value: Value
    word: Word
    said: Mapping[str, Value]

    def as_json(self) -> dict[str, Any]:
        """A JSON object in the result's spelling."""
        said = {name: list(value) if isinstance(value, tuple) else value for name, value in self.said.items()}
        value = list(self.value) if isinstance(self.value, tuple) else self.value
        return {"field": self.field, "value": value, "verdict": self.word.value, "said": said}


def given_values(names: Iterable[str], claims: Iterable[Claim], best: Mapping[str, Value]) -> dict[str, Given]:
    """The values to be checked among ``best``, with who has said them; names without a value are left out."""
    held = list(claims)
    found: dict[str, Given] = {}
    for name in dict.fromkeys(names):
        if name not in best:
            continue
        own = value_key(name, best[name])
        alike = [claim for claim in held if claim.field == name and value_key(name, claim.value) == own]
        alike.sort(key=lambda claim: (is_human(claim), claim.observed_at, claim.provider), reverse=True)
        if alike:
            human = is_human(alike[0])
            speakers = {claim.provider for claim in alike if is_human(claim) or not human}
            found[name] = Given(alike[0], frozenset(speakers))
    return found


def statements(
    given: Given, claims: Iterable[Claim], now: datetime, observed_after: datetime | None = None
) -> list[Claim]:
    """What others say about a given value, in a stable order."""
    name = PROVEN_BY.get(given.claim.field, given.claim.field)
    said = [
        claim
        for claim in claims
        if claim.field == name
        and not is_human(claim)
        and claim.provider not in given.providers
        and is_fresh(claim, now, observed_after)
    ]
    return sorted(said, key=lambda claim: (claim.provider, claim.observed_at, claim.source, str(claim.value)))


def check(given: Given, said: Iterable[Claim]) -> Check:
    """The word on a given value that follows from the statements about it."""
    name, heard = given.claim.field, list(said)
    if name in PROVEN_BY:
        alike = [claim for claim in heard if str(claim.value) in _GOOD]
        other = [claim for claim in heard if str(claim.value) in _BAD]
    else:
        own, field = value_key(name, given.claim.value), FIELDS.get(name)
        alike = [claim for claim in heard if value_key(name, claim.value) == own]
        several = field is not None and (field.many or field.collection)
        beside = field.compatible if field is not None else None
        other = [
            claim
            for claim in heard
            if claim not in alike and not several and not (beside and beside(claim.value, given.claim.value))
        ]
    return Check(
        name, given.claim.value, _WORDS[bool(alike), bool(other)], {claim.provider: claim.value for claim in heard}
    )
