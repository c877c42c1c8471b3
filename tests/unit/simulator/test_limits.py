"""Windows of the simulated providers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.limits import Limits, most_in_window, parse_limits, wait_s
from simulator.wire import Limit

steps = st.lists(st.floats(0, 3, allow_nan=False), max_size=80)


@given(steps)
def test_no_sliding_window_ever_holds_more_than_its_limit(waits: list[float]) -> None:
    """Whatever the arrivals, any five seconds hold at most three requests that were let in."""
    limits, now, passed = Limits(), 1000.0, []
    for wait in waits:
        now += wait
        if limits.take("p", "a", "o", (Limit(3, 5.0, sliding=True),), now)[0]:
            passed.append(now)
    for start in passed:
        assert sum(1 for stamp in passed if start <= stamp < start + 5.0) <= 3


@given(steps)
def test_a_fixed_window_opens_again_at_the_time_it_says(waits: list[float]) -> None:
    """A refused request that waits for the announced reset is let in."""
    limits, now = Limits(), 500.0
    limit = (Limit(2, 7.0),)
    for wait in waits:
        now += wait
        let_in, usages = limits.take("p", "a", "o", limit, now)
        if not let_in:
            now += wait_s(usages) + 1e-6
            assert limits.take("p", "a", "o", limit, now)[0]


def test_accounts_and_operations_have_windows_of_their_own() -> None:
    """One account's full window holds up no other, and neither does one endpoint's where limits are per endpoint."""
    limits, limit = Limits(), (Limit(1, 60.0, per_operation=True),)
    assert limits.take("p", "a", "one", limit, 0.0)[0]
    assert not limits.take("p", "a", "one", limit, 1.0)[0]
    assert limits.take("p", "b", "one", limit, 1.0)[0]
    assert limits.take("p", "a", "two", limit, 1.0)[0]


def test_a_refused_request_takes_no_room_in_another_window() -> None:
    """With a full minute, the second's window stays as it was."""
    limits = Limits()
    windows = (Limit(1, 60.0), Limit(5, 1.0))
    limits.take("p", "a", "o", windows, 0.0)
    _, usages = limits.take("p", "a", "o", windows, 0.1)
    assert [usage.used for usage in usages] == [1, 1]


def test_limits_are_read_as_written() -> None:
    """Several windows, sliding ones, and none at all."""
    assert parse_limits("100/60s, 5/1s sliding") == (Limit(100, 60.0), Limit(5, 1.0, sliding=True))
    assert parse_limits("off") == ()
    with pytest.raises(ValueError, match="invalid literal"):
        parse_limits("many")


@given(st.lists(st.floats(0, 100, allow_nan=False), max_size=60), st.floats(0.1, 20))
def test_the_fullest_window_is_found(stamps: list[float], seconds: float) -> None:
    """Counting every window that ends at a stamp gives the same figure."""
    stamps.sort()
    counted = [sum(1 for other in stamps if stamp - seconds < other <= stamp) for stamp in stamps]
    assert most_in_window(stamps, seconds) == max(counted, default=0)
