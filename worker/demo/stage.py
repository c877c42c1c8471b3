"""Everything the demo needs to run on: servers, the simulated world, a worker; all of it gone afterwards.

Each process is also known to the servers' guard, so that nothing is left behind when the demo itself is killed.
"""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from worker.commands.servers import join_whole
from worker.domain.errors import ConfigError, EnrichdError
from worker.embedded import EmbeddedServers
from worker.embedded.process import Running, plain_environment

START_TIMEOUT_S: Final = 30.0
STOP_TIMEOUT_S: Final = 15.0
QUEUE: Final = "enrichment"
#: A paid plan's limit; a free one's would make the demo wait.
PDL_PER_MINUTE: Final = 1000
ROOT: Final = Path(__file__).resolve().parents[2]


class DidNotStart(EnrichdError):
    """A process of the demo ended before it was ready; the message ends with its last words."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What is up: addresses, and where the worker's log is."""

    redis_url: str
    database_url: str
    simulator: str
    world: Sequence[Mapping[str, Any]]
    health: str
    log: Path


class Child:
    """A process whose lines are kept in a file; ``line_with`` waits for one of them."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.name = name
        self.process = process
        self.folder = folder
        self.log = folder / f"{name}.log"
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._copying = asyncio.create_task(self._copy())

    async def _copy(self) -> None:
        stream = self.process.stdout
        with self.log.open("a", encoding="utf-8") as out:
            while stream is not None and (line := (await stream.readline()).decode("utf-8", "replace")):
                out.write(line)
                out.flush()
                self._lines.put_nowait(line)
        self._lines.put_nowait(None)

    async def line_with(self, text: str) -> str:
        """The first line that holds the text. Raises DidNotStart when the process ends before."""
        try:
            async with asyncio.timeout(START_TIMEOUT_S):
                while (line := await self._lines.get()) is not None:
                    if text in line:
                        return line
        except TimeoutError:
            pass
        last = "".join(self.log.read_text("utf-8").splitlines(keepends=True)[-15:])
        raise DidNotStart(f"the {self.name} did not start:\n{last}")

    async def stop(self) -> None:
        """Ask it to end; kill it when it does not."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT_S)
        except TimeoutError:
            self.process.kill()
            await self.process.wait()
        await self._copying


async def spawn(name: str, servers: EmbeddedServers, folder: Path, module: str, *arguments: str, **env: str) -> Child:
    """Start ``python -m module`` with an environment of ours alone: no key of the user's reaches it."""
    home = folder / name
    home.mkdir()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments,
        cwd=home, start_new_session=True,
        env={**plain_environment(), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "HOME": str(home), **env},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    child = Child(name, process, folder)
    # The guard acts only when the demo was killed: then nothing here is worth an orderly end.
    await asyncio.to_thread(servers.adopt, name, Running(name, process.pid, str(home), signal.SIGKILL), folder)
    return child


async def end(child: Child, servers: EmbeddedServers) -> None:
    """Stop a child and let the guard forget it."""
    await child.stop()
    await asyncio.to_thread(servers.adopt, child.name, None)


@asynccontextmanager
async def open_stage(*, latency_ms: int, slots: int) -> AsyncIterator[Stage]:
    """Start servers, world and worker; stop and remove them all on the way out."""
    if find_spec("simulator") is None:
        raise ConfigError("the demo's simulated world comes with the source tree only; run `make demo` in a clone")
    async with AsyncExitStack() as stack:
        folder = _empty_folder()
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        servers = await join_whole(folder / "data", ephemeral=True)
        stack.push_async_callback(asyncio.to_thread, servers.leave)
        simulator = await spawn(
            "simulator",
            servers,
            folder,
            "simulator",
            "--latency-ms",
            str(latency_ms),
            "--limit",
            f"pdl={PDL_PER_MINUTE}/60s",
        )
        stack.push_async_callback(end, simulator, servers)
        addresses = json.loads(await simulator.line_with('"api"'))
        worker = await spawn(
            "worker", servers, folder, "worker", "run",
            REDIS_URL=servers.redis_url, DATABASE_URL=servers.database_url, QUEUE_NAME=QUEUE, EMBEDDED="never",
            HEALTH_CHECK_PORT="0", LOG_FORMAT="json", CONCURRENCY=str(slots),
            RETRY_BASE_DELAY="400", RETRY_MAX_DELAY="1500", MAX_ATTEMPTS="3", GRACEFUL_SHUTDOWN_TIMEOUT="1000",
            PDL_RATE_LIMIT_PER_MINUTE=str(PDL_PER_MINUTE), **addresses["env"],
        )  # fmt: skip
        stack.push_async_callback(end, worker, servers)
        ready = json.loads(await worker.line_with('"Worker is ready"'))
        yield Stage(
            servers.redis_url,
            servers.database_url,
            addresses["api"],
            await ask(addresses["api"], "world"),
            ready["health"],
            worker.log,
        )


def _empty_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="enrichd-demo-")).resolve()
    folder.chmod(0o755)  # as root, the servers run under another account
    return folder


async def ask(simulator: str, what: str) -> Any:
    """Ask the simulated world about itself: ``world``, ``bill``."""
    import aiohttp

    async with aiohttp.ClientSession() as session, session.get(f"{simulator}/_sim/{what}") as reply:
        return await reply.json()
