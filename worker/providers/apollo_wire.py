"""Apollo's requests and replies on the wire: what is sent, what each status means, what it costs. Pure.

API: https://docs.apollo.io (rate limits, status codes, bulk enrichment, mobile numbers) and Apollo's published OpenAPI,
read 2026-11-21. Base https://api.apollo.io/api/v1, header ``x-api-key``.

Traps: people match reads the query string of a POST; nobody found is a 200; a wrong key is a 401 in plain text; limits
count per endpoint, and an unlimited window is an empty header; phone numbers come minutes later, by webhook or poll.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from worker.domain.call import Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.subject import Entity, Subject
from worker.providers.anchor import anchors
from worker.providers.apollo_facts import NAME, organization_of, person_of, phones_of
from worker.providers.delivery import Delivered, Unbelieved, identity_of, token_for, webhook_url
from worker.providers.option import fingerprint
from worker.providers.reading import StatusTable, error_code, error_text, json_body, retry_after_s
from worker.providers.typed import mapping, number, text

BASE_URL: Final = "https://api.apollo.io/api/v1"
LIMITS: Final = (Limit(100, 60.0),)
MATCH: Final = "people.match"
#: The same with the phone number, which costs more and comes later.
MATCH_PHONE: Final = "people.match_phone"
PHONES: Final = "people.phones"
ORGANIZATION: Final = "organizations.enrich"
#: Credits on top of a match for a mobile number that was found.
PHONE_CREDITS: Final = 8
_PENDING_S: Final = 30.0

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        402: Outcome.QUOTA_EXHAUSTED,
        403: Outcome.BAD_CREDENTIALS,
        (403, "INSUFFICIENT_CREDITS"): Outcome.QUOTA_EXHAUSTED,
        404: Outcome.MISS,
        (404, "result_pending"): Outcome.PENDING,
        410: Outcome.MISS,
        422: Outcome.BAD_INPUT,
        (422, "INSUFFICIENT_CREDITS"): Outcome.QUOTA_EXHAUSTED,
        (422, "UNKNOWN_ERROR"): Outcome.TRANSIENT,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    {
        401: "Apollo refuses the key (APOLLO_API_KEY)",
        402: "the Apollo account has no credits left",
        403: "the Apollo key may not use this endpoint",
        (403, "INSUFFICIENT_CREDITS"): "the Apollo account has no credits left",
        (422, "INSUFFICIENT_CREDITS"): "the Apollo account has no credits left",
        (404, "result_pending"): "Apollo is still looking for the number",
        410: "Apollo no longer keeps this result",
    },
)
_COMPANY_BY: Final = {"company_domain": "domain", "company_linkedin_url": "linkedin_url", "company_name": "name"}
_PERSON_BY: Final = {"person_email": "email", "person_linkedin_url": "linkedin_url"}


@dataclass(frozen=True, slots=True)
class Settings:
    """``key`` and ``webhook_secret`` are secret. ``contact_micros`` is the price of a credit, which is that of a match.

    With ``phones``, numbers are bought where they are wanted; ``public_url`` is where Apollo may deliver them.
    """

    key: str
    base_url: str = BASE_URL
    contact_micros: int = 100_000
    most_contacts: int = 10
    limits: tuple[Limit, ...] = LIMITS
    phones: bool = False
    personal_emails: bool = False
    public_url: str | None = None
    webhook_secret: str = ""


def questions(subject: Subject) -> tuple[dict[str, str], ...]:
    """The parameters to ask by, best first, at most two: the second only after a miss, which is free."""
    if subject.entity is Entity.COMPANY:
        known = anchors(subject, tuple(_COMPANY_BY))
        return tuple({_COMPANY_BY[field]: value} for field, value in known)[:1]
    asked = [{_PERSON_BY[field]: value} for field, value in anchors(subject, tuple(_PERSON_BY))]
    name = subject.get("person_name")
    domain, company = subject.get("person_company_domain"), subject.get("person_company_name")
    if name and (domain or company):
        asked.append({"name": name, "domain": domain} if domain else {"name": name, "organization_name": company or ""})
    return tuple(asked[:2])


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    if questions(subject):
        return None
    company = subject.entity is Entity.COMPANY
    return "no domain, LinkedIn page or name" if company else "no email, LinkedIn page, or name with company"


def build_call(operation: str, params: Mapping[str, str], settings: Settings) -> Call:
    """The question as the gateway keeps it: without key, flags of the account and webhook."""
    return Call(
        provider=NAME,
        operation=operation,
        identity=identity_of(params),
        account=fingerprint(settings.key),
        max_micros=_credits(operation) * settings.contact_micros,
        limits=settings.limits,
        bucket=MATCH if operation == MATCH_PHONE else operation,
    )


def _credits(operation: str) -> int:
    return PHONE_CREDITS if operation == PHONES else 1


def flags(operation: str, params: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """What a match is asked to reveal, in the query string."""
    chosen = {"reveal_personal_emails": "true"} if settings.personal_emails else {}
    if operation == MATCH_PHONE and settings.public_url:
        token = token_for(settings.webhook_secret or settings.key, NAME, PHONES, identity_of(params))
        chosen |= {"reveal_phone_number": "true", "webhook_url": webhook_url(settings.public_url, NAME, token)}
    return chosen


def build_request(operation: str, params: Mapping[str, str], settings: Settings, request_id: str = "") -> HttpRequest:
    """The request of one question."""
    headers = {"x-api-key": settings.key, "Accept": "application/json", "Cache-Control": "no-cache"}
    if operation == PHONES:
        return HttpRequest("GET", f"{settings.base_url}/webhook_result/{request_id}", headers)
    if operation == ORGANIZATION:
        return HttpRequest("GET", f"{settings.base_url}/organizations/enrich", headers, dict(params))
    sent = {**params, **flags(operation, params, settings)}
    return HttpRequest("POST", f"{settings.base_url}/people/match", headers, sent)


def read(operation: str, settings: Settings, reply: Reply, now: datetime) -> Reading:
    """Outcome, charge and waiting time of a reply; nothing found costs nothing."""
    body = json_body(reply)
    said = error_text(body, hide=settings.key) or text(body, "error_message") or ""
    code = _code(body, said)
    outcome = STATUSES.outcome(reply.status, code)
    if outcome is Outcome.HIT:
        return _read_good(operation, settings, reply, body)
    wait = number(body, "retry_after_seconds") if outcome is Outcome.PENDING else retry_after_s(reply.headers, now)
    if wait is None and outcome is Outcome.PENDING:
        wait = _PENDING_S
    return Reading(outcome, reason=STATUSES.reason(reply.status, code, said[:200]), retry_after_s=wait)


def _read_good(operation: str, settings: Settings, reply: Reply, body: Any) -> Reading:
    if mapping(body) is None:
        return Reading(Outcome.NONSENSE, reason="200 without a record")
    if operation == PHONES:
        found = len(phones_of(reply)) > 0
        charged = PHONE_CREDITS * settings.contact_micros if found else 0
        return Reading(Outcome.HIT, charged) if found else Reading(Outcome.MISS, reason="Apollo has no number")
    known = organization_of(reply) if operation == ORGANIZATION else person_of(reply)
    if known is None:
        return Reading(Outcome.MISS, reason="Apollo has no match")
    return Reading(Outcome.HIT, settings.contact_micros)


def _code(body: Any, said: str) -> str:
    """The body's code; credits that ran out are told in several ways."""
    if "insufficient credit" in said.casefold():
        return "INSUFFICIENT_CREDITS"
    return error_code(body)


def delivered(raw: bytes, token: str) -> Delivered | Unbelieved:
    """A webhook's content. Apollo signs nothing: that the sender knows the token is all there is.

    A repeated delivery is the same answer again.
    """
    reply = Reply(200, {"content-type": "application/json"}, raw)
    body = json_body(reply)
    if mapping(body) is None or not isinstance(body.get("people"), list):
        return Unbelieved("not a result of people")
    return Delivered(NAME, token, reply)


def build_usage_request(settings: Settings) -> HttpRequest:
    """Ask for the credits that are left: free, but only a master key may."""
    headers = {"x-api-key": settings.key, "Accept": "application/json"}
    return HttpRequest("POST", f"{settings.base_url}/usage_stats/credit_usage_stats", headers)
