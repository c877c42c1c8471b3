"""When intake of a kind stops because its only provider is booked out, and when it begins again."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from worker.domain.job import ResultStatus
from worker.domain.result import Result, Stage
from worker.domain.verdict import Done, Report, Snooze
from worker.services.bookings import AHEAD_S, IN_A_ROW, LONGEST_S, Bookings, only_waited

NOW = datetime.now(UTC)
THROTTLED = Stage("apollo", "apollo", outcome="throttled")
CACHE = Stage("cache", outcome="miss")
LATER = Stage("hunter", "hunter", skipped="gives none of the missing fields")


def waited(wait_s: float = 60.0, *stages: Stage) -> Report:
    """A run that was told to come back."""
    until = datetime.now(UTC) + timedelta(seconds=wait_s)
    return Report(
        Snooze(until, "apollo: throttled"), NOW, datetime.now(UTC), stages=stages or (CACHE, THROTTLED, LATER)
    )


DONE = Report(Done(Result(ResultStatus.SUCCESS, {}, (), (), 0, 0, NOW)), NOW, NOW, stages=(CACHE,))


class Queue:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.booked: list[tuple[str, int]] = []
        self.looked = 0

    async def book_out(self, kind: str, until_ms: int) -> None:
        self.booked.append((kind, until_ms))

    async def end_bookings(self) -> list[str]:
        self.looked += 1
        return []


@pytest.mark.parametrize(
    ("report", "waits"),
    [
        (waited(), True),
        (waited(5.0), False),  # booked, and soon
        (waited(60.0, CACHE, THROTTLED, Stage("pdl", "pdl", outcome="hit")), False),
        (waited(60.0, CACHE, Stage("hunter", "hunter", outcome="pending")), False),
        (waited(60.0, CACHE), False),
        (DONE, False),
    ],
)
def test_who_only_waited(report: Report, *, waits: bool) -> None:
    """A run counts when nobody but a provider without a turn was asked."""
    assert only_waited(report) is waits


async def test_intake_stops_after_a_few_and_no_longer_than_the_line() -> None:
    """Some runs in a row that only waited close the kind until shortly before the last one's turn; each end once."""
    queue = Queue()
    bookings = Bookings(queue)
    for number in range(IN_A_ROW - 1):
        bookings.saw("enrich_contact", waited(40.0 + number))
    await bookings.run_once()
    assert queue.booked == []
    bookings.saw("enrich_contact", waited(100.0))
    await bookings.run_once()
    await bookings.run_once()
    ((kind, until_ms),) = queue.booked
    assert kind == "enrich_contact"
    assert until_ms / 1000 - time.time() == pytest.approx(100.0 - AHEAD_S, abs=1.0)
    bookings.saw("enrich_contact", waited(10_000.0))
    await bookings.run_once()
    assert queue.booked[-1][1] / 1000 - time.time() == pytest.approx(LONGEST_S, abs=1.0)
    assert queue.looked == 4


async def test_a_job_that_got_on_means_that_others_may() -> None:
    """A run of the kind that ended otherwise starts the count anew; other kinds do not matter."""
    queue = Queue()
    bookings = Bookings(queue)
    for _ in range(IN_A_ROW - 1):
        bookings.saw("enrich_contact", waited())
    bookings.saw("enrich_contact", DONE)
    bookings.saw("enrich_contact", waited())
    bookings.saw("company_website", waited())
    await bookings.run_once()
    assert queue.booked == []
    assert bookings.watching
    bookings.saw("enrich_contact", replace(waited(), stages=()))
