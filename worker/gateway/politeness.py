"""Few requests at a time to one host, and never in quick succession. Shell."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_MOST_HOSTS = 10_000


class _Host:
    __slots__ = ("free_at", "slots", "users")

    def __init__(self, concurrency: int) -> None:
        self.slots = asyncio.Semaphore(concurrency)
        self.free_at = 0.0
        self.users = 0


class Politeness:
    """Per host at most ``concurrency`` requests under way, started at least ``delay_s`` apart; ``total`` over all."""

    def __init__(self, concurrency: int, delay_s: float, total: int) -> None:
        self._concurrency = concurrency
        self._delay_s = delay_s
        self._total = asyncio.Semaphore(total)
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    @asynccontextmanager
    async def visit(self, host: str, delay_s: float | None = None) -> AsyncIterator[None]:
        """Wait until this host may be asked; ``delay_s`` is the host's own wish, if it is longer."""
        place = self._place(host)
        place.users += 1
        try:
            async with place.slots:
                loop = asyncio.get_running_loop()
                start_at = max(loop.time(), place.free_at)
                place.free_at = start_at + max(self._delay_s, delay_s or 0.0)
                if start_at > loop.time():
                    await asyncio.sleep(start_at - loop.time())
                async with self._total:
                    yield
        finally:
            place.users -= 1

    def _place(self, host: str) -> _Host:
        place = self._hosts.get(host)
        if place is None:
            place = self._hosts[host] = _Host(self._concurrency)
        self._hosts.move_to_end(host)
        while len(self._hosts) > _MOST_HOSTS:
            oldest, unused = next(iter(self._hosts.items()))
            if unused.users:
                break
            del self._hosts[oldest]
        return place
