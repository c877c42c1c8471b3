"""The door of every simulated provider: stamps, counts, delays, spoils and bills each request around its handler."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import orjson
from aiohttp import web

from simulator.bill import Bill, Line
from simulator.faults import Fault, FaultPlan, wrong_types
from simulator.limits import Limits, wait_s
from simulator.wire import Ask, Charge, Limit, Provider, Reply, Route, Usage, Webhook, account_of, text_reply
from simulator.world import World

KEPT_REQUESTS = 200_000
#: Faults whose reply arrives, but not as the provider gave it: billed, and of no use to the client.
SPOILT = frozenset({"truncated", "wrong_json", "wrong_types", "empty"})


@dataclass(slots=True)
class Seen:
    """One request as it was received. ``received_at`` is unix seconds, taken before anything else is done.

    ``delivered`` says whether the whole reply was handed to the connection. ``micros`` is what was billed for it.
    ``questions`` is how many it holds: more than one in a bulk request.
    """

    provider: str
    operation: str
    account: str
    received_at: float
    method: str = ""
    path: str = ""
    host: str = ""
    status: int = 0
    fault: str = ""
    let_in: bool = True
    delivered: bool = False
    micros: int = 0
    identities: tuple[str, ...] = ()
    questions: int = 1

    def as_json(self) -> dict[str, Any]:
        """This request as a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass
class House:
    """What all doors share: the world, the bill, the limits, the faults and the log."""

    world: World
    plan: FaultPlan
    bill: Bill = field(default_factory=Bill)
    limits: Limits = field(default_factory=Limits)
    seen: deque[Seen] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    latency_s: float = 0.0
    jitter_s: float = 0.0
    limit_override: dict[str, tuple[Limit, ...]] = field(default_factory=dict)
    quota: dict[str, float] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)
    settings: dict[str, Any] = field(default_factory=dict)
    state: dict[str, dict[str, Any]] = field(default_factory=dict)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    post: Callable[[str, Webhook, int], None] = lambda _provider, _webhook, _times: None

    def quota_of(self, provider: str, account: str) -> float | None:
        """Credits that an account may spend in all; None without a quota."""
        return self.quota.get(f"{provider}:{account}", self.quota.get(provider))

    async def wait(self, request: web.BaseRequest) -> None:
        """The provider's latency, or what the header ``X-Sim-Latency-Ms`` says."""
        asked = request.headers.get("X-Sim-Latency-Ms")
        seconds = float(asked) / 1000 if asked else self.latency_s + self.plan.jitter(self.jitter_s)
        if seconds > 0:
            await asyncio.sleep(seconds)

    async def pause(self, seconds: float) -> None:
        """Hang for a while, or until the simulator closes."""
        await pause(seconds, self.closing)

    def reset(self) -> None:
        """Forget bill, counts, log and the providers' memory; rules and settings stay."""
        self.bill.clear()
        self.limits.clear()
        self.seen.clear()
        self.state.clear()


class Door:
    """Serves a set of providers on one port, told apart by the first part of the path."""

    def __init__(self, house: House, providers: Sequence[Provider]) -> None:
        self._house = house
        self._by_prefix = {provider.prefix.strip("/").split("/")[0]: provider for provider in providers}
        self._exact: dict[tuple[str, str], tuple[Provider, Route]] = {}
        self._patterns: list[tuple[tuple[str, ...], Provider, Route]] = []
        for provider in providers:
            for route in provider.routes:
                path = provider.prefix + route.path
                if "{" in path:
                    self._patterns.append((tuple(path.split("/")), provider, route))
                    continue
                for method in route.methods:
                    self._exact[method, path] = (provider, route)

    def find(self, method: str, path: str) -> tuple[Provider, Route, dict[str, str]] | None:
        """The endpoint for a request, with the named parts of its path."""
        if found := self._exact.get((method, path)):
            return (*found, {})
        pieces = path.split("/")
        for pattern, provider, route in self._patterns:
            if method in route.methods and len(pattern) == len(pieces):
                parts = _named(pattern, pieces)
                if parts is not None:
                    return provider, route, parts
        return None

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        received = time.time()
        house = self._house
        path = request.path.rstrip("/") or "/"
        found = self.find(request.method, path)
        if found is None:
            return web.Response(status=404, text=f"nothing listens at {request.method} {path}\n")
        provider, route, parts = found
        body = await request.read()
        ask = self._ask(request, provider, route, parts, path, body, received)
        seen = Seen(provider.name, route.operation, ask.account, received, request.method, request.path_qs)
        seen.questions = questions_in(body)
        house.seen.append(seen)
        fault = house.plan.choose(
            {
                "provider": provider.name,
                "operation": route.operation,
                "account": ask.account,
                "text": f"{request.path_qs} {body[:20_000].decode('utf-8', 'replace')}" if house.plan.rules else "",
            },
            request.headers.get("X-Sim-Fault"),
        )
        seen.fault = fault.kind if fault else ""
        await house.wait(request)
        if fault and fault.kind == "timeout":
            await house.pause(fault.seconds)
            return abort(request)
        if fault and fault.kind == "reset":
            return abort(request)
        reply, usages = self._reply(provider, route, ask, seen, fault)
        if usages:
            reply = replace(reply, headers={**reply.headers, **provider.rate_headers(ask, usages)})
        return await self._deliver(request, provider, reply, seen, fault)

    def _ask(
        self,
        request: web.BaseRequest,
        provider: Provider,
        route: Route,
        parts: Mapping[str, str],
        path: str,
        body: bytes,
        now: float,
    ) -> Ask:
        house = self._house
        lists = parse_qs(request.query_string, keep_blank_values=True) if request.query_string else {}
        ask = Ask(
            operation=route.operation,
            method=request.method,
            path=path,
            query={name: values[-1] for name, values in lists.items()},
            query_lists=lists,
            headers={name.lower(): value for name, value in request.headers.items()},
            body=body,
            now=now,
            world=house.world,
            state=house.state.setdefault(provider.name, {}),
            parts=parts,
            base=f"http://{request.host}{provider.prefix}",
            settings=house.settings,
        )
        key = provider.key(ask)
        account = account_of(key)
        spent = house.bill.credits(provider.name, account)
        quota = house.quota_of(provider.name, account)
        left = None if quota is None else max(0.0, quota - spent)
        return replace(ask, key=key, account=account, credits_spent=spent, credits_left=left)

    def _reply(
        self, provider: Provider, route: Route, ask: Ask, seen: Seen, fault: Fault | None
    ) -> tuple[Reply, Sequence[Usage]]:
        """Credentials, limits, quota, then the provider's own work; a fault may take the place of any."""
        house = self._house
        usages: Sequence[Usage] = ()
        if not route.open:
            refused = (ask.key or "").startswith("bad-") or ask.key in house.revoked or ask.account in house.revoked
            if (not ask.key and not provider.keyless) or refused or (fault and fault.kind == "bad_key"):
                seen.let_in = False
                return provider.bad_key(ask), ()
            if not provider.exempt(ask):
                limits = house.limit_override.get(provider.name)
                limits = provider.limits(ask) if limits is None else limits
                let_in, usages = house.limits.take(provider.name, ask.account, route.operation, limits, ask.now)
                if not let_in:
                    seen.let_in = False
                    return provider.throttled(ask, wait_s(usages)), usages
        if fault and fault.kind in ("429", "429-bare"):
            return provider.throttled(ask, fault.retry_after if fault.kind == "429" else None), ()
        if (fault and fault.kind == "quota") or (
            not route.open and ask.credits_left is not None and ask.credits_left <= 0
        ):
            return provider.quota(ask), usages
        if fault and (fault.kind.isdigit() or fault.kind == "5xx"):
            return provider.broken(ask, fault.status if fault.kind == "5xx" else int(fault.kind)), usages
        return route.handler(ask), usages

    async def _deliver(
        self, request: web.BaseRequest, provider: Provider, reply: Reply, seen: Seen, fault: Fault | None
    ) -> web.StreamResponse:
        """Bill, send webhooks on their way, then hand the reply over; note what never arrived."""
        house = self._house
        lines: list[tuple[Line, Charge]] = [
            (house.bill.charge(provider.name, seen.account, seen.operation, charge), charge) for charge in reply.charges
        ]
        seen.micros = sum(charge.micros for charge in reply.charges)
        seen.identities = tuple(charge.identity for charge in reply.charges)
        seen.status = reply.status
        kind = fault.kind if fault and fault.spoils else ""
        for webhook in reply.webhooks:
            house.post(provider.name, webhook, {"no_webhook": 0, "duplicate_webhook": 2}.get(kind, 1))
        response: web.StreamResponse
        try:
            response, seen.delivered = await send(
                request, spoil(reply, kind), kind, fault.seconds if fault else 0.0, house.closing
            )
        except asyncio.CancelledError:
            seen.delivered = False
            raise
        finally:
            if not seen.delivered or kind in SPOILT:
                for line, charge in lines:
                    house.bill.cut_off(line, charge)
        return response


def questions_in(body: bytes) -> int:
    """How many questions a request's body holds.

    >>> questions_in(b'{"details": [{"email": "a@x.example"}, {"email": "b@x.example"}]}'), questions_in(b"")
    (2, 1)
    """
    if b'"requests"' not in body and b'"details"' not in body:
        return 1
    try:
        read = orjson.loads(body)
    except orjson.JSONDecodeError:
        return 1
    held = (read.get("requests") or read.get("details")) if isinstance(read, dict) else None
    return max(1, len(held)) if isinstance(held, list) else 1


def _named(pattern: Sequence[str], pieces: Sequence[str]) -> dict[str, str] | None:
    parts = {}
    for want, piece in zip(pattern, pieces, strict=True):
        if want.startswith("{"):
            parts[want.strip("{}")] = piece
        elif want != piece:
            return None
    return parts


def spoil(reply: Reply, kind: str) -> Reply:
    """The reply as a fault leaves it; its headers say nothing of what was done."""
    match kind:
        case "truncated":
            return replace(reply, body=reply.body[: max(1, len(reply.body) // 2)])
        case "empty":
            return replace(reply, body=b"")
        case "wrong_json":
            page = text_reply("<!doctype html><title>Gateway</title><p>Please try again.", 200, "text/html")
            return replace(page, charges=reply.charges)
        case "wrong_types":
            try:
                return replace(reply, body=orjson.dumps(wrong_types(orjson.loads(reply.body))))
            except orjson.JSONDecodeError:
                return reply
    return reply


async def pause(seconds: float, closing: asyncio.Event | None) -> None:
    """Wait, or until ``closing`` is set."""
    if closing is None:
        await asyncio.sleep(seconds)
        return
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(closing.wait(), seconds)


def abort(request: web.BaseRequest) -> web.StreamResponse:
    """Close the connection with a reset; what is returned goes nowhere."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


async def send(
    request: web.BaseRequest,
    reply: Reply,
    kind: str = "",
    pause_s: float = 0.0,
    closing: asyncio.Event | None = None,
) -> tuple[web.StreamResponse, bool]:
    """Hand a reply to the connection; returns whether all of it went.

    ``cut`` resets after half the body, ``lost`` before the first byte, ``hang`` stops for ``pause_s`` after the
    headers, ``drip`` sends byte by byte.
    """
    if kind == "lost":
        return abort(request), False
    response = web.StreamResponse(status=reply.status, headers=dict(reply.headers))
    response.content_length = len(reply.body)
    try:
        await response.prepare(request)
        if kind == "cut":
            await response.write(reply.body[: len(reply.body) // 2])
            await asyncio.sleep(0.005)
            abort(request)
            return response, False
        if kind == "hang":
            await pause(pause_s, closing)
            abort(request)
            return response, False
        if kind == "drip":
            for index in range(len(reply.body)):
                await response.write(reply.body[index : index + 1])
                await pause(min(pause_s, 0.5), closing)
            await response.write_eof()
        elif request.method == "HEAD":
            await response.write_eof()
        else:
            await response.write_eof(reply.body)
    except ConnectionError:
        return response, False
    gone = request.transport is None or request.transport.is_closing()
    return response, not gone
