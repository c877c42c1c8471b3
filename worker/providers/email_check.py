"""Email validation of our own: syntax, DNS, lists; the mail server only where EMAIL_SMTP_PROBE asks for it.

Costs nothing. Answers ``person_email_status``, ``person_email_level`` and ``person_email_reasons``. Settings:
EMAIL_DNS_SERVERS (comma list of ``address[:port]``, else the system's), EMAIL_SMTP_PROBE, EMAIL_PROBE_FROM (the sender
to introduce with; needed for probing), EMAIL_PROBE_NAME. With a verifier in use (HUNTER_API_KEY) an ``unknown`` of ours
stays below the default confidence, so that the verifier is asked; without one it is the answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import orjson

from worker.domain.call import Call, Reading, Reply
from worker.domain.claim import Claim, Evidence
from worker.domain.errors import ConfigError
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.answering import Parsed, finding_from, utc_now
from worker.providers.email_dns import DnsResolver, MailHosts, Resolver, mail_hosts
from worker.providers.email_lists import AS_OF, disposable_source
from worker.providers.email_smtp import Prober
from worker.providers.email_verdict import Address, Probe, Verdict, bad_syntax, read_address, verdict, without_dns
from worker.providers.option import first, flag, words
from worker.providers.reading import json_body
from worker.providers.typed import mapping, text

NAME: Final = "email_check"
STAGE: Final = "email"
GIVES: Final = frozenset({"person_email_status", "person_email_level", "person_email_reasons"})
#: DNS answers are used again for six hours.
_LIFE_S: Final = 6 * 3600.0
_TIMEOUT_S: Final = 30.0
_BELOW_DEFAULT: Final = 0.55
_AT_DEFAULT: Final = 0.60


@dataclass(frozen=True, slots=True)
class Checker:
    """What checks addresses. ``prober`` is None where mail servers are not asked."""

    resolver: Resolver
    prober: Prober | None = None
    unknown_certainty: float = _AT_DEFAULT
    clock: Callable[[], datetime] = utc_now

    async def lookup(self, ask: Ask, gateway: Gateway) -> Finding:
        """Judge the subject's address. DNS is asked only where syntax and lists do not settle it."""
        line = ask.subject.get("person_email") or ""
        address = read_address(line)
        if isinstance(address, str):
            return _finding(bad_syntax(address), self.clock())
        settled = without_dns(address)
        if settled is not None:
            return _finding(settled, self.clock())
        answer = await gateway.perform(_call(address, self.prober), partial(self._send, address), read)
        return finding_from(NAME, answer, partial(self._parse, address), self.clock)

    async def _send(self, address: Address) -> Reply:
        mail = await self.resolver.mail_hosts(address.domain)
        if self.prober is None or not _takes_mail(mail):
            return mail.as_reply()
        probe = await self.prober.ask(address, mail)
        return Reply(200, {}, orjson.dumps({"dns": orjson.loads(mail.as_reply().body), "probe": probe.value}))

    def _parse(self, address: Address, reply: Reply, observed_at: datetime) -> Parsed:
        mail, probe = _told(reply)
        if mail is None:
            return Parsed(refused="the stored answer is of another shape")
        return Parsed(_claims(verdict(address, mail, probe, self.unknown_certainty), observed_at))

    async def close(self) -> None:
        """Let go of the resolver's sockets."""
        await self.resolver.close()


def read(reply: Reply) -> Reading:
    """A look-up that was answered; whatever DNS says is an answer."""
    mail, _ = _told(reply)
    return Reading(Outcome.HIT) if mail else Reading(Outcome.NONSENSE, reason="the answer is of another shape")


def _told(reply: Reply) -> tuple[MailHosts | None, Probe | None]:
    body = json_body(reply)
    probed = mapping(body, "dns")
    said = text(body, "probe")
    probe = Probe(said) if said in set(Probe) else None
    return mail_hosts(probed if probed is not None else body), probe


def _takes_mail(mail: MailHosts) -> bool:
    return mail.exists and not mail.null_mx and bool(mail.hosts or mail.address)


def _call(address: Address, prober: Prober | None) -> Call:
    """Without probing the question is about the domain, and all its addresses share the answer."""
    if prober is None:
        return Call(NAME, "dns", address.domain, timeout_s=_TIMEOUT_S, hit_life_s=_LIFE_S)
    whole = f"{address.local_part}@{address.domain}"
    return Call(NAME, "smtp", whole, timeout_s=_TIMEOUT_S, hit_life_s=_LIFE_S)


def _finding(judged: Verdict, now: datetime) -> Finding:
    return Finding(NAME, Outcome.HIT, _claims(judged, now))


def _claims(judged: Verdict, observed_at: datetime) -> tuple[Claim, ...]:
    listed = {"disposable domain": disposable_source(), "role address": AS_OF, "free mail": AS_OF}
    seen = "; ".join(f"{word} ({listed[word]})" if word in listed else word for word in judged.reasons)
    evidence = (Evidence(path=f"check:{judged.level}", quote=seen[:300]),)
    values = (
        ("person_email_status", judged.status, judged.certainty),
        ("person_email_level", judged.level, 0.99),
        ("person_email_reasons", judged.reasons, 0.99),
    )
    return tuple(
        Claim(field, value, NAME, NAME, confidence, observed_at, evidence) for field, value, confidence in values
    )


def _cannot(subject: Subject) -> str | None:
    return None if subject.get("person_email") else "no email address"


def open_provider(options: Options) -> Provider | Off:
    """The check, always on. Raises ConfigError for probing without a sender."""
    resolver = DnsResolver(words(options, "EMAIL_DNS_SERVERS"))
    prober = None
    if flag(options, "EMAIL_SMTP_PROBE"):
        sender = first(options, "EMAIL_PROBE_FROM")
        introduced = read_address(sender or "")
        if isinstance(introduced, str):
            raise ConfigError("EMAIL_PROBE_FROM: needed with EMAIL_SMTP_PROBE; expected an email address of yours")
        name = first(options, "EMAIL_PROBE_NAME") or introduced.domain
        prober = Prober(resolver, f"{introduced.local_part}@{introduced.domain}", name)
    has_verifier = first(options, "HUNTER_API_KEY") is not None
    checker = Checker(resolver, prober, _BELOW_DEFAULT if has_verifier else _AT_DEFAULT)
    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.PERSON}),
        gives=GIVES,
        confidence=_AT_DEFAULT,
        lookup=checker.lookup,
        cannot=_cannot,
        close=checker.close,
    )
