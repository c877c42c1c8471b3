"""LinkedIn's own pages as a logged-out visitor may see them; off unless LINKEDIN_ENABLE_SCRAPING is true.

No API: the pages are fetched through the gateway's safe door, robots.txt obeyed. LinkedIn's robots.txt forbids
automated access without written permission (read 2026-11), so that this provider answers ``blocked`` unless the
operator has one. No key, no price. Limits: ours, 12 pages a minute (LINKEDIN_PAGES_RATE_LIMIT_PER_MINUTE).

Traps: refusals come as status 999, as a redirect to the authwall or a login page, or as a 200 whose script goes
there. All are ``blocked`` and open the breaker of the account ``public``.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from worker.domain.call import Call, Limit, Reading, Reply
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import profile_url
from worker.providers.answering import finding_from, utc_now
from worker.providers.linkedin_page_facts import CONFIDENCE, GIVES, NAME, has_facts, parse
from worker.providers.option import base_url, flag, limits
from worker.providers.reading import StatusTable, retry_after_s

STAGE: Final = "linkedin"
BASE_URL: Final = "https://www.linkedin.com"
LIMITS: Final = (Limit(12, 60.0),)
#: Whom limits and the breaker belong to: every visitor without a name.
ACCOUNT: Final = "public"
_WALLS: Final = ("/authwall", "/uas/login", "/login", "/checkpoint", "/signup")

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        401: Outcome.BLOCKED,
        403: Outcome.BLOCKED,
        404: Outcome.MISS,
        410: Outcome.MISS,
        429: Outcome.THROTTLED,
        451: Outcome.BLOCKED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
        999: Outcome.BLOCKED,
    },
    reasons={
        404: "LinkedIn has no such page",
        410: "LinkedIn has no such page any more",
        999: "LinkedIn denies the request",
    },
)


def page_path(subject: Subject) -> str | None:
    """The path of the subject's page, in its canonical form."""
    field = "company_linkedin_url" if subject.entity is Entity.COMPANY else "person_linkedin_url"
    address = profile_url(field, subject.get(field) or "")
    return urlsplit(address).path if address else None


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be asked about."""
    return None if page_path(subject) else "no LinkedIn page"


def build_call(subject: Subject, own_limits: tuple[Limit, ...]) -> Call:
    """The question as the gateway keeps it."""
    return Call(
        provider=NAME,
        operation=subject.entity.value,
        identity=page_path(subject) or "",
        account=ACCOUNT,
        limits=own_limits,
    )


def read(reply: Reply, entity: Entity, now: datetime) -> Reading:
    """Outcome of a page; a wall is one whatever its status."""
    if is_wall(reply):
        return Reading(Outcome.BLOCKED, reason=f"{reply.status}: LinkedIn asks to sign in")
    outcome = STATUSES.outcome(reply.status)
    if outcome is not Outcome.HIT:
        return Reading(outcome, reason=STATUSES.reason(reply.status), retry_after_s=retry_after_s(reply.headers, now))
    if not has_facts(reply.body, entity):
        return Reading(Outcome.NONSENSE, reason="200 without the facts of a company or profile page")
    return Reading(outcome)


def is_wall(reply: Reply) -> bool:
    """A login or sign-up page: by the address that was reached, or by a script or form that leads to one."""
    if urlsplit(reply.headers.get("x-enrichd-url", "")).path.lower().startswith(_WALLS):
        return True
    if reply.status != 200:
        return False
    start = reply.body[:20_000].lower()
    return b"application/ld+json" not in start and (b"/authwall" in start or b'type="password"' in start)


async def lookup(
    ask: Ask,
    gateway: Gateway,
    base: str = BASE_URL,
    own_limits: tuple[Limit, ...] = LIMITS,
    clock: Callable[[], datetime] = utc_now,
) -> Finding:
    """Fetch and read the subject's page."""
    subject, path = ask.subject, page_path(ask.subject)
    if path is None:
        return Finding(NAME, Outcome.BAD_INPUT, reason="no LinkedIn page")

    async def send() -> Reply:
        return await gateway.page(base + path)

    answer = await gateway.perform(
        build_call(subject, own_limits), send, lambda reply: read(reply, subject.entity, clock())
    )
    return finding_from(NAME, answer, lambda reply, at: parse(reply.body, base + path, subject, at), clock)


def open_provider(options: Options) -> Provider | Off:
    """On only where scraping is switched on by name."""
    if not flag(options, "LINKEDIN_ENABLE_SCRAPING"):
        return Off(NAME, STAGE, "LINKEDIN_ENABLE_SCRAPING is not true")
    base = base_url(options, "LINKEDIN_PAGES_BASE_URL", BASE_URL)
    own_limits = limits(options, "LINKEDIN_PAGES", LIMITS)

    async def ask_pages(ask: Ask, gateway: Gateway) -> Finding:
        return await lookup(ask, gateway, base, own_limits)

    return Provider(
        name=NAME,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=GIVES,
        confidence=CONFIDENCE,
        lookup=ask_pages,
        cannot=cannot,
        account=ACCOUNT,
    )
