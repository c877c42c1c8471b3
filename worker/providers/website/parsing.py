"""Where a page is parsed, so that the event loop goes on: in place, on a thread, or in a process of its own.

Parsing holds the interpreter: lexbor and the regular expressions do not let go of it, and a thread that computes
gives it up only every 5 ms. Measured with 100 saved pages in flight (``python -m benchmarks.pages``), one thread stops
the loop for as long as the longest of those stretches, which on large pages is many tens of milliseconds, and two
threads for longer. A process leaves only what goes through its pipe. It costs half a second to start and some 80 MB,
which a single page is not worth. Hence:

* a page of a millisecond is parsed in place; a switch costs more than it saves;
* a page that comes alone, while no process runs, is parsed on a thread: of middle size it stops the loop for little;
* everything else goes to a process, which is started by the first such page and stays. It is one process, and two on
  machines of more than two cores. A page that ends or hangs it fails alone.
"""

import asyncio
import atexit
import os
import queue
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, Protocol

from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.providers.website.found import PageFinding
from worker.providers.website.page import parse_at
from worker.providers.website.parse_process import PageBroke, ParseProcess

#: Bytes up to which a page is parsed in place, in well under a millisecond: many that arrive at once would add up.
INLINE_BYTES: Final = 1_500
#: Bytes up to which a page that comes alone is parsed on a thread.
ALONE_BYTES: Final = 60_000
#: Seconds for one page, a hundred times what the slowest takes.
PAGE_TIMEOUT_S: Final = 20.0
#: Processes: a core is left to the event loop.
PROCESSES: Final = max(1, min(2, (os.cpu_count() or 1) - 1))


class Parse(Protocol):
    """Parses a fetched page."""

    async def __call__(
        self, body: bytes, url: str, headers: dict[str, str], observed_at: datetime, status: int
    ) -> PageFinding:
        """What is on the page. Raises PageRefused when parsing it failed."""


class Parsers:
    """Parses pages off the event loop. Good for any number of event loops; ``close`` it in the end."""

    def __init__(self, processes: int = PROCESSES, page_timeout_s: float = PAGE_TIMEOUT_S) -> None:
        self._threads = ThreadPoolExecutor(processes, thread_name_prefix="website-parse")
        self._all = [ParseProcess(page_timeout_s) for _ in range(processes)]
        self._idle: queue.SimpleQueue[ParseProcess] = queue.SimpleQueue()
        for process in self._all:
            self._idle.put(process)
        self._at_work = 0

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that run."""
        return tuple(pid for process in self._all if (pid := process.pid) is not None)

    async def __call__(
        self, body: bytes, url: str, headers: dict[str, str], observed_at: datetime, status: int
    ) -> PageFinding:
        """See ``Parse``."""
        if len(body) <= INLINE_BYTES:
            return parse_at(body, url, headers, observed_at, status)
        alone = self._at_work == 0 and len(body) <= ALONE_BYTES and not self.pids
        self._at_work += 1
        loop = asyncio.get_running_loop()
        try:
            if alone:
                return await loop.run_in_executor(self._threads, parse_at, body, url, headers, observed_at, status)
            return await loop.run_in_executor(self._threads, self._ask, body, url, headers, observed_at, status)
        except PageBroke as error:
            raise PageRefused(Outcome.TRANSIENT if error.hung else Outcome.NONSENSE, str(error)) from None
        finally:
            self._at_work -= 1

    def close(self) -> None:
        """End the processes; pages that they are at fail."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.close()

    def _ask(self, body: bytes, url: str, headers: dict[str, str], observed_at: datetime, status: int) -> PageFinding:
        process = self._idle.get()
        try:
            return process.parse((body, url, headers, observed_at, status))
        finally:
            self._idle.put(process)


class _Shared:
    """One Parsers for all website providers of this program: workspaces have providers of their own."""

    def __init__(self) -> None:
        self.users = 0
        self.parsers: Parsers | None = None

    def get(self) -> Parsers:
        if self.parsers is None:
            self.parsers = Parsers()
        return self.parsers

    def join(self) -> None:
        self.users += 1

    def leave(self) -> None:
        self.users -= 1
        if self.users <= 0:
            self.close()

    def close(self) -> None:
        parsers, self.parsers = self.parsers, None
        if parsers is not None:
            parsers.close()


#: Closed by the last provider that uses it, at the latest when the program ends.
SHARED: Final = _Shared()
atexit.register(SHARED.close)
