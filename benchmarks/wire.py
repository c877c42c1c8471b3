"""The other ends of ``benchmarks.overhead``: the provider that is asked, and the bare loop that asks it too.

``python -m benchmarks.wire provide`` answers until its input ends. ``python -m benchmarks.wire bare URL SLOTS CALLS``
does as many jobs as each line of its input says, and tells what they cost: CPU and wall seconds.
"""

import asyncio
import os
import sys
import time
from collections.abc import Iterable

import aiohttp
import orjson
import uvloop
from aiohttp import web

LATENCY_S = 0.001


async def provide() -> None:
    """A small JSON answer after 1 ms. Writes its URL, and at the end how many requests it had."""
    body = orjson.dumps({"status": 200, "name": "Acme", "size": "51-200", "industry": "software", "tags": ["a"] * 40})
    asked = 0

    async def answer(_: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        await asyncio.sleep(LATENCY_S)
        return web.Response(body=body, content_type="application/json")

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}/v1/company", flush=True)
    while await _line():
        print(asked, flush=True)
    await runner.cleanup()


async def bare(url: str, slots: int, calls: int) -> None:
    """The floor: the same requests over kept connections, parsed, and nothing else."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def slot(numbers: Iterable[int]) -> None:
            for number in numbers:
                for part in range(calls):
                    async with session.get(url, params={"id": f"{number}-{part}"}) as response:
                        orjson.loads(await response.read())

        print("ready", flush=True)
        while line := await _line():
            numbers = iter(range(int(line)))
            cpu_s, wall_s = time.process_time(), time.perf_counter()
            await asyncio.gather(*(slot(numbers) for _ in range(slots)))
            print(time.process_time() - cpu_s, time.perf_counter() - wall_s, flush=True)


async def _line() -> bytes:
    """A line of the input, without a thread that would count as work; empty at its end."""
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return os.read(sys.stdin.fileno(), 64)


def main() -> None:
    what, *rest = sys.argv[1:]
    uvloop.run(provide() if what == "provide" else bare(rest[0], int(rest[1]), int(rest[2])))


if __name__ == "__main__":
    main()
