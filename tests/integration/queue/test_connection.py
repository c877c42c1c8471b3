"""Connections to a real Redis: late replies, large commands, refused ones, and every kind of address."""

import asyncio
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoScriptError, ResponseError, TimeoutError  # noqa: A004 - redis's own name

from worker.queue.client import open_client
from worker.queue.connection import ROOM, LightConnection, LightTLSConnection, LightUnixConnection, exchange

LATE_S = 0.4


async def test_a_late_reply_ends_the_waiting(redis_url: str) -> None:
    """The wait ends at the time-out, and the next command on the only connection gets its own answer."""
    async with open_client(redis_url, socket_timeout_s=LATE_S, max_connections=1) as client:
        await client.set("mine", "right")
        for _ in range(2):
            started = monotonic()
            with pytest.raises(TimeoutError):
                await client.execute_command("BLPOP", "nothing", 0)
            assert LATE_S * 0.9 < monotonic() - started < LATE_S + 2
            assert await client.get("mine") == b"right"


async def test_time_counts_from_when_a_reply_is_waited_for(redis_url: str) -> None:
    """A slow reply that follows an earlier one is not late, though both together take longer than the time-out."""
    async with open_client(redis_url, socket_timeout_s=LATE_S, max_connections=1) as client:
        for _ in range(4):
            assert await client.execute_command("BLPOP", "nothing", LATE_S * 0.6) is None
        first = await client.client_id()
        await asyncio.sleep(LATE_S * 1.5)
        assert await client.client_id() == first


async def test_waiting_on_one_connection_is_not_ended_by_another(redis_url: str) -> None:
    """Replies that come in time are given while another connection's is late."""
    async with open_client(redis_url, socket_timeout_s=LATE_S, max_connections=2) as client:
        late = asyncio.create_task(client.execute_command("BLPOP", "nothing", 0))
        while not late.done():
            assert await client.ping()
            await asyncio.sleep(0.01)
        assert isinstance(late.exception(), TimeoutError)


async def test_a_cancelled_wait_leaves_no_timer_behind(redis_url: str) -> None:
    """Cancelled in mid-wait: cancelled it stays, also after the time at which the reply would have been late."""
    async with open_client(redis_url, socket_timeout_s=LATE_S, max_connections=1) as client:
        waiting = asyncio.create_task(client.execute_command("BLPOP", "nothing", 0))
        await asyncio.sleep(LATE_S / 2)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await client.ping()
        number = await client.client_id()
        await asyncio.sleep(LATE_S)
        assert await client.client_id() == number


async def test_commands_larger_than_the_room_arrive(redis_url: str) -> None:
    """A command that does not fit into what may wait to be sent is sent whole."""
    text = b"x" * (60 * ROOM)
    async with open_client(redis_url, socket_timeout_s=10, max_connections=1) as client:
        await client.set("large", text)
        assert await client.get("large") == text


async def test_a_refused_command_costs_only_itself(redis_url: str) -> None:
    """Replies come in order, an exception in the place of what was refused."""
    async with open_client(redis_url, socket_timeout_s=5, max_connections=1) as client:
        commands = [("SET", "a", 1), ("LPUSH", "a", 2), ("EVALSHA", "0" * 40, 0), ("GET", "a")]
        stored, wrong, unknown, got = await exchange(client.connection_pool, commands)
        assert (stored, got) == (b"OK", b"1")
        assert type(wrong) is ResponseError
        assert isinstance(unknown, NoScriptError)
        assert await exchange(client.connection_pool, [("PING",)]) == [b"PONG"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("redis://127.0.0.1:1/0", LightConnection),
        ("rediss://127.0.0.1:1/0", LightTLSConnection),
        ("unix:///nowhere.sock", LightUnixConnection),
    ],
)
def test_every_kind_of_address(address: str, kind: type) -> None:
    """TCP, TLS and a socket in the file system go the same short way."""
    client = open_client(address, socket_timeout_s=1)
    assert type(client.connection_pool.make_connection()) is kind


async def test_over_a_unix_socket(redis_url: str, tmp_path: Path) -> None:
    """A round trip over a socket in the file system."""
    where = urlsplit(redis_url)

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(where.hostname, where.port)
        async with asyncio.TaskGroup() as group:
            group.create_task(_copy(reader, back))
            group.create_task(_copy(there, writer))

    path = tmp_path / "redis.sock"
    server = await asyncio.start_unix_server(pass_on, path)
    secret = f":{where.password}@" if where.password else ""
    async with server, Redis.from_url(redis_url) as at:
        async with open_client(f"unix://{secret}{path}?db={where.path[1:]}", socket_timeout_s=5) as client:
            await client.set("here", "there")
        assert await at.get("here") == b"there"


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(65_536):
        target.write(data)
        await target.drain()
    target.close()
