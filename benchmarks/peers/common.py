"""What every peer script shares: its orders, stamps and samples. Standard library only; runs in any environment.

A peer script is called as ``peer.py fill COUNT``, ``peer.py probe COUNT SPACING_S`` or ``peer.py work``. Orders come in
the environment: ``BENCH_REDIS_URL``, ``BENCH_SLOTS`` (empty: the peer's own default), ``BENCH_SAMPLES`` (a file).
A job carries one number: 0, or the producer's monotonic clock in nanoseconds just before it enqueued the job.
"""

import asyncio
import os
import random
import sys
import time
from collections.abc import Awaitable, Callable, Iterator

REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/0")
SLOTS = int(os.environ.get("BENCH_SLOTS") or 0)
HERE = os.path.dirname(os.path.abspath(sys.argv[0]))  # noqa: PTH100, PTH120
_samples = -1


def now() -> int:
    """The clock that all processes of this machine share, in nanoseconds."""
    return time.monotonic_ns()


def handled(stamp: int) -> None:
    """The whole work of a job: nothing, or one latency sample written down."""
    global _samples
    if not stamp:
        return
    if _samples < 0:
        _samples = os.open(os.environ["BENCH_SAMPLES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(_samples, b"%d\n" % (time.monotonic_ns() - stamp))


def paces(count: int, spacing_s: float) -> Iterator[float]:
    """Seconds to sleep before each of ``count`` jobs: in real time, with jitter, so that no poll is met in step."""
    started = time.monotonic()
    for number in range(count):
        due = started + (number + random.random()) * spacing_s
        yield max(0.0, due - time.monotonic())


async def probe(count: int, spacing_s: float, enqueue: Callable[[int], Awaitable[object]]) -> None:
    """Enqueue stamped jobs one at a time."""
    for pause in paces(count, spacing_s):
        await asyncio.sleep(pause)
        await enqueue(now())


def orders() -> tuple[str, int, float]:
    """(what, count, spacing in seconds) from the command line."""
    arguments = [*sys.argv[1:], "0", "0"]
    return arguments[0], int(arguments[1]), float(arguments[2])


def become(*command: str) -> None:
    """Turn into the peer's own command, found beside this interpreter, able to import the peer script as ``peer``."""
    program = os.path.join(os.path.dirname(sys.executable), command[0])  # noqa: PTH118, PTH120
    above = os.path.dirname(HERE)  # noqa: PTH120
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, above])}
    os.chdir(HERE)
    os.execve(program, [program, *command[1:]], environment)


def faster_loop() -> None:
    """Have asyncio make uvloop's loops, for peers whose own command does not."""
    import uvloop

    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
