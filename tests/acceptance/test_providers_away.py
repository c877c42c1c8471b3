"""Providers that go down, come back, or refuse the key, with the shipped daemon: what happens to the jobs."""

import asyncio
from typing import Any

import asyncpg
import orjson

from simulator.control import apply
from simulator.door import House
from tests.acceptance.town import Town
from tests.support.planted import planted_ring
from worker.store.keyring import KeyRing, WorkspaceKeys

NO_LLM = {"LLM_PROVIDER": "", "LLM_API_KEY": ""}


def house(town: Town) -> House:
    """The simulated outside world's switches."""
    return town.simulator.house


async def test_apollo_down_hands_the_contact_through(town: Town) -> None:
    """With nobody else to ask, the contact's own data is the result, unconfirmed, and the result says who was away."""
    apply(house(town), {"rules": [{"kind": "503", "provider": "apollo"}]})
    await town.start(
        APOLLO_API_KEY="sim-apollo-key-5f0c1d",
        PROVIDER_ORDER="apollo",
        MAX_ATTEMPTS="2",
        RETRY_BASE_DELAY="100",
        **NO_LLM,
    )
    result = await town.run(
        id="c1",
        type="enrich_contact",
        email="ada@acme.example",
        name="Ada Ng",
        company="Acme",
        known='{"person_title": "VP Sales"}',
        requiredFields="person_email,person_title,person_city",
    )
    row = await town.row("c1")
    assert (row["status"], row["result_status"], row["attempts"]) == ("completed", "partial", 2)
    values = {name: found["value"] for name, found in result["data"].items()}
    assert values["person_email"] == "ada@acme.example"
    assert (values["person_name"], values["person_title"]) == ("Ada Ng", "VP Sales")
    gaps: dict[str, dict[str, Any]] = {gap["field"]: gap for gap in result["gaps"]}
    assert set(gaps) == {"person_email", "person_city"}
    assert gaps["person_email"]["why"] == "only the job's own value, confirmed by nobody"
    assert gaps["person_city"]["asked"]["apollo"].startswith("transient")
    assert any(note.startswith("apollo (") and "handed through unchanged" in note for note in result["notes"])
    assert await town.charges() == {"charged": 0, "unknown": 0}
    claims = await town.connection.fetch("SELECT field FROM claims")
    assert {claim["field"] for claim in claims} <= {"person_title", "person_seniority", "person_department"}, (
        "own data is not learned"
    )


def companies(town: Town) -> list[str]:
    """Addresses of generated companies."""
    return [f"http://{company.domain}" for company in town.simulator.world.companies if company.made]


async def asleep(town: Town, count: int) -> None:
    """Return when so many jobs sleep."""
    async with asyncio.timeout(30):
        while await town.redis.zcard("enrichment-delayed") < count:  # noqa: ASYNC110 - a server's state
            await asyncio.sleep(0.02)


async def test_a_revoked_key_burns_no_attempt(town: Town, pg_pool: "asyncpg.Pool[Any]") -> None:
    """A key revoked in mid-run: its jobs wait without spending an attempt, others go on; a new key ends them."""
    ring = planted_ring("a")
    keys = WorkspaceKeys(pg_pool, KeyRing.parse(ring))
    await keys.set("acme", "LINKEDIN_API_KEY", "sim-old-key-5f0c1d")
    town.simulator.house.settings["coverage"] = {"pdl": 1.0}
    await town.start(ENCRYPTION_KEYS=ring, PROVIDER_ORDER="linkedin", **NO_LLM)
    wanted = {"type": "company_website", "requiredFields": "company_employee_count"}
    places = companies(town)
    first = await town.add(id="before", workspaceId="acme", url=places[0], **wanted)
    assert (await town.row(first, "acme"))["status"] == "completed"

    apply(house(town), {"revoked": ["sim-old-key-5f0c1d"]})
    names = [await town.add(id=f"w{n}", workspaceId="acme", url=url, **wanted) for n, url in enumerate(places[1:13])]
    await asleep(town, len(names))
    asked = town.asked()["pdl"]
    assert (await town.row(await town.add(id="o", workspaceId="other", url=places[14], **wanted), "other"))[
        "attempts"
    ] == 1
    rows = await town.connection.fetch("SELECT status, attempts FROM enrichment_jobs WHERE id LIKE 'w%'")
    assert {(row["status"], row["attempts"]) for row in rows} == {("scheduled", 0)}
    assert town.asked()["pdl"] <= asked + 1, "the account is left alone"
    assert "credentials" in town.log()

    # what ``enrichd keys set`` does
    await keys.set("acme", "LINKEDIN_API_KEY", "sim-new-key-5f0c1d")
    ended = [await town.row(name, "acme") for name in names]
    assert {(row["status"], row["result_status"], row["attempts"]) for row in ended} == {("completed", "success", 1)}


async def test_a_provider_goes_down_and_comes_back(town: Town) -> None:
    """Jobs go on with the others and say why they are partial; the breaker closes by itself."""
    town.simulator.house.settings["coverage"] = {"pdl": 1.0}
    await town.start(PROVIDER_ORDER="linkedin,website", MAX_ATTEMPTS="1", **NO_LLM)
    wanted = {"type": "company_website", "requiredFields": "company_name,company_employee_count"}
    places = companies(town)
    apply(house(town), {"rules": [{"kind": "503", "provider": "pdl"}]})
    # One after the other: those that come together share a request, and the breaker counts requests.
    rows = [await town.row(await town.add(id=f"d{n}", url=url, **wanted)) for n, url in enumerate(places[:5])]
    partial = [orjson.loads(row["result"]) for row in rows if row["result_status"] == "partial"]
    assert {row["status"] for row in rows} == {"completed"}
    assert partial
    for result in partial:
        assert "company_name" in result["data"]
        (gap,) = result["gaps"]
        assert gap["asked"]["pdl"].startswith("transient")
    assert await town.redis.hget(await breaker(town), "until") is not None
    sleeper = await town.add(id="s", url=places[10], **wanted)
    await asleep(town, 1)

    apply(house(town), {"rules": []})
    row = await town.row(sleeper)
    assert (row["status"], row["result_status"], row["attempts"]) == ("completed", "success", 1)
    assert not await town.keys("enrichd:*breaker")


async def breaker(town: Town) -> str:
    """The open breaker's key, once there is one."""
    async with asyncio.timeout(30):
        while not (found := await town.keys("enrichd:*breaker")):  # noqa: ASYNC110 - a server's state
            await asyncio.sleep(0.02)
    return found[0]
