"""What can be said about an email address: pure rules from syntax, DNS, lists and, if asked for, the mail server.

Level (how far it was checked) and reasons (what was seen) are kept apart from the status, and ``unknown`` is an answer:
that a domain takes mail does not make a mailbox exist.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from worker.providers.email_dns import MailHosts
from worker.providers.email_lists import is_disposable, is_free, is_role


class Probe(StrEnum):
    """What a mail server said about a mailbox."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    ANY = "any"  # it accepts names that cannot exist
    SILENT = "silent"  # not reachable, or no clear word


@dataclass(frozen=True, slots=True)
class Verdict:
    """``status``, ``level`` and ``reasons`` in the catalogue's words; ``certainty`` in 0..1 is of the status."""

    status: str
    level: str
    reasons: tuple[str, ...]
    certainty: float


@dataclass(frozen=True, slots=True)
class Address:
    """A syntactically good address in two parts, the domain in ASCII."""

    local_part: str
    domain: str


#: Domains that never take mail from outside (RFC 2606, RFC 6761, RFC 7686). ``.test`` and ``.example`` are left to DNS.
_SPECIAL: Final = frozenset({"localhost", "invalid", "local", "onion", "internal", "arpa"})
_CERTAIN: Final = 0.97
_LISTED: Final = 0.85


def read_address(line: str) -> Address | str:
    """An address taken apart by the rules of RFC 5321, 5322 and 6531, or what is wrong with it."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(line.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        return " ".join(str(problem).split())[:160]
    return Address(found.local_part, found.ascii_domain.casefold())


def without_dns(address: Address) -> Verdict | None:
    """The verdict where no look-up is needed, or None."""
    if address.domain.rsplit(".", 1)[-1] in _SPECIAL:
        return Verdict("invalid", "domain", ("special-use domain", *_kinds(address)), _CERTAIN)
    return None


def bad_syntax(problem: str) -> Verdict:
    """The verdict on what is no address at all."""
    return Verdict("invalid", "syntax", ("bad syntax", problem), 0.99)


def verdict(address: Address, mail: MailHosts, probe: Probe | None = None, unknown_certainty: float = 0.60) -> Verdict:
    """The verdict on an address. ``unknown_certainty`` goes with the answer that it cannot be told."""
    kinds = _kinds(address)
    if not mail.exists:
        return Verdict("invalid", "domain", ("domain does not exist", *kinds), _CERTAIN)
    if mail.null_mx:
        return Verdict("invalid", "mx", ("null mx", *kinds), _CERTAIN)
    if not mail.hosts and not mail.address:
        return Verdict("invalid", "mx", ("no mail host", *kinds), _CERTAIN)
    seen = ("mx found" if mail.hosts else "address record only", *kinds)
    if probe is Probe.REFUSED:
        return Verdict("invalid", "smtp", ("mailbox refused", *seen), 0.90)
    if "disposable domain" in kinds:
        return Verdict("risky", "list", seen, _LISTED)
    if probe is Probe.ANY:
        return Verdict("catch_all", "smtp", ("any mailbox accepted", *seen), _LISTED)
    if probe is Probe.ACCEPTED:
        return Verdict("valid", "smtp", ("mailbox accepted", *seen), 0.90)
    silent = ("mail server silent",) if probe is Probe.SILENT else ("mailbox not checked",)
    return Verdict("unknown", "mx", (*silent, *seen), unknown_certainty)


def _kinds(address: Address) -> tuple[str, ...]:
    return tuple(
        word
        for word, applies in (
            ("disposable domain", is_disposable(address.domain)),
            ("free mail", is_free(address.domain)),
            ("role address", is_role(address.local_part)),
        )
        if applies
    )
