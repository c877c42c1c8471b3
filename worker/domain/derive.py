"""Listed rules by which one field's value follows from another's. What a rule yields keeps its source's evidence."""

import re
from collections.abc import Callable, Iterable
from typing import Final

import msgspec

from worker.domain.claim import Claim, Evidence, Value
from worker.domain.fields import FIELDS, InvalidValue
from worker.domain.fields.numbers import band_of
from worker.domain.names import person_words

Rule = Callable[[Value], Value | None]


def _first_name(name: Value) -> Value | None:
    words = str(name).split()
    return words[0] if len(words) == 2 and len(person_words(str(name))) == 2 and "," not in str(name) else None


def _last_name(name: Value) -> Value | None:
    return str(name).split()[1] if _first_name(name) else None


#: A title's words and the seniority they stand for, the highest first.
_RANKS: Final = (
    (r"founder|gründer|fondateur|fondatrice", "founder"),
    (r"c[eftosmirp]o|chief [\w ]{2,30} officer|geschäftsführer(?:in)?|vorstand|president(?! of sales)", "c_suite"),
    (r"owner|inhaber(?:in)?", "owner"),
    (r"(?:managing |general )?partner", "partner"),
    (r"vice[- ]president|[se]?vp", "vp"),
    (r"head of|leiter(?:in)?|responsable", "head"),
    (r"director|direktor(?:in)?|directeur|directrice", "director"),
    (r"manager(?:in)?", "manager"),
    (r"intern|trainee|praktikant(?:in)?|apprentice", "intern"),
    (r"senior|lead|principal|staff", "senior"),
    (r"junior|associate|assistant", "entry"),
)
_RANK: Final = tuple((re.compile(rf"\b(?:{words})\b"), rank) for words, rank in _RANKS)


def seniority_of(title: Value) -> Value | None:
    """The seniority a job title states, or None.

    >>> seniority_of("Senior Vice President, Sales"), seniority_of("Baker")
    ('vp', None)
    """
    line = str(title).casefold()[:200]
    if "vice" in line.split():
        return "vp"
    if re.search(r"\b(?:assistant|deputy|secretary|assistenz)\b(?! (?:vice|general))", line):
        return None
    return next((rank for pattern, rank in _RANK if pattern.search(line)), None)


#: (from, to, how): the whole list.
RULES: Final[tuple[tuple[str, str, Rule], ...]] = (
    ("company_website", "company_domain", lambda address: address),
    ("company_employee_count", "company_size", lambda count: band_of(count) if isinstance(count, int) else None),
    ("person_name", "person_first_name", _first_name),
    ("person_name", "person_last_name", _last_name),
    ("person_title", "person_seniority", seniority_of),
)


def derived(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """What follows from normalised claims by the listed rules, for fields their source is silent about."""
    stated = list(claims)
    spoken = {(claim.source, claim.field) for claim in stated}
    found = []
    for origin, target, rule in RULES:
        for claim in stated:
            if claim.field != origin or claim.inferred or (claim.source, target) in spoken:
                continue
            value = rule(claim.value)
            if value is None:
                continue
            try:
                value = FIELDS[target].normalise(value)
            except InvalidValue:
                continue
            proof = Evidence(path=f"rule:{target} from {origin}")
            found.append(
                msgspec.structs.replace(
                    claim, field=target, value=value, display=None, evidence=(*claim.evidence, proof)
                )
            )
    return tuple(found)
