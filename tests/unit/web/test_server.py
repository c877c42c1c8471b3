"""The health server over real HTTP on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import aiohttp
import pytest
import structlog
from aiohttp import web

from worker.telemetry import Gauge, Meter
from worker.web.health import Check, readiness
from worker.web.server import HealthServer, application, serve


class Worker:
    """A worker whose dependencies do what the test says."""

    def __init__(self) -> None:
        self.state: list[Check] = [Check("redis", ok=True), Check("postgres", ok=True)]
        self.hangs = False
        self.broken = False

    def about(self) -> Mapping[str, Any]:
        return {"worker_id": "w-1", "in_flight": 2}

    async def checks(self) -> Sequence[Check]:
        if self.hangs:
            await asyncio.Event().wait()
        return self.state

    async def gauges(self) -> Sequence[Gauge]:
        if self.broken:
            raise ConnectionError
        lanes = {"enrichment-jobs": 3.0, "enrichment-batch": 40.0}
        return [Gauge("queue_length", length, "Entries in a lane.", {"stream": name}) for name, length in lanes.items()]


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
async def server(worker: Worker) -> AsyncIterator[HealthServer]:
    running = await serve(application(worker, [Meter()]), "127.0.0.1", 0)
    yield running
    await running.close()


async def get(server: HealthServer, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{server.port}{path}") as reply:
        return reply.status, await reply.text()


@pytest.mark.parametrize("path", ["/health", "/healthz"])
async def test_alive_whatever_the_dependencies_do(server: HealthServer, worker: Worker, path: str) -> None:
    """A restart would not bring PostgreSQL back, so liveness does not ask it."""
    worker.state = [Check("postgres", ok=False, detail="connection refused")]
    worker.hangs = True
    status, body = await get(server, path)
    assert status == 200
    assert '"status": "healthy"' in body
    assert '"worker_id": "w-1"' in body


async def test_ready(server: HealthServer) -> None:
    """With everything there, the worker is ready."""
    assert (await get(server, "/readyz"))[0] == 200


async def test_not_ready_names_what_is_missing(server: HealthServer, worker: Worker) -> None:
    """The body says which dependency, and why."""
    worker.state = [Check("redis", ok=True), Check("postgres", ok=False, detail="connection refused")]
    status, body = await get(server, "/readyz")
    assert status == 503
    assert '"missing": ["postgres"]' in body
    assert "connection refused" in body


async def test_a_dependency_that_hangs_is_not_ready(server: HealthServer, worker: Worker) -> None:
    """A probe gets its answer in time, even when a dependency does not."""
    worker.hangs = True
    status, body = await get(server, "/readyz")
    assert status == 503
    assert "no answer within" in body


async def test_metrics(server: HealthServer, worker: Worker) -> None:
    """Counters, gauges of the moment, and the process's own figures."""
    status, body = await get(server, "/metrics")
    assert status == 200
    assert 'enrichd_queue_length{stream="enrichment-batch"} 40.0' in body
    assert "enrichd_dependencies_up 1.0" in body
    assert "process_resident_memory_bytes" in body
    worker.broken = True
    status, body = await get(server, "/metrics")
    assert status == 200
    assert "enrichd_dependencies_up 0.0" in body
    assert "enrichd_jobs_per_minute" in body


async def test_a_taken_port_is_warned_of(worker: Worker, unused_port: Callable[[], int]) -> None:
    """The second worker on a host starts all the same, and says where it listens."""
    wanted = unused_port()
    first = await serve(application(worker), "127.0.0.1", wanted)
    with structlog.testing.capture_logs() as lines:
        second = await serve(application(worker), "127.0.0.1", wanted)
    try:
        assert first.port == wanted != second.port
        assert (await get(second, "/health"))[0] == 200
        assert lines[0] == {
            "event": "health port is taken, using a free one",
            "wanted": wanted,
            "port": second.port,
            "log_level": "warning",
        }
    finally:
        await first.close()
        await second.close()


async def test_routes_of_others(worker: Worker) -> None:
    """Other parts put their routes on the same port."""

    async def hello(_: web.Request) -> web.Response:
        return web.Response(text="hello")

    running = await serve(application(worker, routes=[web.post("/hello", hello)]), "127.0.0.1", 0)
    async with aiohttp.ClientSession() as session, session.post(f"http://127.0.0.1:{running.port}/hello") as reply:
        assert await reply.text() == "hello"
    await running.close()


@pytest.fixture
def unused_port() -> Callable[[], int]:
    def find() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return find


def test_readiness_is_about_every_check() -> None:
    """No checks, nothing missing; one failing is enough."""
    assert readiness([])[0] == 200
    assert readiness([Check("a", ok=True), Check("b", ok=False)])[1]["missing"] == ["b"]
