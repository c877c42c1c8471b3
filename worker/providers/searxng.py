"""SearXNG: a metasearch engine that the operator runs.

API: https://docs.searxng.org/dev/search_api.html, and the project's sources, read 2026-11-21. No key. Limits: none of
its own unless its limiter is on (429). Price: none. An instance answers JSON only when ``json`` is among
``search.formats`` in its settings.yml; otherwise it says 403.

Traps: upstream engines that block the instance leave an empty result list and their names in
``unresponsive_engines``, which is a failure for the moment and no miss.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final

from worker.domain.call import HttpRequest, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.provider import Off, Options, Provider
from worker.providers.answering import utc_now
from worker.providers.lead import Found, Panel, leads, plain
from worker.providers.option import base_url, first, limits
from worker.providers.reading import StatusTable, error_text, json_body, one_line, retry_after_s
from worker.providers.searching import STAGE, build_call, engine_key, search_provider
from worker.providers.typed import dig, mapping, objects, text

NAME: Final = "searxng"
STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        403: Outcome.BAD_CREDENTIALS,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    reasons={
        403: "SearXNG refuses JSON: add json to search.formats in its settings.yml",
        429: "SearXNG's limiter refuses the worker; let its address pass in limiter.toml",
    },
)


def build_request(query: str, base: str, language: str) -> HttpRequest:
    """The GET of one search. An instance's limiter wants to see ``text/html`` among what is accepted."""
    return HttpRequest(
        "GET",
        f"{base}/search",
        headers={"Accept": "application/json, text/html;q=0.1"},
        params={"q": query, "format": "json", "language": language, "safesearch": "0"},
    )


def read(reply: Reply, now: datetime) -> Reading:
    """Outcome and waiting time of a reply; an empty one is a miss only when every engine answered."""
    body = json_body(reply)
    outcome = STATUSES.outcome(reply.status)
    if outcome is not Outcome.HIT:
        return Reading(
            outcome,
            reason=STATUSES.reason(reply.status, said=error_text(body)),
            retry_after_s=retry_after_s(reply.headers, now),
        )
    if mapping(body) is None or not isinstance(dig(body, "results"), list):
        return Reading(Outcome.NONSENSE, reason="200 without a list of results")
    if objects(body, "results") or objects(body, "infoboxes"):
        return Reading(outcome)
    if silent := unresponsive(body):
        return Reading(Outcome.TRANSIENT, reason=one_line(f"no results: {', '.join(silent)}"))
    return Reading(Outcome.MISS, reason="no results")


def unresponsive(body: Any) -> tuple[str, ...]:
    """The upstream engines that did not answer and why, from a list of [name, reason]."""
    listed = dig(body, "unresponsive_engines")
    return tuple(
        ": ".join(str(part) for part in entry if isinstance(part, str)) if isinstance(entry, list) else str(entry)
        for entry in (listed if isinstance(listed, list) else ())
    )


def found_in(body: Any) -> Found:
    """Leads and infoboxes of a good answer. Never raises, whatever ``body`` is."""
    return Found(
        leads(objects(body, "results"), "url", "title", "content"),
        tuple(
            Panel(
                title=plain(text(box, "infobox") or ""),
                url=text(box, "id") or "",
                website=_official_site(box),
                description=plain(text(box, "content") or ""),
                facts=tuple(
                    (label, plain(value))
                    for fact in objects(box, "attributes")
                    if (label := text(fact, "label")) and (value := text(fact, "value"))
                ),
                profiles=tuple(address for link in objects(box, "urls") if (address := text(link, "url"))),
            )
            for box in objects(body, "infoboxes")
        ),
    )


def _official_site(box: Any) -> str:
    """The link that Wikidata and the engines title as the thing's own site."""
    for link in objects(box, "urls"):
        title = (text(link, "title") or "").casefold()
        if title.startswith(("official website", "official site", "website")) and (address := text(link, "url")):
            return address
    return ""


def open_provider(options: Options) -> Provider | Off:
    """On where SEARCH_URL is set, unless SEARCH_PROVIDER names others only."""
    chosen = engine_key(options, NAME)
    if isinstance(chosen, Off):
        return chosen
    address = first(options, "SEARCH_URL", "SEARXNG_BASE_URL")
    if address is None:
        return Off(NAME, STAGE, "no SEARCH_URL")
    base = base_url(options, "SEARCH_URL" if first(options, "SEARCH_URL") else "SEARXNG_BASE_URL", address)
    language = first(options, "SEARCH_LANGUAGE") or "en"
    own = limits(options, "SEARXNG", ())
    return search_provider(
        NAME,
        call=lambda query: build_call(NAME, query, base, 0, own, variant=language),
        request=partial(build_request, base=base, language=language),
        read=lambda reply: read(reply, utc_now()),
        found_in=found_in,
    )
