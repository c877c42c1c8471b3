"""The simulator and the recorded replies agree: same statuses, same shapes, for the same situations."""

import json
from typing import Any

import aiohttp
import pytest

from simulator import Simulator, fixtures

PDL = {"X-Api-Key": "key"}
BEARER = {"Authorization": "Bearer key"}
VERSION = {**BEARER, "anthropic-version": "2026-10-21"}
NAMED = {"params": {"domain": "acme.example"}}
BRAVE = {"X-Subscription-Token": "key"}
SERPER = {"X-API-KEY": "key"}
APOLLO = {"x-api-key": "key"}
MARA = {"email": "mara.lindqvist@acme.example"}
ELEVEN = {"details": [MARA] * 11}
MODEL = {"model": "claude-haiku-5-5", "max_tokens": 50, "messages": [{"role": "user", "content": "hello"}]}
CHAT = {"model": "gpt-6-luna", "messages": [{"role": "user", "content": "hello"}]}
ACME = "https://www.linkedin.com/company/acme-planning-example"

#: provider, case, method, path, what is sent, fault
SITUATIONS: list[tuple[str, str, str, str, dict[str, Any], str]] = [
    ("pdl", "company_hit", "GET", "/company/enrich", {"params": {"website": "acme.example"}, "headers": PDL}, ""),
    ("pdl", "person_hit", "GET", "/person/enrich", {"params": MARA, "headers": PDL}, ""),
    ("pdl", "miss", "GET", "/company/enrich", {"params": {"website": "no.example"}, "headers": PDL}, ""),
    ("pdl", "bad_input", "GET", "/company/enrich", {"headers": PDL}, ""),
    ("pdl", "bad_key", "GET", "/company/enrich", {"headers": {"X-Api-Key": "bad-key"}}, ""),
    ("pdl", "throttled", "GET", "/company/enrich", {"headers": PDL}, "429"),
    ("pdl", "no_credits", "GET", "/company/enrich", {"headers": PDL}, "quota"),
    ("enrich_layer", "company_hit", "GET", "/company", {"params": {"url": ACME}, "headers": BEARER}, ""),
    ("enrich_layer", "miss", "GET", "/company", {"params": {"url": "x"}, "headers": BEARER}, ""),
    ("enrich_layer", "no_credits", "GET", "/company", {"params": {"url": "x"}, "headers": BEARER}, "quota"),
    ("enrich_layer", "throttled", "GET", "/company", {"params": {"url": "x"}, "headers": BEARER}, "429"),
    ("searxng", "hit", "GET", "/search", {"params": {"q": "acme.example", "format": "json"}}, ""),
    ("searxng", "empty", "GET", "/search", {"params": {"q": "zzzz", "format": "json"}}, ""),
    ("brave", "hit", "GET", "/web/search", {"params": {"q": "acme.example"}, "headers": BRAVE}, ""),
    ("brave", "bad_key", "GET", "/web/search", {"params": {"q": "x"}, "headers": {"X-Subscription-Token": "bad-"}}, ""),
    ("brave", "throttled", "GET", "/web/search", {"params": {"q": "x"}, "headers": BRAVE}, "429"),
    ("brave", "no_quota", "GET", "/web/search", {"params": {"q": "x"}, "headers": BRAVE}, "quota"),
    ("serper", "hit", "POST", "/search", {"json": {"q": "acme.example"}, "headers": SERPER}, ""),
    ("serper", "bad_key", "POST", "/search", {"json": {"q": "x"}, "headers": {"X-API-KEY": "bad-"}}, ""),
    ("tavily", "hit", "POST", "/search", {"json": {"query": "acme.example"}, "headers": BEARER}, ""),
    ("tavily", "bad_key", "POST", "/search", {"json": {"query": "x"}, "headers": {"Authorization": "Bearer bad-"}}, ""),
    ("apollo", "person_hit", "POST", "/people/match", {"params": MARA, "headers": APOLLO}, ""),
    ("apollo", "organization_hit", "GET", "/organizations/enrich", {**NAMED, "headers": APOLLO}, ""),
    ("apollo", "bad_key", "POST", "/people/match", {"params": MARA, "headers": {"x-api-key": "bad-"}}, ""),
    ("apollo", "throttled", "POST", "/people/match", {"params": MARA, "headers": APOLLO}, "429"),
    ("apollo", "bulk_people", "POST", "/people/bulk_match", {"json": {"details": [MARA]}, "headers": APOLLO}, ""),
    ("apollo", "bulk_too_many", "POST", "/people/bulk_match", {"json": ELEVEN, "headers": APOLLO}, ""),
    ("hunter", "verifier_valid", "GET", "/email-verifier", {"params": MARA, "headers": SERPER}, ""),
    ("hunter", "company_hit", "GET", "/companies/find", {**NAMED, "headers": SERPER}, ""),
    ("hunter", "person_hit", "GET", "/people/find", {"params": MARA, "headers": SERPER}, ""),
    ("hunter", "domain_hit", "GET", "/domain-search", {**NAMED, "headers": SERPER}, ""),
    ("hunter", "miss", "GET", "/people/find", {"params": {"email": "x@y.example"}, "headers": SERPER}, ""),
    ("hunter", "throttled", "GET", "/account", {"headers": SERPER}, "429"),
    ("hunter", "no_quota", "GET", "/account", {"headers": SERPER}, "quota"),
    ("anthropic", "hit", "POST", "/v1/messages", {"json": MODEL, "headers": VERSION}, ""),
    ("anthropic", "bad_key", "POST", "/v1/messages", {"json": MODEL, "headers": {"x-api-key": "bad-"}}, ""),
    ("anthropic", "overloaded", "POST", "/v1/messages", {"json": MODEL, "headers": BEARER}, "529"),
    ("anthropic", "throttled", "POST", "/v1/messages", {"json": MODEL, "headers": BEARER}, "429"),
    ("openai_compatible", "hit", "POST", "/chat/completions", {"json": CHAT, "headers": BEARER}, ""),
]  # fmt: skip


def clashes(recorded: Any, live: Any, path: str = "") -> list[str]:
    """Where two JSON values have members of one name and of different types; null fits everything."""
    if recorded is None or live is None:
        return []
    if isinstance(recorded, dict) and isinstance(live, dict):
        shared = recorded.keys() & live.keys()
        if recorded and live and not shared:
            return [f"{path}: no member in common"]
        return [clash for name in sorted(shared) for clash in clashes(recorded[name], live[name], f"{path}.{name}")]
    if isinstance(recorded, list) and isinstance(live, list):
        return clashes(recorded[0], live[0], f"{path}[0]") if recorded and live else []
    numbers = (int, float)
    if (
        isinstance(recorded, numbers)
        and isinstance(live, numbers)
        and isinstance(recorded, bool) == isinstance(live, bool)
    ):
        return []
    return [] if type(recorded) is type(live) else [f"{path}: {recorded!r} and {live!r}"]


@pytest.mark.parametrize(("provider", "case", "method", "path", "sent", "fault"), SITUATIONS)
async def test_a_live_reply_has_the_recorded_shape(
    provider: str, case: str, method: str, path: str, sent: dict[str, Any], fault: str
) -> None:
    """Status, kind of body, and the type of every member that both have."""
    recorded = fixtures.load(provider, case)
    headers = {**sent.get("headers", {}), **({"X-Sim-Fault": fault} if fault else {})}
    async with Simulator(companies=0, settings={"clearbit_polls": 0}) as simulator, aiohttp.ClientSession() as client:
        base = simulator.url("openai" if provider == "openai_compatible" else provider)
        async with client.request(method, base + path, **{**sent, "headers": headers}) as response:
            body = await response.read()
    assert response.status == recorded.status
    try:
        expected = json.loads(recorded.body)
    except ValueError:
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(body)
        return
    assert clashes(expected, json.loads(body)) == []
