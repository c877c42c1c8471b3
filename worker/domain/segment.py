"""Segments: what kind of subject a provider was asked about, so that experience with one kind is not used for another.

A segment is a short text, ``company dl/m``: what the subject is, what was known of it when it was asked about (``d``
its domain, ``l`` its LinkedIn page, ``e`` its email address, ``n`` its name), and what the providers before had said
(``m``: none knew the subject, ``h``: one did; nothing when this is the first). Whom one does not know, the next seldom
does.
"""

from collections.abc import Iterable
from typing import Final

from worker.domain.finding import Outcome
from worker.domain.subject import Subject

_LETTERS: Final = (
    ("d", ("company_domain", "person_company_domain")),
    ("e", ("person_email",)),
    ("l", ("company_linkedin_url", "person_linkedin_url")),
    ("n", ("company_name", "person_name")),
)
#: Nobody was asked before; all who were asked did not know the subject; at least one did.
FIRST: Final = ""
MISSED: Final = "m"
HIT: Final = "h"
#: Outcomes that tell whether a provider knows a subject.
ANSWERED: Final = frozenset({Outcome.HIT, Outcome.MISS, Outcome.BAD_INPUT, Outcome.BLOCKED, Outcome.SUPPRESSED})


def known_of(identifiers: Iterable[str]) -> str:
    """What is known of a subject, by the names of its identifiers.

    >>> known_of({"company_linkedin_url": "", "company_domain": "", "company_city": ""})
    'dl'
    """
    held = frozenset(identifiers)
    return "".join(letter for letter, names in _LETTERS if not held.isdisjoint(names))


def before_of(outcomes: Iterable[Outcome]) -> str:
    """What those asked before have said, as one letter.

    >>> before_of([Outcome.MISS, Outcome.TRANSIENT]), before_of([]), before_of([Outcome.MISS, Outcome.HIT])
    ('m', '', 'h')
    """
    said = [outcome for outcome in outcomes if outcome in ANSWERED]
    if not said:
        return FIRST
    return HIT if Outcome.HIT in said else MISSED


def segment_of(subject: Subject, before: str = FIRST) -> str:
    """The segment of a lookup."""
    return f"{subject.entity.value} {known_of(subject.identifiers)}/{before}"


def levels(provider: str, segment: str) -> tuple[str, ...]:
    """The names under which experience with a lookup is counted, the widest first.

    >>> levels("pdl", "company dl/m"), levels("pdl", "")
    (('pdl', 'pdl@company', 'pdl@company dl', 'pdl@company dl/m'), ('pdl',))
    """
    if not segment:
        return (provider,)
    whose, _, known = segment.partition(" ")
    return provider, f"{provider}@{whose}", f"{provider}@{whose} {known.partition('/')[0]}", f"{provider}@{segment}"
