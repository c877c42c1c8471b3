"""Answers that providers deliver to the running daemon: believed, stored, and the waiting job runs on at once."""

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest

from tests.acceptance.town import Town, open_town
from tests.support.planted import planted
from worker.embedded import EmbeddedServers
from worker.web.webhooks import PATH

KEY = "sim-clearbit-key-5f0c1d"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
async def clearbit_town(
    embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path
) -> AsyncIterator[tuple[Town, str]]:
    """A worker that asks Clearbit alone, which queues every question; and where the worker takes deliveries.

    What the simulated service posts goes to a letter box, and the tests hand it on, so that they decide when.
    """
    port = free_port()
    world: dict[str, Any] = {
        "coverage": {"clearbit": 1.0},
        "settings": {"clearbit_polls": 99, "clearbit_webhook_s": 0.0},
    }
    async with open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log", **world) as town:
        await town.start(
            CLEARBIT_API_KEY=KEY,
            PROVIDER_ORDER="clearbit",
            LLM_PROVIDER="",
            LLM_API_KEY="",
            HEALTH_CHECK_PORT=str(port),
            PUBLIC_URL=f"{town.simulator.api}/_hook/204",
        )
        yield town, f"http://127.0.0.1:{port}{PATH}"


async def asleep(town: Town, name: str) -> float:
    """Return when a job sleeps, with the time (ms) at which it would wake by itself."""
    async with asyncio.timeout(30):
        while True:
            score = await town.redis.zscore("enrichment-delayed", name)
            if score is not None:
                return float(score)
            await asyncio.sleep(0.02)


def signature(body: bytes, key: str) -> dict[str, str]:
    """The header that goes with a body under a key."""
    return {"X-Request-Signature": f"sha1={hmac.new(key.encode(), body, hashlib.sha1).hexdigest()}"}


async def post(url: str, token: str, body: bytes, headers: dict[str, str], provider: str = "clearbit") -> int:
    """The status that a provider gets."""
    address = f"{url}?provider={provider}&token={token}"
    async with aiohttp.ClientSession() as session, session.post(address, data=BytesIO(body), headers=headers) as reply:
        return reply.status


async def delivered(town: Town) -> tuple[str, bytes, dict[str, str]]:
    """(token, body, headers) of what the provider posted; it reached a letter box instead of the worker."""
    await town.simulator.settled()
    got = town.simulator.receiver.got[-1]
    signed = {name: value for name, value in got.headers.items() if name.lower() == "x-request-signature"}
    return str(orjson.loads(got.body)["id"]), got.body, signed


async def test_a_delivery_wakes_its_job(clearbit_town: tuple[Town, str]) -> None:
    """A sleeping job ends by its delivery, long before it would ask again, without another request; charged once."""
    town, url = clearbit_town
    company = next(company for company in town.simulator.world.companies if company.made)
    job_id = await town.add(
        id="w1", url=f"http://{company.domain}", type="company_website", requiredFields="company_employee_count"
    )
    due_ms = await asleep(town, "w1")
    asked = town.asked()["clearbit"]
    token, body, signed = await delivered(town)
    assert await post(url, token, body, {"X-Request-Signature": "sha1=" + "0" * 40}) == 401
    assert await post(url, token, body, signature(body, "other")) == 401
    forged = body.replace(token.encode(), b"0" * 40)
    assert await post(url, "0" * 40, forged, signature(forged, KEY)) == 401
    assert await post(url, token, body, signed, "brave") == 404
    assert await post(url, token, body, signed, "hunter") == 401
    assert await post(url, token, b"x" * (1 << 20) + b"x", signed) == 413
    assert await town.redis.zscore("enrichment-delayed", "w1") == due_ms

    assert await post(url, token, body, signed) == 200
    row = await town.row(job_id)
    assert row["completed_at"].timestamp() * 1000 < due_ms - 1000
    result = orjson.loads(row["result"])
    assert result["data"]["company_employee_count"]["value"] == company.employee_count
    assert (row["status"], row["attempts"], town.asked()["clearbit"]) == ("completed", 1, asked)

    before = await town.charges()
    assert await post(url, token, body, signed) == 200  # a replay is taken and changes nothing
    assert await town.charges() == before == {"charged": 250_000, "unknown": 0}
    rows = await town.connection.fetch("SELECT token_hash FROM provider_deliveries")
    assert token.encode() not in b"".join(row["token_hash"] for row in rows)


async def test_a_delivery_that_overtakes_its_job(clearbit_town: tuple[Town, str]) -> None:
    """A delivery that comes as soon as it is expected, before the job has gone to sleep, still wakes it."""
    town, url = clearbit_town
    company = next(company for company in town.simulator.world.companies if company.made)
    job_id = await town.add(
        id="w2", url=f"http://{company.domain}", type="company_website", requiredFields="company_employee_count"
    )
    async with asyncio.timeout(30):
        while True:
            if await town.connection.fetchval("SELECT count(*) FROM provider_deliveries"):
                break
            await asyncio.sleep(0.001)
    assert await post(url, *await delivered(town)) == 200
    row = await town.row(job_id)
    assert row["status"] == "completed"
    assert town.asked()["clearbit"] == 1


async def test_an_answer_of_hunter_from_a_relay(
    embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path
) -> None:
    """Hunter has no webhooks; a signed answer that names its question ends the job that would poll for it."""
    secret, port = planted("relay"), free_port()
    world: dict[str, Any] = {"coverage": {"hunter": 1.0}, "settings": {"hunter_polls": 99}}
    async with open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log", **world) as town:
        await town.start(
            HUNTER_API_KEY="sim-hunter-key-5f0c1d",
            HUNTER_WEBHOOK_SECRET=secret,
            PROVIDER_ORDER="hunter",
            LLM_PROVIDER="",
            LLM_API_KEY="",
            HEALTH_CHECK_PORT=str(port),
        )
        url = f"http://127.0.0.1:{port}{PATH}"
        email = "ada@acme.example"
        job_id = await town.add(id="h1", type="email_validation", email=email, requiredFields="person_email_status")
        await asleep(town, "h1")
        asked = town.asked()["hunter"]
        data = {"status": "accept_all", "score": 60, "email": email, "accept_all": True, "smtp_check": True}
        body = orjson.dumps({"data": data, "meta": {"params": {"email": email}}})

        def signed(key: str) -> dict[str, str]:
            return {"X-Hub-Signature-256": "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()}

        assert await post(url, "", body, {}, "hunter") == 401
        assert await post(url, "", body, signed("other"), "hunter") == 401
        assert await post(url, "", body.replace(b"ada@", b"eve@"), signed(secret), "hunter") == 401
        assert await post(url, "", body, signed(secret), "hunter") == 200
        row = await town.row(job_id)
        assert orjson.loads(row["result"])["data"]["person_email_status"]["value"] == "catch_all"
        assert (row["status"], town.asked()["hunter"]) == ("completed", asked)
