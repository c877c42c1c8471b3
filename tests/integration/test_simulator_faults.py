"""Faults as a client meets them, and what they leave on the bill."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from simulator import Fault, Simulator

KEY = {"X-Api-Key": "key"}
WHAT = {"website": "acme.example"}


@pytest.fixture
async def simulator() -> AsyncIterator[Simulator]:
    """A small world without latency."""
    async with Simulator(companies=5) as running:
        yield running


async def ask(simulator: Simulator, fault: str = "", timeout_s: float = 5.0) -> tuple[int, bytes]:
    """One company look-up with a fault; raises what the client raises. By POST, which no client repeats by itself."""
    headers = {**KEY, **({"X-Sim-Fault": fault} if fault else {})}
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    url = simulator.url("pdl") + "/company/enrich"
    async with (
        aiohttp.ClientSession(timeout=timeout) as client,
        client.post(url, json=WHAT, headers=headers) as response,
    ):
        return response.status, await response.read()


@pytest.mark.parametrize("fault", ["429", "500", "503", "quota", "bad_key", "reset"])
async def test_what_goes_wrong_before_the_work_is_not_billed(simulator: Simulator, fault: str) -> None:
    """The provider did nothing, so it charges nothing."""
    try:
        status, _ = await ask(simulator, fault)
        assert status >= 400
    except aiohttp.ClientError:
        assert fault == "reset"
    assert simulator.bill.as_json()["total"]["billed"] == 0


@pytest.mark.parametrize("fault", ["cut", "lost", "truncated", "wrong_json", "wrong_types", "empty"])
async def test_what_goes_wrong_after_the_work_is_billed_and_told_apart(simulator: Simulator, fault: str) -> None:
    """The money is spent and the answer is no use: both are on the bill."""
    _, whole = await ask(simulator)
    try:
        status, body = await ask(simulator, fault)
        assert status == 200
        assert body != whole
    except aiohttp.ClientError:
        assert fault in ("cut", "lost")
    total = simulator.bill.as_json()["total"]
    assert (total["billed"], total["rebilled"], total["cut_off"]) == (2, 1, 1)


async def test_a_hang_is_as_long_as_the_client_waits(simulator: Simulator) -> None:
    """Nothing comes until the client gives up; closing the simulator does not wait for it."""
    with pytest.raises(TimeoutError):
        await ask(simulator, "timeout; seconds=3600", timeout_s=0.1)


async def test_a_client_that_leaves_is_billed_and_noted(simulator: Simulator) -> None:
    """A call that the client gave up while the provider worked is charged, and shown as cut off."""
    simulator.house.latency_s = 0.2
    with pytest.raises(TimeoutError):
        await ask(simulator, timeout_s=0.05)
    for _ in range(200):
        if simulator.bill.as_json()["total"]["billed"]:
            break
        await asyncio.sleep(0.01)
    total = simulator.bill.as_json()["total"]
    assert (total["billed"], total["cut_off"]) == (1, 1)


async def test_a_drip_arrives_whole(simulator: Simulator) -> None:
    """Slow is not broken."""
    _, whole = await ask(simulator)
    assert (await ask(simulator, "drip; seconds=0.0001"))[1] == whole


async def test_webhooks_come_twice_or_not_at_all(simulator: Simulator) -> None:
    """The receiver sees the same bytes twice, or nothing."""
    got: list[bytes] = []

    async def receive(request: web.BaseRequest) -> web.Response:
        got.append(await request.read())
        return web.Response(status=204)

    runner = web.ServerRunner(web.Server(receive))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    hook = f"http://{host}:{port}/hook"
    for fault, wanted in (("duplicate_webhook", 2), ("no_webhook", 0)):
        simulator.house.reset()
        got.clear()
        params = {"email": "mara.lindqvist@acme.example", "reveal_phone_number": "true", "webhook_url": hook}
        headers = {"x-api-key": "key", "X-Sim-Fault": fault}
        async with aiohttp.ClientSession() as client:
            url = simulator.url("apollo") + "/people/match"
            async with client.post(url, params=params, headers=headers) as response:
                assert response.status == 200
        await simulator.settled()
        assert len(got) == wanted
        assert len(set(got)) <= 1
    await runner.cleanup()


async def test_a_key_can_be_revoked_and_a_quota_can_end(simulator: Simulator) -> None:
    """Both at run time, both seen by the next request."""
    async with aiohttp.ClientSession() as client:

        async def change(body: dict[str, Any]) -> int:
            async with client.post(simulator.api + "/_sim/faults", json=body) as response:
                return response.status

        assert await change({"quota": {"pdl": 1}}) == 200
        assert [(await ask(simulator))[0] for _ in range(2)] == [200, 402]
        assert await change({"quota": {"pdl": None}}) == 200
        assert (await ask(simulator))[0] == 200
        assert await change({"revoked": ["key"]}) == 200
        assert (await ask(simulator))[0] == 401
        assert await change({"colour": "red"}) == 400


async def test_a_scenario_changes_the_weather_in_time() -> None:
    """What the timeline holds comes into force by itself."""
    timeline = [{"at_s": 0.05, "rules": [{"kind": "503", "provider": "pdl"}]}]
    async with Simulator(companies=1, timeline=timeline) as simulator:
        assert (await ask(simulator))[0] == 200
        await simulator.settled()
        assert (await ask(simulator))[0] == 503


async def test_a_rate_of_faults_is_met_by_many_requests() -> None:
    """With half of the requests going wrong, the bill still equals what was worked out."""
    async with Simulator(companies=1, fault_rate=0.5, fault_kinds=["500", "truncated"], seed=5) as simulator:
        replies = [await ask(simulator) for _ in range(60)]
        whole = max((body for status, body in replies if status == 200), key=len)
        total = simulator.bill.as_json()["total"]
        assert total["billed"] == sum(1 for status, _ in replies if status == 200)
        assert total["cut_off"] == sum(1 for status, body in replies if status == 200 and body != whole)
        assert 10 < sum(1 for seen in simulator.requests if seen.fault) < 50


def test_an_unknown_fault_is_refused_at_the_start() -> None:
    """A misspelt scenario fails loudly."""
    with pytest.raises(ValueError, match="unknown in a scenario"):
        Simulator(fault_rat=0.1)
    with pytest.raises(ValueError, match="unknown fault"):
        Fault("429s")
