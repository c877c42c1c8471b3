"""Server processes: started in a session of their own, recognised again by pid and folder, stopped for certain."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from worker.domain.errors import EnrichdError
from worker.embedded.account import Account

_POLL_S = 0.005


class ServerDidNotStart(EnrichdError):
    """An embedded server ended or stayed silent while it was being started; the message ends with its log."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server process. A pid may be given again to a stranger, so ``folder`` (its working directory) belongs to it.

    ``stop_signal`` asks it to end in good order.
    """

    name: str
    pid: int
    folder: str
    stop_signal: int

    def is_alive(self) -> bool:
        """Whether this very process still runs; a zombie does not."""
        if reap(self.pid) is not None:
            return False
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            # A child of ours keeps its pid until it is reaped, and has not entered its folder yet when it is young.
            return process.ppid() == os.getpid() or process.cwd() == self.folder
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def send(self, number: int) -> None:
        """Send a signal, unless it is gone already."""
        if self.is_alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def reap(pid: int) -> int | None:
    """A child's exit code if it has ended; None when it runs, or is no child of this process."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return None
    return os.waitstatus_to_exitcode(status) if ended else None


def plain_environment() -> dict[str, str]:
    """What servers and their tools see of the environment: nothing of ours.

    PGHOST and its like would lead them elsewhere, and it may hold provider keys.
    """
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def free_port() -> int:
    """A TCP port on 127.0.0.1 that was free just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(command: Sequence[str], account: Account, log: Path) -> int:
    """Start a server as ``account``, its output appended to ``log``, and return its pid.

    In a session of its own: Ctrl-C in a terminal is for the worker, which still needs its servers to settle.
    """
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - programs of ours, no shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env=plain_environment(),
            **account.popen_arguments(),
        )
    # It may outlive this process, and is reaped by pid; Popen would complain about that.
    child.returncode = 0
    return child.pid


def wait_until_ready(
    server: Running, is_ready: Callable[[], bool], log: Path, log_start: int, timeout_s: float
) -> None:
    """Poll until ``is_ready``. Raises ServerDidNotStart with the log's tail when it ends or takes too long."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        code = reap(server.pid)
        if code is not None:
            raise ServerDidNotStart(f"{server.name} ended with code {code}: {tail(log, log_start)}")
        if is_ready():
            return
        time.sleep(_POLL_S)
    raise ServerDidNotStart(f"{server.name} was not ready after {timeout_s:g} s: {tail(log, log_start)}")


def wait_until_gone(servers: Sequence[Running], timeout_s: float) -> bool:
    """Wait for processes to end, reaping those that are children of ours. False when time ran out."""
    deadline = time.monotonic() + timeout_s
    while any(server.is_alive() for server in servers):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True


def stop_all(servers: Sequence[Running], timeout_s: float = 15.0) -> None:
    """Ask servers to end, and kill those that do not within ``timeout_s``."""
    for server in servers:
        server.send(signal.SIGCONT)
        server.send(server.stop_signal)
    if wait_until_gone(servers, timeout_s):
        return
    for server in servers:
        server.send(signal.SIGKILL)
    wait_until_gone(servers, 5.0)


def tail(log: Path, start: int = 0, limit: int = 1500) -> str:
    """What a log says from byte ``start`` on, its last ``limit`` characters."""
    try:
        with log.open("rb") as file:
            file.seek(start)
            return file.read().decode(errors="replace")[-limit:].strip()
    except OSError:
        return "(no log)"


def size(log: Path) -> int:
    """A log's length in bytes, 0 when there is none."""
    try:
        return log.stat().st_size
    except OSError:
        return 0


#: Told of a server that was just started, and (None) of its end.
Watcher = Callable[[Running | None], None]
