"""A Clearbit-shaped enrichment service: 202 first, then a signed webhook or a later poll.

Source: clearbit/clearbit-ruby (webhook signature, hosts), copies of the Clearbit OpenAPI 1.0.2. The bodies of 202 and
of errors, and the webhook's id and status, are not confirmed.
"""

import hmac
from hashlib import sha1
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from simulator.knowledge import as_known, knows, person_as_known
from simulator.prices import credits_micros
from simulator.providers.basic import basic_user
from simulator.providers.clearbit_shape import company_shape, person_shape
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, Usage, Webhook, identity, json_reply
from simulator.world import Company


def _refuse(status: int, kind: str, message: str, headers: dict[str, str] | None = None) -> Reply:
    return json_reply({"error": {"type": kind, "message": message}}, status, headers)


def sign(body: bytes, key: str) -> str:
    """The header ``X-Request-Signature`` for a webhook's raw body: HMAC-SHA1 under the key without its prefix.

    >>> sign(b"{}", "sk_abc") == sign(b"{}", "abc")
    True
    """
    secret = key.removeprefix("sk_").removeprefix("pk_")
    return f"sha1={hmac.new(secret.encode(), body, sha1).hexdigest()}"


def _known(ask: Ask, company: Company | None) -> Company | None:
    if company is None:
        return None
    has = knows("clearbit", company.domain, made=company.made, coverage=ask.settings.get("coverage"))
    return as_known("clearbit", company) if has else None


def _combined(ask: Ask) -> tuple[int, Any]:
    person = ask.world.person(email=ask.query["email"])
    company = _known(ask, ask.world.company(domain=ask.query["email"].rpartition("@")[2]))
    if company is None:
        return 404, {"error": {"type": "unknown_record", "message": "Unknown record"}}
    shown = person_shape(person_as_known("clearbit", person), company) if person and not person.suppressed else None
    return 200, {"person": shown, "company": company_shape(company, ranges=False)}


def _company(ask: Ask) -> tuple[int, Any]:
    company = _known(ask, ask.world.company(domain=ask.query["domain"]))
    if company is None:
        return 404, {"error": {"type": "unknown_record", "message": "Unknown record"}}
    return 200, company_shape(company, ranges=False)


def _answer(ask: Ask, kind: str, status: int, body: Any) -> Reply:
    """202 for the first ``clearbit_polls`` times (one by default), unless the path is a streaming one."""
    asked = identity(
        ask.operation, {name: value for name, value in ask.query.items() if not name.startswith("webhook")}
    )
    done: set[tuple[str, str]] = ask.state.setdefault("billed", set())
    polls: dict[str, int] = ask.state.setdefault("polls", {})
    headers = {"X-API-Version": "2019-12-19"}
    charges: tuple[Charge, ...] = ()
    if status == 200 and (ask.account, asked) not in done:
        charges = (Charge(asked, credits_micros("clearbit", 1)),)
    wanted = int(ask.settings.get("clearbit_polls", 1))
    if polls.get(asked, 0) < wanted:
        polls[asked] = polls.get(asked, 0) + 1
        url = ask.query.get("webhook_url")
        if not url or polls[asked] > 1:
            return json_reply({"error": {"type": "queued", "message": "Your request has been queued"}}, 202, headers)
        identifier = ask.query.get("webhook_id") or str(uuid5(NAMESPACE_URL, asked))
        told = {"id": identifier, "type": kind, "status": status, "body": body if status == 200 else None}
        raw = orjson.dumps(told)
        signed = {"Content-Type": "application/json", "X-Request-Signature": sign(raw, ask.key or "")}
        webhook = Webhook(url, raw, signed, float(ask.settings.get("clearbit_webhook_s", 0.2)))
        if charges:
            done.add((ask.account, asked))
        queued = {"error": {"type": "queued", "message": "Your request has been queued"}}
        return json_reply(queued, 202, headers, charges, (webhook,))
    if charges:
        done.add((ask.account, asked))
    return json_reply(body, status, headers, charges)


def combined(ask: Ask) -> Reply:
    """``GET /combined/find``."""
    if "@" not in ask.query.get("email", ""):
        return _refuse(422, "email_invalid", "Email address is not valid.")
    return _answer(ask, "person_company", *_combined(ask))


def companies(ask: Ask) -> Reply:
    """``GET /companies/find``: no envelope around the company."""
    if not ask.query.get("domain"):
        return _refuse(422, "params_invalid", "Missing domain.")
    return _answer(ask, "company", *_company(ask))


def _rate_headers(_: Ask, usages: list[Usage]) -> dict[str, str]:
    usage = usages[0]
    return {
        "X-RateLimit-Limit": str(usage.limit.count),
        "X-RateLimit-Remaining": str(usage.left),
        "X-RateLimit-Reset": str(max(1, round(usage.reset_s))),
    }


PROVIDER = Provider(
    name="clearbit",
    prefix="/clearbit/v2",
    routes=(
        Route(("GET",), "/combined/find", "combined.find", combined),
        Route(("GET",), "/companies/find", "companies.find", companies),
    ),
    key=basic_user,
    bad_key=lambda _: _refuse(401, "auth_invalid", "Invalid API key provided."),
    throttled=lambda _ask, wait: _refuse(
        429,
        "rate_limit",
        "Rate limit exceeded.",
        {} if wait is None else {"X-RateLimit-Reset": str(max(1, round(wait)))},
    ),
    quota=lambda _: _refuse(402, "over_quota", "Your account is over its quota."),
    broken=lambda _ask, status: _refuse(status, "api_error", "Something went wrong"),
    limits=lambda _: (Limit(600, 60.0),),
    rate_headers=lambda ask, usages: _rate_headers(ask, list(usages)),
)
