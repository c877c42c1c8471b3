"""What is left of the accounts whose providers tell it for free: questions and readings. Pure.

Apollo: ``POST /usage_stats/credit_usage_stats`` (Apollo's published OpenAPI, read 2026-11-21), for a master key or one
with that scope, else 403. Hunter: ``GET /account`` (API documentation, read 2026-11-21).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from worker.domain.call import HttpRequest, Reply
from worker.domain.provider import Options
from worker.providers import apollo_wire, hunter
from worker.providers.option import base_url, first
from worker.providers.reading import json_body
from worker.providers.typed import mapping, number, text

#: Below this share of what the plan gives, people are warned.
LOW_SHARE: Final = 0.1
_APOLLO: Final = ("lead_credit", "direct_dial_credit", "export_credit")
_HUNTER: Final = ("credits", "searches", "verifications")


@dataclass(frozen=True, slots=True)
class Usage:
    """One kind of credit of one account: ``left`` of ``limit`` until ``resets`` ("" where it is not told)."""

    provider: str
    credit: str
    left: float
    limit: float | None = None
    resets: str = ""

    @property
    def low(self) -> bool:
        """Whether little is left."""
        return self.left <= 0 or (self.limit is not None and self.left < LOW_SHARE * self.limit)


@dataclass(frozen=True, slots=True)
class UsageQuestion:
    """A request that costs nothing, and how to read its reply; a text says why there is nothing to read."""

    provider: str
    request: HttpRequest
    read: Callable[[Reply], tuple[Usage, ...] | str]


def usage_questions(options: Options) -> tuple[UsageQuestion, ...]:
    """What can be asked with the keys that are set. Raises ConfigError for an address that is none."""
    asked = []
    if key := first(options, "APOLLO_API_KEY"):
        settings = apollo_wire.Settings(key, base_url(options, "APOLLO_BASE_URL", apollo_wire.BASE_URL))
        asked.append(UsageQuestion("apollo", apollo_wire.build_usage_request(settings), read_apollo))
    if key := first(options, "HUNTER_API_KEY"):
        address = f"{base_url(options, 'HUNTER_BASE_URL', hunter.BASE_URL)}/account"
        headers = {"X-API-KEY": key, "Accept": "application/json"}
        asked.append(UsageQuestion("hunter", HttpRequest("GET", address, headers), read_hunter))
    return tuple(asked)


def read_apollo(reply: Reply) -> tuple[Usage, ...] | str:
    """Credits of the current cycle."""
    body = json_body(reply)
    stats = mapping(body, "credit_usage_stats")
    if reply.status == 403:
        return "the key may not ask for its usage (Apollo allows that to master keys)"
    if reply.status != 200 or stats is None:
        return f"no usage in a reply of status {reply.status}"
    resets = text(body, "current_credit_cycle", "end_date") or ""
    told = ((name, number(stats, name, "left_over"), number(stats, name, "limit")) for name in _APOLLO)
    return tuple(Usage("apollo", name, left, limit, resets) for name, left, limit in told if left is not None)


def read_hunter(reply: Reply) -> tuple[Usage, ...] | str:
    """Requests of the current period; ``available`` is what the plan gives."""
    requests = mapping(json_body(reply), "data", "requests")
    if reply.status != 200 or requests is None:
        return f"no usage in a reply of status {reply.status}"
    resets = text(json_body(reply), "data", "reset_date") or ""
    told = []
    for name in _HUNTER:
        used, limit = number(requests, name, "used"), number(requests, name, "available")
        left = number(requests, name, "remaining")
        if left is None and used is not None and limit is not None:
            left = max(0.0, limit - used)
        if left is not None:
            told.append(Usage("hunter", name, left, limit, resets))
    return tuple(told)
