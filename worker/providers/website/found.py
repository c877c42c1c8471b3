"""What parsing a page gives: ``PageFinding`` and the values on it, each with where it can be seen."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

from typing import Any

import msgspec

from worker.domain.claim import Evidence
from worker.domain.finding import Finding


class Mention(msgspec.Struct, frozen=True, gc=False):
    """One value and its place: ``value`` as it is shown, ``normal`` in comparable form (E.164, lower case, a key)."""

    value: str
    evidence: Evidence
    normal: str = ""
    score: float = 0.0


class PageAddress(msgspec.Struct, frozen=True, gc=False):
    """A postal address; parts that are not on the page are empty. ``country`` is an ISO 3166 code.

    ``postal_code`` is as the page writes it, with a country's letter (``D-65203``); claims have it without.
    """

    street: str
    city: str
    region: str
    postal_code: str
    country: str
    text: str
    evidence: Evidence

    def as_json(self) -> dict[str, str]:
        """The parts by name, without the evidence."""
        return {
            "street": self.street,
            "city": self.city,
            "region": self.region,
            "postal_code": self.postal_code,
            "country": self.country,
            "text": self.text,
        }


class PageLink(msgspec.Struct, frozen=True, gc=False):
    """A link that leads on: absolute address, what it is about (``contact``, ``imprint``, ``about``, …), its rank."""

    url: str
    about: str
    rank: float


class PageFinding(Finding, frozen=True, gc=False):
    """A Finding about one page, with everything that was seen on it.

    ``emails``, ``phones``, ``faxes`` and ``names`` are plain texts as a reader would write them down, ``addresses``
    have parts; ``names`` are ranked, the owner's first. ``emails`` are those that readers see, or where there are none
    an office's or the only one behind links; ``linked_emails`` are the further ones behind links with other words on them. ``mentions``
    holds all of them with evidence, under the same words. ``kind`` says what the page is when it is no company page (``parked``, ``for_sale``, ``challenge``,
    ``login``, ``soft_404``, ``empty_shell``), and is empty otherwise. ``regions`` are the countries it is about,
    likeliest first. ``people`` are objects with name, role and evidence. ``host`` is the site that it belongs to, as far as it shows.
    """

    url: str = ""
    kind: str = ""
    host: str = ""
    emails: tuple[str, ...] = ()
    linked_emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    faxes: tuple[str, ...] = ()
    addresses: tuple[PageAddress, ...] = ()
    names: tuple[str, ...] = ()
    mentions: dict[str, tuple[Mention, ...]] = msgspec.field(default_factory=dict)
    links: tuple[PageLink, ...] = ()
    regions: tuple[str, ...] = ()
    language: str = ""
    encoding: str = ""
    people: tuple[dict[str, Any], ...] = ()

    @property
    def seen(self) -> dict[str, Any]:
        """Everything seen as JSON: lists of texts, and of addresses as objects."""
        return {
            "emails": list(self.emails),
            "linked_emails": list(self.linked_emails),
            "phones": list(self.phones),
            "faxes": list(self.faxes),
            "addresses": [address.as_json() for address in self.addresses],
            "names": list(self.names),
        }
