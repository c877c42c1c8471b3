"""From limits to a pace, and what a pace promises."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from worker.domain.call import Limit
from worker.gateway.account import learned_limits, learned_text
from worker.gateway.limits import USED_SHARE, effective, pace_for, share_for

limit = st.builds(Limit, st.integers(2, 5000), st.sampled_from([1.0, 2.0, 10.0, 60.0]))


@given(st.lists(limit, min_size=1, max_size=3))
def test_a_pace_keeps_every_window_even_with_late_sends(limits: list[Limit]) -> None:
    """The worst case (a full burst, then one per interval, each as late as it may be) fits every window."""
    pace = pace_for(limits)
    assert pace is not None
    for one in limits:
        most = pace.burst - 1 + (one.window_s + pace.lateness_s) / pace.interval_s
        # A very small window cannot pay for a tick of lateness; there the burst is one and the interval is wider.
        if pace.lateness_s > 0.02:
            assert most <= one.count + 1e-6


@given(limit)
def test_a_pace_uses_nearly_all_of_a_limit(one: Limit) -> None:
    """The binding limit is used to the share that is promised."""
    pace = pace_for([one])
    assert pace is not None
    assert one.window_s / pace.interval_s >= USED_SHARE * one.count - 1e-6


def test_windows_over_a_minute_are_counted() -> None:
    """An hour's and a day's limit are counted, in at most about a thousand marks."""
    pace = pace_for([Limit(50, 60.0), Limit(200, 3600.0), Limit(100_000, 86_400.0)])
    assert pace is not None
    assert [(one.count, one.group) for one in pace.counted] == [(200, 1), (100_000, 100)]
    only = pace_for([Limit(600, 86_400.0)])
    assert only is not None
    assert only.interval_s == 0.0


def test_no_limit_no_pace() -> None:
    """Nothing, or nothing sensible, means no pace."""
    assert pace_for([]) is None
    assert pace_for([Limit(0, 60.0)]) is None


def test_learned_limits_replace_documented_ones_under_the_operators() -> None:
    """Headers beat documents, the operator beats both, windows that only one knows stay."""
    documented = [Limit(50, 60.0), Limit(200, 3600.0)]
    assert effective(documented, {60.0: 1000}, ()) == (Limit(1000, 60.0), Limit(200, 3600.0))
    assert effective(documented, {60.0: 1000}, [Limit(100, 60.0), Limit(5, 1.0)]) == (
        Limit(5, 1.0),
        Limit(100, 60.0),
        Limit(200, 3600.0),
    )


@given(st.integers(2, 2000), st.sampled_from([1.0, 60.0]), st.integers(1, 8))
def test_shares_together_stay_under_the_limit(count: int, window_s: float, processes: int) -> None:
    """Processes that cannot talk to each other, each at its share, together keep the limit in any window."""
    interval_s = share_for([Limit(count, window_s)], processes)
    sends_each = 1 + int(window_s / interval_s)
    if count // processes >= 2:
        assert processes * sends_each <= count + processes - count % processes or processes * (sends_each - 1) <= count
        assert processes * (window_s / interval_s) <= count - processes + 1e-6


@given(st.lists(limit, max_size=3, unique_by=lambda one: one.window_s))
def test_learned_limits_survive_their_spelling(limits: list[Limit]) -> None:
    """What one process writes is what another reads."""
    assert learned_limits(learned_text(limits)) == {one.window_s: one.count for one in limits}
    for order in itertools.permutations(limits):
        assert learned_text(order) == learned_text(limits)
