"""SearXNG's JSON search.

Source: searxng/searxng at 9fea412 (webapp, webutils, settings): result and infobox fields, 403 for a format that
the operator has not allowed, 400 without a query.
"""

from urllib.parse import urlsplit

from simulator.providers.search_index import Hit, Panel, search
from simulator.wire import Ask, Charge, Provider, Reply, Route, identity, json_reply, text_reply

_ENGINES = ("fathom", "lanternfish")


def _result(hit: Hit, place: int) -> dict[str, object]:
    parsed = urlsplit(hit.url)
    return {
        "url": hit.url,
        "title": hit.title,
        "content": hit.snippet,
        "thumbnail": None,
        "engine": _ENGINES[0],
        "template": "default.html",
        "parsed_url": [parsed.scheme, parsed.netloc, parsed.path, "", "", ""],
        "engines": list(_ENGINES if place < 3 else _ENGINES[:1]),
        "positions": [place + 1],
        "publishedDate": None,
        "score": round(2.0 / (place + 1), 3),
        "category": "general",
    }


def _infobox(panel: Panel) -> dict[str, object]:
    company = panel.company
    return {
        "infobox": company.name,
        "id": f"http://{company.domain}/",
        "content": company.description,
        "img_src": None,
        "urls": [
            {"title": "Official website", "url": f"http://{company.domain}/", "official": True},
            *({"title": label, "url": url} for label, url in panel.profiles),
        ],
        "attributes": [{"label": label, "value": value} for label, value in panel.attributes],
        "engine": "wikiwell",
        "engines": ["wikiwell"],
    }


def find(ask: Ask) -> Reply:
    """``GET|POST /search``."""
    query = ask.query.get("q", "")
    if ask.method == "POST" and not query:
        from urllib.parse import parse_qs

        query = parse_qs(ask.body.decode("utf-8", "replace")).get("q", [""])[0]
    if ask.query.get("format", "html") != "json":
        return text_reply("<!doctype html><title>SearXNG</title>", 200, "text/html; charset=utf-8")
    if not ask.settings.get("searxng_json", True):
        return text_reply("<!doctype html><title>403 Forbidden</title><h1>Forbidden</h1>", 403, "text/html")
    if not query:
        return json_reply({"error": "No query"}, 400)
    blocked = ask.settings.get("searxng_blocked", False)
    results = search(ask, "searxng", query)
    shown = () if blocked else results.hits
    body = {
        "query": query,
        "results": [_result(hit, place) for place, hit in enumerate(shown)],
        "answers": [],
        "corrections": [],
        "infoboxes": [_infobox(results.panel)] if results.panel and not blocked else [],
        "suggestions": [],
        "unresponsive_engines": [[name, "CAPTCHA"] for name in _ENGINES] if blocked else [],
    }
    return json_reply(body, charges=(Charge(identity("search", {"q": query}), 0, 0.0),))


PROVIDER = Provider(
    name="searxng",
    prefix="/searxng",
    routes=(Route(("GET", "POST"), "/search", "search", find),),
    key=lambda _: None,
    keyless=True,
    bad_key=lambda _: text_reply("Forbidden", 403, "text/html"),
    throttled=lambda _ask, _wait: text_reply("Too Many Requests", 429, "text/html"),
    quota=lambda _: text_reply("Too Many Requests", 429, "text/html"),
    broken=lambda _ask, status: text_reply("<h1>Internal Server Error</h1>", status, "text/html"),
)
