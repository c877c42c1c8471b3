"""Group commit for anything: items of many coroutines, gathered for a moment and flushed as one batch."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable, Sequence
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Out = TypeVar("Out")
Name = TypeVar("Name", bound=Hashable)

#: From this many items in a batch on, the next one is waited for longer: fewer, larger batches cost less per item.
_BUSY = 4
_STRETCH = 3


class Grouped(Generic[Item, Out]):
    """Runs ``flush`` on batches of at most ``most`` items, by at most ``lanes`` flushes at a time.

    A lone item waits ``tick_s`` (0: until the loop's next turn). Under load a batch waits three times as long, and is
    whatever gathered meanwhile and while the flushes before it were running. ``flush`` returns one result per item, in
    order; a result that is an exception is raised to that item's caller alone, an exception raised by ``flush`` goes to
    every caller of the batch.
    """

    def __init__(
        self,
        flush: Callable[[list[Item]], Awaitable[Sequence[Out | BaseException]]],
        *,
        most: int = 500,
        tick_s: float = 0.0,
        lanes: int = 1,
    ) -> None:
        self._flush = flush
        self._most = most
        self._tick_s = tick_s
        self._free_lanes = lanes
        # What waits, and who hears of it, side by side: pairs would be made and taken apart for every item.
        self._items: list[Item] = []
        self._futures: list[asyncio.Future[Out] | None] = []
        self._ticking = False
        self._stretch = 1
        self._running: set[asyncio.Task[None]] = set()
        # Looked up once: asyncio asks the system for the process id each time it is asked which loop runs.
        self._loop: asyncio.AbstractEventLoop | None = None

    def __len__(self) -> int:
        """Items that are in no batch yet."""
        return len(self._items)

    @property
    def idle(self) -> bool:
        """Whether nothing is queued or under way."""
        return not (self._items or self._running or self._ticking)

    def submit(self, item: Item) -> "asyncio.Future[Out]":
        """Queue an item; the future ends with its result. Cancelling the future does not take the item back."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
        future: asyncio.Future[Out] = loop.create_future()
        self._items.append(item)
        self._futures.append(future)
        if self._free_lanes and not self._ticking:
            self._tick(loop)
        return future

    def forget(self, item: Item) -> None:
        """Queue an item whose result nobody waits for: its failure is swallowed."""
        self._items.append(item)
        self._futures.append(None)
        if self._free_lanes and not self._ticking:
            self._tick(self._loop or asyncio.get_running_loop())

    async def drain(self) -> None:
        """Wait until everything queued so far has been flushed."""
        while not self.idle:
            if self._running:
                await asyncio.wait(set(self._running))
            else:
                await asyncio.sleep(self._tick_s)

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        self._ticking = True
        if self._tick_s and len(self._items) < self._most:
            loop.call_later(self._tick_s * self._stretch, self._start)
        else:
            loop.call_soon(self._start)

    def _start(self) -> None:
        self._ticking = False
        most = self._most
        while self._items and self._free_lanes:
            items, self._items = self._items[:most], self._items[most:]
            futures, self._futures = self._futures[:most], self._futures[most:]
            self._stretch = _STRETCH if len(items) >= _BUSY else 1
            self._free_lanes -= 1
            task = asyncio.get_running_loop().create_task(self._run(items, futures))
            self._running.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._running.discard(task)
        self._free_lanes += 1
        if self._items and not self._ticking:
            # Those whose results this batch has just brought are about to ask again: they may come along.
            self._tick(asyncio.get_running_loop())

    async def _run(self, items: list[Item], futures: "list[asyncio.Future[Out] | None]") -> None:
        try:
            results = await self._flush(items)
        except BaseException as error:
            for future in futures:
                if future is not None and not future.done():
                    future.set_exception(error if isinstance(error, Exception) else asyncio.CancelledError())
            if not isinstance(error, Exception):
                raise
            return
        for future, result in zip(futures, results, strict=True):
            if future is None or future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)


def _retrieved(future: "asyncio.Future[Out]") -> None:
    if not future.cancelled():
        future.exception()


class SingleFlight(Generic[Name, Out]):
    """Equal work asked for at the same time is done once; those who wait do not suffer from another's cancellation."""

    def __init__(self) -> None:
        self._flights: dict[Name, asyncio.Task[Out]] = {}

    async def run(self, name: Name, work: Callable[[], Coroutine[Any, Any, Out]]) -> Out:
        """The result of ``work`` under this name, or of the same work already under way."""
        flight = self._flights.get(name)
        if flight is None:
            flight = self._flights[name] = asyncio.get_running_loop().create_task(work())
            flight.add_done_callback(lambda done: self._landed(name, done))
        return await asyncio.shield(flight)

    def _landed(self, name: Name, flight: "asyncio.Task[Out]") -> None:
        self._flights.pop(name, None)
        _retrieved(flight)
