"""A budget at full size: two hundred jobs at once, prices that are known only afterwards, and the simulator's bill."""

from pathlib import Path

import asyncpg
import pytest

from tests.acceptance.town import open_town
from worker.embedded import EmbeddedServers
from worker.store.budgets import Budgets

CAP_MICROS = 15_000_000
JOBS = 200
FIELDS = "company_name,company_industry,company_size,company_founded_year,company_phone,company_email,company_city"
#: Charged by what is found: PDL per hit, Enrich Layer and Hunter by credits, the model by tokens.
SETTINGS = {
    "LINKEDIN_PROVIDER": "enrich_layer,pdl",
    "LLM_MODEL": "claude-opus-5-5",
    "CONCURRENCY": "100",
    "WEBSITE_MAX_PAGES": "1",
    "ENRICH_LAYER_RATE_LIMIT_PER_SECOND": "10000",
    "PDL_RATE_LIMIT_PER_SECOND": "10000",
    "HUNTER_RATE_LIMIT_PER_SECOND": "10000",
    "LLM_RATE_LIMIT_PER_SECOND": "10000",
}


@pytest.mark.timeout(180)
async def test_the_bill_of_two_hundred_jobs_at_once_stays_under_the_budget(
    embedded_servers: EmbeddedServers,
    redis_url: str,
    pg_dsn: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Two processes, 200 slots, replies cut off and lost after they were billed: the bill ends under the cap, the jobs
    go on with what is free, and nearly all of the budget is used."""
    limits = dict.fromkeys(("enrich_layer", "pdl", "hunter", "anthropic"), "0")
    world = {"limits": limits, "latency_ms": 20, "jitter_ms": 20, "fault_rate": 0.02, "fault_kinds": ("cut", "lost")}
    async with (
        open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log", companies=JOBS, **world) as town,
        asyncpg.create_pool(pg_dsn, min_size=1, max_size=2) as pool,
    ):
        await Budgets(pool).set_limit("workspace:default", "day", CAP_MICROS)
        domains = [company.domain for company in town.simulator.world.companies if company.made]
        for domain in domains:
            await town.add(url=f"http://{domain}", type="company_website", requiredFields=FIELDS)
        keys = {f"{name}_API_KEY": town.simulator.keys[f"{name}_API_KEY"] for name in ("ENRICH_LAYER", "HUNTER")}
        keys["PDL_API_KEY"] = "sim-pdl-key-5f0c1d"
        for _ in range(2):
            await town.start(**SETTINGS, **keys)
        await town.ended(JOBS, patience_s=150)
        bill = town.simulator.bill
        billed, charges = bill.total_micros(), await town.charges()
        refused = await town.connection.fetchval(
            "SELECT count(*) FROM enrichment_jobs WHERE result::text LIKE '%budget of workspace:default per day%'"
        )
        parts = {name: sum(line.billed for line in bill.lines(name)) for name in ("enrich_layer", "pdl", "anthropic")}
        assert billed <= CAP_MICROS
        assert charges["charged"] <= billed <= charges["charged"] + charges["unknown"]
        assert charges["charged"] + charges["unknown"] <= CAP_MICROS
        assert billed >= 0.7 * CAP_MICROS
        assert refused > JOBS / 4
        assert all(parts.values()), parts
    with capsys.disabled():
        print(
            f"\n{JOBS} jobs at once under a budget of {CAP_MICROS / 1e4:.0f} cents: billed {billed / 1e4:.2f} cents, "
            f"charged {charges['charged'] / 1e4:.2f}, unknown at most {charges['unknown'] / 1e4:.2f}; "
            f"{refused} jobs went on without what it did not pay for; calls billed: {parts}"
        )
