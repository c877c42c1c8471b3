"""Schedulers that call the worker's door: what waits on a clock is done at once."""

import socket

import aiohttp

from tests.acceptance.town import Town
from tests.support.planted import planted
from worker.web.process import PROCESS

SECRET = planted("cron-secret")


async def insert(town: Town, job_id: str) -> None:
    """Add a job as a producer that speaks only SQL."""
    await town.connection.execute(
        "INSERT INTO enrichment_jobs (id, job_type, url, payload) VALUES ($1, 'company_website',"
        " 'http://acme.example', '{\"requiredFields\": \"company_name\"}')",
        job_id,
    )


async def test_a_call_brings_work_forward(town: Town) -> None:
    """A row that a producer inserted is published by the call, long before the reconciler's own time; a wrong token
    does nothing, and the secret is in no log."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    await insert(town, "first")
    await town.start(CRON_SECRET=SECRET, RECONCILE_INTERVAL="1h", HEALTH_CHECK_PORT=str(port))
    await town.row("first")  # published by the reconciler's round at the start, which is over now
    await insert(town, "second")
    url = f"http://127.0.0.1:{port}{PROCESS}"
    async with aiohttp.ClientSession() as session:
        async with session.post(url, headers={"Authorization": "Bearer wrong"}) as reply:
            assert reply.status == 401
        status = "SELECT status FROM enrichment_jobs WHERE id = 'second'"
        assert await town.connection.fetchval(status) == "pending"
        async with session.post(url, headers={"Authorization": f"Bearer {SECRET}"}) as reply:
            assert reply.status == 202
    assert (await town.row("second"))["status"] == "completed"
    assert SECRET not in town.log()
