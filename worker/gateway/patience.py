"""Pages asked for again when they failed for the moment: a broken connection, a server that is overloaded. Shell.

What is refused for good is not asked for again, nor is a page that used up its time: that is the job's own retry.
"""

import asyncio
import random
from time import monotonic
from typing import Final

from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.provider import PageRefused
from worker.gateway.ports import Pages

#: Statuses of a server, or of what stands before it, that is away for a moment (RFC 9110, 15.6).
PASSING: Final = frozenset({502, 503, 504})
FIRST_WAIT_S: Final = 0.3
LONGEST_WAIT_S: Final = 5.0
#: A share of the page's time within which another try may begin.
LAST_START: Final = 0.5


class PatientPages:
    """``pages`` with up to ``retries`` further tries, all of them within ``total_s`` seconds."""

    def __init__(self, pages: Pages, retries: int, total_s: float, first_wait_s: float = FIRST_WAIT_S) -> None:
        self._pages = pages
        self._retries = retries
        self._total_s = total_s
        self._first_wait_s = first_wait_s

    async def fetch(self, url: str) -> Reply:
        """The page's reply, the last one when every try failed. Raises PageRefused."""
        started = monotonic()
        made = 0
        while True:
            reply: Reply | None = None
            refused: PageRefused | None = None
            try:
                async with asyncio.timeout(self._total_s - (monotonic() - started) if made else None):
                    reply = await self._pages.fetch(url)
            except PageRefused as error:
                refused = error
            except TimeoutError:
                refused = PageRefused(Outcome.TRANSIENT, "timed out")
            wait_s = passes_in_s(reply, refused)
            if wait_s is not None and made < self._retries:
                wait_s = max(wait_s, self._first_wait_s * 2**made * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                if wait_s <= LONGEST_WAIT_S and monotonic() - started + wait_s <= self._total_s * LAST_START:
                    made += 1
                    await asyncio.sleep(wait_s)
                    continue
            if reply is None:
                raise refused or PageRefused(Outcome.TRANSIENT, "no reply")
            return reply

    async def close(self) -> None:
        """Close every connection."""
        await self._pages.close()


def passes_in_s(reply: Reply | None, refused: PageRefused | None) -> float | None:
    """The least seconds until another try may do better; None when none will.

    >>> passes_in_s(Reply(503, {"retry-after": "2"}, b""), None), passes_in_s(Reply(404, {}, b""), None)
    (2.0, None)
    """
    if refused is not None:
        return 0.0 if refused.outcome == Outcome.TRANSIENT else None
    if reply is None or reply.status not in PASSING:
        return None
    told = reply.headers.get("retry-after", "").strip()
    if not told:
        return 0.0
    # A date is further away than is worth waiting here.
    return float(told) if told.isascii() and told.isdigit() and len(told) < 7 else None
