"""``enrichd run``: one worker process, or a parent that keeps several running. Ends on SIGTERM or Ctrl-C."""

import asyncio
import gc
import os
import signal
from contextlib import suppress
from typing import Final

import structlog

from config.logging import configure
from config.redaction import Redactor
from config.settings import Settings
from worker.commands.servers import servers

log = structlog.get_logger("worker")

#: Seconds between a child's death and its replacement: at once first, so that one crash costs nothing.
_PAUSES: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 30.0)
#: A child that lived this long was well.
_WELL_AFTER_S: Final = 60.0


def run(settings: Settings, processes: int | None = None) -> int:
    """Run until told to stop; the exit code is 0 after an orderly end."""
    redactor = configure(settings.log_level, settings.log_format, Redactor(settings.secrets()))
    count = processes or settings.worker_count
    if count > 1:
        return asyncio.run(_parent(settings, count))
    import uvloop

    return uvloop.run(_worker(settings, redactor))


async def _worker(settings: Settings, redactor: Redactor) -> int:
    """One worker. A signal before it is ready ends the start; a second one ends the orderly stop."""
    from worker.app import App

    stop = asyncio.Event()
    starting = asyncio.current_task()
    ready = False

    def on_signal(number: int) -> None:
        if stop.is_set():
            log.warning("second signal: leaving at once; unfinished jobs run again when their lease lapses")
            os._exit(128 + number)
        log.info("Stopping: no new jobs, running ones may end", signal=signal.Signals(number).name)
        stop.set()
        if not ready and starting is not None:
            starting.cancel()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, on_signal, number)
    try:
        async with servers(settings) as where:
            if where.embedded:
                log.info("Embedded servers", redis=where.redis_url, postgres=where.database_url)
            async with App(settings, where.redis_url, where.database_url, hide=redactor.add):
                ready = True
                _spare_the_collector()
                _tell_systemd("READY=1")
                await stop.wait()
                _tell_systemd("STOPPING=1")
    except asyncio.CancelledError:
        if not stop.is_set():
            raise
    log.info("Stopped")
    return 0


def _spare_the_collector() -> None:
    """Look for cycles seldom, and never again among what was loaded at the start: nearly everything a job makes is
    freed by its reference count, and a full look through all modules' objects would hold up the event loop."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _tell_systemd(state: str) -> None:
    """A word to the service manager, where there is one."""
    from sdnotify import SystemdNotifier

    SystemdNotifier().notify(state)


async def _parent(settings: Settings, count: int) -> int:
    """Keep ``count`` workers running; they share nothing but the queue."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with servers(settings):
        log.info("Starting workers", processes=count)
        async with asyncio.TaskGroup() as group:
            for index in range(count):
                group.create_task(_keep_running(index, stop, settings))
    return 0


async def _keep_running(index: int, stop: asyncio.Event, settings: Settings) -> None:
    """One place: a worker, and after its death another."""
    deaths = 0
    loop = asyncio.get_running_loop()
    while not stop.is_set():
        started = loop.time()
        child = await _spawn(index, settings)
        code = await _ended(child, stop)
        if stop.is_set():
            return
        deaths = 1 if loop.time() - started > _WELL_AFTER_S else deaths + 1
        pause = _PAUSES[min(deaths - 1, len(_PAUSES) - 1)]
        log.warning("worker process ended, starting another", pid=child.pid, code=code, in_s=pause)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _spawn(index: int, settings: Settings) -> asyncio.subprocess.Process:
    import sys

    port = settings.health_check_port + index if settings.health_check_port else 0
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "worker", "run", "--processes", "1", "--health-port", str(port), start_new_session=True
    )


async def _ended(child: asyncio.subprocess.Process, stop: asyncio.Event) -> int:
    """Wait for a child's end, which a stop asks it for. Nothing is killed: its own time-out bounds it."""
    waiting = asyncio.create_task(child.wait())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done():
        with suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
    stopping.cancel()
    return await waiting
