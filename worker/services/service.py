"""What all services share: a loop around ``run_once``, with jitter, stop and back-off while a store is away. Shell."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from worker.domain.errors import QueueUnavailable, StoreUnavailable

log = structlog.get_logger("worker")

FIRST_WAIT_S: Final = 0.05
LONGEST_WAIT_S: Final = 5.0


class Away:
    """Waits with jittered, growing pauses while something is away; ``back()`` starts over."""

    def __init__(self) -> None:
        self._wait_s = 0.0

    def next_wait_s(self) -> float:
        """The next pause, in seconds."""
        self._wait_s = min(max(self._wait_s * 2, FIRST_WAIT_S), LONGEST_WAIT_S)
        return self._wait_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing

    def back(self) -> None:
        """What was away has answered."""
        self._wait_s = 0.0


class Loop:
    """Calls ``run_once`` every ``interval_s`` (with a tenth of jitter) until stopped.

    ``run_once`` may return the seconds until it wants to run again, or None for the interval.
    Redis or PostgreSQL being away is waited out; any other error is logged and the loop goes on.
    """

    def __init__(
        self,
        name: str,
        run_once: Callable[[], Awaitable[float | None]],
        interval_s: float,
        on_away: Callable[[Exception | None], None] | None = None,
    ) -> None:
        self.name = name
        self._run_once = run_once
        self._interval_s = interval_s
        self._on_away = on_away
        self._stopping = asyncio.Event()
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._away = Away()

    def start(self) -> None:
        """Begin looping in a task."""
        self._task = asyncio.create_task(self._loop(), name=f"service:{self.name}")

    def nudge(self) -> None:
        """Run again now."""
        self._nudged.set()

    async def stop(self) -> None:
        """Let the round that is under way end, then stop."""
        self._stopping.set()
        self._nudged.set()
        if self._task is not None:
            await self._task
            self._task = None

    async def _loop(self) -> None:
        while not self._stopping.is_set():
            wait_s = await self._round()
            self._nudged.clear()
            if self._stopping.is_set():
                break
            try:
                async with asyncio.timeout(wait_s * random.uniform(0.9, 1.1)):  # noqa: S311 - jitter
                    await self._nudged.wait()
            except TimeoutError:
                pass

    async def _round(self) -> float:
        try:
            asked = await self._run_once()
        except (QueueUnavailable, StoreUnavailable) as error:
            if self._on_away is not None:
                self._on_away(error)
            return self._away.next_wait_s()
        except Exception:
            log.exception("service round failed", service=self.name)
            return max(self._interval_s, 1.0)
        self._away.back()
        if self._on_away is not None:
            self._on_away(None)
        return self._interval_s if asked is None else asked
