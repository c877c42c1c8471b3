"""Hears of changed records from all processes, and drops them from this one's memory."""

import asyncio
from collections.abc import Callable

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from worker.cache.keys import RecordKeys
from worker.cache.memory import MemoryTier

_log = structlog.get_logger("worker.cache")


class RecordChanges:
    """Subscribes to a namespace's announcements until stopped, on a client of its own."""

    def __init__(
        self, redis: Redis, keys: RecordKeys, memory: MemoryTier, *, pause_s: float = 1.0, poll_s: float = 1.0
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._memory = memory
        self._pause_s = pause_s
        self._poll_s = poll_s
        self._stopping = asyncio.Event()
        self.listening = asyncio.Event()

    async def run(self) -> None:
        """Listen, again after every lost connection; what is held in memory is dropped in between."""
        while not self._stopping.is_set():
            try:
                await self._listen()
            except (RedisError, OSError, TimeoutError) as problem:
                _log.warning("record changes are not heard", error=type(problem).__name__)
            finally:
                self._memory.listen(heard=False)
                self.listening.clear()
            if not self._stopping.is_set():
                await _until(self._stopping, self._pause_s)

    def stop(self) -> None:
        """End ``run`` within one poll."""
        self._stopping.set()

    async def _listen(self) -> None:
        async with self._redis.pubsub() as subscription:
            await subscription.subscribe(self._keys.changes)
            while not self._stopping.is_set():
                message = await subscription.get_message(timeout=self._poll_s)
                if message is None:
                    continue
                if message["type"] == "subscribe":
                    self._memory.listen(heard=True)
                    self.listening.set()
                elif message["type"] == "message":
                    _forget(message["data"], self._memory.forget)


def _forget(data: bytes, forget: Callable[[str, str], None]) -> None:
    try:
        workspace, key = orjson.loads(data)
    except (orjson.JSONDecodeError, ValueError, TypeError):
        return
    forget(str(workspace), str(key))


async def _until(event: asyncio.Event, timeout: float) -> None:
    try:
        async with asyncio.timeout(timeout):
            await event.wait()
    except TimeoutError:
        return
