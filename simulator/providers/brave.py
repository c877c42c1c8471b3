"""Brave Search's web search: a bad token is 422, and rate headers are comma lists.

Source: api.search.brave.com documentation (web search, response headers); its MCP server's types for the infobox.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from simulator.prices import credits_micros
from simulator.providers.search_index import Hit, Panel, search
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, Usage, identity, json_reply

_MONTH_S = 2_592_000.0


def _refuse(ask: Ask, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> Reply:
    error = {
        "id": f"{int(ask.now * 1000):x}",
        "status": status,
        "code": code,
        "detail": detail,
        "meta": {"component": "subscriptions"},
    }
    return json_reply({"type": "ErrorResponse", "error": error, "time": int(ask.now)}, status, headers)


def _result(hit: Hit) -> dict[str, Any]:
    parsed = urlsplit(hit.url)
    return {
        "title": hit.title,
        "url": hit.url,
        "is_source_local": False,
        "is_source_both": False,
        "description": hit.snippet,
        "language": "en",
        "family_friendly": True,
        "profile": {"name": parsed.netloc, "url": hit.url, "long_name": parsed.netloc},
        "meta_url": {
            "scheme": parsed.scheme,
            "netloc": parsed.netloc,
            "hostname": parsed.netloc,
            "favicon": "",
            "path": parsed.path,
        },
        "type": "search_result",
        "extra_snippets": [],
    }


def _infobox(panel: Panel) -> dict[str, Any]:
    company = panel.company
    entity = {
        "type": "infobox",
        "subtype": "entity",
        "position": 0,
        "title": company.name,
        "url": f"https://wikiwell.example/{company.slug}",
        "description": "company",
        "long_desc": company.description,
        "label": "company",
        "category": "company",
        "website_url": f"http://{company.domain}",
        "attributes": [
            [label, f"<b>{value}</b>" if label == "Founded" else value] for label, value in panel.attributes
        ],
        "profiles": [{"name": label, "url": url} for label, url in panel.profiles],
        "providers": [],
        "images": [],
    }
    return {"type": "graph", "results": [entity]}


def find(ask: Ask) -> Reply:
    """``GET|POST /web/search``."""
    query = str(ask.params.get("q", ""))
    if not query or len(query) > 400 or len(query.split()) > 50:
        return _refuse(ask, 422, "VALIDATION", "Unable to validate request parameter(s)")
    count = str(ask.params.get("count", "20"))
    if not count.isdigit() or not 1 <= int(count) <= 20:
        return _refuse(ask, 422, "VALIDATION", "Unable to validate request parameter(s)")
    results = search(ask, "brave", query, int(count))
    body: dict[str, Any] = {
        "type": "search",
        "query": {"original": query, "altered": None, "more_results_available": bool(results.hits)},
        "mixed": {"type": "mixed", "main": [], "top": [], "side": []},
    }
    if results.hits:
        body["web"] = {"type": "search", "family_friendly": True, "results": [_result(hit) for hit in results.hits]}
    if results.panel:
        body["infobox"] = _infobox(results.panel)
    return json_reply(body, charges=(Charge(identity("search", {"q": query}), credits_micros("brave", 1)),))


def _rate_headers(ask: Ask, usages: Sequence[Usage]) -> dict[str, str]:
    # Per second, then per month: the month stands in the headers even when only the second is enforced here.
    second = usages[0]
    left = 1_000_000 if ask.credits_left is None else int(ask.credits_left)
    return {
        "X-RateLimit-Limit": f"{second.limit.count}, 1000000",
        "X-RateLimit-Policy": f"{second.limit.count};w={second.limit.seconds:.0f}, 1000000;w={_MONTH_S:.0f}",
        "X-RateLimit-Remaining": f"{second.left}, {left}",
        "X-RateLimit-Reset": f"{max(1, round(second.reset_s))}, 1419704",
    }


PROVIDER = Provider(
    name="brave",
    prefix="/brave/res/v1",
    routes=(Route(("GET", "POST"), "/web/search", "search", find),),
    key=lambda ask: ask.headers.get("x-subscription-token"),
    bad_key=lambda ask: (
        _refuse(ask, 422, "SUBSCRIPTION_TOKEN_INVALID", "The provided subscription token is invalid.")
        if ask.key
        else _refuse(ask, 422, "VALIDATION", "x-subscription-token header is missing")
    ),
    throttled=lambda ask, wait: _refuse(
        ask,
        429,
        "RATE_LIMITED",
        "Request rate limit exceeded for plan.",
        {}
        if wait is None
        else {"X-RateLimit-Reset": f"{max(1, round(wait))}, 1419704", "Retry-After": f"{max(1, round(wait))}"},
    ),
    quota=lambda ask: _refuse(ask, 429, "QUOTA_LIMITED", "Request quota limit exceeded for plan."),
    broken=lambda ask, status: _refuse(ask, status, "INTERNAL", "Internal error"),
    limits=lambda _: (Limit(50, 1.0),),
    rate_headers=_rate_headers,
)
