"""Apollo: people by email, LinkedIn page or name with company; organisations; phone numbers that come later.

API, statuses and traps: ``apollo_wire``; what answers say: ``apollo_facts``. Settings: APOLLO_API_KEY, APOLLO_BASE_URL,
APOLLO_COST_PER_CONTACT (cents a credit, 10 by default), APOLLO_MAX_CONTACTS_PER_REQUEST, APOLLO_RATE_LIMIT_PER_MINUTE
(100), APOLLO_REVEAL_PHONES (buys numbers where they are wanted, 8 credits each; needs PUBLIC_URL, which Apollo insists
on), APOLLO_REVEAL_PERSONAL_EMAILS, APOLLO_WEBHOOK_SECRET.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

import msgspec

from worker.domain.call import Answer, Read
from worker.domain.errors import ConfigError
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity
from worker.providers import apollo_wire as wire
from worker.providers.answering import finding_from, utc_now
from worker.providers.apollo_bulk import bulk_for
from worker.providers.apollo_facts import (
    COMPANY_FIELDS,
    CONFIDENCE,
    NAME,
    PERSON_FIELDS,
    parse_organization,
    parse_person,
    parse_phones,
    person_of,
    request_id_of,
)
from worker.providers.option import base_url, fingerprint, first, flag, limits, price_micros, whole_number
from worker.providers.typed import text

STAGE: Final = "apollo"
PRICE_CENTS: Final = "10"


async def lookup(
    ask: Ask, gateway: Gateway, settings: wire.Settings, clock: Callable[[], datetime] = utc_now
) -> Finding:
    """Ask about one subject, by a second identifier where the first is unknown; then for the phone, if it is wanted."""
    person = ask.subject.entity is Entity.PERSON
    phone = person and settings.phones and "person_phone" in ask.fields
    operation = wire.ORGANIZATION if not person else wire.MATCH_PHONE if phone else wire.MATCH
    answer, params = Answer(Outcome.BAD_INPUT, reason=wire.cannot(ask.subject) or ""), dict[str, str]()
    for params in wire.questions(ask.subject):
        request = wire.build_request(operation, params, settings)
        answer = await gateway.request(
            wire.build_call(operation, params, settings),
            request,
            _reader(operation, settings, clock),
            bulk_for(request, settings.most_contacts),
        )
        if answer.outcome is not Outcome.MISS:
            break
    parse = parse_person if person else parse_organization
    finding = finding_from(NAME, answer, partial(parse, ask.subject), clock)
    # A number that came with the contact itself needs no second call.
    has_phone = any(claim.field == "person_phone" for claim in finding.claims)
    if not phone or has_phone or finding.outcome is not Outcome.HIT:
        return finding
    return await _with_phone(finding, answer, params, gateway, settings, clock)


async def _with_phone(
    finding: Finding,
    match: Answer,
    params: Mapping[str, str],
    gateway: Gateway,
    settings: wire.Settings,
    clock: Callable[[], datetime],
) -> Finding:
    """The same finding with the phone number, or pending while Apollo still looks for it."""
    request_id = request_id_of(match.reply) if match.reply else None
    person = person_of(match.reply) if match.reply else None
    person_id = text(person, "id")
    if request_id is None or person_id is None:
        return finding
    answer = await gateway.request(
        wire.build_call(wire.PHONES, params, settings),
        wire.build_request(wire.PHONES, params, settings, request_id),
        _reader(wire.PHONES, settings, clock),
    )
    numbers = finding_from(NAME, answer, partial(parse_phones, person_id), clock)
    final = numbers.outcome in (Outcome.HIT, Outcome.MISS, Outcome.BAD_INPUT)
    return msgspec.structs.replace(
        finding,
        outcome=Outcome.HIT if final else numbers.outcome,
        claims=finding.claims + numbers.claims,
        reason=numbers.reason,
        charged_micros=finding.charged_micros + numbers.charged_micros,
        reused=finding.reused and numbers.reused,
        retry_at=numbers.retry_at,
    )


def _reader(operation: str, settings: wire.Settings, clock: Callable[[], datetime]) -> Read:
    return lambda reply: wire.read(operation, settings, reply, clock())


def open_provider(options: Options) -> Provider | Off:
    """On with APOLLO_API_KEY. Raises ConfigError for phones without an address to deliver them to."""
    key = first(options, "APOLLO_API_KEY")
    if key is None:
        return Off(NAME, STAGE, "no APOLLO_API_KEY")
    settings = wire.Settings(
        key=key,
        base_url=base_url(options, "APOLLO_BASE_URL", wire.BASE_URL),
        contact_micros=price_micros(options, "APOLLO_COST_PER_CONTACT", PRICE_CENTS),
        most_contacts=whole_number(options, "APOLLO_MAX_CONTACTS_PER_REQUEST", 10, 1, 10),
        limits=limits(options, "APOLLO", wire.LIMITS),
        phones=flag(options, "APOLLO_REVEAL_PHONES"),
        personal_emails=flag(options, "APOLLO_REVEAL_PERSONAL_EMAILS"),
        public_url=first(options, "PUBLIC_URL"),
        webhook_secret=first(options, "APOLLO_WEBHOOK_SECRET") or "",
    )
    if settings.phones and not settings.public_url:
        raise ConfigError("APOLLO_REVEAL_PHONES: needs PUBLIC_URL, the address that Apollo delivers numbers to")

    async def ask_apollo(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, settings)

    most = settings.contact_micros * (1 + wire.PHONE_CREDITS if settings.phones else 1)
    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=COMPANY_FIELDS | PERSON_FIELDS,
        confidence=CONFIDENCE,
        lookup=ask_apollo,
        max_micros=most,
        cannot=wire.cannot,
        account=fingerprint(settings.key),
    )
