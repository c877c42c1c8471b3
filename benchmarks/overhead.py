"""What the gateway costs: CPU of a worker making three provider calls per job, against a bare aiohttp loop.

Both make the same requests to the same provider (another process, 1 ms latency) with the same number of jobs under
way, keep-alive and orjson. The gateway's are durable: every paid call has its intent and its ending with the answer
committed (fsync on) before the answer is used, looked up in Redis and PostgreSQL before, kept hot in Redis after.
"""

import argparse
import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import asyncpg
import orjson
import psutil
import uvloop
from aiohttp import web
from redis.asyncio import Redis

from worker.cache.answers import AnswerCache
from worker.domain.call import Call, HttpRequest, Limit, Reading, Reply
from worker.domain.finding import Outcome
from worker.embedded import EmbeddedServers, join
from worker.gateway.accounts import Accounts
from worker.gateway.hub import GatewayHub
from worker.gateway.options import GatewayOptions
from worker.gateway.safe_fetch import SafeFetch
from worker.gateway.transport import Transport
from worker.store.ledger import Ledger
from worker.store.migrate import migrate

CALLS = 3
LATENCY_S = 0.001
#: Documented limits that never bind here, so that reserving a slot is part of what is measured.
LIMITS = (Limit(10_000_000, 60.0),)


@dataclass(frozen=True, slots=True)
class Cell:
    """One measured run. Times are seconds; ``server_cpu_s`` is Redis and PostgreSQL."""

    name: str
    jobs: int
    took_s: float
    cpu_s: float
    server_cpu_s: float

    @property
    def micros_per_job(self) -> float:
        """CPU of the worker per job, in microseconds."""
        return self.cpu_s / self.jobs * 1e6


#: Does one job, by its number.
Job = Callable[[str], Awaitable[None]]


async def provide(port: int) -> None:
    """The provider: a small JSON answer after 1 ms, until its input ends."""
    body = orjson.dumps({"status": 200, "name": "Acme", "size": "51-200", "industry": "software", "tags": ["a"] * 40})

    async def answer(_: web.BaseRequest) -> web.Response:
        await asyncio.sleep(LATENCY_S)
        return web.Response(body=body, content_type="application/json")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


@asynccontextmanager
async def provider() -> AsyncIterator[str]:
    """The provider's URL; it runs in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.overhead", "--provide", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    port = int(await process.stdout.readline())
    try:
        yield f"http://127.0.0.1:{port}/v1/company"
    finally:
        process.stdin.close()
        await process.wait()


async def measure(name: str, job: Job, prefix: str, jobs: int, slots: int, servers: EmbeddedServers) -> Cell:
    """Run ``jobs`` jobs, ``slots`` at a time, and take the CPU time they cost."""
    numbers = iter(range(jobs))

    async def slot() -> None:
        for number in numbers:
            await job(f"{prefix}-{number}")

    server_before, before, started = server_cpu_s(servers), time.process_time(), time.perf_counter()
    await asyncio.gather(*(slot() for _ in range(slots)))
    cpu_s, took_s = time.process_time() - before, time.perf_counter() - started
    return Cell(name, jobs, took_s, cpu_s, server_cpu_s(servers) - server_before)


def server_cpu_s(servers: EmbeddedServers) -> float:
    """User and system time of the servers and their children so far."""
    total = 0.0
    for pid in servers.pids().values():
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            times = process.cpu_times()
            total += times.user + times.system
    return total


@asynccontextmanager
async def bare(url: str) -> AsyncIterator[Job]:
    """The floor: the same requests and nothing else."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def job(number: str) -> None:
            for part in range(CALLS):
                async with session.get(url, params={"id": f"{number}-{part}"}) as response:
                    orjson.loads(await response.read())

        yield job


@asynccontextmanager
async def gateway(url: str, servers: EmbeddedServers, *, paid: bool, limits: bool) -> AsyncIterator[Job]:
    """The same requests through the gateway, every answer new."""
    options = GatewayOptions()

    def read(reply: Reply) -> Reading:
        orjson.loads(reply.body)
        return Reading(Outcome.HIT, charged_micros=1000 if paid else 0)

    async with (
        asyncpg.create_pool(servers.database_url, min_size=4, max_size=8) as pool,
        Redis.from_url(servers.redis_url, decode_responses=False) as redis,
    ):
        ledger = Ledger(pool)
        transport = Transport(options)
        hub = GatewayHub(
            ledger=ledger,
            answers=AnswerCache(redis),
            accounts=Accounts(redis, options=options.accounts, count_sent=ledger.sent_count),
            pages=SafeFetch(options.fetch),
            send=transport.send,
            options=options,
        )

        async def job(number: str) -> None:
            door = hub.for_job(workspace="default", job_id=number, max_cost_micros=90_000, spent_micros=0)
            for part in range(CALLS):
                call = Call(
                    provider=f"provider-{part}",
                    operation="company",
                    identity=f"{paid}-{limits}-{number}",
                    account="a0b1c2d3",
                    max_micros=1000 if paid else 0,
                    limits=LIMITS if limits else (),
                )
                request = HttpRequest("GET", url, params={"id": f"{number}-{part}"})
                answer = await door.request(call, request, read)
                if answer.outcome is not Outcome.HIT:
                    raise RuntimeError(answer.reason)

        try:
            yield job
        finally:
            await hub.close()
            await transport.close()


async def run(jobs: int, slots: int, rounds: int) -> None:
    """Measure, a round of every system after another, and print the best round of each."""
    folder = Path(tempfile.mkdtemp(prefix="enrichd-overhead-"))
    best: dict[str, Cell] = {}
    try:
        with join(folder, durable=True, ephemeral=True) as servers:
            await migrate(servers.database_url)
            async with AsyncExitStack() as stack:
                url = await stack.enter_async_context(provider())
                enter = stack.enter_async_context
                systems: dict[str, Job] = {
                    "bare aiohttp": await enter(bare(url)),
                    "gateway, paid": await enter(gateway(url, servers, paid=True, limits=False)),
                    "gateway, paid, limits": await enter(gateway(url, servers, paid=True, limits=True)),
                    "gateway, free": await enter(gateway(url, servers, paid=False, limits=False)),
                }
                for number in range(rounds + 1):
                    for name, job in systems.items():
                        cell = await measure(name, job, f"{number}", jobs, slots, servers)
                        if number and (name not in best or cell.cpu_s < best[name].cpu_s):
                            best[name] = cell
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    floor = best["bare aiohttp"].micros_per_job
    print(f"{CALLS} calls per job, {LATENCY_S * 1000:g} ms latency, {slots} jobs at a time, {os.cpu_count()} cores")
    print(f"fsync on; {jobs} jobs a round, best of {rounds} rounds by CPU, load {os.getloadavg()[0]:.1f}")
    print(f"{'':24}{'jobs/s':>9}{'CPU us/job':>12}{'x bare':>8}{'servers us/job':>16}")
    for cell in best.values():
        servers_micros = cell.server_cpu_s / cell.jobs * 1e6
        print(
            f"{cell.name:24}{cell.jobs / cell.took_s:>9.0f}{cell.micros_per_job:>12.0f}"
            f"{cell.micros_per_job / floor:>8.2f}{servers_micros:>16.0f}"
        )


def main() -> None:
    """``python -m benchmarks.overhead [--jobs N] [--slots N] [--rounds N]``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--slots", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--provide", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    uvloop.run(provide(0) if options.provide else run(options.jobs, options.slots, options.rounds))


if __name__ == "__main__":
    main()
