"""Hunter v2: email verifier and finder, people and companies by email or domain, addresses of a domain.

API: https://hunter.io/api-documentation/v2, read 2026-11-21. Auth: header ``X-API-KEY``. Limits: 15 a second and 500 a
minute, the verifier 10 and 300. Price in credits: finder 1, domain search 1 per ten addresses, verification 0.5,
enrichment 0.2, misses free; about 2.45 cents a credit on the Starter plan (help centre, 2026-11, set
HUNTER_PRICE_CENTS to yours).

Traps: 403 is the rate limit and 429 the used-up quota; a 202 may be empty and means "ask again"; 222 is a failure of
the mail server that was asked; 451 is a person who asked not to be processed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from worker.domain.call import Call, HttpRequest, Limit, Read, Reading, Reply
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import handle_of, linkedin_page
from worker.providers.answering import Parsed, finding_from, utc_now
from worker.providers.clearbit_shape import COMPANY_FIELDS, PERSON_FIELDS
from worker.providers.delivery import identity_of
from worker.providers.hunter_facts import CONFIDENCE, NAME, credits_of, found_in, parse
from worker.providers.option import base_url, fingerprint, first, limits, price_micros
from worker.providers.reading import StatusTable, error_text, json_body, one_line, retry_after_s
from worker.providers.typed import objects, text

STAGE: Final = "hunter"
BASE_URL: Final = "https://api.hunter.io/v2"
PRICE_CENTS: Final = "2.45"
LIMITS: Final = (Limit(15, 1.0), Limit(500, 60.0))
VERIFIER_LIMITS: Final = (Limit(10, 1.0), Limit(300, 60.0))
_STATUS_FIELDS: Final = frozenset({"person_email_status", "person_email_level", "person_email_reasons"})
_CONTACT_FIELDS: Final = frozenset({"company_email"})
#: Dearest first, in credits: what one lookup can cost at most (a domain search is asked for ten addresses).
_MOST_CREDITS: Final = 1.7
_AGAIN_S: Final = 15.0
_THROTTLED_S: Final = 10.0

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        202: Outcome.PENDING,
        204: Outcome.PENDING,
        222: Outcome.TRANSIENT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        402: Outcome.QUOTA_EXHAUSTED,
        403: Outcome.THROTTLED,
        404: Outcome.MISS,
        409: Outcome.TRANSIENT,
        422: Outcome.BAD_INPUT,
        429: Outcome.QUOTA_EXHAUSTED,
        (429, "restricted_account"): Outcome.BAD_CREDENTIALS,
        451: Outcome.SUPPRESSED,
        (400, "claimed_email"): Outcome.SUPPRESSED,
        (403, "claimed_email"): Outcome.SUPPRESSED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    {
        202: "Hunter is still verifying",
        204: "Hunter is still verifying",
        222: "the mail server did not answer Hunter",
        401: "Hunter refuses the key (HUNTER_API_KEY)",
        402: "the Hunter account's quota is used up",
        403: "Hunter's rate limit is reached",
        404: "Hunter has no record",
        429: "the Hunter account's quota is used up",
        (429, "restricted_account"): "the Hunter account is restricted",
        451: "the person asked Hunter not to process their data",
        (400, "claimed_email"): "the person asked Hunter not to process their data",
        (403, "claimed_email"): "the person asked Hunter not to process their data",
    },
)


@dataclass(frozen=True, slots=True)
class Settings:
    """``key`` is secret. ``credit_micros`` is the price of one credit."""

    key: str
    base_url: str = BASE_URL
    credit_micros: int = 24_500
    limits: tuple[Limit, ...] = LIMITS
    verifier_limits: tuple[Limit, ...] = VERIFIER_LIMITS


@dataclass(frozen=True, slots=True)
class Question:
    """One GET: an operation and its parameters; ``gives`` is what it may answer, ``credits`` what it costs at most."""

    operation: str
    params: Mapping[str, str]
    gives: frozenset[str] = field(default_factory=frozenset)
    credits: float = 0.2


def questions(subject: Subject, wanted: frozenset[str]) -> tuple[Question, ...]:
    """What is worth asking for the wanted fields, cheapest first; each only where it can answer something wanted."""
    possible = _of_company(subject) if subject.entity is Entity.COMPANY else _of_person(subject)
    chosen: list[Question] = []
    left = wanted
    for question in sorted(possible, key=lambda item: item.credits):
        if question.gives & left:
            chosen.append(question)
            left -= question.gives
    return tuple(chosen)


def _of_company(subject: Subject) -> list[Question]:
    domain = subject.get("company_domain")
    if not domain:
        return []
    search = {"domain": domain, "type": "generic", "limit": "10"}
    return [
        Question("companies/find", {"domain": domain}, COMPANY_FIELDS - _CONTACT_FIELDS),
        Question("domain-search", search, _CONTACT_FIELDS, 1.0),
    ]


def _of_person(subject: Subject) -> list[Question]:
    email, page = subject.get("person_email"), subject.get("person_linkedin_url")
    handle = handle_of(page) if page and linkedin_page(page) else ""
    possible: list[Question] = []
    if email:
        possible.append(Question("email-verifier", {"email": email}, _STATUS_FIELDS, 0.5))
        possible.append(Question("people/find", {"email": email}, PERSON_FIELDS - {"person_email"}))
    elif handle:
        possible.append(Question("people/find", {"linkedin_handle": handle}, PERSON_FIELDS))
    names = _names(subject)
    company = _company_of(subject)
    if not email and names and company:
        gives = frozenset({"person_email", "person_email_status"})
        possible.append(Question("email-finder", {**company, **names}, gives, 1.0))
    return possible


def _names(subject: Subject) -> dict[str, str]:
    given, family = subject.get("person_first_name"), subject.get("person_last_name")
    if given and family:
        return {"first_name": given, "last_name": family}
    whole_name = subject.get("person_name")
    return {"full_name": whole_name} if whole_name and " " in whole_name.strip() else {}


def _company_of(subject: Subject) -> dict[str, str]:
    domain, name = subject.get("person_company_domain"), subject.get("person_company_name")
    return {"domain": domain} if domain else {"company": name} if name else {}


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    everything = COMPANY_FIELDS | PERSON_FIELDS | _STATUS_FIELDS
    if questions(subject, everything):
        return None
    return "no domain" if subject.entity is Entity.COMPANY else "no email, LinkedIn page, or name with company"


def build_request(question: Question, settings: Settings) -> HttpRequest:
    """The GET of one question."""
    return HttpRequest(
        "GET",
        f"{settings.base_url}/{question.operation}",
        headers={"X-API-KEY": settings.key, "Accept": "application/json"},
        params=dict(question.params),
    )


def build_call(question: Question, settings: Settings) -> Call:
    """The same question as the gateway keeps it: without the key."""
    verifier = question.operation == "email-verifier"
    return Call(
        provider=NAME,
        operation=question.operation,
        identity=identity_of(question.params),
        account=fingerprint(settings.key),
        max_micros=round(question.credits * settings.credit_micros),
        limits=settings.verifier_limits if verifier else settings.limits,
        bucket="verifier" if verifier else "data",
    )


def read(operation: str, settings: Settings, now: datetime, reply: Reply) -> Reading:
    """Outcome, charge and waiting time of a reply."""
    body = json_body(reply)
    code = next((name for entry in objects(body, "errors") if (name := text(entry, "id"))), "")
    outcome = STATUSES.outcome(reply.status, code)
    if outcome is Outcome.HIT:
        data = found_in(reply)
        if data is None:
            return Reading(Outcome.NONSENSE, reason="200 without data")
        charged = round(credits_of(operation, data) * settings.credit_micros)
        if operation == "email-finder" and not text(data, "email"):
            return Reading(Outcome.MISS, charged, "Hunter found no address")
        return Reading(Outcome.HIT, charged)
    said = _said(body, settings.key) or code
    wait = retry_after_s(reply.headers, now)
    if wait is None:
        wait = {Outcome.PENDING: _AGAIN_S, Outcome.THROTTLED: _THROTTLED_S}.get(outcome)
    return Reading(outcome, reason=STATUSES.reason(reply.status, code, said), retry_after_s=wait)


def _said(body: Any, key: str) -> str:
    details = next((said for entry in objects(body, "errors") if (said := text(entry, "details"))), "")
    return one_line(details.replace(key, "***")) if details else error_text(body, hide=key)


async def lookup(ask: Ask, gateway: Gateway, settings: Settings, clock: Callable[[], datetime] = utc_now) -> Finding:
    """Ask what is worth asking; findings of several questions are one, the last open outcome counts."""
    found: list[Finding] = []
    for question in questions(ask.subject, ask.fields):
        answer = await gateway.request(
            build_call(question, settings),
            build_request(question, settings),
            _reader(question.operation, settings, clock),
        )
        read_facts = partial(_parse, question.operation, ask.subject)
        found.append(finding_from(NAME, answer, read_facts, clock))
        if answer.outcome in (Outcome.SUPPRESSED, Outcome.BAD_CREDENTIALS, Outcome.QUOTA_EXHAUSTED):
            break
    return joined(found) if found else Finding(NAME, Outcome.BAD_INPUT, reason=cannot(ask.subject) or "nothing to ask")


def _reader(operation: str, settings: Settings, clock: Callable[[], datetime]) -> Read:
    return lambda reply: read(operation, settings, clock(), reply)


def _parse(operation: str, subject: Subject, reply: Reply, observed_at: datetime) -> Parsed:
    return parse(operation, reply, subject, observed_at)


def joined(found: list[Finding]) -> Finding:
    """Several questions' findings as one: all claims; what is still open outlives what is final.

    Somebody who asked not to be processed silences the rest.
    """
    silenced = next((finding for finding in found if finding.outcome is Outcome.SUPPRESSED), None)
    spent = sum(finding.charged_micros for finding in found)
    if silenced is not None:
        return Finding(NAME, Outcome.SUPPRESSED, reason=silenced.reason, charged_micros=spent)
    open_ones = [finding for finding in found if finding.outcome not in (Outcome.HIT, Outcome.MISS, Outcome.BAD_INPUT)]
    hits = [finding for finding in found if finding.outcome is Outcome.HIT]
    speaking = (open_ones or hits or found)[0]
    return Finding(
        provider=NAME,
        outcome=speaking.outcome,
        claims=tuple(claim for finding in found for claim in finding.claims),
        reason=speaking.reason,
        charged_micros=spent,
        reused=all(finding.reused for finding in found),
        retry_at=speaking.retry_at,
        identifiers={name: value for finding in reversed(found) for name, value in finding.identifiers.items()},
    )


def open_provider(options: Options) -> Provider | Off:
    """On with HUNTER_API_KEY."""
    key = first(options, "HUNTER_API_KEY")
    if key is None:
        return Off(NAME, STAGE, "no HUNTER_API_KEY")
    own = limits(options, "HUNTER", ())
    settings = Settings(
        key=key,
        base_url=base_url(options, "HUNTER_BASE_URL", BASE_URL),
        credit_micros=price_micros(options, "HUNTER_PRICE_CENTS", PRICE_CENTS),
        limits=own or LIMITS,
        verifier_limits=own or VERIFIER_LIMITS,
    )

    async def ask_hunter(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, settings)

    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=COMPANY_FIELDS | PERSON_FIELDS | _STATUS_FIELDS,
        confidence=CONFIDENCE,
        lookup=ask_hunter,
        max_micros=round(_MOST_CREDITS * settings.credit_micros),
        cannot=cannot,
        account=fingerprint(settings.key),
    )
