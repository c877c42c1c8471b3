"""Lets a kind's new entries wait in their place while the only provider they need is booked out. Shell.

A throttled job sleeps until its turn. With a hundred thousand of them behind a hundred calls a minute, each would be
taken once only to be put to sleep, and would be given up at its deadline. So when runs of a kind do nothing else than
being told to wait in line, its new entries are parked until the line is nearly through. Urgent lanes, and whoever has
been in the line already, pass.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from worker.domain.finding import Outcome
from worker.domain.verdict import Report, Snooze

#: Runs of a kind in a row that only waited, until intake of that kind stops.
IN_A_ROW: Final = 5
#: A wait as long as this is one in line: nearer turns are booked.
IN_LINE_S: Final = 15.0
#: Intake begins again this long before the line is through, so that the account never idles.
AHEAD_S: Final = 10.0
#: However long the line is, somebody looks again.
LONGEST_S: Final = 300.0


class BookingQueue(Protocol):
    """What this asks of the queue."""

    async def book_out(self, kind: str, until_ms: int) -> None:
        """Park new entries of a kind until a time; a later time that was given before stays."""

    async def end_bookings(self) -> list[str]:
        """Take in again what need not wait any longer; gives the kinds."""


@dataclass(slots=True)
class _Line:
    """What was seen of a kind: runs in a row that only waited, and when the last of them may send."""

    waited: int = 0
    until_s: float = 0.0
    told_s: float = 0.0


def only_waited(report: Report) -> bool:
    """Whether a run did nothing but being told to wait in line: nobody else had anything to do for it."""
    verdict = report.verdict
    if not isinstance(verdict, Snooze) or (verdict.until - report.finished_at).total_seconds() < IN_LINE_S:
        return False
    asked = {stage.outcome for stage in report.stages if stage.provider and not stage.skipped}
    return asked == {Outcome.THROTTLED.value}


class Bookings:
    """``saw`` hears of every run that ended here; ``run_once`` tells the queue."""

    def __init__(self, queue: BookingQueue) -> None:
        self._queue = queue
        self._lines: dict[str, _Line] = {}

    @property
    def watching(self) -> bool:
        """Whether any kind's runs have waited in line, so that every ending matters."""
        return bool(self._lines)

    def saw(self, kind: str, report: Report) -> None:
        """Take note of how a run ended."""
        verdict, line = report.verdict, self._lines.get(kind)
        if isinstance(verdict, Snooze) and only_waited(report):
            line = self._lines.setdefault(kind, _Line())
            line.waited += 1
            line.until_s = max(line.until_s, verdict.until.timestamp())
        elif line is not None and not isinstance(verdict, Snooze):
            line.waited = 0

    async def run_once(self) -> float | None:
        """Mark what is booked out, and open what is not any more. Raises QueueUnavailable."""
        now = time.time()
        for kind, until_s in self._booked_out(now):
            await self._queue.book_out(kind, round(min(until_s, now + LONGEST_S) * 1000))
        await self._queue.end_bookings()
        self._lines = {kind: line for kind, line in self._lines.items() if line.until_s > now}
        return None

    def _booked_out(self, now: float) -> Iterable[tuple[str, float]]:
        for kind, line in self._lines.items():
            until_s = line.until_s - AHEAD_S
            if line.waited >= IN_A_ROW and until_s > now and until_s > line.told_s:
                line.told_s = until_s
                yield kind, until_s
