"""Jobs that end the process that runs them, among healthy ones."""

from pathlib import Path

import pytest

from benchmarks.chaos.ground import ground
from benchmarks.chaos.scenarios import exits
from worker.embedded import EmbeddedServers


@pytest.mark.timeout(240)
async def test_poison_dies_alone(embedded_servers: EmbeddedServers, tmp_path: Path) -> None:
    """Exactly the jobs that exit the process become dead letters; their neighbours complete."""
    log = tmp_path / "workers.log"
    async with ground(embedded_servers, log, lease_s=2.0) as place:
        outcome = await exits(place, healthy=60, poison=1)
    broken = [f"{what}: {seen}" for what, seen, kept in outcome.checks if not kept]
    assert broken == [], log.read_text()[-3000:]
