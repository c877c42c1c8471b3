"""What all search providers share: which are in use, what they are asked, and what becomes of their answers.

A search provider's own file knows its wire: how a query is sent, what a status means, where results lie.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import unquote

from worker.domain.call import Call, HttpRequest, Limit, Read
from worker.domain.errors import ConfigError
from worker.domain.finding import Finding
from worker.domain.page import Page
from worker.domain.provider import Ask, Gateway, Off, Options, Provider
from worker.domain.subject import Entity, Subject
from worker.providers.agreement import handle_of, same_site, site_of
from worker.providers.anchor import anchors
from worker.providers.answering import Parsed, finding_from, utc_now
from worker.providers.delivery import identity_of
from worker.providers.lead import Found, Lead, Panel
from worker.providers.lead_facts import Voices, company_claims, person_claims
from worker.providers.option import fingerprint, first, key_for, words
from worker.providers.panel_facts import LABELS, NETWORKS, other_subject, panel_claims
from worker.providers.reading import json_body
from worker.providers.voice import Voice

STAGE: Final = "search"
CONFIDENCE: Final = 0.70
#: How many results are asked for.
RESULTS: Final = 10
#: The version of the text that a snippet becomes for stages that read.
SNIPPET: Final = "snippet/1"
#: Engines that take no key; SEARCH_API_KEY belongs to the first of the others.
KEYLESS: Final = ("searxng",)
ENGINES: Final = ("searxng", "brave", "serper", "tavily")
GIVES: Final = frozenset(
    {
        "company_name",
        "company_domain",
        "company_website",
        "company_description",
        "company_country",
        "person_name",
        "person_title",
        "person_company_name",
        "person_linkedin_url",
        *LABELS.values(),
        *NETWORKS.values(),
    }
)


def chosen_engines(options: Options) -> tuple[str, ...]:
    """The search providers in use, in order: SEARCH_PROVIDER, one name or a list.

    Unset, it is SearXNG where SEARCH_URL is given, then every engine with a key of its own, and Brave where nothing
    but SEARCH_API_KEY is set.
    Raises ConfigError for an unknown name.
    """
    named = words(options, "SEARCH_PROVIDER")
    for name in named:
        if name not in ENGINES:
            raise ConfigError(f"SEARCH_PROVIDER: {name} is unknown, expected any of {', '.join(ENGINES)}")
    if named:
        return named
    served = ("searxng",) if first(options, "SEARCH_URL", "SEARXNG_BASE_URL") else ()
    own = tuple(name for name in ENGINES if name not in KEYLESS and first(options, f"{name.upper()}_API_KEY"))
    return (*served, *own) or (("brave",) if first(options, "SEARCH_API_KEY") else ())


def engine_key(options: Options, name: str) -> str | Off | None:
    """The key of a chosen engine (None without one), or why the engine is not in use."""
    chosen = chosen_engines(options)
    if name not in chosen:
        others = ",".join(chosen)
        return Off(name, STAGE, f"SEARCH_PROVIDER is {others}" if others else "no SEARCH_PROVIDER, SEARCH_URL or key")
    keyed = [engine for engine in chosen if engine not in KEYLESS]
    return key_for(options, name, f"{name.upper()}_API_KEY", "SEARCH_API_KEY", keyed)


def query_for(subject: Subject) -> str | None:
    """The query about a subject, or None where there is nothing to search by.

    It is made of the identifier that the subject is known under, so that it stays the same as more is learned.

    >>> query_for(Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"}))
    'acme.example company'
    """
    if subject.entity is Entity.COMPANY:
        return _company_query(subject)
    if page := subject.get("person_linkedin_url"):
        return f"{_spelled(handle_of(page))} linkedin"
    name = _clean(subject.get("person_name") or "")
    employer = subject.get("person_company_name") or subject.get("person_company_domain") or ""
    return f'"{name}" {_clean(employer)} linkedin' if name and employer else None


def _company_query(subject: Subject) -> str | None:
    for field, value in anchors(subject, ("company_domain", "company_website", "company_linkedin_url", "company_name")):
        if field == "company_linkedin_url":
            return f"{_spelled(handle_of(value))} company linkedin"
        if field == "company_name":
            return f'"{_clean(value)}" company'
        if site := site_of(value):
            return f"{site} company"
    return None


def _spelled(slug: str) -> str:
    return _clean(unquote(slug).replace("-", " ").replace("_", " "))


def _clean(value: str) -> str:
    """Fit for a query: one line, no quotation marks, capped."""
    return " ".join(value.replace('"', " ").split())[:120]


def cannot(subject: Subject) -> str | None:
    """Why a subject cannot be searched for."""
    return None if query_for(subject) else "no name, website or LinkedIn page to search by"


def parsed(found: Found, subject: Subject, provider: str, observed_at: datetime) -> Parsed:
    """Claims and readable text of an engine's answer. Never raises.

    What leads on to other providers is among the claims, so that it passes the same judgement as they do.
    """
    engine = Voice(provider, provider, CONFIDENCE, observed_at)
    voices = Voices(engine)
    if subject.entity is Entity.PERSON:
        claims = person_claims(found.leads, subject, voices)
        refused: list[str] = []
    else:
        claims, refused = (), []
        for panel in found.panels:
            if reason := other_subject(panel, subject):
                refused.append(reason)
            else:
                source = panel_source(panel, subject) or provider
                claims += panel_claims(panel, Voice(provider, source, CONFIDENCE, observed_at, panel.url))
        claims += company_claims(found.leads, subject, voices)
    if not claims:
        return Parsed(refused="; ".join(["no result agrees with the subject", *refused[:3]]))
    agreed = {item.url for claim in claims for item in claim.evidence}
    pages = tuple(_page(lead) for lead in found.leads if _readable(lead, agreed, subject))
    return Parsed(claims, pages=pages)


def panel_source(panel: Panel, subject: Subject) -> str | None:
    """Who speaks in a panel: the site of the page it is from, unless that is the company's own, which it is not."""
    source = site_of(panel.url)
    own = {site_of(address) for address in (panel.website, subject.get("company_domain") or "") if address}
    return None if source in own else source


def _readable(lead: Lead, agreed: set[str], subject: Subject) -> bool:
    ours = subject.get("company_domain") or subject.get("company_website")
    return bool(lead.snippet) and (lead.url in agreed or bool(ours and same_site(lead.url, ours)))


def _page(lead: Lead) -> Page:
    return Page(lead.url, lead.snippet, lead.title, rendering=SNIPPET)


def build_call(name: str, query: str, key: str, max_micros: int, limits: tuple[Limit, ...], variant: str = "") -> Call:
    """The question as the gateway keeps it. ``variant`` names settings that change the answer (the language).

    ``key`` is what the account is told by: a key, or the address of a server of the operator's.
    """
    return Call(
        provider=name,
        operation="search",
        identity=identity_of({"q": query, "variant": variant}),
        account=fingerprint(key),
        max_micros=max_micros,
        limits=limits,
    )


def search_provider(
    name: str,
    call: Callable[[str], Call],
    request: Callable[[str], HttpRequest],
    read: Read,
    found_in: Callable[[object], Found],
    clock: Callable[[], datetime] = utc_now,
) -> Provider:
    """A provider out of an engine's own functions; the query is handed to ``call`` and ``request``."""
    sample = call("")

    async def lookup(ask: Ask, gateway: Gateway) -> Finding:
        query = query_for(ask.subject) or ""
        answer = await gateway.request(call(query), request(query), read)
        return finding_from(
            name,
            answer,
            lambda reply, observed_at: parsed(found_in(json_body(reply)), ask.subject, name, observed_at),
            clock,
        )

    return Provider(
        name=name,
        stage=STAGE,
        entities=frozenset({Entity.COMPANY, Entity.PERSON}),
        gives=GIVES,
        confidence=CONFIDENCE,
        lookup=lookup,
        max_micros=sample.max_micros,
        cannot=cannot,
        account=sample.account,
    )
