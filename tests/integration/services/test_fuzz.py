"""Ten thousand entries of anything: each settles or is a dead letter, and the worker lives on."""

import random
from typing import Any

import orjson
import pytest

from tests.integration.services.conftest import Bench

FIELDS = (
    "url", "type", "requiredFields", "required_fields", "skipCache", "maxCostCents", "id", "workspaceId", "tags",
    "runAt", "maxAttempts", "maxRetries", "minConfidence", "refreshOlderThan", "dryRun", "dependsOn", "known",
    "payload", "data", "traceparent", "_gen", "_id", "_lane", "_attempts", "_first", "colour",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    "noop", "https://acme.example", "company_name", "true", "-1", "1e999", "0", "", " ", "null", "[]", "{}", "[[", "\0",
    b"\xff\xfe", "x" * 70_000, "2026-11-22T00:00:00Z", "99999999999999999999", "☃", "\u202e", "a:b%c", "default",
    '{"type":"noop","id":1}', '{"type":"noop","url":{"a":[1]}}', "[1,2,3]", '{"id":"\\ud800"}', "nan", "5d", "3",
)  # fmt: skip


def entry(chance: random.Random) -> dict[Any, Any]:
    """Some fields with some values, sometimes raw bytes as names, sometimes nearly right."""
    fields: dict[Any, Any] = {}
    if chance.random() < 0.6:
        fields["type"] = "noop"
    for _ in range(chance.randint(0, 5)):
        name: Any = chance.choice(FIELDS) if chance.random() < 0.9 else chance.randbytes(chance.randint(1, 12))
        value: Any = chance.choice(VALUES) if chance.random() < 0.7 else chance.randbytes(chance.randint(0, 40))
        fields[name] = value
    if chance.random() < 0.1:
        fields["payload"] = orjson.dumps({chance.choice(FIELDS): str(chance.random()), "type": "noop"})
    return fields or {"nothing": ""}


@pytest.mark.timeout(300)
async def test_fuzzed_entries(bench: Bench) -> None:
    """Every entry leads to a row or to an end of a job that is known already; nothing is left in any lane."""
    chance = random.Random(20261122)
    lanes = ("priority", "high", "jobs", "low", "batch")
    count = 10_000
    async with bench.engine(slots=200, lease_s=30.0):
        for _ in range(count // 500):
            async with bench.redis.pipeline(transaction=False) as pipe:
                for _ in range(500):
                    pipe.xadd(f"enrichment-{chance.choice(lanes)}", entry(chance))
                await pipe.execute()
        await bench.until_settled(count, timeout_s=240)
        await bench.add(id="alive")
        await bench.until_settled(count + 1)
    assert (await bench.rows())["alive"]["status"] == "completed"
    assert await bench.quiet()
    statuses = await bench.pool.fetch("SELECT status, count(*) FROM enrichment_jobs GROUP BY 1")
    counted = {row["status"]: row["count"] for row in statuses}
    assert set(counted) <= {"completed", "dead_letter", "scheduled"}
    assert counted["completed"] > 500
    assert counted["dead_letter"] > 500
