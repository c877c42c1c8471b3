"""Serper's Google search: a bad key is 403, an empty account (by reports) 400; more than ten results cost two credits.

Source: published descriptions of the API and client issue threads; rate headers are not documented, so none are sent.
"""

from typing import Any

from simulator.prices import credits_micros
from simulator.providers.search_index import search
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, identity, json_reply


def _refuse(status: int, message: str, headers: dict[str, str] | None = None) -> Reply:
    return json_reply({"message": message, "statusCode": status}, status, headers)


def find(ask: Ask) -> Reply:
    """``POST /search``."""
    query = str(ask.params.get("q", ""))
    if not query:
        return _refuse(400, "Missing query parameter")
    number = int(ask.params.get("num", 10))
    cost = 2 if number > 10 else 1
    results = search(ask, "serper", query, number)
    body: dict[str, Any] = {
        "searchParameters": {"q": query, "type": "search", "num": number, "engine": "google"},
        "organic": [
            {"title": hit.title, "link": hit.url, "snippet": hit.snippet, "position": place + 1}
            for place, hit in enumerate(results.hits)
        ],
        "peopleAlsoAsk": [],
        "relatedSearches": [],
        "credits": cost,
    }
    if panel := results.panel:
        body["knowledgeGraph"] = {
            "title": panel.company.name,
            "type": "Company",
            "website": f"http://{panel.company.domain}/",
            "description": panel.company.description,
            "descriptionSource": "Wikiwell",
            "descriptionLink": f"https://wikiwell.example/{panel.company.slug}",
            "attributes": dict(panel.attributes),
        }
    charge = Charge(identity("search", {"q": query, "num": number}), credits_micros("serper", cost), cost)
    return json_reply(body, charges=(charge,))


PROVIDER = Provider(
    name="serper",
    prefix="/serper",
    routes=(Route(("POST",), "/search", "search", find),),
    key=lambda ask: ask.headers.get("x-api-key"),
    bad_key=lambda _: _refuse(403, "Unauthorized."),
    throttled=lambda _ask, wait: _refuse(
        429, "Too many requests", {} if wait is None else {"Retry-After": str(max(1, round(wait)))}
    ),
    quota=lambda _: _refuse(400, "Not enough credits"),
    broken=lambda _ask, status: _refuse(status, "Internal server error"),
    limits=lambda _: (Limit(50, 1.0),),
)
