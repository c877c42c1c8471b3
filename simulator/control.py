"""The simulator's own endpoints under /_sim: bill, log of requests, faults at run time, reset."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiohttp import web

from simulator.door import House
from simulator.faults import KINDS, Fault
from simulator.limits import parse_limits
from simulator.receiver import Receiver
from simulator.traps import Traps


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")


def apply(house: House, change: Mapping[str, Any]) -> None:
    """Change faults, rates, limits, quotas, keys or settings; names that are not given stay as they are.

    ``rules`` replaces all rules, ``add`` adds some; a limit or quota of null is taken back.
    Raises ValueError for what it does not understand.
    """
    known = {
        "rules", "add", "rate", "kinds", "latency_ms", "jitter_ms", "limits", "quota", "revoked", "settings", "at_s",
    }  # fmt: skip
    if unknown := set(change) - known:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    rules = [Fault.from_json(item) for item in change.get("rules", ())]
    more = [Fault.from_json(item) for item in change.get("add", ())]
    kinds = tuple(change.get("kinds", house.plan.kinds))
    if wrong := set(kinds) - KINDS:
        raise ValueError(f"unknown faults: {', '.join(sorted(wrong))}")
    limits = {name: parse_limits(str(text)) for name, text in change.get("limits", {}).items() if text is not None}
    quota = {name: float(value) for name, value in change.get("quota", {}).items() if value is not None}
    if "rules" in change:
        house.plan.rules = rules
    house.plan.rules.extend(more)
    house.plan.rate = float(change.get("rate", house.plan.rate))
    house.plan.kinds = kinds
    house.latency_s = float(change.get("latency_ms", house.latency_s * 1000)) / 1000
    house.jitter_s = float(change.get("jitter_ms", house.jitter_s * 1000)) / 1000
    for held, given, read in (
        (house.limit_override, change.get("limits", {}), limits),
        (house.quota, change.get("quota", {}), quota),
    ):
        for name in given:
            held.pop(name, None)
        held.update(read)
    if "revoked" in change:
        house.revoked = set(change["revoked"])
    house.settings.update(change.get("settings", {}))


def state(house: House) -> dict[str, Any]:
    """Everything that ``apply`` can change, as it stands."""
    shown = {
        name: value for name, value in house.settings.items() if isinstance(value, str | int | float | bool | dict)
    }
    shown.pop("hidden", None)
    return {
        **house.plan.as_json(),
        "latency_ms": house.latency_s * 1000,
        "jitter_ms": house.jitter_s * 1000,
        "limits": {
            name: ",".join(f"{limit.count}/{limit.seconds:g}s" for limit in limits) or "off"
            for name, limits in house.limit_override.items()
        },
        "quota": house.quota,
        "settings": shown,
    }


async def control(house: House, traps: Traps, receiver: Receiver, request: web.BaseRequest) -> web.StreamResponse:
    """Answer a request under ``/_sim``."""
    match request.method, request.path.removeprefix("/_sim").rstrip("/"):
        case "GET", "" | "/health":
            return _json({"ok": True})
        case "GET", "/bill":
            return _json(house.bill.as_json(lines=request.query.get("lines", "1") != "0"))
        case "GET", "/requests":
            provider = request.query.get("provider")
            return _json([seen.as_json() for seen in house.seen if provider in (None, seen.provider)])
        case "GET", "/traps":
            return _json(dict(traps.hits))
        case "GET", "/hooks":
            return _json(
                [
                    {"path": item.path, "headers": dict(item.headers), "body": item.body.decode("utf-8", "replace"),
                     "received_at": item.received_at}
                    for item in receiver.got
                ]
            )  # fmt: skip
        case "GET", "/lies":
            return _json([lie.as_json() for lie in house.settings.get("lies_offered", ())])
        case "GET", "/faults":
            return _json(state(house))
        case "POST", "/faults":
            try:
                apply(house, orjson.loads(await request.read()))
            except (ValueError, TypeError, AttributeError) as wrong:
                return _json({"error": str(wrong)}, 400)
            return _json(state(house))
        case "POST", "/reset":
            house.reset()
            return _json({"ok": True})
        case "GET", "/world":
            companies = [
                {"domain": company.domain, "name": company.name, "linkedin": company.linkedin_url, "made": company.made,
                 "people": [{"linkedin": person.linkedin_url, "email": person.email} for person in company.people]}
                for company in house.world.companies
            ]  # fmt: skip
            return _json(companies)
    return _json({"error": "no such endpoint"}, 404)
