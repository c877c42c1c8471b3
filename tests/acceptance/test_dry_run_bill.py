"""The price that ``enrichd plan`` names, against what real workers then pay: the measurement, small."""

from dataclasses import replace
from pathlib import Path

import asyncpg
import pytest

from benchmarks.dryrun import measure, priced
from benchmarks.dryrun_scenes import SCENES
from simulator.faults import ORDINARY
from worker.embedded import EmbeddedServers


@pytest.mark.timeout(180)
async def test_the_bill_is_in_the_range_and_near_the_estimate(
    embedded_servers: EmbeddedServers,
    redis_url: str,
    pg_dsn: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A file priced from nothing: a range that holds the bill. After 200 real jobs: within 20 % of it."""
    # A 429 from PDL closes it to the end of its minute: longer than this run, which would then buy elsewhere.
    passing = tuple(kind for kind in ORDINARY if not kind.startswith("429"))
    scene = replace(SCENES["obscure"], fault_kinds=passing)
    outcome = await measure(scene, embedded_servers, redis_url, pg_dsn, tmp_path, jobs=300, workers=1, patience_s=120)
    with capsys.disabled():
        cold, warm = outcome.cold, outcome.warm
        print(
            f"\n{outcome.jobs} jobs, {outcome.scene}: cold ${cold.low:.2f} to ${cold.high:.2f}, after {outcome.first} "
            f"jobs ${warm.expected:.2f}, bill ${outcome.bill:.2f} ({outcome.error:+.1%})"
        )
    assert outcome.contained
    assert abs(outcome.error) <= 0.2
    assert warm.high - warm.low < 0.7 * (cold.high - cold.low)


async def test_without_tables_the_way_out_is_named(
    embedded_servers: EmbeddedServers, redis_url: str, tmp_path: Path
) -> None:
    """A database that nobody has migrated yet: one line that says what to do."""
    admin = await asyncpg.connect(embedded_servers.database_url)
    await admin.execute('CREATE DATABASE "nobody_migrated"')
    try:
        file = tmp_path / "jobs.jsonl"
        file.write_text('{"url": "http://acme.example", "type": "company_website"}\n')
        dsn = f"{embedded_servers.database_url.rpartition('/')[0]}/nobody_migrated"
        with pytest.raises(RuntimeError, match="`enrichd migrate` makes them") as said:
            await priced(file, {"REDIS_URL": redis_url, "DATABASE_URL": dsn})
        assert "Traceback" not in str(said.value)
    finally:
        await admin.execute('DROP DATABASE "nobody_migrated" WITH (FORCE)')
        await admin.close()
