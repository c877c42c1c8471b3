"""Tavily: web results for programs that read them; with a key, or without one in its keyless mode.

API: https://docs.tavily.com (search, credits, rate limits) and the vendor's Python client, read 2026-11-21.
Auth: ``Authorization: Bearer``, or ``X-Tavily-Access-Mode: keyless`` (chosen by SEARCH_PROVIDER=tavily without a
key; its limits are not published). Limits: 100 a minute with a development key, 1,000 with a production one.
Price: one credit per basic search, $0.008 (2026-06, TAVILY_PRICE_CENTS).

Traps: 432 and 433 mean that the plan's or the pay-as-you-go limit is used up, and the two modes have different
error envelopes. There is no knowledge panel.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final

import orjson

from worker.domain.call import HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.provider import Off, Options, Provider
from worker.providers.answering import utc_now
from worker.providers.lead import Found, leads
from worker.providers.option import base_url, limits, price_micros
from worker.providers.reading import LONGEST_WAIT_S, StatusTable, error_text, json_body, retry_after_s
from worker.providers.searching import RESULTS, build_call, engine_key, search_provider
from worker.providers.typed import dig, number, objects, whole

NAME: Final = "tavily"
BASE_URL: Final = "https://api.tavily.com"
PRICE_CENTS: Final = "0.8"
LIMITS: Final = (Limit(100, 60.0),)

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        400: Outcome.BAD_INPUT,
        401: Outcome.BAD_CREDENTIALS,
        403: Outcome.BAD_CREDENTIALS,
        429: Outcome.THROTTLED,
        432: Outcome.QUOTA_EXHAUSTED,
        433: Outcome.QUOTA_EXHAUSTED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    reasons={
        401: "Tavily refuses the key (TAVILY_API_KEY)",
        403: "Tavily does not allow this with the key (TAVILY_API_KEY)",
        432: "the Tavily plan's limit is used up",
        433: "Tavily's pay-as-you-go limit is used up",
    },
)


def build_request(query: str, key: str, base: str) -> HttpRequest:
    """The POST of one basic search; without a key in keyless mode."""
    access = {"Authorization": f"Bearer {key}"} if key else {"X-Tavily-Access-Mode": "keyless"}
    asked = {"query": query, "search_depth": "basic", "max_results": RESULTS, "include_usage": True}
    return HttpRequest(
        "POST",
        f"{base}/search",
        headers={**access, "Content-Type": "application/json"},
        body=orjson.dumps(asked),
    )


def read(reply: Reply, key: str, micros: int, now: datetime) -> Reading:
    """Outcome, charge and waiting time of a reply."""
    body = json_body(reply)
    if reply.status == 200:
        if not isinstance(dig(body, "results"), list):
            return Reading(Outcome.NONSENSE, reason="200 without a list of results")
        spent = whole(body, "usage", "credits")
        charge = micros * (1 if spent is None else min(max(spent, 0), 100))
        found = objects(body, "results")
        return Reading(Outcome.HIT if found else Outcome.MISS, charge, "" if found else "no results")
    wait = retry_after_s(reply.headers, now)
    told = number(body, "error", "retry_after_seconds")
    if wait is None and told is not None:
        wait = min(max(told, 0.0), LONGEST_WAIT_S)
    return Reading(
        STATUSES.outcome(reply.status),
        reason=STATUSES.reason(reply.status, said=error_text(body, hide=key)),
        retry_after_s=wait,
    )


def found_in(body: Any) -> Found:
    """Leads of a good answer. Never raises, whatever ``body`` is."""
    return Found(leads(objects(body, "results"), "url", "title", "content"))


def open_provider(options: Options) -> Provider | Off:
    """On when SEARCH_PROVIDER chooses it, with or without a key, or when it has a key of its own."""
    chosen = engine_key(options, NAME)
    if isinstance(chosen, Off):
        return chosen
    key = chosen or ""
    micros = price_micros(options, "TAVILY_PRICE_CENTS", PRICE_CENTS) if key else 0
    own = limits(options, "TAVILY", LIMITS)
    return search_provider(
        NAME,
        call=lambda query: build_call(NAME, query, key, micros, own),
        request=partial(build_request, key=key, base=base_url(options, "TAVILY_BASE_URL", BASE_URL)),
        read=lambda reply: read(reply, key, micros, utc_now()),
        found_in=found_in,
    )
