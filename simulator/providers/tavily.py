"""Tavily's search, keyed and keyless, each with its own error envelope; 432 and 433 are the plan's limits.

Source: tavily-ai/tavily-python 0.7.26; docs.tavily.com (credits, rate limits, API reference).
"""

from typing import Any

from simulator.prices import credits_micros
from simulator.providers.search_index import search
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, identity, json_reply


def _keyless(ask: Ask) -> bool:
    return not ask.headers.get("authorization") and ask.headers.get("x-tavily-access-mode") == "keyless"


def _refuse(ask: Ask, status: int, message: str, code: str = "error", wait: float | None = None) -> Reply:
    headers = {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    if _keyless(ask):
        error = {
            "code": code,
            "message": message,
            "window": "minute",
            "retry_after_seconds": None if wait is None else max(1, round(wait)),
            "next_actions": ["Create a free key"],
        }
        return json_reply({"error": error}, status, headers)
    return json_reply({"detail": {"error": message}}, status, headers)


def find(ask: Ask) -> Reply:
    """``POST /search``: basic costs one credit, advanced two; keyless is free."""
    params = ask.params
    query, most = str(params.get("query", "")), params.get("max_results", 5)
    if not query:
        return _refuse(ask, 400, "Query is missing.", "bad_request")
    if not isinstance(most, int) or not 0 <= most <= 20:
        return _refuse(ask, 400, "max_results must be between 0 and 20.", "bad_request")
    cost = 2 if params.get("search_depth") == "advanced" else 1
    results = search(ask, "tavily", query, most)
    body: dict[str, Any] = {
        "query": query,
        "follow_up_questions": None,
        "answer": None,
        "images": [],
        "results": [
            {
                "url": hit.url,
                "title": hit.title,
                "content": hit.snippet,
                "score": round(0.95 - 0.07 * place, 4),
                "raw_content": None,
            }
            for place, hit in enumerate(results.hits)
        ],
        "response_time": 0.61,
        "request_id": f"sim-{int(ask.now * 1000):x}",
    }
    if params.get("include_usage"):
        body["usage"] = {"credits": 0 if _keyless(ask) else cost}
    if _keyless(ask):
        return json_reply(body)
    asked = {"query": query, "search_depth": params.get("search_depth", "basic"), "max_results": most}
    return json_reply(body, charges=(Charge(identity("search", asked), credits_micros("tavily", cost), cost),))


def _key(ask: Ask) -> str | None:
    if _keyless(ask):
        return "keyless"
    return ask.headers.get("authorization", "").removeprefix("Bearer ").strip() or None


def _limits(ask: Ask) -> tuple[Limit, ...]:
    if _keyless(ask):
        return (Limit(10, 60.0),)
    return (Limit(100 if ask.key and ask.key.startswith("tvly-dev") else 1000, 60.0),)


def _quota(ask: Ask) -> Reply:
    if ask.settings.get("tavily_pay_as_you_go"):
        return _refuse(ask, 433, "This request exceeds your pay-as-you-go limit.")
    return _refuse(ask, 432, "This request exceeds your plan's set usage limit.")


PROVIDER = Provider(
    name="tavily",
    prefix="/tavily",
    routes=(Route(("POST",), "/search", "search", find),),
    key=_key,
    bad_key=lambda ask: _refuse(ask, 401, "Unauthorized: missing or invalid API key.", "unauthorized"),
    throttled=lambda ask, wait: _refuse(
        ask, 429, "Your request has been blocked due to excessive requests.", "rate_limited", wait
    ),
    quota=_quota,
    broken=lambda ask, status: _refuse(ask, status, "Internal Server Error", "internal"),
    limits=_limits,
)
