"""Group commit and single flight."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.cache.answer_codec import decode, encode, milliseconds
from worker.domain.call import Reply
from worker.domain.finding import Outcome
from worker.domain.ledger import StoredAnswer
from worker.grouping import Grouped, SingleFlight


async def test_items_of_one_turn_are_one_batch() -> None:
    """Coroutines that ask in the same turn of the loop share a flush, and each gets its own result."""
    batches: list[int] = []

    async def flush(items: list[int]) -> Sequence[int]:
        batches.append(len(items))
        return [item * 2 for item in items]

    grouped: Grouped[int, int] = Grouped(flush, most=8)
    assert await asyncio.gather(*(grouped.submit(n) for n in range(20))) == [n * 2 for n in range(20)]
    assert batches == [8, 8, 4]
    assert grouped.idle


async def test_what_comes_during_a_flush_is_the_next_batch() -> None:
    """With one lane nothing overtakes, and batches grow with the load."""
    gate, batches = asyncio.Event(), []

    async def flush(items: list[int]) -> Sequence[int]:
        batches.append(list(items))
        await gate.wait()
        return items

    grouped: Grouped[int, int] = Grouped(flush)
    first = grouped.submit(1)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    late = [grouped.submit(2), grouped.submit(3)]
    assert len(grouped) == 2
    gate.set()
    assert await asyncio.gather(first, *late) == [1, 2, 3]
    assert batches == [[1], [2, 3]]


async def test_failures_reach_whom_they_concern() -> None:
    """One item's exception is its own, a failed flush is everybody's, a caller that left takes nothing along."""

    async def flush(items: list[int]) -> Sequence[int | BaseException]:
        if 13 in items:
            raise OSError("all")
        return [ValueError("mine") if item == 1 else item for item in items]

    grouped: Grouped[int, int] = Grouped(flush)
    results = await asyncio.gather(grouped.submit(0), grouped.submit(1), return_exceptions=True)
    assert results[0] == 0
    assert isinstance(results[1], ValueError)
    both = await asyncio.gather(grouped.submit(13), grouped.submit(2), return_exceptions=True)
    assert all(isinstance(result, OSError) for result in both)
    gone, stays = grouped.submit(5), grouped.submit(6)
    gone.cancel()
    assert await stays == 6


async def test_what_is_forgotten_is_done_all_the_same() -> None:
    """Nobody waits for it: it goes along in its place, its failure is swallowed, ``drain`` waits for it."""
    batches: list[list[int]] = []

    async def flush(items: list[int]) -> Sequence[int | BaseException]:
        batches.append(items)
        if 13 in items:
            raise OSError("all")
        return [ValueError("mine") if item == 1 else item for item in items]

    grouped: Grouped[int, int] = Grouped(flush, most=2)
    grouped.forget(1)
    asked = grouped.submit(2)
    grouped.forget(3)
    grouped.forget(13)
    assert await asked == 2
    await grouped.drain()
    assert batches == [[1, 2], [3, 13]]
    grouped.forget(4)
    await grouped.drain()
    assert (batches[2:], grouped.idle) == ([[4]], True)


async def test_equal_work_is_done_once() -> None:
    """Those who wait share the result and do not suffer from another's cancellation; a failure is not kept."""
    runs, gate = 0, asyncio.Event()

    async def work() -> int:
        nonlocal runs
        runs += 1
        await gate.wait()
        if runs == 1:
            return 42
        raise OSError

    flights: SingleFlight[str, int] = SingleFlight()
    waiting = [asyncio.create_task(flights.run("a", work)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    gate.set()
    assert await waiting[1] == await waiting[2] == 42
    assert runs == 1
    for _ in range(2):
        with pytest.raises(OSError):  # noqa: PT011 - ours has no text
            await flights.run("a", work)
    assert runs == 3


moments = st.datetimes(datetime(2001, 9, 10), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(
    st.builds(
        StoredAnswer,
        st.sampled_from(Outcome),
        st.builds(Reply, st.integers(100, 599), st.dictionaries(st.text(), st.text()), st.binary()),
        st.text(),
        moments,
        moments,
        st.integers(0, 2**53),
        st.text(),
    )
)
def test_hot_copies_come_back_equal(answer: StoredAnswer) -> None:
    """What Redis holds is read back as it was, and starts with its time for the Lua verb to compare."""
    stored = encode(answer)
    assert decode(stored) == answer
    assert int(stored[:13]) == milliseconds(answer.observed_at)


@given(st.binary(max_size=200))
def test_strange_hot_copies_are_no_answers(stored: bytes) -> None:
    """Anything else in the key is a miss, not an error."""
    assert decode(stored) is None


def test_milliseconds_are_rounded_down() -> None:
    """The compared time is never later than the true one."""
    assert milliseconds(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=1999)) % 1000 == 1
