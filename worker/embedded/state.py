"""What the members of one data folder know about its servers, and the two locks they keep.

``start.lock`` is held exclusively by whoever starts or stops servers. ``members.lock`` is held shared by every process
that uses them, so the kernel counts the members: one that was killed counts no longer, whatever its pid means now.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from worker.domain.errors import ConfigError
from worker.embedded.process import Running

#: The names of the two servers that every member uses; others are adopted.
SHARED = ("valkey", "postgres")
_POLL_S = 0.01


@dataclass(frozen=True, slots=True)
class State:
    """The servers that run for a data folder.

    ``ephemeral`` folders are removed with everything in them once nobody uses them.
    """

    redis_url: str = ""
    database_url: str = ""
    servers: tuple[Running, ...] = ()
    guard: int = 0
    ephemeral: bool = False
    folders: tuple[str, ...] = ()

    def is_up(self) -> bool:
        """Whether both servers were started to the end and still run."""
        alive = {server.name for server in self.servers if server.name in SHARED and server.is_alive()}
        return bool(self.redis_url and self.database_url) and alive == set(SHARED)


def read_state(folder: Path) -> State:
    """The state of a folder; empty when there is none or it cannot be read."""
    try:
        data: dict[str, Any] = json.loads((folder / "state.json").read_text())
        servers = tuple(Running(**server) for server in data.pop("servers"))
        folders = tuple(data.pop("folders"))
        return State(**data, servers=servers, folders=folders)
    except (OSError, ValueError, TypeError, KeyError):
        return State()


def write_state(folder: Path, state: State) -> None:
    """Replace the state at once; only its owner may read it, since the URLs hold passwords."""
    partial = folder / "state.json.partial"
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(asdict(state), indent=1))
    partial.rename(folder / "state.json")


class Lock:
    """An flock on a file. Never inherited by programs that this process starts."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def take(self, *, shared: bool = False, timeout_s: float | None = None) -> bool:
        """Take it, waiting up to ``timeout_s`` (for ever when None). False when somebody else kept it."""
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        if timeout_s is None:
            fcntl.flock(self._descriptor, mode)
            return True
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                fcntl.flock(self._descriptor, mode | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(_POLL_S)
            else:
                return True

    def release(self) -> None:
        """Let others have it; it can be taken again."""
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release it for good."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


@contextmanager
def starting(folder: Path, timeout_s: float = 120.0) -> Iterator[None]:
    """Be the only one who starts or stops servers of this folder. Raises ConfigError when another never ends."""
    lock = Lock(folder / "start.lock")
    try:
        if not lock.take(timeout_s=timeout_s):
            raise ConfigError(
                f"another process has been starting or stopping the servers in {folder} for {timeout_s:g} s"
            )
        yield
    finally:
        lock.close()


def members_lock(folder: Path) -> Lock:
    """The lock that each member holds shared."""
    return Lock(folder / "members.lock")
