"""Brave Search: web results and infoboxes from an index of its own.

API: https://api-dashboard.search.brave.com/app/documentation (web search, response headers), read 2026-11-21.
Auth: header ``X-Subscription-Token``. Limits: by plan, told in ``X-RateLimit-Policy`` (``50;w=1, 15000;w=2592000``: a
second's and a month's); 50 a second on the Search plan. Price: $5 per 1,000 requests, successful ones only (2026-09,
BRAVE_PRICE_CENTS).

Traps: a wrong key is a 422, and a 429 is either the second's limit or the month's quota, told apart by the code.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from worker.domain.call import HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.domain.provider import Off, Options, Provider
from worker.providers.answering import utc_now
from worker.providers.lead import Found, Panel, leads, plain
from worker.providers.option import LONGEST_LIMIT_S, base_url, first, limits, limits_are_set, price_micros
from worker.providers.reading import StatusTable, error_text, json_body, retry_after_s
from worker.providers.searching import RESULTS, STAGE, build_call, engine_key, search_provider
from worker.providers.typed import dig, objects, text

NAME: Final = "brave"
BASE_URL: Final = "https://api.search.brave.com/res/v1"
PRICE_CENTS: Final = "0.5"
LIMITS: Final = (Limit(50, 1.0),)

STATUSES: Final = StatusTable(
    {
        200: Outcome.HIT,
        (404, "SUBSCRIPTION_NOT_FOUND"): Outcome.BAD_CREDENTIALS,
        422: Outcome.BAD_INPUT,
        (422, "SUBSCRIPTION_TOKEN_INVALID"): Outcome.BAD_CREDENTIALS,
        (422, "VALIDATION"): Outcome.BAD_INPUT,
        429: Outcome.THROTTLED,
        (429, "RATE_LIMITED"): Outcome.THROTTLED,
        (429, "QUOTA_LIMITED"): Outcome.QUOTA_EXHAUSTED,
        500: Outcome.TRANSIENT,
        502: Outcome.TRANSIENT,
        503: Outcome.TRANSIENT,
        504: Outcome.TRANSIENT,
    },
    reasons={
        (404, "SUBSCRIPTION_NOT_FOUND"): "Brave knows no subscription for the key (BRAVE_API_KEY)",
        (422, "SUBSCRIPTION_TOKEN_INVALID"): "Brave refuses the key (BRAVE_API_KEY)",
        (429, "QUOTA_LIMITED"): "Brave's quota for the month is used up",
    },
)


def build_request(query: str, key: str, base: str, language: str) -> HttpRequest:
    """The GET of one search."""
    return HttpRequest(
        "GET",
        f"{base}/web/search",
        headers={"X-Subscription-Token": key, "Accept": "application/json"},
        params={"q": query, "count": str(RESULTS), "search_lang": language},
    )


def read(reply: Reply, key: str, micros: int, learns: bool, now: datetime) -> Reading:
    """Outcome, charge, waiting time and learned limits of a reply. Only a 200 is billed."""
    body = json_body(reply)
    learned = learned_limits(reply.headers) if learns else ()
    if reply.status == 200:
        if text(body, "type") != "search":
            return Reading(Outcome.NONSENSE, reason="200 without a search answer", limits=learned)
        found = objects(body, "web", "results") or objects(body, "infobox", "results")
        return Reading(Outcome.HIT if found else Outcome.MISS, micros, "" if found else "no results", limits=learned)
    code = text(body, "error", "code") or ""
    outcome = STATUSES.outcome(reply.status, code)
    wait = retry_after_s(reply.headers, now)
    if wait is None and outcome in (Outcome.THROTTLED, Outcome.QUOTA_EXHAUSTED):
        wait = reset_s(reply.headers, month=outcome is Outcome.QUOTA_EXHAUSTED)
    said = text(body, "error", "detail") or error_text(body)
    reason = STATUSES.reason(reply.status, code, said.replace(key, "***") if key else said)
    return Reading(outcome, 0, reason, wait, learned)


def learned_limits(headers: Mapping[str, str]) -> tuple[Limit, ...]:
    """The account's limits from ``X-RateLimit-Policy``; a month's is a quota and left out.

    >>> learned_limits({"x-ratelimit-policy": "1;w=1, 15000;w=2592000"})
    (Limit(count=1, window_s=1.0),)
    """
    found = []
    for entry in headers.get("x-ratelimit-policy", "")[:500].split(","):
        count, _, window = entry.strip().partition(";w=")
        if _is_count(count) and _is_count(window) and 0 < int(window) <= LONGEST_LIMIT_S and int(count) > 0:
            found.append(Limit(int(count), float(window)))
    return tuple(found)


def reset_s(headers: Mapping[str, str], *, month: bool) -> float | None:
    """Seconds until the second's or the month's window is new, from the list in ``X-RateLimit-Reset``."""
    entries = [entry.strip() for entry in headers.get("x-ratelimit-reset", "")[:500].split(",")]
    entry = entries[-1] if month else entries[0]
    return float(entry) if _is_count(entry) else None


def _is_count(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 12


def found_in(body: Any) -> Found:
    """Leads and infoboxes of a good answer. Never raises, whatever ``body`` is."""
    return Found(
        leads(objects(body, "web", "results"), "url", "title", "description"),
        tuple(
            Panel(
                title=plain(text(box, "title") or ""),
                url=text(box, "url") or "",
                website=text(box, "website_url") or "",
                description=plain(text(box, "long_desc") or text(box, "description") or ""),
                facts=_facts(box),
                profiles=tuple(address for entry in objects(box, "profiles") if (address := text(entry, "url"))),
            )
            for box in objects(body, "infobox", "results")
        ),
    )


def _facts(box: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    listed = dig(box, "attributes")
    return tuple(
        (plain(pair[0]), plain(pair[1]))
        for pair in (listed if isinstance(listed, list) else ())
        if isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)
    )


def open_provider(options: Options) -> Provider | Off:
    """On with a key, when SEARCH_PROVIDER chooses it or nothing else is configured."""
    key = engine_key(options, NAME)
    if isinstance(key, Off):
        return key
    if key is None:
        return Off(NAME, STAGE, "no BRAVE_API_KEY or SEARCH_API_KEY")
    micros = price_micros(options, "BRAVE_PRICE_CENTS", PRICE_CENTS)
    pace, learns = limits(options, "BRAVE", LIMITS), not limits_are_set(options, "BRAVE")
    language = first(options, "SEARCH_LANGUAGE") or "en"
    return search_provider(
        NAME,
        call=lambda query: build_call(NAME, query, key, micros, pace, variant=language),
        request=partial(build_request, key=key, base=base_url(options, "BRAVE_BASE_URL", BASE_URL), language=language),
        read=lambda reply: read(reply, key, micros, learns, utc_now()),
        found_in=found_in,
    )
