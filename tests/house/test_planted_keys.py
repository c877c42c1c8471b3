"""A planted key that comes out anywhere fails the whole run, and the run says where it stands."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from tests.support.planted import MARK, Search, planted, planted_ring
from worker.store.keyring import KeyRing

ROOT = Path(__file__).resolve().parents[2]
#: None of the real marks: this run must not find what its own tests plant.
OTHER = "other-4e9a77"
_CONFTEST = f"""
from tests.support.planted_watch import PlantedWatch

def pytest_configure(config):
    watch = PlantedWatch(config)
    watch.search.__init__(mark={OTHER!r})
    config.pluginmanager.register(watch)
"""
_SUB_RUN = """
import logging

def test_one(tmp_path):
    {one}

def test_two(tmp_path):
    (tmp_path / "workers.log").write_text("nothing to be seen")
"""


_DELETED = f"""
import asyncio
import asyncpg
import redis

def test_redis(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        client.set("key", {OTHER!r})
        client.delete("key")

def test_postgres(pg_dsn):
    async def go():
        connection = await asyncpg.connect(pg_dsn)
        await connection.execute("CREATE TABLE kept (text text)")
        await connection.execute("INSERT INTO kept VALUES ($1)", {OTHER!r})
        await connection.execute("DELETE FROM kept")
        await connection.close()
    asyncio.run(go())
"""


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """pytest over a folder's ``test_sub.py``."""
    (folder / "pytest.ini").write_text("[pytest]\nasyncio_mode = auto\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", *arguments]
    return subprocess.run(
        [*command, "--basetemp", str(folder / "base"), "test_sub.py"],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nobody searches afterwards."""
    with TemporaryDirectory() as made:
        yield Path(made)


@pytest.mark.parametrize("before", ["", "x", "xy", "xyz"])
def test_every_spelling_is_found(folder: Path, before: str) -> None:
    """Plain, hex or base64 at any offset: the file and the byte are named."""
    secret = f"{before}{MARK}-0001".encode()
    spelled = (secret, secret.hex().encode(), base64.b64encode(secret), base64.urlsafe_b64encode(secret))
    for number, text in enumerate(spelled):
        (folder / f"{number}.bin").write_bytes(bytes(100) + text)
    search = Search()
    search.folder(folder)
    assert len(search.found) == len(spelled)
    assert f"{folder}/0.bin at byte {100 + len(before)}:" in search.found[0]
    assert search.counts["files"] == len(spelled)


def test_a_mark_across_two_blocks_is_found_once(folder: Path) -> None:
    """Files are read in blocks of 4 MB; the offset is the file's."""
    for before in ((4 << 20) - 5, (4 << 20) - len(MARK), 4 << 20):
        (folder / "large.log").write_bytes(bytes(before) + MARK.encode() + bytes(5 << 20))
        search = Search()
        search.folder(folder)
        assert [line.split(":")[0] for line in search.found] == [f"{folder}/large.log at byte {before}"]


def test_what_is_planted_bears_the_mark() -> None:
    """A secret and a ring, as the setting spells it and as the cipher gets it; a ring that can be used."""
    ring = planted_ring("a")
    assert KeyRing.parse(ring).keys.keys() == {"a"}
    for text in (planted("name"), ring, base64.urlsafe_b64decode(ring.partition(":")[2]).decode()):
        search = Search()
        search.text("somewhere", text)
        assert search.found, text


def test_nothing_is_found_in_nothing(folder: Path) -> None:
    """Empty files, folders and strangers."""
    (folder / "empty").touch()
    (folder / "deeper").mkdir()
    (folder / "deeper" / "text").write_text("a key, but not that one: key-5f0c1e")
    search = Search()
    search.folder(folder)
    assert search.found == []
    assert search.counts["bytes"] > 0


async def test_a_row_is_named_however_it_is_stored(pg_dsn: str) -> None:
    """Text, JSON and bytes, one of them so long that PostgreSQL stores it compressed."""
    connection = await asyncpg.connect(pg_dsn)
    try:
        await connection.execute("CREATE TABLE kept (id int, text text, json jsonb, bytes bytea)")
        await connection.execute("INSERT INTO kept VALUES (1, repeat('nothing ', 10000), '{}', '')")
        for column, value in (("text", "'x' || $1 || repeat('y', 100000)"), ("json", "jsonb_build_object('a', $1)")):
            await connection.execute(f"INSERT INTO kept ({column}) VALUES ({value.replace('$1', repr(OTHER))})")
        await connection.execute("INSERT INTO kept (bytes) VALUES ($1)", base64.b64encode(OTHER.encode()))
        found = []
        for _ in range(3):
            search = Search(OTHER)
            await search.database(pg_dsn)
            found += search.found
            assert search.counts["rows"] >= 4 - len(found)
            place = search.found[0].rpartition(" ")[2]
            await connection.execute("DELETE FROM kept WHERE ctid = $1::text::tid", place)
        last = Search(OTHER)
        await last.database(pg_dsn)
    finally:
        await connection.close()
    assert all(line.startswith("table public.kept of test_") for line in found)
    assert last.found == []


def test_what_was_deleted_long_ago_is_found(folder: Path) -> None:
    """A Redis value that was deleted and a row of a dropped database: what the servers wrote is all looked through."""
    (folder / "conftest.py").write_text(
        "from tests.conftest import embedded_servers, pg_dsn, pg_template, planted_watch, redis_url\n" + _CONFTEST
    )
    (folder / "test_sub.py").write_text(_DELETED)
    run = _run(folder)
    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 1
    assert "appendonly" in run.stdout
    assert "/pg_wal/" in run.stdout


@pytest.mark.parametrize(
    ("leak", "where"),
    [
        ('(tmp_path / "workers.log").write_text("said: " + {key!r})', "workers.log at byte 6"),
        ('logging.getLogger("worker.x").warning("said: %s", {key!r})', "log record of worker.x at byte 6"),
        ("print({key!r})", "Captured stdout call of test_sub.py::test_one at byte 0"),
        ("tmp_path", ""),
    ],
)
@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_run_with_a_leak_fails(folder: Path, leak: str, where: str, processes: tuple[str, ...]) -> None:
    """Every test passes, and the run fails all the same; without a leak it says in one line how much was searched."""
    (folder / "conftest.py").write_text(_CONFTEST)
    body = leak.format(key=OTHER)
    (folder / "test_sub.py").write_text(_SUB_RUN.format(one=body))
    run = _run(folder, *processes)
    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert run.returncode == (1 if where else 0)
    line = next(line for line in run.stdout.splitlines() if line.startswith("planted keys: "))
    assert ("FOUND in" if where else "none in") in line
    assert where in run.stdout
