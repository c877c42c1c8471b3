"""Suppression: who asked not to be processed, known only by salted hashes, and what has to vanish with them. Pure."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from worker.domain.claim import Claim
from worker.domain.fields import InvalidValue
from worker.domain.identity import aliases, person_at, subject_of
from worker.domain.subject import Entity, Subject

#: What a run of a suppressed subject ends with.
SUPPRESSED: Final = "suppressed: the subject asked not to be processed"
#: Fields whose values identify the subject and nobody else: these texts are looked for everywhere.
_IDENTIFYING: Final = {
    Entity.PERSON: ("person_name", "person_email", "person_phone", "person_linkedin_url", "person_twitter_url",
                    "person_github_url"),
    Entity.COMPANY: ("company_domain", "company_email", "company_phone", "company_linkedin_url", "company_vat_id"),
}  # fmt: skip
#: Claims that lead to a person or company again, whoever is described.
_LEADS: Final = frozenset(
    {"person_email", "company_email", "person_linkedin_url", "company_linkedin_url", "company_domain"}
)
#: What a person without an address is known by.
_NAMED: Final = ("person_name", "person_company_domain", "person_company_name")
#: Shorter texts stand in too many places that have nothing to do with the subject.
SHORTEST: Final = 5


def digest(salt: bytes, workspace: str, key: str) -> bytes:
    """What is kept of a suppressed key: an HMAC-SHA256 that says nothing without the salt.

    >>> digest(b"a", "w", "k") == digest(b"b", "w", "k")
    False
    """
    return hmac.digest(salt, f"{workspace}\0{key}".encode("utf-8", "replace"), hashlib.sha256)


def keys_of_claim(claim: Claim) -> tuple[str, ...]:
    """The subject keys that a claim's value leads to, if it is an address of somebody."""
    if claim.field not in _LEADS:
        return ()
    try:
        return (subject_of(str(claim.value)).key,)
    except InvalidValue:
        return ()


def named_keys(subject: Subject, claims: Iterable[Claim]) -> tuple[str, ...]:
    """The keys of a person under name and employer, as a job without an address would name them."""
    if subject.entity is not Entity.PERSON:
        return ()
    said = {name: [str(claim.value) for claim in claims if claim.field == name] for name in _NAMED}
    names = {*said["person_name"], *filter(None, [subject.get("person_name")])}
    known = (subject.get("person_company_domain"), subject.get("person_company_name"))
    employers = {*said["person_company_domain"], *said["person_company_name"], *filter(None, known)}
    keys = []
    for name in sorted(names):
        for employer in sorted(employers):
            try:
                keys.append(person_at(name, employer).key)
            except InvalidValue:
                continue
    return tuple(keys)


def keys_of(subject: Subject) -> tuple[str, ...]:
    """All keys under which the subject would be met again."""
    return aliases(subject)


def strings_of(subject: Subject, keys: Iterable[str], claims: Iterable[Claim]) -> tuple[str, ...]:
    """The texts that identify a subject, in the forms in which they are written, longest first."""
    found: set[str] = set()
    for key in (subject.key, *keys):
        text = key.partition(":")[2]
        found.add(text.removeprefix("mailto:"))
    wanted = _IDENTIFYING[subject.entity]
    found.update(value for name, value in subject.identifiers.items() if name in wanted)
    for claim in claims:
        if claim.field in wanted:
            found.update(text for text in (str(claim.value), claim.display or "") if text)
    for text in list(found):
        bare = re.sub(r"^https?://(?:www\.)?", "", text)
        found.update((bare, quote(bare, safe="/@:.-_~")))
    return tuple(sorted((text for text in found if _telling(text, subject)), key=lambda text: (-len(text), text)))


def _telling(text: str, subject: Subject) -> bool:
    """Whether a text is long enough, and no common word, to be looked for in all rows."""
    if len(text) < SHORTEST:
        return False
    if subject.entity is Entity.PERSON and not any(mark in text for mark in "@./+0123456789"):
        return " " in text.strip()
    return True


#: What stands before and after a text that is not part of a longer word; a percent escape ends one.
_BEFORE: Final = r"(?:(?<![A-Za-z0-9_-])|(?<=%[0-9A-Fa-f][0-9A-Fa-f]))"
_AFTER: Final = r"(?![A-Za-z0-9_-])"


def pattern_of(strings: Iterable[str]) -> str:
    """A regular expression, for PostgreSQL and Python, that finds any of the texts as whole words.

    >>> [bool(re.search(pattern_of(["me.example"]), text)) for text in ("shop.me.example", "acme.example")]
    [True, False]
    """
    words = "|".join(re.sub(r"([^\w\s@/:~%-])", r"\\\1", text) for text in strings)
    return f"{_BEFORE}(?:{words}){_AFTER}"
