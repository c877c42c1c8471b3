"""JSON that a jsonb column takes, whatever a handler put into it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from worker.domain.clean import json_bytes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, "é"]}, '{"a":[1,null,"é"]}'),
        ({"at": datetime(2026, 11, 22, tzinfo=UTC)}, '{"at":"2026-11-22T00:00:00+00:00"}'),
        ({1: "one", None: "none"}, '{"1":"one","null":"none"}'),
        ({2: "two", datetime(2026, 11, 22, tzinfo=UTC): "day"}, '{"2":"two","2026-11-22T00:00:00+00:00":"day"}'),
        ({"price": Decimal("1.50")}, '{"price":"1.50"}'),
        ({"half": "\ud800"}, '{"half":"\ufffd"}'),
        ({"nul": "a\0b"}, '{"nul":"a\ufffdb"}'),
        ({3: "a\0b"}, '{"3":"a\ufffdb"}'),
    ],
)
def test_json_bytes(value: Any, text: str) -> None:
    """Plain values as they are; other keys and types as text; what PostgreSQL refuses is replaced."""
    assert json_bytes(value).decode() == text
