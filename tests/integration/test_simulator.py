"""The simulated providers on the wire: what differs from the naive version of each."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from simulator import Fault, Simulator
from simulator.providers.clearbit import sign

BEARER = {"Authorization": "Bearer key"}
FACTS = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "items": {"type": "object", "properties": {"field": {"enum": ["company_founded_year"]}, "value": {}}},
        }
    },
}
PAGE = '<document-0123456789ab number="1" url="http://acme.example/about">\nFounded in 2011.\n</document-0123456789ab>'


class Got:
    """A reply, read."""

    def __init__(self, response: aiohttp.ClientResponse, body: bytes) -> None:
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


Fetch = Callable[..., Awaitable[Got]]


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A small world without latency."""
    async with Simulator(companies=40) as running:
        yield running


@pytest.fixture
async def fetch(simulator: Simulator) -> AsyncIterator[Fetch]:
    """Ask a provider: ``await fetch("pdl", "GET", "/path", params=...)``."""
    async with aiohttp.ClientSession() as client:

        async def ask(provider: str, method: str, path: str, **more: Any) -> Got:
            async with client.request(method, simulator.url(provider) + path, **more) as response:
                return Got(response, await response.read())

        yield ask


async def test_pdl_headers_hold_json_and_only_matches_are_billed(simulator: Simulator, fetch: Fetch) -> None:
    """A flat company, a 404 miss that costs nothing, booleans on the free plan, mixed statuses in bulk."""
    key = {"X-Api-Key": "key"}
    hit = await fetch("pdl", "GET", "/company/enrich", params={"website": "acme.example"}, headers=key)
    assert json.loads(hit.headers["x-ratelimit-limit"])["minute"] == 1000
    assert "data" not in hit.json
    assert hit.json["employee_count"] == 140
    miss = await fetch("pdl", "GET", "/company/enrich", params={"website": "unknown.example"}, headers=key)
    assert (miss.status, miss.json["error"]["type"]) == (404, "not_found")
    params = {"profile": "linkedin.com/in/theo-okafor-example"}
    free = await fetch("pdl", "GET", "/person/enrich", params=params, headers={"X-Api-Key": "free-key"})
    assert free.json["data"]["work_email"] is True
    bulk = {
        "requests": [{"params": params, "metadata": {"n": 1}}, {"params": {"email": "x@y.example"}}, {"params": {}}]
    }
    many = await fetch("pdl", "POST", "/person/bulk", json=bulk, headers=key)
    assert [item["status"] for item in many.json] == [200, 404, 400]
    assert many.json[0]["metadata"] == {"n": 1}
    assert simulator.bill.as_json()["total"]["billed"] == 3


async def test_refusals_look_as_each_provider_makes_them(simulator: Simulator, fetch: Fetch) -> None:
    """Bad keys and empty accounts have other statuses nearly everywhere."""
    asks: dict[str, tuple[str, str, dict[str, Any], Callable[[str], dict[str, str]], int, int, int]] = {
        "pdl": (
            "GET",
            "/company/enrich",
            {"params": {"website": "acme.example"}},
            lambda k: {"X-Api-Key": k},
            401,
            402,
            429,
        ),
        "enrich_layer": ("GET", "/company", {"params": {"url": "linkedin.com/company/x"}}, _bearer, 401, 403, 429),
        "brave": ("GET", "/web/search", {"params": {"q": "x"}}, lambda k: {"X-Subscription-Token": k}, 422, 429, 429),
        "serper": ("POST", "/search", {"json": {"q": "x"}}, lambda k: {"X-API-KEY": k}, 403, 400, 429),
        "tavily": ("POST", "/search", {"json": {"query": "x"}}, _bearer, 401, 432, 429),
        "apollo": ("POST", "/people/match", {"params": {"email": "x"}}, lambda k: {"x-api-key": k}, 401, 422, 429),
        "hunter": ("GET", "/account", {}, lambda k: {"X-API-KEY": k}, 401, 429, 403),
        "anthropic": ("POST", "/v1/messages", {"json": {}}, lambda k: {"x-api-key": k}, 401, 402, 429),
        "openai": ("POST", "/responses", {"json": {}}, _bearer, 401, 429, 429),
    }
    for provider, (method, path, more, key, bad, empty, busy) in asks.items():
        refused = await fetch(provider, method, path, headers=key("bad-key"), **more)
        assert refused.status == bad, provider
        spent = await fetch(provider, method, path, headers={**key("k"), "X-Sim-Fault": "quota"}, **more)
        assert spent.status == empty, provider
        slow = await fetch(provider, method, path, headers={**key("k"), "X-Sim-Fault": "429; retry_after=3"}, **more)
        assert slow.status == busy, provider
        if provider == "apollo":
            assert refused.headers["Content-Type"].startswith("text/plain")
    assert simulator.bill.total_micros() == 0


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


async def test_apollo_reads_the_query_and_sends_phones_later(simulator: Simulator, fetch: Fetch) -> None:
    """A body is ignored, a miss is 200, eleven are refused, and the phone comes by poll after a 404."""
    key = {"x-api-key": "key"}
    email = {"email": "mara.lindqvist@acme.example"}
    assert (await fetch("apollo", "POST", "/people/match", json=email, headers=key)).json["person"] is None
    hit = await fetch("apollo", "POST", "/people/match", params=email, headers=key)
    assert hit.json["person"]["organization"]["estimated_num_employees"] == 140
    assert hit.headers["x-rate-limit-hourly"] == ""
    eleven = await fetch("apollo", "POST", "/people/bulk_match", json={"details": [email] * 11}, headers=key)
    assert (eleven.status, eleven.json["error_code"]) == (400, "RECORD_LIMIT_EXCEEDED")
    two = await fetch(
        "apollo", "POST", "/people/bulk_match", json={"details": [{"email": "n@o.example"}, email]}, headers=key
    )
    assert two.json["matches"][0] is None
    assert two.json["credits_consumed"] == 1
    hook = simulator.url("searxng") + "/search"
    params = {**email, "reveal_phone_number": "true", "webhook_url": hook}
    asked = await fetch("apollo", "POST", "/people/match", params=params, headers=key)
    request_id = asked.json["request_id"]
    pending = await fetch("apollo", "GET", f"/webhook_result/{request_id}", headers=key)
    assert (pending.status, pending.json["error_code"]) == (404, "result_pending")
    await simulator.settled()
    ready = await fetch("apollo", "GET", f"/webhook_result/{request_id}", headers=key)
    number = ready.json["webhook_result"]["people"][0]["phone_numbers"][0]["sanitized_number"]
    assert number == "+15035550143"
    assert any(line.identity.startswith("phone ") and line.credits == 8 for line in simulator.bill.lines("apollo"))


async def test_hunter_takes_its_time_and_bills_once(simulator: Simulator, fetch: Fetch) -> None:
    """Two empty 202s, then the answer; 222; 451; the same question again is free."""
    key = {"X-API-KEY": "key"}
    slow = {"email": "slow@acme.example"}
    statuses = [(await fetch("hunter", "GET", "/email-verifier", params=slow, headers=key)).status for _ in range(4)]
    assert statuses == [202, 202, 200, 200]
    smtp = await fetch("hunter", "GET", "/email-verifier", params={"email": "smtp222@acme.example"}, headers=key)
    assert smtp.status == 222
    claimed = {"email": "omar.beckett@brightharbor.example"}
    assert (await fetch("hunter", "GET", "/people/find", params=claimed, headers=key)).status == 451
    assert [line.billed for line in simulator.bill.lines("hunter")] == [1]
    company = await fetch("hunter", "GET", "/companies/find", params={"domain": "acme.example"}, headers=key)
    assert company.json["data"]["metrics"]["employees"] == "51-250"


async def test_clearbit_queues_and_signs(simulator: Simulator, fetch: Fetch) -> None:
    """202, then a webhook signed under the key without its prefix, then 200 for who polls."""
    auth = {"Authorization": aiohttp.encode_basic_auth("sk_secret", "")}
    params = {"email": "mara.lindqvist@acme.example", "webhook_url": simulator.url("searxng") + "/search"}
    first = await fetch("clearbit", "GET", "/combined/find", params=params, headers=auth)
    second = await fetch("clearbit", "GET", "/combined/find", params=params, headers=auth)
    assert (first.status, second.status) == (202, 200)
    assert second.json["company"]["metrics"]["employees"] == 90
    await simulator.settled()
    assert [provider for provider, _, _ in simulator.webhooks] == ["clearbit"]
    assert [line.billed for line in simulator.bill.lines("clearbit")] == [1]
    assert sign(b"{}", "sk_secret") == sign(b"{}", "secret")


async def test_search_engines_differ(simulator: Simulator, fetch: Fetch) -> None:
    """Comma-list headers, an infobox that may be missing, 403 without JSON, silent engines, two error envelopes."""
    token = {"X-Subscription-Token": "key"}
    brave = await fetch("brave", "GET", "/web/search", params={"q": '"Acme Planning" acme.example'}, headers=token)
    assert brave.headers["X-RateLimit-Limit"].count(",") == 1
    assert brave.json["web"]["results"][0]["url"] == "http://acme.example/"
    nothing = await fetch("brave", "GET", "/web/search", params={"q": "zzzz"}, headers=token)
    assert "web" not in nothing.json
    params = {"q": "acme.example", "format": "json"}
    simulator.house.settings["searxng_blocked"] = True
    silent = await fetch("searxng", "GET", "/search", params=params)
    assert silent.json["results"] == []
    assert silent.json["unresponsive_engines"]
    simulator.house.settings["searxng_json"] = False
    assert (await fetch("searxng", "GET", "/search", params=params)).status == 403
    keyless = {"X-Tavily-Access-Mode": "keyless", "X-Sim-Fault": "429"}
    assert "error" in (await fetch("tavily", "POST", "/search", json={"query": "x"}, headers=keyless)).json
    keyed = {**BEARER, "X-Sim-Fault": "429"}
    assert "detail" in (await fetch("tavily", "POST", "/search", json={"query": "x"}, headers=keyed)).json
    serper = {"json": {"q": "acme", "num": 20}, "headers": {"X-API-KEY": "key"}}
    assert (await fetch("serper", "POST", "/search", **serper)).json["credits"] == 2


async def test_anthropic_takes_both_headers_and_both_versions(simulator: Simulator, fetch: Fetch) -> None:
    """Temperature is refused under the new version only; thinking may come first; an answer follows the schema."""
    body: dict[str, Any] = {
        "model": "claude-haiku-5-5",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": f"Find facts.\n{PAGE}"}],
        "output_config": {"format": {"type": "json_schema", "schema": FACTS}},
    }
    for header in ({"x-api-key": "key"}, BEARER):
        for version, hot in (("2023-06-01", 200), ("2026-10-21", 400)):
            headers = {**header, "anthropic-version": version}
            cool = await fetch("anthropic", "POST", "/v1/messages", json=body, headers=headers)
            assert json.loads(cool.json["content"][0]["text"])["facts"][0]["value"] == "2011"
            warm = await fetch("anthropic", "POST", "/v1/messages", json={**body, "temperature": 0}, headers=headers)
            assert warm.status == hot
    assert (await fetch("anthropic", "POST", "/v1/messages", json=body, headers=BEARER)).status == 400
    headers = {**BEARER, "anthropic-version": "2026-10-21"}
    simulator.house.settings["thinking"] = True
    thought = await fetch("anthropic", "POST", "/v1/messages", json=body, headers=headers)
    assert [block["type"] for block in thought.json["content"]] == ["thinking", "text"]
    short = await fetch("anthropic", "POST", "/v1/messages", json={**body, "max_tokens": 2}, headers=headers)
    assert short.json["stop_reason"] == "max_tokens"
    busy = await fetch("anthropic", "POST", "/v1/messages", json=body, headers={**headers, "X-Sim-Fault": "529"})
    assert (busy.status, busy.json["error"]["type"]) == (529, "overloaded_error")


async def test_openai_tells_a_rate_from_a_quota_and_a_cut_answer_from_a_whole(
    simulator: Simulator, fetch: Fetch
) -> None:
    """Codes under one status, ``incomplete``, a refusal part, usage that a compatible server may leave out."""
    body = {"model": "gpt-6-luna", "input": PAGE, "text": {"format": {"type": "json_schema", "schema": FACTS}}}
    quota = await fetch("openai", "POST", "/responses", json=body, headers={**BEARER, "X-Sim-Fault": "quota"})
    rate = await fetch("openai", "POST", "/responses", json=body, headers={**BEARER, "X-Sim-Fault": "429"})
    assert (quota.json["error"]["type"], rate.json["error"]["code"]) == ("insufficient_quota", "rate_limit_exceeded")
    cut = await fetch("openai", "POST", "/responses", json={**body, "max_output_tokens": 1}, headers=BEARER)
    assert cut.json["incomplete_details"] == {"reason": "max_output_tokens"}
    refusal = await fetch("openai", "POST", "/responses", json=body, headers={**BEARER, "X-Sim-Lie": "refusal"})
    assert refusal.json["output"][0]["content"][0]["type"] == "refusal"
    simulator.house.settings["usage"] = False
    chat = {"model": "local", "messages": [{"role": "user", "content": PAGE}]}
    assert "usage" not in (await fetch("openai", "POST", "/chat/completions", json=chat, headers=BEARER)).json


async def test_enrich_layer_has_open_bands_and_add_ons_cost(simulator: Simulator, fetch: Fetch) -> None:
    """The size is a pair, dates are objects, each add-on is a credit more."""
    params = {"url": "https://www.linkedin.com/company/acme-planning-example", "extra": "include"}
    company = await fetch("enrich_layer", "GET", "/company", params=params, headers=BEARER)
    assert company.json["company_size"] == [51, 200]
    assert simulator.bill.credits("enrich_layer", simulator.requests[-1].account) == 2
    profile = {"profile_url": "https://www.linkedin.com/in/theo-okafor-example/"}
    person = await fetch("enrich_layer", "GET", "/profile", params=profile, headers=BEARER)
    assert person.json["experiences"][0]["starts_at"] == {"day": 1, "month": 6, "year": 2022}


async def test_limits_are_kept_and_announced(fetch: Fetch, simulator: Simulator) -> None:
    """The sixth of six requests in a second is refused, without being billed."""
    simulator.house.limit_override["serper"] = (*simulator.house.limit_override.get("serper", ()),)
    async with aiohttp.ClientSession() as client:
        await client.post(simulator.api + "/_sim/faults", json={"limits": {"serper": "5/60s"}})
    more = {"json": {"q": "acme"}, "headers": {"X-API-KEY": "key"}}
    statuses = [(await fetch("serper", "POST", "/search", **more)).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    assert simulator.bill.as_json()["total"]["billed"] == 5
    assert [seen.let_in for seen in simulator.requests] == [True] * 5 + [False]


async def test_lies_are_told_and_counted(simulator: Simulator, fetch: Fetch) -> None:
    """A lying model says what it is told to, and the simulator keeps the list."""
    body = {
        "model": "claude-haiku-5-5",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": PAGE}],
        "output_config": {"format": {"type": "json_schema", "schema": FACTS}},
    }
    headers = {**BEARER, "anthropic-version": "2026-10-21", "X-Sim-Lie": "false_value"}
    told = await fetch("anthropic", "POST", "/v1/messages", json=body, headers=headers)
    assert json.loads(told.json["content"][0]["text"])["facts"][0]["value"] == "1803"
    assert [lie.kind for lie in simulator.lies] == ["false_value"]


async def test_rules_reach_the_request_they_name(simulator: Simulator, fetch: Fetch) -> None:
    """A rule for one operation leaves the others alone."""
    simulator.faults.append(Fault("503", provider="pdl", operation="person.*", times=1))
    key = {"X-Api-Key": "key"}
    params = {"email": "theo.okafor@acme.example"}
    assert (await fetch("pdl", "GET", "/company/enrich", params={"website": "acme.example"}, headers=key)).status == 200
    assert (await fetch("pdl", "GET", "/person/enrich", params=params, headers=key)).status == 503
    assert (await fetch("pdl", "GET", "/person/enrich", params=params, headers=key)).status == 200
