"""The simulated outside world as one object: start it in a test with ``async with Simulator() as simulator``."""

import asyncio
import contextlib
from collections.abc import Mapping
from random import Random
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from simulator.bill import Bill
from simulator.control import apply, control
from simulator.door import Door, House, Seen
from simulator.faults import Fault, FaultPlan
from simulator.lies import Hidden, Lie
from simulator.options import Options, with_scenario
from simulator.receiver import Receiver
from simulator.roster import PROVIDERS
from simulator.sites.shelf import shelf
from simulator.sites.street import Street
from simulator.traps import DnsServer, Traps
from simulator.wire import Webhook
from simulator.world import World, open_world

LOOPBACK = "127.0.0.1"


class Simulator:
    """A running outside world on loopback.

    Keyword arguments are the names of ``Options`` (``latency_ms=5``, ``limits={"pdl": "5/1s"}``, ``faults=[...]``).
    """

    def __init__(self, options: Options | None = None, **changes: Any) -> None:
        faults = changes.get("faults")
        if faults is not None:
            changes["faults"] = [item if isinstance(item, Mapping) else _as_json(item) for item in faults]
        self.options = with_scenario(changes, options or Options())
        chosen = self.options
        self.world: World = open_world(chosen.companies, chosen.seed)
        self.lies: list[Lie] = []
        self.webhooks: list[tuple[str, str, int]] = []
        hidden: dict[str, tuple[Hidden, ...]] = {site.domain: site.hidden for site in shelf().values() if site.hidden}
        settings = {
            "coverage": dict(chosen.coverage),
            "lies": chosen.lies,
            "lie_rate": chosen.lie_rate,
            "lies_offered": self.lies,
            "hidden": hidden,
            "dice": Random(chosen.seed),
            **chosen.settings,
        }
        self.house = House(
            world=self.world,
            plan=FaultPlan(list(chosen.faults), chosen.fault_rate, chosen.fault_kinds, chosen.seed),
            latency_s=chosen.latency_ms / 1000,
            jitter_s=chosen.jitter_ms / 1000,
            limit_override=dict(chosen.limits),
            quota=dict(chosen.quota),
            revoked=set(chosen.revoked),
            settings=settings,
            post=self._post_later,
        )
        self.street = Street(self.house)
        self.receiver = Receiver()
        self.traps = Traps()
        self.dns = DnsServer()
        self.api = ""
        self.sites = ""
        self._stack = contextlib.AsyncExitStack()
        self._tasks: set[asyncio.Task[None]] = set()
        self._client: aiohttp.ClientSession | None = None

    @property
    def bill(self) -> Bill:
        """What was charged so far."""
        return self.house.bill

    @property
    def requests(self) -> list[Seen]:
        """Every request received, in order."""
        return list(self.house.seen)

    def stamps(self, provider: str, account: str | None = None) -> list[float]:
        """When the requests of a provider (and account) were received, in order, refused ones included."""
        return sorted(
            seen.received_at
            for seen in self.house.seen
            if seen.provider == provider and account in (None, seen.account)
        )

    @property
    def faults(self) -> list[Fault]:
        """The rules in force; append and clear at will."""
        return self.house.plan.rules

    def url(self, provider: str) -> str:
        """The base URL of a provider: what stands in for its own host and path."""
        found = next(item for item in PROVIDERS if item.name == provider)
        return self.api + found.prefix

    @property
    def env(self) -> dict[str, str]:
        """Settings that point a worker at this world."""
        urls = {
            f"{item.name.upper()}_BASE_URL": self.url(item.name)
            for item in PROVIDERS
            if item.name not in ("anthropic",)
        }
        return {
            **urls,
            "SEARCH_URL": self.url("searxng"),
            "LINKEDIN_PAGES_BASE_URL": "http://www.linkedin.com",
            "LINKEDIN_PROVIDER": "pdl",
            "LINKEDIN_API_KEY": "sim-pdl-key-5f0c1d",
            "LLM_PROVIDER": "anthropic",
            "LLM_MODEL": "claude-haiku-5-5",
            "LLM_API_KEY": "sim-anthropic-key-5f0c1d",
            "LLM_BASE_URL": self.url("anthropic"),
            "EMAIL_DNS_SERVERS": self.dns.address,
            "FETCH_HOSTS": f"*.example={self.sites},*.test={self.sites},*.linkedin.com={self.sites}",
        }

    @property
    def keys(self) -> dict[str, str]:
        """Settings that switch every other provider on; not part of ``env``, which has the ones of a small set-up."""
        names = ("ENRICH_LAYER", "BRAVE", "SERPER", "TAVILY", "APOLLO", "HUNTER", "CLEARBIT", "OPENAI")
        return {f"{name}_API_KEY": f"sim-{name.lower().replace('_', '-')}-key-5f0c1d" for name in names}

    @property
    def addresses(self) -> dict[str, Any]:
        """Where everything listens, as one JSON-safe object."""
        return {
            "api": self.api,
            "sites": self.sites,
            "dns": self.dns.address,
            "trap": self.traps.address,
            "env": self.env,
        }

    async def __aenter__(self) -> Self:
        chosen = self.options
        door = Door(self.house, PROVIDERS)

        async def api(request: web.BaseRequest) -> web.StreamResponse:
            if request.path.startswith("/_sim"):
                return await control(self.house, self.traps, self.receiver, request)
            if request.path.startswith("/_hook/"):
                return await self.receiver.handle(request)
            return await door.handle(request)

        try:
            self._client = await self._stack.enter_async_context(
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30), trust_env=False)
            )
            self.api = f"http://{await self._serve(api, chosen.port)}"
            self.sites = await self._serve(self.street.handle, chosen.sites_port)
            await self._stack.enter_async_context(self.traps.open(chosen.trap_port))
            self.street.trap = self.traps.address
            await self._stack.enter_async_context(self.dns.open(chosen.dns_port))
        except BaseException:
            await self._stack.aclose()
            raise
        for step in chosen.timeline:
            self._spawn(self._later(step))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.house.closing.set()
        self.receiver.closing.set()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._stack.aclose()

    async def settled(self) -> None:
        """Wait until every webhook that is on its way has been sent."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, handler: Any, port: int) -> str:
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=0.05)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, LOOPBACK, port, backlog=1024)
        await site.start()
        address = runner.addresses[0]
        return f"{address[0]}:{address[1]}"

    async def _later(self, step: Mapping[str, Any]) -> None:
        await asyncio.sleep(float(step.get("at_s", 0)))
        apply(self.house, step)

    def _post_later(self, provider: str, webhook: Webhook, times: int) -> None:
        for _ in range(times):
            self._spawn(self._post(provider, webhook))

    async def _post(self, provider: str, webhook: Webhook) -> None:
        await asyncio.sleep(webhook.delay_s)
        status = 0
        if self._client is not None:
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
                async with self._client.post(
                    webhook.url, data=webhook.body, headers=dict(webhook.headers), allow_redirects=False
                ) as response:
                    status = response.status
        self.webhooks.append((provider, webhook.url, status))

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _as_json(fault: Fault) -> dict[str, Any]:
    return {name: getattr(fault, name) for name in Fault.__slots__}
