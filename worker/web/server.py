"""The health server: ``/health`` and ``/healthz`` (alive), ``/readyz`` (what is missing), ``/metrics``.

Other parts add routes of their own (provider webhooks, the HTTP API); none of them can make ``/health`` fail.
"""

import asyncio
import errno
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from worker.telemetry.gauge import Gauge
from worker.web.health import Check, Health, alive, readiness
from worker.web.metrics import exposition

#: A dependency that does not answer within this is not ready; probes wait 1 s by default.
CHECK_TIMEOUT_S: Final = 0.8
#: Requests to add up to one mebibyte; health needs none, webhooks are small.
_MOST_BODY_BYTES: Final = 1 << 20

HEALTH: Final = web.AppKey("health", Health)
COLLECTORS: Final[web.AppKey[Iterable[Collector]]] = web.AppKey("collectors")

log = structlog.get_logger()


@dataclass(slots=True)
class HealthServer:
    """A server that listens; ``port`` is the one it got."""

    port: int
    runner: web.AppRunner

    async def close(self) -> None:
        """Stop listening, let running requests end."""
        await self.runner.cleanup()


async def health(request: web.Request) -> web.Response:
    """Alive whatever the dependencies do."""
    return web.json_response(alive(request.app[HEALTH].about(), datetime.now(UTC)))


async def readyz(request: web.Request) -> web.Response:
    """Whether jobs are taken, and if not, what is missing."""
    try:
        checks = await asyncio.wait_for(request.app[HEALTH].checks(), CHECK_TIMEOUT_S)
    except TimeoutError:
        checks = [Check("dependencies", ok=False, detail=f"no answer within {CHECK_TIMEOUT_S} s")]
    status, body = readiness(checks)
    return web.json_response(body, status=status)


async def metrics(request: web.Request) -> web.Response:
    """Prometheus's text; gauges that cannot be read now are left out and counted as down."""
    gauges: Sequence[Gauge] = [Gauge("dependencies_up", 0, "1 when gauges could be read at this scrape.")]
    with suppress(Exception):
        read = await asyncio.wait_for(request.app[HEALTH].gauges(), CHECK_TIMEOUT_S)
        gauges = [*read, Gauge("dependencies_up", 1, "1 when gauges could be read at this scrape.")]
    body = exposition(request.app[COLLECTORS], gauges)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def application(
    worker: Health, collectors: Iterable[Collector] = (), routes: Iterable[web.AbstractRouteDef] = ()
) -> web.Application:
    """The routes of the health port, and those that others add."""
    app = web.Application(client_max_size=_MOST_BODY_BYTES)
    app[HEALTH] = worker
    app[COLLECTORS] = tuple(collectors)
    app.add_routes([web.get("/health", health), web.get("/healthz", health), web.get("/readyz", readyz)])
    app.add_routes([web.get("/metrics", metrics), *routes])
    return app


async def serve(app: web.Application, host: str, port: int) -> HealthServer:
    """Listen. A port that is taken is warned of, and a free one is used instead."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            await runner.cleanup()
            raise
        await web.TCPSite(runner, host, 0).start()
        log.warning("health port is taken, using a free one", wanted=port, port=_port(runner))
    return HealthServer(_port(runner), runner)


def _port(runner: web.AppRunner) -> int:
    return int(runner.addresses[0][1])
