"""Enrich Layer v2: LinkedIn data on companies and people by the address of their page.

API: https://enrichlayer.com/docs (guides and credits), read 2026-11-21. Auth: ``Authorization: Bearer``. Limits: 300 a
minute counted over five minutes, 2 a minute on trial. Price: a page costs 1 credit, finding a page by domain or name
2 more; errors and 404 are free, an empty search for a page may be billed. The price of a credit depends on the plan
(ENRICH_LAYER_PRICE_CENTS; 2 cents is an assumption of 2026-11, not a published figure).

Traps: 403 means out of credits, company sizes are [lowest, highest or null], dates are objects, a typical answer takes
2 s and the documentation advises to wait 60 s.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from worker.domain.call import Answer, Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Finding, Outcome
from worker.domain.names import person_words
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import profile_url
from worker.providers.answering import finding_from, utc_now
from worker.providers.delivery import identity_of
from worker.providers.enrich_layer_record import CONFIDENCE, GIVES, NAME, parse, record_in
from worker.providers.linkedin_choice import linkedin_key
from worker.providers.option import base_url, fingerprint, limits, price_micros
from worker.providers.reading import StatusTable, error_text, json_body, retry_after_s
from worker.providers.typed import mapping, text

STAGE: Final = "linkedin"
BASE_URL: Final = "https://enrichlayer.com/api/v2"
PRICE_CENTS: Final = "2"
LIMITS: Final = (Limit(1500, 300.0),)
TIMEOUT_S: Final = 60.0
PAGE_CREDITS: Final = 1
RESOLVE_CREDITS: Final = 2

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        403: Outcome.QUOTA_EXHAUSTED,
        404: Outcome.MISS,
        410: Outcome.MISS,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
    },
    reasons={
        401: "Enrich Layer refuses the key (LINKEDIN_API_KEY)",
        403: "the Enrich Layer account has no credits left",
        404: "Enrich Layer knows no such page",
        410: "Enrich Layer says the page is gone",
    },
)


@dataclass(frozen=True, slots=True)
class Settings:
    """``key`` is secret. ``credit_micros`` is the price of one credit."""

    key: str
    base_url: str = BASE_URL
    credit_micros: int = 20_000
    limits: tuple[Limit, ...] = LIMITS


@dataclass(frozen=True, slots=True)
class Question:
    """One GET: its path, its parameters and its ``price`` in credits when it is answered."""

    path: str
    params: dict[str, str]
    price: int


def page_question(subject: Subject) -> Question | None:
    """What to ask where the subject's LinkedIn page is known."""
    company = subject.entity is Entity.COMPANY
    page = subject.get("company_linkedin_url" if company else "person_linkedin_url")
    if not page:
        return None
    fresh = {"use_cache": "if-present"}
    if company:
        return Question("company", {"url": page, **fresh}, PAGE_CREDITS)
    return Question("profile", {"profile_url": page, **fresh}, PAGE_CREDITS)


def resolve_question(subject: Subject) -> Question | None:
    """What to ask to find the subject's LinkedIn page: by domain, or by a person's name and employer's domain.

    A company's name alone is not asked by: it may be another company's too.
    """
    if subject.entity is Entity.COMPANY:
        domain = subject.get("company_domain")
        return Question("company/resolve", {"company_domain": domain}, RESOLVE_CREDITS) if domain else None
    words = person_words(subject.get("person_name") or "")
    employer = subject.get("person_company_domain")
    if len(words) < 2 or not employer:
        return None
    params = {"first_name": words[0], "last_name": words[-1], "company_domain": employer}
    return Question("profile/resolve", params, RESOLVE_CREDITS)


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    if page_question(subject) or resolve_question(subject):
        return None
    company = subject.entity is Entity.COMPANY
    return "no LinkedIn page or domain" if company else "no LinkedIn page, or name with the employer's domain"


def build_request(question: Question, settings: Settings) -> HttpRequest:
    """The GET of one question."""
    return HttpRequest(
        "GET",
        f"{settings.base_url}/{question.path}",
        headers={"Authorization": f"Bearer {settings.key}", "Accept": "application/json"},
        params=question.params,
    )


def build_call(question: Question, settings: Settings) -> Call:
    """The same question as the gateway keeps it: without the key."""
    return Call(
        provider=NAME,
        operation=question.path.replace("/", "."),
        identity=identity_of(question.params),
        account=fingerprint(settings.key),
        max_micros=question.price * settings.credit_micros,
        timeout_s=TIMEOUT_S,
        limits=settings.limits,
    )


def read(reply: Reply, question: Question, settings: Settings, now: datetime) -> Reading:
    """Outcome, charge and waiting time of a reply. Every whole 200 is billed, an empty search for a page too."""
    body = json_body(reply)
    outcome = STATUSES.outcome(reply.status)
    if outcome is not Outcome.HIT:
        reason = STATUSES.reason(reply.status, said=error_text(body, hide=settings.key))
        return Reading(outcome, reason=reason, retry_after_s=retry_after_s(reply.headers, now))
    charge = question.price * settings.credit_micros
    if "resolve" in question.path:
        if text(body, "url"):
            return Reading(outcome, charge)
        if mapping(body) is None or body.get("url", "") is not None:
            return Reading(Outcome.NONSENSE, reason="200 without a url")
        return Reading(Outcome.MISS, charge, "no page found")
    if record_in(body) is None:
        return Reading(Outcome.NONSENSE, reason="200 without a record")
    return Reading(outcome, charge)


def resolved(answer: Answer, subject: Subject) -> dict[str, str]:
    """The LinkedIn page that a search found, as an identifier; empty when it is none of the subject's kind."""
    field = "company_linkedin_url" if subject.entity is Entity.COMPANY else "person_linkedin_url"
    address = text(json_body(answer.reply), "url") if answer.outcome is Outcome.HIT and answer.reply else None
    page = profile_url(field, address) if address else None
    return {field: page} if page else {}


async def lookup(ask: Ask, gateway: Gateway, settings: Settings, clock: Callable[[], datetime] = utc_now) -> Finding:
    """Ask about the subject's page, found first where it is not known."""
    subject, spent = ask.subject, 0

    async def put(question: Question) -> Answer:
        return await gateway.request(
            build_call(question, settings),
            build_request(question, settings),
            lambda reply: read(reply, question, settings, clock()),
        )

    question, search = page_question(subject), resolve_question(subject)
    if question is None and search is not None:
        answer = await put(search)
        spent = answer.charged_micros
        question = page_question(subject.knowing(resolved(answer, subject)))
        if question is None:
            outcome = Outcome.MISS if answer.outcome is Outcome.HIT else answer.outcome
            reason = answer.reason or "what was found is no LinkedIn page"
            return Finding(NAME, outcome, (), reason, spent, answer.reused, answer.retry_at)
    if question is None:
        return Finding(NAME, Outcome.BAD_INPUT, reason=cannot(subject) or "")
    answer = await put(question)
    found = finding_from(NAME, answer, lambda reply, at: parse(json_body(reply), subject, at), clock)
    return msgspec.structs.replace(found, charged_micros=found.charged_micros + spent)


def open_provider(options: Options) -> Provider | Off:
    """On with a key, when LINKEDIN_PROVIDER chooses it."""
    chosen = linkedin_key(options, NAME)
    if isinstance(chosen, Off):
        return chosen
    settings = Settings(
        key=chosen,
        base_url=base_url(options, "ENRICH_LAYER_BASE_URL", BASE_URL),
        credit_micros=price_micros(options, "ENRICH_LAYER_PRICE_CENTS", PRICE_CENTS),
        limits=limits(options, "ENRICH_LAYER", LIMITS),
    )

    async def ask_enrich_layer(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, settings)

    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=GIVES,
        confidence=CONFIDENCE,
        lookup=ask_enrich_layer,
        max_micros=(PAGE_CREDITS + RESOLVE_CREDITS) * settings.credit_micros,
        cannot=cannot,
        account=fingerprint(settings.key),
    )
