"""Apollo.io: people match (query string of a POST), bulk match, organisations, usage, and phones by webhook or poll.

Source: Apollo's published OpenAPI and docs.apollo.io (rate limits, status codes, bulk enrichment, mobile numbers).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

import orjson

from simulator.knowledge import as_known, knows, person_as_known
from simulator.prices import credits_micros
from simulator.providers.apollo_shape import make_id, organization_data, person_data
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, Usage, Webhook, identity, json_reply, text_reply
from simulator.world import Company, Person

_MOST: Final = 10
_PHONE_CREDITS: Final = 8
_WINDOWS: Final = ((60.0, "minute", "minute"), (3600.0, "hourly", "hourly"), (86400.0, "24-hour", "24-hour"))
_ORGANIZATION_LIMIT: Final = "domain count cannot be more than 10"
_PEOPLE_LIMIT: Final = "cannot enrich more than 10 in a single request"


def _number(*parts: str) -> int:
    """A signed 64-bit id, as often negative as not, the same for the same parts."""
    return int.from_bytes(blake2b("\x1f".join(parts).encode(), digest_size=8).digest(), signed=True)


def _flag(params: Mapping[str, Any], name: str) -> bool:
    return str(params.get(name, "")).lower() in ("true", "1")


def _known(ask: Ask, company: Company | None) -> Company | None:
    if company is None:
        return None
    has = knows("apollo", company.domain, made=company.made, coverage=ask.settings.get("coverage"))
    return as_known("apollo", company) if has else None


def _match(ask: Ask, params: Mapping[str, Any]) -> tuple[Person, Company] | None:
    world = ask.world
    text = {name: str(value) for name, value in params.items() if value}
    name = text.get("name") or " ".join(filter(None, (text.get("first_name"), text.get("last_name"))))
    person = world.person(linkedin=text["linkedin_url"]) if "linkedin_url" in text else None
    person = person or (world.person(email=text["email"]) if "email" in text else None)
    if person is None and name:
        person = world.person(name=name, domain=text.get("domain", ""), company=text.get("organization_name", ""))
    company = _known(ask, world.company(domain=person.domain)) if person else None
    return (person_as_known("apollo", person), company) if person and company else None


def _asked(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in params.items() if name != "webhook_url"}


def _wants_webhook(ask: Ask) -> bool:
    return any(_flag(ask.query, name) for name in ("reveal_phone_number", "run_waterfall_email", "run_waterfall_phone"))


def _webhook_missing(ask: Ask) -> Reply | None:
    if _flag(ask.query, "reveal_phone_number") and not ask.query.get("webhook_url"):
        message = "Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'"
        return json_reply({"status": "failed", "error_code": "INVALID_REQUEST", "error_message": message}, 400)
    return None


def _later(ask: Ask, request_id: int, people: Sequence[Person]) -> tuple[tuple[Webhook, ...], tuple[Charge, ...]]:
    """The asynchronous part: what the webhook will say, kept for polling too; phones are billed when found."""
    if not _wants_webhook(ask):
        return (), ()
    phones = _flag(ask.query, "reveal_phone_number") or _flag(ask.query, "run_waterfall_phone")
    found = [person for person in people if (person.phone or not phones)]
    records = []
    for person in found:
        record: dict[str, Any] = {"id": make_id("person", person.slug), "status": "success"}
        if phones:
            record["phone_numbers"] = [
                {
                    "_id": make_id("phone", person.slug),
                    "id": make_id("phone", person.slug),
                    "key": make_id("phone", person.slug),
                    "raw_number": person.phone,
                    "sanitized_number": person.phone,
                    "confidence_cd": "high",
                    "status_cd": "valid_number",
                    "type_cd": "mobile",
                    "dnc_status_cd": None,
                    "dnc_other_info": None,
                    "position": 0,
                }
            ]
        if _flag(ask.query, "run_waterfall_email"):
            record["emails"] = [{"email": person.email, "email_status_cd": "Verified"}]
            record["waterfall"] = {"emails": [{"vendors": [{"name": "Apollo", "status": "VERIFIED"}]}]}
        records.append(record)
    spent = _PHONE_CREDITS * len(found) if phones else len(found)
    waterfall = not _flag(ask.query, "reveal_phone_number")
    body: dict[str, Any] = {
        "status": "success",
        "total_requested_enrichments": len(people),
        "unique_enriched_records": len(found),
        "missing_records": len(people) - len(found),
        "credits_consumed": spent,
        "people": records,
    }
    if waterfall:
        body["target_fields"] = ["phones" if phones else "emails"]
        body["records_enriched"] = len(found)
    delay = float(ask.settings.get("apollo_webhook_s", 0.2))
    results = ask.state.setdefault("webhook_results", {})
    results[str(request_id)] = {
        "ready_at": ask.now + delay,
        "body": body,
        "type": "waterfall" if waterfall else "phone",
    }
    charges = tuple(
        Charge(f"phone {person.slug}" if phones else f"waterfall {person.slug}",
               credits_micros("apollo", _PHONE_CREDITS if phones else 1), _PHONE_CREDITS if phones else 1)
        for person in found
    )  # fmt: skip
    url = ask.query.get("webhook_url")
    webhooks = (Webhook(url, orjson.dumps(body), {"Content-Type": "application/json"}, delay),) if url else ()
    return webhooks, charges


def people_match(ask: Ask) -> Reply:
    """``POST /people/match``: everything is read from the query string; a miss is a 200 without a person."""
    if (refused := _webhook_missing(ask)) is not None:
        return refused
    found = _match(ask, ask.query)
    request_id = _number(f"{ask.now}", str(len(ask.state)), orjson.dumps(_asked(ask.query)).decode())
    if found is None:
        return json_reply({"person": None, "request_id": request_id})
    person, company = found
    body: dict[str, Any] = {"person": person_data(person, company), "request_id": request_id}
    if _flag(ask.query, "run_waterfall_email") or _flag(ask.query, "run_waterfall_phone"):
        body["waterfall"] = {"status": "accepted", "message": "Results will be sent to the webhook."}
    webhooks, later = _later(ask, request_id, [person])
    charge = Charge(identity("people.match", _asked(ask.query)), credits_micros("apollo", 1))
    return json_reply(body, charges=(charge, *later), webhooks=webhooks)


def people_bulk_match(ask: Ask) -> Reply:
    """``POST /people/bulk_match``: up to ten in the body, flags in the query string; unmatched ones are null."""
    details = ask.json.get("details") if isinstance(ask.json, dict) else None
    if not isinstance(details, list) or not details:
        said = {"status": "failed", "error_code": "INVALID_REQUEST", "error_message": "details must be a list"}
        return json_reply(said, 400)
    if len(details) > _MOST:
        said = {"status": "failed", "error_code": "RECORD_LIMIT_EXCEEDED", "error_message": _PEOPLE_LIMIT}
        return json_reply(said, 400)
    if (refused := _webhook_missing(ask)) is not None:
        return refused
    matches = [_match(ask, item) for item in details]
    people = [match[0] for match in matches if match]
    request_id = _number(f"{ask.now}", orjson.dumps(details).decode())
    webhooks, later = _later(ask, request_id, people)
    charges = tuple(
        Charge(identity("people.match", item), credits_micros("apollo", 1))
        for item, match in zip(details, matches, strict=True)
        if match
    )
    body: dict[str, Any] = {
        "status": "success",
        "error_code": None,
        "error_message": None,
        "total_requested_enrichments": len(details),
        "request_id": request_id,
        "matches": [person_data(*match) if match else None for match in matches],
    }
    if _flag(ask.query, "run_waterfall_email") or _flag(ask.query, "run_waterfall_phone"):
        body["waterfall"] = {"status": "accepted", "message": "Accepted", "unprocessed_attributes": []}
    else:
        body |= {
            "unique_enriched_records": len(people),
            "missing_records": len(details) - len(people),
            "credits_consumed": len(people),
        }
    if _flag(ask.query, "reveal_phone_number"):
        body["phone_enrichment"] = {"request_id": str(request_id), "status": "pending", "message": "Queued"}
    return json_reply(body, charges=(*charges, *later), webhooks=webhooks)


def _organization(ask: Ask, params: Mapping[str, Any]) -> Company | None:
    world = ask.world
    found = None
    if domain := params.get("domain") or params.get("website"):
        found = world.company(domain=str(domain))
    if not found and (url := params.get("linkedin_url")):
        found = world.company(linkedin=str(url))
    if not found and (name := params.get("name")):
        found = world.company(name=str(name))
    return _known(ask, found)


def organizations_enrich(ask: Ask) -> Reply:
    """``GET /organizations/enrich``."""
    if not any(ask.query.get(name) for name in ("domain", "linkedin_url", "name", "website")):
        return json_reply({"error": "Required parameter 'domain' missing"}, 422)
    found = _organization(ask, ask.query)
    if found is None:
        return json_reply({})
    charge = Charge(identity("organizations.enrich", ask.query), credits_micros("apollo", 1))
    return json_reply({"organization": organization_data(found)}, charges=(charge,))


def organizations_bulk_enrich(ask: Ask) -> Reply:
    """``POST /organizations/bulk_enrich``: the body's details win over ``domains[]`` in the query string."""
    details = ask.json.get("details") if isinstance(ask.json, dict) else None
    asked = (
        details if isinstance(details, list) else [{"domain": item} for item in ask.query_lists.get("domains[]", ())]
    )
    if not asked:
        return json_reply("Missing required parameter", 400)
    if len(asked) > _MOST:
        said = {"status": "failed", "error_code": "RECORD_LIMIT_EXCEEDED", "error_message": _ORGANIZATION_LIMIT}
        return json_reply(said, 400)
    found = [_organization(ask, item) for item in asked]
    hits = {company.domain for company in found if company}
    charges = tuple(
        Charge(identity("organizations.enrich", item), credits_micros("apollo", 1))
        for item, company in zip(asked, found, strict=True)
        if company
    )
    body = {
        "status": "success",
        "error_code": None,
        "error_message": None,
        "total_requested_records": len(asked),
        "total_requested_domains": len(asked),
        "unique_domains": len({orjson.dumps(item) for item in asked}),
        "unique_records": len(asked),
        "unique_enriched_records": len(hits),
        "missing_records": len(asked) - sum(1 for company in found if company),
        "organizations": [organization_data(company) if company else None for company in found],
    }
    return json_reply(body, charges=charges)


def webhook_result(ask: Ask) -> Reply:
    """``GET /webhook_result/{request_id}``: 404 while pending, then the webhook's own body."""
    request_id = ask.parts["request_id"]
    if not request_id.lstrip("-").isdigit():
        return json_reply({"error_code": "invalid_request_id"}, 400)
    held = ask.state.get("webhook_results", {}).get(request_id)
    if held is None:
        return json_reply({"error_code": "request_id_unknown"}, 404)
    if ask.now > held["ready_at"] + 30 * 86400:
        return json_reply({"error_code": "request_id_expired"}, 410)
    if ask.now < held["ready_at"]:
        return json_reply({"error_code": "result_pending", "retry_after_seconds": 10}, 404)
    return json_reply(
        {
            "request_id": request_id,
            "webhook_status": "delivered",
            "request_type": held["type"],
            "last_dispatched_at": datetime.fromtimestamp(held["ready_at"], UTC).isoformat(),
            "failure_reason": None,
            "webhook_result": held["body"],
        }
    )


def api_usage(ask: Ask) -> Reply:
    """``POST /usage_stats/api_usage_stats``: keyed by a list written as text; a master key only."""
    if not (ask.key or "").startswith("master-"):
        error = {
            "error": "api/v1/usage_stats/api_usage_stats is not accessible with this api_key",
            "error_code": "API_INACCESSIBLE",
        }
        return json_reply(error, 403)
    window = {"limit": 1000, "consumed": 0, "left_over": 1000}
    return json_reply({'["api/v1/people", "match"]': {"day": window, "hour": window, "minute": window}})


def credit_usage(ask: Ask) -> Reply:
    """``POST /usage_stats/credit_usage_stats``."""
    limit = 10_000 if ask.credits_left is None else int(ask.credits_left + ask.credits_spent)
    used = round(ask.credits_spent, 2)
    stats = {"lead_credit": {"limit": limit, "consumed": used, "left_over": limit - used}}
    return json_reply(
        {
            "credit_usage_stats": stats,
            "current_credit_cycle": {"start_date": "2026-11-01T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"},
        }
    )


def _limits(ask: Ask) -> tuple[Limit, ...]:
    bulk = "bulk" in ask.operation
    if ask.key and ask.key.startswith("free-"):
        if bulk:
            return (Limit(20, 60.0, True), Limit(100, 3600.0, True))
        return (Limit(50, 60.0, True), Limit(200, 3600.0, True), Limit(600, 86400.0, True))
    return (Limit(1000, 60.0, per_operation=True),)


def _rate_headers(_: Ask, usages: Sequence[Usage]) -> dict[str, str]:
    headers = {}
    for seconds, limit_name, name in _WINDOWS:
        usage = next((item for item in usages if item.limit.seconds == seconds), None)
        # A window without a limit is there, empty.
        headers[f"x-rate-limit-{limit_name}"] = str(usage.limit.count) if usage else ""
        headers[f"x-{name}-usage"] = str(usage.used) if usage else ""
        headers[f"x-{name}-requests-left"] = str(usage.left) if usage else ""
    return headers


def _throttled(ask: Ask, wait: float | None) -> Reply:
    message = (
        f"The maximum number of api calls allowed for {ask.path.removeprefix('/apollo/')} is 1000 times per minute."
    )
    return json_reply({"message": message}, 429, {} if wait is None else {"retry-after": str(max(1, round(wait)))})


PROVIDER = Provider(
    name="apollo",
    prefix="/apollo/api/v1",
    routes=(
        Route(("POST",), "/people/match", "people.match", people_match),
        Route(("POST",), "/people/bulk_match", "people.bulk_match", people_bulk_match),
        Route(("GET",), "/organizations/enrich", "organizations.enrich", organizations_enrich),
        Route(("POST",), "/organizations/bulk_enrich", "organizations.bulk_enrich", organizations_bulk_enrich),
        Route(("GET",), "/webhook_result/{request_id}", "webhook_result", webhook_result),
        Route(("POST",), "/usage_stats/api_usage_stats", "usage", api_usage),
        Route(("POST",), "/usage_stats/credit_usage_stats", "credits", credit_usage),
    ),
    key=lambda ask: ask.headers.get("x-api-key"),
    bad_key=lambda _: text_reply("Invalid access credentials. See https://docs.apollo.io for how to send a key.", 401),
    throttled=_throttled,
    quota=lambda _: json_reply({"error": "You have insufficient credits!", "error_code": "INSUFFICIENT_CREDITS"}, 422),
    broken=lambda _ask, status: json_reply({"error": "Something went wrong"}, status),
    limits=_limits,
    rate_headers=_rate_headers,
)
