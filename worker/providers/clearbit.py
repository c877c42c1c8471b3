"""A Clearbit-shaped service: people with their company by email, companies by domain; 202 first, then webhook or poll.

Sources: the published API description 1.0.2 and the vendor's own client libraries, read 2026-11-21 (what they leave
open, such as the bodies of 202 and of errors, is read leniently). Auth: HTTP Basic, the key as user. Limit: 600 a
minute as reported. The service is closed to new customers; set CLEARBIT_BASE_URL and CLEARBIT_PRICE_CENTS for one
of its shape.
"""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha1
from typing import Any, Final

import orjson

from worker.domain.call import Call, HttpRequest, Limit, Reading, Reply
from worker.domain.fields import IDENTIFIERS
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import same_site
from worker.providers.answering import Parsed, finding_from, utc_now
from worker.providers.clearbit_shape import COMPANY_FIELDS, PERSON_FIELDS, company_claims, person_claims
from worker.providers.delivery import Delivered, Unbelieved, identity_of, same, token_for, webhook_url
from worker.providers.option import base_url, fingerprint, first, limits, price_micros
from worker.providers.reading import StatusTable, error_code, error_text, json_body, retry_after_s
from worker.providers.typed import dig, mapping, text, texts, whole
from worker.providers.voice import Voice

NAME: Final = "clearbit"
STAGE: Final = "clearbit"
CONFIDENCE: Final = 0.85
PERSON_URL: Final = "https://person.clearbit.com/v2"
COMPANY_URL: Final = "https://company.clearbit.com/v2"
#: No public list price is left; a lookup is taken to cost this much until CLEARBIT_PRICE_CENTS says otherwise.
PRICE_CENTS: Final = "25"
LIMITS: Final = (Limit(600, 60.0),)
COMBINED: Final = "combined.find"
COMPANY: Final = "companies.find"
_AGAIN_S: Final = 5.0

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        202: Outcome.PENDING,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        402: Outcome.QUOTA_EXHAUSTED,
        403: Outcome.BAD_CREDENTIALS,
        404: Outcome.MISS,
        422: Outcome.BAD_INPUT,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    {
        202: "queued; the answer comes later",
        401: "the key is not accepted (CLEARBIT_API_KEY)",
        402: "the account is over its quota",
        403: "the account may not do this",
        404: "nobody of that address or domain is known",
        429: "rate limit reached",
    },
)


@dataclass(frozen=True, slots=True)
class Settings:
    """``key`` is secret, ``webhook_secret`` too. Without ``public_url`` answers are polled for only."""

    key: str
    person_url: str = PERSON_URL
    company_url: str = COMPANY_URL
    lookup_micros: int = 250_000
    limits: tuple[Limit, ...] = LIMITS
    public_url: str | None = None
    webhook_secret: str = ""


def question(subject: Subject) -> tuple[str, dict[str, str]] | None:
    """(operation, parameters) for a subject, or None."""
    if subject.entity is Entity.COMPANY:
        domain = subject.get("company_domain")
        return (COMPANY, {"domain": domain}) if domain else None
    email = subject.get("person_email")
    return (COMBINED, {"email": email}) if email else None


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    if question(subject) is not None:
        return None
    return "no domain" if subject.entity is Entity.COMPANY else "no email address"


def build_call(operation: str, params: Mapping[str, str], settings: Settings) -> Call:
    """The question as the gateway keeps it: without key and webhook."""
    return Call(
        provider=NAME,
        operation=operation,
        identity=identity_of(params),
        account=fingerprint(settings.key),
        max_micros=settings.lookup_micros,
        limits=settings.limits,
    )


def build_request(operation: str, params: Mapping[str, str], settings: Settings) -> HttpRequest:
    """The GET; with a public address of ours, the webhook that may answer it."""
    sent = dict(params)
    if settings.public_url:
        identity = build_call(operation, params, settings).identity
        token = token_for(settings.webhook_secret or settings.key, NAME, operation, identity)
        sent |= {"webhook_url": webhook_url(settings.public_url, NAME, token), "webhook_id": token}
    base = settings.person_url if operation == COMBINED else settings.company_url
    basic = b64encode(f"{settings.key}:".encode()).decode()
    return HttpRequest(
        "GET",
        f"{base}/{operation.replace('.', '/')}",
        headers={"Authorization": f"Basic {basic}", "Accept": "application/json"},
        params=sent,
    )


def read(operation: str, settings: Settings, reply: Reply, now: datetime) -> Reading:
    """Outcome, charge and waiting time of a reply; nothing found costs nothing."""
    body, learned = json_body(reply), _learned(reply.headers)
    outcome = STATUSES.outcome(reply.status)
    if outcome is Outcome.HIT:
        if mapping(body) is None or (operation == COMBINED and "person" not in body and "company" not in body):
            return Reading(Outcome.NONSENSE, reason="200 without a record", limits=learned)
        if operation == COMBINED and not mapping(body, "person") and not mapping(body, "company"):
            return Reading(Outcome.MISS, reason="neither person nor company is known", limits=learned)
        return Reading(outcome, settings.lookup_micros, limits=learned)
    said = error_text(body, hide=settings.key) or error_code(body)
    wait = retry_after_s(reply.headers, now)
    if wait is None and outcome is Outcome.PENDING:
        wait = _AGAIN_S
    if wait is None and outcome is Outcome.THROTTLED:
        reset = reply.headers.get("x-ratelimit-reset", "")
        wait = float(reset) if reset.isascii() and reset.isdigit() and int(reset) < 86_400 else None
    return Reading(outcome, reason=STATUSES.reason(reply.status, said=said), retry_after_s=wait, limits=learned)


def _learned(headers: Mapping[str, str]) -> tuple[Limit, ...]:
    told = headers.get("x-ratelimit-limit", "")
    return (Limit(int(told), 60.0),) if told.isascii() and told.isdigit() and 0 < int(told) < 10**7 else ()


def parse(operation: str, subject: Subject, reply: Reply, observed_at: datetime) -> Parsed:
    """The claims of a good answer about this subject; one about somebody else is refused."""
    body, voice = json_body(reply), Voice(NAME, NAME, CONFIDENCE, observed_at)
    if operation == COMPANY:
        names = [text(body, "domain"), *texts(body, "domainAliases")]
        if not any(name and same_site(subject.get("company_domain") or "", name) for name in names):
            return Parsed(refused="the answer is about another company")
        claims = company_claims(body, voice)
    else:
        said, asked = text(body, "person", "email"), subject.get("person_email") or ""
        if said and said.casefold() != asked.casefold():
            return Parsed(refused="the answer is about another address")
        claims = person_claims(dig(body, "person"), voice) + _employer(body, voice)
    return Parsed(claims, {claim.field: str(claim.value) for claim in claims if claim.field in IDENTIFIERS})


def _employer(body: Any, voice: Voice) -> tuple[Any, ...]:
    """The company beside a person says where the person works, where the person's own record does not."""
    if text(body, "person", "employment", "name") or not mapping(body, "person"):
        return ()
    return voice.facts(
        [
            ("person_company_name", text(body, "company", "name"), "api:company.name"),
            ("person_company_domain", text(body, "company", "domain"), "api:company.domain"),
        ]
    )


def signature(raw: bytes, key: str) -> str:
    """``X-Request-Signature`` of a webhook: HMAC-SHA1 of the raw body under the key without ``sk_`` or ``pk_``."""
    secret = key.removeprefix("sk_").removeprefix("pk_")
    return f"sha1={hmac.new(secret.encode(), raw, sha1).hexdigest()}"


def delivered(raw: bytes, headers: Mapping[str, str], token: str, key: str) -> Delivered | Unbelieved:
    """A webhook's content, if its signature holds. ``token`` is the one in the address it came to.

    There is no timestamp, so a repeated delivery looks like the first: storing the answer again changes nothing.
    """
    if not same(headers.get("x-request-signature", ""), signature(raw, key)):
        return Unbelieved("the signature does not hold")
    body = json_body(Reply(200, {}, raw))
    if mapping(body) is None:
        return Unbelieved("not a JSON object")
    named = text(body, "id")
    if named is not None and not same(named, token):
        return Unbelieved("the delivery is about another question")
    status = whole(body, "status") or (200 if mapping(body, "body") else 404)
    if status not in (200, 404):
        return Unbelieved(f"a delivery of status {status}")
    content = orjson.dumps(dig(body, "body")) if status == 200 else b"{}"
    return Delivered(NAME, token, Reply(status, {"content-type": "application/json"}, content))


async def lookup(ask: Ask, gateway: Gateway, settings: Settings, clock: Callable[[], datetime] = utc_now) -> Finding:
    """Ask once; a queued question is asked again later, or answered by webhook before that."""
    asked = question(ask.subject)
    if asked is None:
        return Finding(NAME, Outcome.BAD_INPUT, reason=cannot(ask.subject) or "")
    operation, params = asked
    answer = await gateway.request(
        build_call(operation, params, settings),
        build_request(operation, params, settings),
        lambda reply: read(operation, settings, reply, clock()),
    )
    return finding_from(NAME, answer, partial(parse, operation, ask.subject), clock)


def open_provider(options: Options) -> Provider | Off:
    """On with CLEARBIT_API_KEY."""
    key = first(options, "CLEARBIT_API_KEY")
    if key is None:
        return Off(NAME, STAGE, "no CLEARBIT_API_KEY")
    settings = Settings(
        key=key,
        person_url=base_url(options, "CLEARBIT_BASE_URL", PERSON_URL),
        company_url=base_url(options, "CLEARBIT_BASE_URL", COMPANY_URL),
        lookup_micros=price_micros(options, "CLEARBIT_PRICE_CENTS", PRICE_CENTS),
        limits=limits(options, "CLEARBIT", LIMITS),
        public_url=first(options, "PUBLIC_URL"),
        webhook_secret=first(options, "CLEARBIT_WEBHOOK_SECRET") or "",
    )

    async def ask_clearbit(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, settings)

    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=COMPANY_FIELDS | PERSON_FIELDS,
        confidence=CONFIDENCE,
        lookup=ask_clearbit,
        max_micros=settings.lookup_micros,
        cannot=cannot,
        account=fingerprint(settings.key),
    )
