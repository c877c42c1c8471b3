"""The website stage: one crawl per site, answered from the stored crawl when there is one."""
# ruff: noqa: E501 - patterns and word lists are easier to read and to compare unbroken

import asyncio
from datetime import UTC, datetime
from typing import Final

from worker.domain.call import Call, Reply
from worker.domain.claim import Claim, Evidence
from worker.domain.errors import ConfigError
from worker.domain.fields import FIELDS, InvalidValue
from worker.domain.finding import Finding, Outcome
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.option import first, flag, whole_number
from worker.providers.website import renderer
from worker.providers.website.crawl import crawl, starts_for
from worker.providers.website.document import host_of
from worker.providers.website.page import CONFIDENCE, NAME
from worker.providers.website.parsing import SHARED
from worker.providers.website.stored import as_reply, claims_in, pages_in, people_in, read_reply
from worker.providers.website.text_keys import words

#: What a site may tell. Revenue and funding are not told there in a form worth trusting.
GIVES: Final = frozenset(
    {
        *(f"company_{name}" for name in (
            "name", "legal_name", "domain", "website", "description", "size", "employee_count", "founded_year", "street", "city", "region", "postal_code", "country", "address",
            "phone", "fax", "email", "opening_hours", "languages", "linkedin_url", "twitter_url", "facebook_url", "instagram_url", "youtube_url", "tiktok_url", "xing_url",
            "github_url", "crunchbase_url", "logo_url", "technologies", "keywords", "registration_id", "vat_id", "parent_name", "industry",
        )),
        "person_title",
    }
)  # fmt: skip
_LEADS_ON: Final = (
    "company_name",
    "company_domain",
    "company_website",
    "company_linkedin_url",
    "company_country",
    "company_city",
)
#: Seconds for a whole crawl: one slow page must not cost the others.
CRAWL_TIMEOUT_S: Final = 60.0


def open_provider(options: Options) -> Provider | Off:
    """The website provider. ``WEBSITE_MAX_PAGES`` is the page budget of one crawl (1 to 50, 5 by default).

    ``WEBSITE_RENDER`` lets a browser draw pages that are empty without JavaScript; ``WEBSITE_RENDER_BROWSER`` is the path
    of a Chromium where Playwright's own is not wanted. Raises ConfigError.
    """
    max_pages = whole_number(options, "WEBSITE_MAX_PAGES", 5, 1, 50)
    browser: renderer.BrowserRenderer | None = None
    if flag(options, "WEBSITE_RENDER"):
        if not renderer.is_installed():
            raise ConfigError("WEBSITE_RENDER: Playwright is not installed; pip install 'enrichd[render]'")
        browser = renderer.join(first(options, "WEBSITE_RENDER_BROWSER") or "")
    SHARED.join()

    async def lookup(ask: Ask, gateway: Gateway) -> Finding:
        return await _lookup(ask, gateway, max_pages, browser)

    async def close() -> None:
        await asyncio.to_thread(SHARED.leave)
        if browser is not None:
            await renderer.leave(browser)

    return Provider(
        name=NAME, stage="website", entities=frozenset({Entity.COMPANY, Entity.PERSON}), gives=GIVES, confidence=CONFIDENCE,
        lookup=lookup, cannot=_cannot, close=close,
    )  # fmt: skip


def _address(subject: Subject) -> tuple[str, str]:
    """(website, domain) as far as they are known."""
    if subject.entity is Entity.PERSON:
        return "", subject.get("person_company_domain") or subject.get("company_domain") or ""
    return subject.get("company_website") or "", subject.get("company_domain") or ""


def _cannot(subject: Subject) -> str | None:
    website, domain = _address(subject)
    if not (website or domain):
        return "no website"
    return "no name to look for" if subject.entity is Entity.PERSON and not subject.get("person_name") else None


async def _lookup(ask: Ask, gateway: Gateway, max_pages: int, render: renderer.Renderer | None) -> Finding:
    website, domain = _address(ask.subject)
    starts = starts_for(website, domain)
    if not starts:
        return Finding(NAME, Outcome.BAD_INPUT, reason="no website")
    site = host_of(starts[0]).removeprefix("www.")
    deep = starts[0].partition("//")[2].partition("/")[2]
    # A crawl reads everything on its pages, so what is wanted does not change the question.
    call = Call(
        provider=NAME,
        operation="crawl",
        identity=f"{site}/{deep} pages={max_pages}{' drawn' if render else ''}",
        timeout_s=CRAWL_TIMEOUT_S,
    )

    async def send() -> Reply:
        return as_reply(await crawl(starts, gateway.page, SHARED.get(), max_pages, render))

    answer = await gateway.perform(call, send, read_reply)
    claims: tuple[Claim, ...] = ()
    pages = pages_in(answer.reply) if answer.reply is not None else ()
    if answer.outcome is Outcome.HIT and answer.reply is not None:
        observed = answer.observed_at or datetime.now(UTC)
        if ask.subject.entity is Entity.PERSON:
            claims = _about_person(ask.subject, answer.reply, observed)
        else:
            claims = claims_in(answer.reply)
    outcome, reason = answer.outcome, answer.reason
    if outcome is Outcome.HIT and not claims:
        outcome, reason = Outcome.MISS, "the site does not name this person with a role"
    return Finding(
        provider=NAME, outcome=outcome, claims=claims, reason=reason, charged_micros=answer.charged_micros, reused=answer.reused,
        retry_at=answer.retry_at, identifiers=_identifiers(claims), pages=pages,
    )  # fmt: skip


def _identifiers(claims: tuple[Claim, ...]) -> dict[str, str]:
    return {claim.field: str(claim.value) for claim in reversed(claims) if claim.field in _LEADS_ON}


def _about_person(subject: Subject, reply: Reply, observed_at: datetime) -> tuple[Claim, ...]:
    """Roles of a person whose name stands on the site in full."""
    wanted = set(words(subject.get("person_name") or ""))
    for person in people_in(reply):
        if wanted and wanted <= set(words(str(person.get("name", "")))):
            try:
                title = FIELDS["person_title"].normalise(person.get("role"))
            except InvalidValue:
                continue
            evidence = Evidence.from_json(person.get("evidence", {}))
            source = host_of(evidence.url).removeprefix("www.") or NAME
            return (Claim("person_title", title, source, NAME, CONFIDENCE, observed_at, (evidence,)),)
    return ()
