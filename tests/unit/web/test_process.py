"""The doors for schedulers over real HTTP: who gets in, and what a call does."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import aiohttp
import pytest

from worker.telemetry import Gauge
from worker.web.access import Access, access
from worker.web.health import Check
from worker.web.process import PROCESS, WORKER, process_routes
from worker.web.server import HealthServer, application, serve


class Worker:
    """A worker that counts how often it was told to look."""

    def __init__(self) -> None:
        self.looked = 0
        self.up = True

    def look_now(self) -> bool:
        self.looked += self.up
        return self.up

    def about(self) -> Mapping[str, Any]:
        return {"worker_id": "w-1", "worker_exists": True}

    async def checks(self) -> Sequence[Check]:
        return []

    async def gauges(self) -> Sequence[Gauge]:
        return []


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
async def server(worker: Worker, request: pytest.FixtureRequest) -> AsyncIterator[HealthServer]:
    worker_token, cron_secret = getattr(request, "param", ("worker-token", "cron-secret"))
    app = application(worker)
    process_routes(app, worker, worker.look_now, worker_token=worker_token, cron_secret=cron_secret)
    running = await serve(app, "127.0.0.1", 0)
    yield running
    await running.close()


async def call(server: HealthServer, method: str, path: str, authorization: str = "") -> tuple[int, dict[str, Any]]:
    headers = {"Authorization": authorization} if authorization else {}
    address = f"http://127.0.0.1:{server.port}{path}"
    async with aiohttp.ClientSession() as session, session.request(method, address, headers=headers) as reply:
        return reply.status, await reply.json()


@pytest.mark.parametrize(
    ("path", "token"), [(PROCESS, "cron-secret"), (PROCESS, "worker-token"), (WORKER, "worker-token")]
)
async def test_the_right_token(server: HealthServer, worker: Worker, path: str, token: str) -> None:
    """A call with the token makes the worker look once, and says how it is; asking only looks on."""
    status, told = await call(server, "POST", path, f"Bearer {token}")
    assert (status, told["triggered"], told["worker_id"], worker.looked) == (202, True, "w-1", 1)
    status, told = await call(server, "GET", path, f"bearer {token}")
    assert (status, told["status"], worker.looked) == (200, "healthy", 1)


@pytest.mark.parametrize(
    "shown", ["", "Bearer", "Bearer ", "Bearer wrong", "worker-token", "Basic worker-token", "Bearer worker-token x"]
)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_a_wrong_token(server: HealthServer, worker: Worker, method: str, shown: str) -> None:
    """Without the token nothing is done and nothing is told."""
    status, told = await call(server, method, PROCESS, shown)
    assert (status, told, worker.looked) == (401, {"error": "a bearer token is needed"}, 0)


async def test_each_door_its_token(server: HealthServer, worker: Worker) -> None:
    """A scheduler's secret does not open the worker's own door."""
    assert (await call(server, "POST", WORKER, "Bearer cron-secret"))[0] == 401
    assert worker.looked == 0


@pytest.mark.parametrize("server", [("", "")], indirect=True)
async def test_no_token_set(server: HealthServer, worker: Worker) -> None:
    """A door without a token is closed, not open."""
    for shown in ("", "Bearer ", "Bearer x"):
        assert (await call(server, "POST", PROCESS, shown))[0] == 403
    assert worker.looked == 0


async def test_still_starting(server: HealthServer, worker: Worker) -> None:
    """Before the engine is there a caller is told to come back."""
    worker.up = False
    assert (await call(server, "POST", PROCESS, "Bearer cron-secret"))[0] == 503


def test_odd_characters() -> None:
    """Any header is compared, none raises."""
    assert access("Bearer \udcff\x00", ["tök"]) is Access.REFUSED
    assert access("Bearer tök", ["tök"]) is Access.GRANTED
