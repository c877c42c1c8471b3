"""Worker processes of ``enrichd run`` that are killed, frozen and replaced."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.systems import ROOT, clean_environment
from worker.embedded import EmbeddedServers
from worker.embedded.process import Running


class Worker:
    """One process, in a session of its own, looked after by the servers' guard."""

    def __init__(self, name: str, servers: EmbeddedServers, environment: Mapping[str, str], log: Path) -> None:
        self.name = name
        self._servers = servers
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [str(Path(sys.executable).parent / "enrichd"), "run"],
                cwd=ROOT,
                env={**clean_environment(), "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        servers.adopt(name, Running(name, self._process.pid, str(ROOT), signal.SIGTERM))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL to it and what it started."""
        self._signal_group(signal.SIGKILL)
        self._process.wait()
        self._servers.adopt(self.name, None)

    def freeze(self) -> None:
        """SIGSTOP: it stays connected and does nothing."""
        self._signal_group(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._signal_group(signal.SIGCONT)

    def terminate(self) -> None:
        """SIGTERM: an orderly end."""
        if self.alive:
            self._process.terminate()

    async def ended(self, timeout_s: float = 60.0) -> int:
        """Its exit code. Raises subprocess.TimeoutExpired."""
        await asyncio.to_thread(self._process.wait, timeout_s)
        self._servers.adopt(self.name, None)
        return self._process.returncode

    def _signal_group(self, number: int) -> None:
        if self.alive:
            os.killpg(self._process.pid, number)


class Fleet:
    """Several workers with the same settings."""

    def __init__(self, servers: EmbeddedServers, environment: Mapping[str, str], log: Path) -> None:
        self._servers = servers
        self._environment = environment
        self._log = log
        self._count = 0
        self.workers: list[Worker] = []

    def start(self, **settings: str) -> Worker:
        """One more worker; ``settings`` are further environment variables for it alone."""
        self._count += 1
        environment = {**self._environment, **settings}
        worker = Worker(f"worker-{id(self):x}-{self._count}", self._servers, environment, self._log)
        self.workers.append(worker)
        return worker

    def kill(self, worker: Worker) -> None:
        """Kill one, and forget it."""
        worker.kill()
        self.workers.remove(worker)

    def kill_one(self, chance: random.Random) -> None:
        """Kill one of them at random."""
        self.kill(chance.choice(self.workers))

    def kill_all(self) -> None:
        """Kill every one of them."""
        for worker in list(self.workers):
            self.kill(worker)

    async def stop(self, timeout_s: float = 60.0) -> list[int]:
        """End all in good order; their exit codes."""
        for worker in self.workers:
            worker.thaw()
            worker.terminate()
        codes = [await worker.ended(timeout_s) for worker in self.workers]
        self.workers.clear()
        return codes
