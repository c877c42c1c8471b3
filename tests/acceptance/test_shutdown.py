"""Ends of the shipped daemon that are not the orderly one."""

import signal

from tests.acceptance.town import Town


async def test_a_second_signal_leaves_at_once(town: Town) -> None:
    """SIGTERM twice during a job: the process is gone long before its grace, and another worker ends the job once."""
    settings = {"PLUGINS": "benchmarks.chaos.kinds", "CHAOS_LEDGER_URL": town.redis_url, "LEASE": "1000"}
    worker = await town.start(GRACEFUL_SHUTDOWN_TIMEOUT="120000", **settings)
    job_id = await town.add(type="chaos_sleep", id="long", sleep_ms="3000")
    await town.owned_by(worker.pid)
    worker.terminate()
    await town.said("Stopping: no new jobs")
    assert worker.alive
    worker.terminate()
    assert await worker.ended(20) == 128 + signal.SIGTERM
    town.fleet.workers.remove(worker)
    await town.start(**settings)
    row = await town.row(job_id)
    assert row["status"] == "completed"
    assert await town.connection.fetchval("SELECT count(*) FROM endings") == 1
