"""A small process beside the servers: stops them once the last process that used them has gone, however it went.

It sleeps in the kernel until nobody holds ``members.lock`` any more. ``python -m worker.embedded.guard FOLDER``.
"""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from worker.embedded import process
from worker.embedded.state import Lock, State, members_lock, read_state, write_state

_MODULE = "worker.embedded.guard"


def spawn_guard(folder: Path) -> int:
    """Start a guard for a folder and return its pid."""
    child = subprocess.Popen(  # noqa: S603 - programs of ours, no shell
        [sys.executable, "-m", _MODULE, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
        env=process.plain_environment(),
    )
    # It outlives this process on purpose; Popen would complain about that.
    child.returncode = 0
    return child.pid


def is_guard(pid: int, folder: Path) -> bool:
    """Whether ``pid`` is a living guard of this folder."""
    try:
        candidate = psutil.Process(pid)
        command = candidate.cmdline()
        return _MODULE in command and str(folder) in command and candidate.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def dismiss_guard(pid: int, folder: Path) -> None:
    """End a guard before its time, so that it cannot act."""
    if pid and is_guard(pid, folder):
        try:
            candidate = psutil.Process(pid)
            candidate.send_signal(signal.SIGKILL)
            candidate.wait(5.0)
        except psutil.Error:
            return


def stop_servers(folder: Path, state: State) -> None:
    """Stop what a state lists, and remove what it says to remove. The caller holds both locks."""
    process.stop_all(state.servers)
    if state.ephemeral:
        for path in (*state.folders, str(folder)):
            shutil.rmtree(path, ignore_errors=True)
    else:
        write_state(folder, State())


def watch(folder: Path) -> None:
    """Wait until the last member has gone, then stop the servers."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    members = members_lock(folder)
    starting = Lock(folder / "start.lock")
    while True:
        members.take()
        if starting.take(timeout_s=0):
            stop_servers(folder, read_state(folder))
            return
        # Somebody is joining, and holds the other lock while waiting for this one.
        members.release()
        time.sleep(0.05)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
