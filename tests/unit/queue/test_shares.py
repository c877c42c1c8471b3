"""How long a lane will last."""

import pytest

from worker.queue.shares import Pace, Stand


def test_a_lanes_pace_is_measured_over_seconds() -> None:
    """Unknown at first and after nothing was read; then what is left over what was read a second."""
    pace = Pace()
    assert pace.gone_in_s("lane", Stand(b"1-0", 1_000, 0), 0.0) == float("inf")
    assert pace.gone_in_s("lane", Stand(b"1-0", 900, 100), 0.5) == float("inf")
    assert pace.gone_in_s("lane", Stand(b"1-0", 800, 200), 2.0) == pytest.approx(8.0)
    assert pace.gone_in_s("lane", Stand(b"1-0", 800, 200), 3.5) == float("inf")
    assert pace.gone_in_s("other", Stand(b"1-0", 5, None), 9.0) == float("inf")
