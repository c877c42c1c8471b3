"""Whose an entry is, and how long a lane will last."""

import pytest

from worker.queue.shares import Pace, Stand, workspace_of


@pytest.mark.parametrize(
    ("fields", "workspace"),
    [
        ({}, "default"),
        ({b"type": b"payload"}, "default"),
        ({b"workspaceId": b"acme"}, "acme"),
        ({b"workspace_id": b"acme"}, "acme"),
        ({b"workspaceId": b""}, "default"),
        ({b"payload": b'{"workspaceId": "acme"}'}, "acme"),
        ({b"data": b'{"workspace_id": "acme"}'}, "acme"),
        ({b"payload": b'{"workspaceId": 7}'}, "default"),
        ({b"payload": b"{"}, "default"),
        ({b"payload": b"[1]"}, "default"),
        ({b"workspaceId": b"flat", b"payload": b'{"workspaceId": "nested"}'}, "flat"),
        ({b"workspaceId": b"\xff"}, "\ufffd"),
    ],
)
def test_workspace_of(fields: dict[bytes, bytes], workspace: str) -> None:
    """Flat fields go before nested ones; nonsense belongs to nobody in particular."""
    assert workspace_of([part for pair in fields.items() for part in pair]) == workspace


def test_a_lanes_pace_is_measured_over_seconds() -> None:
    """Unknown at first and after nothing was read; then what is left over what was read a second."""
    pace = Pace()
    assert pace.gone_in_s("lane", Stand(b"1-0", 1_000, 0), 0.0) == float("inf")
    assert pace.gone_in_s("lane", Stand(b"1-0", 900, 100), 0.5) == float("inf")
    assert pace.gone_in_s("lane", Stand(b"1-0", 800, 200), 2.0) == pytest.approx(8.0)
    assert pace.gone_in_s("lane", Stand(b"1-0", 800, 200), 3.5) == float("inf")
    assert pace.gone_in_s("other", Stand(b"1-0", 5, None), 9.0) == float("inf")
