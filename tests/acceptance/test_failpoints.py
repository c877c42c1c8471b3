"""The whole daemon killed between every two writes of a settling: no job lost, none ended twice."""

from pathlib import Path

import pytest

from benchmarks.chaos.ground import ground
from worker.embedded import EmbeddedServers

JOBS = 60


@pytest.mark.timeout(120)
@pytest.mark.parametrize("point", ["settle:begin", "settle:before_commit", "settle:stored", "settle:acknowledged"])
async def test_a_kill_between_two_writes(point: str, embedded_servers: EmbeddedServers, tmp_path: Path) -> None:
    """SIGKILL at the second passage; a new worker finishes. Each job ends once; nothing stays in Redis."""
    log = tmp_path / "workers.log"
    async with ground(embedded_servers, log, lease_s=1.0) as place:
        doomed = place.fleet.start(FAILPOINTS=f"{point}=kill@2")
        await place.add(JOBS // 2, sleep_ms="5")
        await place.add(JOBS // 2, with_ids=False, sleep_ms="5")
        assert await doomed.ended() == -9, log.read_text()[-2000:]
        place.fleet.workers.clear()
        place.fleet.start()
        seen = await place.until_ended(JOBS, 60)
        assert (seen.ended, seen.endings, seen.dead) == (JOBS, JOBS, 0), log.read_text()[-2000:]
        await place.fleet.stop()
        pending = await place.redis.xpending("enrichment-jobs", "enrichment-workers")
        assert (pending["pending"], await place.redis.xlen("enrichment-jobs")) == (0, 0)
