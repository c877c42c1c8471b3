"""What providers tell of their accounts: recorded replies, the simulated ones, and the watch over them."""

import json
from typing import Any

import orjson
import pytest
import structlog
from hypothesis import given

from simulator import Simulator
from tests.support.json_values import json_values
from tests.support.recorded import recorded
from worker.domain.call import HttpRequest, Reply
from worker.gateway.options import GatewayOptions
from worker.gateway.transport import Transport
from worker.providers.usage import Usage, read_apollo, read_hunter, usage_questions
from worker.usage_watch import UsageWatch


def test_apollo_tells_credits_of_the_cycle() -> None:
    """Left and given credits by kind; a key without the right is told so."""
    told = read_apollo(recorded("apollo", "usage"))
    assert not isinstance(told, str)
    assert {usage.credit: usage.left for usage in told} == {"lead_credit": 987.5, "direct_dial_credit": 92.0}
    assert "master keys" in str(read_apollo(recorded("apollo", "usage_forbidden")))


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"used": 5.5, "available": 50}, 44.5),
        ({"used": 5.5, "available": 50, "remaining": 40}, 40.0),
        ({"used": 60, "available": 50}, 0.0),
    ],
)
def test_hunter_tells_requests_of_the_period(told: dict[str, Any], left: float) -> None:
    """What is left is told, or follows from what was used."""
    body = {"data": {"reset_date": "2026-12-01", "requests": {"credits": told, "searches": None}}}
    assert read_hunter(Reply(200, {}, orjson.dumps(body))) == (Usage("hunter", "credits", left, 50, "2026-12-01"),)


@given(json_values(["data", "requests", "credits", "credit_usage_stats", "lead_credit", "left_over"]))
def test_anything_can_be_read(body: Any) -> None:
    """No reply raises."""
    for status in (200, 403, 500):
        reply = Reply(status, {}, json.dumps(body).encode())
        read_apollo(reply)
        read_hunter(reply)


def hunter_left(watch: UsageWatch) -> float:
    """What the gauges say of Hunter's credits."""
    return next(gauge.value for gauge in watch.gauges() if gauge.labels == {"provider": "hunter", "credit": "credits"})


async def test_simulated_accounts_tell_what_is_left() -> None:
    """Both are asked over the wire, for free, and show in the gauges; one that refuses keeps its last value."""
    async with Simulator(companies=5, quota={"hunter": 100.0}) as simulator:
        transport = Transport(GatewayOptions())
        watch = UsageWatch(usage_questions(simulator.env | simulator.keys), transport.send)
        await watch.run_once()
        assert {gauge.labels["provider"] for gauge in watch.gauges()} == {"apollo", "hunter"}
        assert hunter_left(watch) == 100.0
        simulator.house.revoked = {"sim-hunter-key-5f0c1d"}
        await watch.run_once()
        assert hunter_left(watch) == 100.0
        assert simulator.bill.total_micros() == 0
        await transport.close()


async def test_running_low_is_said_once() -> None:
    """An account that runs low is warned of once, and again after there was more; a broken connection is no news."""
    told = iter((100.0, 9.0, 0.0, 50.0, -1.0, 5.0))

    async def send(_: HttpRequest) -> Reply:
        left = next(told)
        if left < 0:
            raise ConnectionResetError
        requests = {"credits": {"used": 100 - left, "available": 100}}
        return Reply(200, {}, orjson.dumps({"data": {"requests": requests}}))

    watch = UsageWatch(usage_questions({"HUNTER_API_KEY": "k"}), send)
    with structlog.testing.capture_logs() as said:
        for _ in range(6):
            await watch.run_once()
    assert [line["left"] for line in said if line["event"] == "a provider's account runs low"] == [9.0, 5.0]
    assert hunter_left(watch) == 5.0


def test_only_accounts_with_keys_are_asked() -> None:
    """Without keys there is nobody to ask."""
    assert usage_questions({}) == ()
    assert [one.provider for one in usage_questions({"APOLLO_API_KEY": "k", "HUNTER_API_KEY": "k"})] == [
        "apollo",
        "hunter",
    ]
