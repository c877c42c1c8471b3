"""JSON of unknown shape: typed values or nothing."""

from typing import Any

import pytest
from hypothesis import given

from tests.support.json_values import json_values
from worker.providers.typed import dig, mapping, number, objects, text, texts, whole


@pytest.mark.parametrize(
    ("value", "as_text", "as_whole", "as_number"),
    [
        (" x ", "x", None, None),
        ("", None, None, None),
        (True, None, None, None),
        (3, None, 3, 3.0),
        (3.0, None, 3, 3.0),
        (3.5, None, None, 3.5),
        (float("nan"), None, None, None),
        (float("inf"), None, None, None),
        (10**400, None, None, None),
        (1e300, None, None, 1e300),
        (None, None, None, None),
        (["x"], None, None, None),
    ],
)
def test_scalars(value: Any, as_text: str | None, as_whole: int | None, as_number: float | None) -> None:
    """Each type is read as itself only; booleans and endless numbers are none."""
    body = {"a": {"b": value}}
    assert text(body, "a", "b") == as_text
    assert whole(body, "a", "b") == as_whole
    assert number(body, "a", "b") == as_number


def test_lists() -> None:
    """Strangers in a list are left out; a lone text counts as a list of one."""
    body = {"names": ["a", 1, " ", None, " b "], "one": "c", "people": [{"x": 1}, [], "y"]}
    assert texts(body, "names") == ("a", "b")
    assert texts(body, "one") == ("c",)
    assert objects(body, "people") == ({"x": 1},)
    assert texts(body, "people", "names") == ()


@given(json_values(["a", "b"]))
def test_nothing_raises(body: Any) -> None:
    """Whatever the JSON, every reader gives its own type or nothing."""
    assert text(body, "a", "b") is None or isinstance(text(body, "a", "b"), str)
    assert isinstance(texts(body, "a"), tuple)
    assert isinstance(objects(body, "a"), tuple)
    assert number(body, "a") is None or isinstance(number(body, "a"), float)
    assert whole(body, "a") is None or isinstance(whole(body, "a"), int)
    assert mapping(body, "a") is None or isinstance(dig(body, "a"), dict)
