"""JSON that a jsonb column takes, whatever a handler put into it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from worker.domain.clean import json_bytes, structs_text


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


class Row(msgspec.Struct, omit_defaults=True):
    """Something to write down."""

    name: str
    at: datetime | None = None
    inner: dict[str, str] | None = None


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (Row("é"), '[{"name":"é"}]'),
        (Row("a", datetime(2026, 11, 22, 1, 2, 3, 4, UTC)), '[{"name":"a","at":"2026-11-22T01:02:03.000004Z"}]'),
        (Row("a\0b", inner={"x\0": "\0"}), '[{"name":"a\ufffdb","inner":{"x\ufffd":"\ufffd"}}]'),
        (Row("half \ud800"), '[{"name":"half \ufffd"}]'),
        (Row("\\u0000"), '[{"name":"\\\\u0000"}]'),
    ],
)
def test_structs_text(row: Row, text: str) -> None:
    """Structs as objects without what is left at its default; what PostgreSQL refuses is replaced."""
    assert structs_text([row]) == text
