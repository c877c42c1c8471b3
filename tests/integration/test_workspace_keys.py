"""Keys and budgets of workspaces in the running daemon: whose account is asked, and what nobody else sees."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.acceptance.town import Town, open_town
from tests.support.planted import planted, planted_ring
from worker.domain.provider import Options
from worker.embedded import EmbeddedServers
from worker.providers.option import fingerprint
from worker.providers.roster import open_roster
from worker.rosters import Rosters
from worker.store.keyring import KeyRing, WorkspaceKeys

OWN = "planted-own-pdl-key-5f0c1d-0001"
NEWER = "planted-own-pdl-key-5f0c1d-0002"
ENTRY = {"type": "company_website", "requiredFields": "company_founded_year,company_employee_count"}


@pytest.fixture
async def town(embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path) -> AsyncIterator[Town]:
    """An outside world in which LinkedIn data are known about everybody."""
    async with open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log", coverage={"pdl": 1.0}) as made:
        yield made


async def accounts(town: Town) -> dict[str, set[str]]:
    """The accounts that each workspace's LinkedIn data calls were booked on."""
    rows = await town.connection.fetch(
        "SELECT DISTINCT workspace_id, account FROM provider_calls WHERE provider = 'pdl'"
    )
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["workspace_id"], set()).add(row["account"])
    return found


def domains(town: Town) -> list[str]:
    """Generated companies, so that no answer is used again."""
    return [company.domain for company in town.simulator.world.companies if company.made]


async def test_a_workspace_uses_its_own_key(town: Town, pg_pool: "asyncpg.Pool[Any]") -> None:
    """The owner's jobs are asked under its key, everybody else's under the common one; a change takes effect while the
    worker runs; no log line and no row holds a key."""
    ring = planted_ring("a")
    keys = WorkspaceKeys(pg_pool, KeyRing.parse(ring))
    await keys.set("acme", "LINKEDIN_API_KEY", OWN)
    await town.start(ENCRYPTION_KEYS=ring, LOG_LEVEL="debug")
    one, two, three, *_ = domains(town)
    for workspace in ("acme", "other"):
        await town.run(url=f"http://{one}", workspaceId=workspace, id=f"{workspace}-1", **ENTRY)
    common = fingerprint("sim-pdl-key-5f0c1d")
    assert await accounts(town) == {"acme": {fingerprint(OWN)}, "other": {common}}

    await keys.set("acme", "LINKEDIN_API_KEY", NEWER)
    async with asyncio.timeout(30):
        for number in range(100):
            await town.run(url=f"http://{two}", workspaceId="acme", id=f"acme-2-{number}", skipCache="true", **ENTRY)
            if fingerprint(NEWER) in (await accounts(town))["acme"]:
                break
            await asyncio.sleep(0.3)
    assert (await accounts(town))["acme"] == {fingerprint(OWN), fingerprint(NEWER)}

    assert common not in (await accounts(town))["acme"]
    await town.run(url=f"http://{three}", workspaceId="other", id="other-3", **ENTRY)
    assert (await accounts(town))["other"] == {common}
    assert "planted-own-pdl-key-5f0c1d" not in town.log()


async def test_keys_without_a_ring_are_warned_of(town: Town, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A worker that was started without the ring says that it cannot open what is stored."""
    await WorkspaceKeys(pg_pool, KeyRing.parse(planted_ring("a"))).set("acme", "LINKEDIN_API_KEY", OWN)
    await town.start()
    assert "ENCRYPTION_KEYS is unset" in town.log()


async def test_a_key_that_cannot_be_opened_is_no_key(town: Town, pg_pool: "asyncpg.Pool[Any]") -> None:
    """With a ring that lacks the sealing key the provider is off for that workspace; the common key is not spent."""
    await WorkspaceKeys(pg_pool, KeyRing.parse(planted_ring("gone"))).set("acme", "LINKEDIN_API_KEY", OWN)
    await town.start(ENCRYPTION_KEYS=planted_ring("here"))
    await town.run(url=f"http://{domains(town)[0]}", workspaceId="acme", id="1", **ENTRY)
    assert await accounts(town) == {}
    assert town.asked()["pdl"] == 0
    assert "keys of a workspace cannot be opened" in town.log()


async def test_rosters_are_few_and_closed(pg_pool: "asyncpg.Pool[Any]") -> None:
    """Room for two: the third workspace closes the one that was used longest ago, but not while a job uses it."""
    keys = WorkspaceKeys(pg_pool, KeyRing.parse(planted_ring("a")))
    for name in ("red", "green", "blue"):
        await keys.set(name, "APOLLO_API_KEY", planted(name))
    options: Options = {"EMAIL_DNS_SERVERS": "127.0.0.1:9"}
    common = open_roster(options)
    hidden: list[str] = []
    rosters = Rosters(options, (), common, keys, hidden.append, lambda _: None, most=2)
    try:
        async with rosters.of("nobody") as roster:
            assert roster is common
        async with rosters.of("red") as red:
            apollo = next(provider for provider in red.on if provider.name == "apollo")
            assert apollo.account == fingerprint(planted("red"))
            async with rosters.of("green"), rosters.of("blue"):
                pass
            async with rosters.of("red") as again:
                assert again is not red
        assert set(hidden) == {planted("red"), planted("green"), planted("blue")}
    finally:
        await rosters.close()
        await common.close()


async def test_every_workspace_has_a_budget(town: Town, pg_pool: "asyncpg.Pool[Any]") -> None:
    """WORKSPACE_BUDGET_PER_DAY holds for each workspace by itself, unless it has a budget of its own."""
    await pg_pool.execute("INSERT INTO budgets VALUES ('workspace:rich', 'day', 100000000)")
    await town.start(WORKSPACE_BUDGET_PER_DAY="60", CONCURRENCY="4")
    for workspace in ("red", "blue", "rich"):
        for number, domain in enumerate(domains(town)[:6]):
            await town.add(url=f"http://{domain}", workspaceId=workspace, id=f"{number}", **ENTRY)
    async with asyncio.timeout(60):
        while True:
            ended = await town.connection.fetchval(
                "SELECT count(*) FROM enrichment_jobs WHERE workspace_id = 'rich' AND status = 'completed'"
            )
            asked = await town.connection.fetchval(
                "SELECT count(DISTINCT (workspace_id, job_id)) FROM provider_calls WHERE workspace_id <> 'rich'"
            )
            if ended == 6 and asked >= 12:
                break
            await asyncio.sleep(0.05)
    spent = {
        row["workspace_id"]: int(row["micros"])
        for row in await town.connection.fetch(
            "SELECT workspace_id, sum(charged_micros) AS micros FROM provider_calls GROUP BY 1"
        )
    }
    assert 0 < spent["red"] <= 600_000
    assert 0 < spent["blue"] <= 600_000
    assert spent["rich"] > 600_000
