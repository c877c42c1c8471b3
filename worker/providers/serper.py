"""Serper: Google's results and knowledge graph.

API: https://serper.dev (playground and examples), read 2026-11-21. Auth: header ``X-API-KEY``. Limits: 50 requests a
second on the smallest plan. Price: one credit per search of up to 10 results, failures free; $1.00 per 1,000 credits
on the smallest plan (2026-08, SERPER_PRICE_CENTS).

Traps: a wrong key is a 403, used-up credits are a 400 (told by the message), and the answer names its own cost in
``credits``.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson

from worker.domain.call import HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.provider import Off, Options, Provider
from worker.providers.answering import utc_now
from worker.providers.lead import Found, Panel, leads, plain
from worker.providers.option import base_url, first, limits, price_micros
from worker.providers.reading import StatusTable, error_text, json_body, retry_after_s
from worker.providers.searching import RESULTS, STAGE, build_call, engine_key, search_provider
from worker.providers.typed import dig, mapping, objects, text, whole

NAME: Final = "serper"
BASE_URL: Final = "https://google.serper.dev"
PRICE_CENTS: Final = "0.1"
LIMITS: Final = (Limit(50, 1.0),)
#: Told from other 400s by the message; not a code of the provider's own.
NO_CREDITS: Final = "no credits"

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        (400, NO_CREDITS): Outcome.QUOTA_EXHAUSTED,
        401: Outcome.BAD_CREDENTIALS,
        403: Outcome.BAD_CREDENTIALS,
        429: Outcome.THROTTLED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    reasons={
        (400, NO_CREDITS): "the Serper account has no credits left",
        401: "Serper refuses the key (SERPER_API_KEY)",
        403: "Serper refuses the key (SERPER_API_KEY)",
    },
)


def build_request(query: str, key: str, base: str, language: str) -> HttpRequest:
    """The POST of one search; more than 10 results would cost a second credit."""
    return HttpRequest(
        "POST",
        f"{base}/search",
        headers={"X-API-KEY": key, "Content-Type": "application/json"},
        body=orjson.dumps({"q": query, "hl": language, "num": RESULTS}),
    )


def read(reply: Reply, key: str, micros: int, now: datetime) -> Reading:
    """Outcome, charge and waiting time of a reply."""
    body = json_body(reply)
    if reply.status == 200:
        if not isinstance(dig(body, "organic"), list) and mapping(body, "knowledgeGraph") is None:
            return Reading(Outcome.NONSENSE, reason="200 without results")
        spent = whole(body, "credits")
        charge = micros * (1 if spent is None else min(max(spent, 0), 100))
        found = objects(body, "organic") or mapping(body, "knowledgeGraph")
        return Reading(Outcome.HIT if found else Outcome.MISS, charge, "" if found else "no results")
    said = error_text(body, hide=key)
    code = NO_CREDITS if "credit" in said.casefold() else ""
    return Reading(
        STATUSES.outcome(reply.status, code),
        reason=STATUSES.reason(reply.status, code, said),
        retry_after_s=retry_after_s(reply.headers, now),
    )


def found_in(body: Any) -> Found:
    """Leads and the knowledge graph of a good answer. Never raises, whatever ``body`` is."""
    graph = mapping(body, "knowledgeGraph")
    panels = (_panel(graph),) if graph else ()
    return Found(leads(objects(body, "organic"), "link", "title", "snippet"), panels)


def _panel(graph: Mapping[str, Any]) -> Panel:
    return Panel(
        title=plain(text(graph, "title") or ""),
        url=text(graph, "descriptionLink") or "",
        website=text(graph, "website") or "",
        description=plain(text(graph, "description") or ""),
        facts=tuple(
            (plain(label), plain(value))
            for label, value in (mapping(graph, "attributes") or {}).items()
            if isinstance(value, str)
        ),
    )


def open_provider(options: Options) -> Provider | Off:
    """On with a key, when SEARCH_PROVIDER chooses it or it has a key of its own."""
    key = engine_key(options, NAME)
    if isinstance(key, Off):
        return key
    if key is None:
        return Off(NAME, STAGE, "no SERPER_API_KEY or SEARCH_API_KEY")
    micros = price_micros(options, "SERPER_PRICE_CENTS", PRICE_CENTS)
    own = limits(options, "SERPER", LIMITS)
    language = first(options, "SEARCH_LANGUAGE") or "en"
    return search_provider(
        NAME,
        call=lambda query: build_call(NAME, query, key, micros, own, variant=language),
        request=partial(build_request, key=key, base=base_url(options, "SERPER_BASE_URL", BASE_URL), language=language),
        read=lambda reply: read(reply, key, micros, utc_now()),
        found_in=found_in,
    )
