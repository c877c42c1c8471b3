"""The main job with the shipped daemon: XADD in, rows, cache and hash out; what is bad, killed or repeated too."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pytest

from tests.acceptance.town import Town, handed_back, open_town
from worker.embedded import EmbeddedServers

FIELDS: Final = "company_name,company_industry,company_size"
URL: Final = "http://acme.example"

#: (entry, what its dead letter has to say)
BAD: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({"type": "company_website"}, "url: is missing; expected the address"),
    ({"url": URL, "type": "compny"}, "type: is 'compny'; expected one of company_linkedin"),
    ({"payload": '{"url": "http://acme.example",'}, "payload: is not valid JSON"),
    ({"url": URL, "type": "company_website", "note": "x" * 5_000_000}, "the entry is larger than 1,048,576 bytes"),
    ({"url": b"http://\xff\xfe.example", "type": "company_website"}, "url: is not valid UTF-8"),
    ({"url": "http://ac\0me.example", "type": "company_website"}, "url: holds a NUL character"),
    ({"url": URL, "type": "company_website", "maxCostCents": "-5"}, "maxCostCents: is '-5'; expected a number of"),
    ({"url": URL, "type": "company_website", "requiredFields": "company_nmae"}, "did you mean company_name?"),
)


async def test_a_job_by_hand(town: Town) -> None:
    """XADD: a row, claims, a cached record, a result in the hash. Again: nobody is asked; with skipCache they are."""
    await town.start()
    job_id = await town.add(url=URL, type="company_website", requiredFields=FIELDS)
    row = await town.row(job_id)
    assert (row["status"], row["result_status"], row["attempts"], row["url"]) == ("completed", "success", 1, URL)
    result = orjson.loads(row["result"])
    assert set(FIELDS.split(",")) <= set(result["data"])
    assert all(0.6 <= found["confidence"] <= 1 and found["sources"] for found in result["data"].values())
    claims = await town.connection.fetch(
        "SELECT c.field, c.evidence FROM claims c JOIN subjects s ON s.id = c.subject_id"
        " WHERE s.workspace_id = 'default' AND s.key LIKE '%acme.example'"
    )
    assert {claim["field"] for claim in claims} >= set(FIELDS.split(","))
    await town.quiet()
    held = await town.redis.hgetall(f"enrichment:job:{job_id}")
    assert held[b"status"] == b"completed"
    assert orjson.loads(held[b"result"])["data"] == result["data"]
    assert await town.keys("enrichd:record:default:*acme.example")

    asked = town.asked()
    assert asked["pdl"] == 1
    ledger = await town.charges()
    assert ledger == {"charged": town.simulator.bill.total_micros(), "unknown": 0}
    assert ledger["charged"] == row["cost_micros"] > 0

    again = await town.run(url=URL, type="company_website", requiredFields=FIELDS)
    assert (again["status"], again["costs"]["total"]) == ("success", 0)
    assert {name: found["value"] for name, found in again["data"].items()} == {
        name: found["value"] for name, found in result["data"].items()
    }
    assert town.asked() == asked

    anew = await town.run(url=URL, type="company_website", requiredFields=FIELDS, skipCache="true")
    assert (anew["status"], town.asked()["pdl"]) == ("success", 2)


async def test_malformed_entries_and_their_neighbours(town: Town) -> None:
    """Eight kinds of bad entries in one batch: each a dead letter that says what is wrong; neighbours settle."""
    reasons: dict[str, str] = {}
    neighbours = []
    for fields, reason in BAD:
        reasons[await town.add(**fields)] = reason
        neighbours.append(await town.add(url=URL, type="company_website", requiredFields="company_name"))
    await town.start()
    for job_id, reason in reasons.items():
        row = await town.row(job_id)
        assert row["status"] == "dead_letter"
        assert reason in row["error_message"], row["error_message"]
        assert len(row["error_message"]) < 400
    for job_id in neighbours:
        assert (await town.row(job_id))["status"] == "completed"
    await town.quiet()
    letters = await town.redis.xrange("enrichment-dead")
    assert len(letters) == len(BAD)
    for job_id in reasons:
        held = await town.redis.hgetall(f"enrichment:job:{job_id.replace('%', '%25').replace(':', '%3A')}")
        assert held[b"status"] == b"dead_letter"
    assert (await town.run(url=URL, type="company_website", requiredFields="company_name"))["status"] == "success"


async def test_two_workspaces_never_meet(town: Town) -> None:
    """The same id and the same company in two workspaces: two rows, two records, both paid for, no key shared."""
    await town.start()
    entry = {"url": URL, "type": "company_website", "requiredFields": FIELDS, "id": "42"}
    first = await town.run(**entry, workspaceId="red")
    asked = town.asked()
    second = await town.run(**entry, workspaceId="blue")
    assert first["status"] == second["status"] == "success"
    assert town.asked()["pdl"] == 2 * asked["pdl"] == 2
    counts = await town.connection.fetch(
        "SELECT workspace_id, count(*) AS calls FROM provider_calls WHERE provider = 'pdl' GROUP BY 1 ORDER BY 1"
    )
    assert [tuple(row) for row in counts] == [("blue", 1), ("red", 1)]
    subjects = await town.connection.fetch(
        "SELECT workspace_id FROM subjects WHERE key LIKE '%acme.example' ORDER BY 1"
    )
    assert [row["workspace_id"] for row in subjects] == ["blue", "red"]
    await town.quiet()
    for workspace in ("red", "blue"):
        assert await town.keys(f"enrichd:record:{workspace}:*")
        assert await town.redis.hget(f"enrichment:job:{workspace}:42", "status") == b"completed"
    assert await town.keys("enrichd:record:default:*") == []
    assert await town.keys("enrichment:job:42") == []


async def test_caps_and_confidence_are_obeyed(town: Town) -> None:
    """maxCostCents 0 buys nothing; minConfidence above what free sources give leaves a gap, below it there is none."""
    await town.start()
    entry = {"url": "http://nordwerk.example", "type": "company_website", "requiredFields": "company_name"}
    free = await town.run(**entry, maxCostCents="0")
    assert free["costs"]["total"] == 0
    assert free["data"]["company_name"]["value"]
    assert town.simulator.bill.total_micros() == 0
    confidence = free["data"]["company_name"]["confidence"]
    assert confidence < 1

    wanting = await town.run(**entry, maxCostCents="0", minConfidence="1")
    assert wanting["status"] in ("partial", "failed")
    assert town.simulator.bill.total_micros() == 0
    content = await town.run(**entry, maxCostCents="0", minConfidence=str(confidence - 0.01))
    assert content["status"] == "success"

    capped = await town.run(
        url="http://harborlight.example", type="company_website", requiredFields=FIELDS, maxCostCents="5"
    )
    assert capped["costs"]["total"] <= 5
    assert town.simulator.bill.total_micros() <= 50_000


@pytest.mark.timeout(180)
async def test_kill_in_the_middle_of_thirty_jobs(
    embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path
) -> None:
    """kill -9 in mid-run and a new start: every job ends, none twice, nothing is pending, and the bill agrees."""
    log = tmp_path / "workers.log"
    async with open_town(embedded_servers, redis_url, pg_dsn, log, latency_ms=60, jitter_ms=40) as town:
        domains = [company.domain for company in town.simulator.world.companies if company.made][:30]
        ids = [
            await town.add(url=f"http://{domain}", type="company_website", requiredFields=FIELDS) for domain in domains
        ]
        worker = await town.start(CONCURRENCY="8")
        await town.ended(random.Random(3).randint(6, 10))
        town.fleet.kill(worker)
        done = await town.connection.fetchval("SELECT count(*) FROM endings")
        assert 0 < done < len(ids)
        await town.start(CONCURRENCY="8")
        await town.ended(len(ids), patience_s=130)
        await town.quiet()
        ends = await town.connection.fetch("SELECT id, count(*) AS times FROM endings GROUP BY id")
        assert {row["id"]: row["times"] for row in ends} == dict.fromkeys(ids, 1)
        ledger = await town.charges()
        billed = town.simulator.bill.total_micros()
        assert ledger["charged"] <= billed <= ledger["charged"] + ledger["unknown"]
        rebilled = sum(line.rebilled for line in town.simulator.bill.lines())
        unknown = await town.connection.fetchval(
            "SELECT count(*) FROM provider_calls WHERE charge IN ('unknown', 'reserved')"
        )
        assert rebilled <= unknown <= 8 * 3


@pytest.mark.parametrize(("grace_ms", "hands_back"), [(200, True), (20_000, False)])
async def test_sigterm_under_load(
    grace_ms: int, hands_back: bool, embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path
) -> None:
    """In time and with code 0; what the grace does not suffice for runs elsewhere at once, with no delivery counted."""
    log = tmp_path / "workers.log"
    async with open_town(embedded_servers, redis_url, pg_dsn, log, latency_ms=900) as town:
        # a lease of a minute: only handing back can move an entry in time
        settings = {"LEASE": "60000", "GRACEFUL_SHUTDOWN_TIMEOUT": str(grace_ms), "LOG_FORMAT": "json"}
        first = await town.start(CONCURRENCY="6", **settings)
        second = await town.start(CONCURRENCY="12", **settings)
        domains = [company.domain for company in town.simulator.world.companies if company.made][:12]
        ids = [
            await town.add(url=f"http://{domain}", type="company_website", requiredFields="company_name")
            for domain in domains
        ]
        running = await town.owned_by(first.pid)
        stopped_at = datetime.now(UTC)
        first.terminate()
        assert await first.ended(30) == 0
        took_s = (datetime.now(UTC) - stopped_at).total_seconds()
        # paid calls under way may end, so that their answers are kept
        assert took_s < min(grace_ms / 1000, 6) + 14, town.log()[-3000:]
        town.fleet.workers.remove(first)
        await town.ended(len(ids))
        await town.quiet()
        ends = await town.connection.fetch("SELECT id, count(*) AS times, max(run) AS run FROM endings GROUP BY id")
        assert {row["id"]: row["times"] for row in ends} == dict.fromkeys(ids, 1)
        assert {row["run"] for row in ends} == {1}, "a delivery was counted"
        back = handed_back(town.log())
        assert back >= len(running) if hands_back else back == 0
        if hands_back:
            begun = await town.connection.fetch("SELECT started_at FROM enrichment_jobs WHERE id = ANY($1)", running)
            late_s = max((row["started_at"] - stopped_at).total_seconds() for row in begun)
            assert late_s < took_s + 3
        second.terminate()
        assert await second.ended(30) == 0
        town.fleet.workers.remove(second)
