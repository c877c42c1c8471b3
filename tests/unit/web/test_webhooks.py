"""Provider webhooks over real HTTP: what the sender learns, and what it does not."""

from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest
from aiohttp import web

from worker.domain.errors import StoreUnavailable
from worker.web.server import HealthServer, serve
from worker.web.webhooks import PATH, webhook_routes


class Doorkeeper:
    """A receiver that believes one token."""

    def __init__(self) -> None:
        self.away = False
        self.took: list[tuple[bytes, str]] = []

    async def __call__(self, body: bytes, headers: Mapping[str, str], token: str) -> str:
        if self.away:
            raise StoreUnavailable("connection refused")
        if token != "right":
            return "the token is unknown"
        self.took.append((body, headers["x-signature"]))
        return ""


@pytest.fixture
def doorkeeper() -> Doorkeeper:
    return Doorkeeper()


@pytest.fixture
async def server(doorkeeper: Doorkeeper) -> AsyncIterator[HealthServer]:
    app = web.Application(client_max_size=1000)
    webhook_routes(app, {"apollo": doorkeeper})
    running = await serve(app, "127.0.0.1", 0)
    yield running
    await running.close()


async def post(server: HealthServer, query: str, body: bytes = b"{}") -> tuple[int, str, Mapping[str, str]]:
    address = f"http://127.0.0.1:{server.port}{PATH}?{query}"
    sent = {"X-Signature": "s"}
    async with aiohttp.ClientSession() as session, session.post(address, data=body, headers=sent) as reply:
        return reply.status, await reply.text(), reply.headers


async def test_a_believed_delivery(server: HealthServer, doorkeeper: Doorkeeper) -> None:
    """The raw body reaches the receiver, for its signature, with headers in lower case."""
    assert (await post(server, "provider=apollo&token=right", b'{"people": []}'))[0] == 200
    assert doorkeeper.took == [(b'{"people": []}', "s")]


async def test_refusals_say_nothing(server: HealthServer) -> None:
    """Why a delivery is not believed stays with us."""
    status, body, _ = await post(server, "provider=apollo&token=wrong")
    assert status == 401
    assert "token is unknown" not in body
    assert (await post(server, "provider=nobody&token=right"))[0] == 404
    assert (await post(server, "token=right"))[0] == 404


async def test_too_much(server: HealthServer, doorkeeper: Doorkeeper) -> None:
    """A body over the cap is refused before anybody reads it."""
    assert (await post(server, "provider=apollo&token=right", b"x" * 2000))[0] == 413
    assert doorkeeper.took == []


async def test_not_now(server: HealthServer, doorkeeper: Doorkeeper) -> None:
    """While PostgreSQL is away the provider is asked to come back; nothing is lost by a 200."""
    doorkeeper.away = True
    status, body, headers = await post(server, "provider=apollo&token=right")
    assert status == 503
    assert int(headers["Retry-After"]) > 0
    assert "refused" not in body
