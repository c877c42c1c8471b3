"""People Data Labs v5: LinkedIn-derived data on companies and people.

API: https://docs.peopledatalabs.com (person and company enrichment), read 2026-11-21. Auth: header ``X-Api-Key``.
Limits: 100 calls a minute on the free plan, 1,000 on paid ones, in fixed windows of 60 s; ``x-ratelimit-limit`` and
``-remaining`` hold JSON text; a 429 has ``x-ratelimit-reset`` instead of ``Retry-After``.
Price: one credit per match, none for a miss (404); reported as about 28 cents a credit (2026-11, PDL_PRICE_CENTS).

Traps: values are lower-case unless ``titlecase`` is asked for, addresses have no scheme, the free plan puts booleans
where contact data would be, and a company's answer is flat while a person's is under ``data``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from worker.domain.call import Answer, Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.anchor import anchors
from worker.providers.answering import finding_from, utc_now
from worker.providers.delivery import identity_of
from worker.providers.linkedin_choice import linkedin_key
from worker.providers.option import WINDOWS_S, base_url, fingerprint, limits, limits_are_set, price_micros, whole_number
from worker.providers.pdl_bulk import SHARED
from worker.providers.pdl_record import CONFIDENCE, GIVES, NAME, parse, record_in
from worker.providers.reading import StatusTable, error_code, error_text, json_body, retry_after_s, until_s
from worker.providers.typed import mapping, number, whole

STAGE: Final = "linkedin"
BASE_URL: Final = "https://api.peopledatalabs.com/v5"
PRICE_CENTS: Final = "28"
#: The free plan's, until a reply's headers tell the account's own. Each endpoint counts by itself.
LIMITS: Final = (Limit(100, 60.0),)
#: Matches that the provider itself holds for less likely than this (0..10) are not returned and cost nothing.
MIN_LIKELIHOOD: Final = 6

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        402: Outcome.QUOTA_EXHAUSTED,
        404: Outcome.MISS,
        405: Outcome.BAD_INPUT,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    reasons={
        401: "People Data Labs refuses the key (LINKEDIN_API_KEY)",
        402: "the People Data Labs account has no credits left",
        404: "People Data Labs has no match",
    },
)

#: The identifiers a subject can be asked about by, and their parameters.
_COMPANY_BY: Final = {"company_domain": "website", "company_linkedin_url": "profile", "company_name": "name"}
_PERSON_BY: Final = {"person_linkedin_url": "profile", "person_email": "email", "person_phone": "phone"}


@dataclass(frozen=True, slots=True)
class Settings:
    """``key`` is secret. ``credit_micros`` is the price of one match.

    ``limits`` are the operator's or the documented ones; with ``learns`` those in the headers replace them.
    """

    key: str
    base_url: str = BASE_URL
    credit_micros: int = 280_000
    min_likelihood: int = MIN_LIKELIHOOD
    limits: tuple[Limit, ...] = LIMITS
    learns: bool = True


def questions(subject: Subject) -> tuple[dict[str, str], ...]:
    """The parameters to ask by, best first, at most two: the second is asked only after a miss, which is free."""
    table = _COMPANY_BY if subject.entity is Entity.COMPANY else _PERSON_BY
    known = anchors(subject, tuple(table))
    if len(known) > 1:  # a name alone may be another company's: never beside something better
        known = tuple(pair for pair in known if pair[0] != "company_name")
    asked = [{table[field]: value} for field, value in known]
    name = subject.get("person_name")
    employer = subject.get("person_company_domain") or subject.get("person_company_name")
    if subject.entity is Entity.PERSON and name and employer:
        asked.append({"name": name, "company": employer})
    return tuple(asked[:2])


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    if questions(subject):
        return None
    if subject.entity is Entity.COMPANY:
        return "no website, LinkedIn page or name"
    return "no LinkedIn page, email, phone or name with company"


def build_request(entity: Entity, question: Mapping[str, str], settings: Settings) -> HttpRequest:
    """The GET of one enrichment. The answer's values are asked for in title case."""
    return HttpRequest(
        "GET",
        f"{settings.base_url}/{entity.value}/enrich",
        headers={"X-Api-Key": settings.key, "Accept": "application/json"},
        params={**question, "min_likelihood": str(settings.min_likelihood), "titlecase": "true"},
    )


def build_call(entity: Entity, question: Mapping[str, str], settings: Settings) -> Call:
    """The same question as the gateway keeps it: without the key."""
    operation = f"{entity.value}.enrich"
    return Call(
        provider=NAME,
        operation=operation,
        identity=identity_of({**question, "min_likelihood": settings.min_likelihood}),
        account=fingerprint(settings.key),
        max_micros=settings.credit_micros,
        limits=settings.limits,
        bucket=operation,
    )


def read(reply: Reply, settings: Settings, now: datetime) -> Reading:
    """Outcome, charge, waiting time and learned limits of a reply."""
    body = json_body(reply)
    outcome = STATUSES.outcome(reply.status)
    learned = learned_limits(reply.headers) if settings.learns else ()
    if outcome is Outcome.HIT:
        if record_in(body) is None:
            return Reading(Outcome.NONSENSE, charged(reply, settings, 0), "200 without a record", limits=learned)
        return Reading(outcome, charged(reply, settings, 1), limits=learned)
    said = error_text(body, hide=settings.key) or error_code(body)
    wait = retry_after_s(reply.headers, now)
    if wait is None and outcome is Outcome.THROTTLED:
        wait = until_s(reply.headers.get("x-ratelimit-reset", ""), now)
    return Reading(outcome, charged(reply, settings, 0), STATUSES.reason(reply.status, said=said), wait, learned)


def charged(reply: Reply, settings: Settings, otherwise: int) -> int:
    """What the reply cost: the credits that its header says were spent, ``otherwise`` where it says nothing."""
    try:
        spent = number({"spent": orjson.loads(reply.headers["x-call-credits-spent"])}, "spent")
    except (KeyError, ValueError):
        spent = None
    return round(settings.credit_micros * (otherwise if spent is None else min(max(spent, 0.0), 1000.0)))


def learned_limits(headers: Mapping[str, str]) -> tuple[Limit, ...]:
    """The account's limits from ``x-ratelimit-limit``, which holds JSON text; a null window has none.

    >>> learned_limits({"x-ratelimit-limit": '{"minute": 100, "day": null}'})
    (Limit(count=100, window_s=60.0),)
    """
    try:
        told = mapping(orjson.loads(headers.get("x-ratelimit-limit", "")))
    except ValueError:
        return ()
    counts = ((whole(told, unit), window_s) for unit, window_s in WINDOWS_S.items())
    return tuple(Limit(count, window_s) for count, window_s in counts if count is not None and count > 0)


async def lookup(ask: Ask, gateway: Gateway, settings: Settings, clock: Callable[[], datetime] = utc_now) -> Finding:
    """Ask about one subject, by a second identifier where the first one is unknown to the provider."""
    entity, by = ask.subject.entity, ""
    answer = Answer(Outcome.BAD_INPUT, reason=cannot(ask.subject) or "")
    for question in questions(ask.subject):
        by = next(iter(question))
        answer = await gateway.request(
            build_call(entity, question, settings),
            build_request(entity, question, settings),
            lambda reply: read(reply, settings, clock()),
            SHARED,
        )
        if answer.outcome is not Outcome.MISS:
            break
    return finding_from(
        NAME, answer, lambda reply, observed_at: parse(json_body(reply), ask.subject, observed_at, by), clock
    )


def open_provider(options: Options) -> Provider | Off:
    """On with a key, when LINKEDIN_PROVIDER chooses it (which it does when unset)."""
    chosen = linkedin_key(options, NAME)
    if isinstance(chosen, Off):
        return chosen
    settings = Settings(
        key=chosen,
        base_url=base_url(options, "PDL_BASE_URL", BASE_URL),
        credit_micros=price_micros(options, "PDL_PRICE_CENTS", PRICE_CENTS),
        min_likelihood=whole_number(options, "PDL_MIN_LIKELIHOOD", MIN_LIKELIHOOD, 0, 10),
        limits=limits(options, "PDL", LIMITS),
        learns=not limits_are_set(options, "PDL"),
    )

    async def ask_pdl(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, settings)

    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=GIVES,
        confidence=CONFIDENCE,
        lookup=ask_pdl,
        max_micros=settings.credit_micros,
        cannot=cannot,
        account=fingerprint(settings.key),
    )
