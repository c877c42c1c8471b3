"""The range of entry ids that a settled group is looked for in."""

from hypothesis import given
from hypothesis import strategies as st

from worker.queue.queue import _bounds

ids = st.lists(st.tuples(st.integers(0, 2_000), st.integers(0, 200)), min_size=1, max_size=20)


def _parts(entry_id: str, missing: int) -> tuple[int, int]:
    """An id as Redis reads it: where the sequence is left out it is the least at a beginning, the most at an end."""
    time, _, sequence = entry_id.partition("-")
    return int(time), int(sequence) if sequence else missing


@given(ids)
def test_a_range_holds_every_entry_of_its_group(pairs: list[tuple[int, int]]) -> None:
    """Also of entries whose ids are not of one length, where text would sort 9 behind 10."""
    first, last = _bounds([f"{time}-{sequence}" for time, sequence in pairs])
    assert _parts(first, 0) <= min(pairs)
    assert _parts(last, 1 << 64) >= max(pairs)


def test_a_group_of_one_length_is_met_exactly() -> None:
    """Entries of the same moment that are not of the group are left out."""
    assert _bounds(["1763765100000-7", "1763765100000-3"]) == ("1763765100000-3", "1763765100000-7")
