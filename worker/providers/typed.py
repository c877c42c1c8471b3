"""Reading JSON of unknown shape: every function here answers None or an empty tuple instead of raising.

Only what a JSON decoder makes counts: a dict is an object, a list is a list.

Providers send other types than they document (booleans where a plan hides a value, text for numbers, null for
lists), so nothing is used before its type was looked at.
"""

from collections.abc import Mapping
from typing import Any


def dig(node: Any, *path: str) -> Any:
    """The value under a path of keys, or None where the path ends early.

    >>> dig({"a": {"b": 1}}, "a", "b")
    1
    """
    for key in path:
        if not isinstance(node, dict):
            return None
        node = node.get(key)
    return node


def mapping(node: Any, *path: str) -> Mapping[str, Any] | None:
    """The JSON object under a path."""
    found = dig(node, *path)
    return found if isinstance(found, dict) else None


def objects(node: Any, *path: str) -> tuple[Mapping[str, Any], ...]:
    """The JSON objects in the list under a path; anything else in the list is left out."""
    found = dig(node, *path)
    if not isinstance(found, list):
        return ()
    return tuple(item for item in found if isinstance(item, dict))


def text(node: Any, *path: str) -> str | None:
    """The text under a path, stripped; None when it is empty or no text.

    >>> text({"work_email": True}, "work_email") is None
    True
    """
    found = dig(node, *path)
    if not isinstance(found, str):
        return None
    return found.strip() or None


def texts(node: Any, *path: str) -> tuple[str, ...]:
    """The texts in the list under a path, stripped, without empty ones; a lone text counts as a list of one."""
    found = dig(node, *path)
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list):
        return ()
    return tuple(stripped for item in found if isinstance(item, str) and (stripped := item.strip()))


def whole(node: Any, *path: str) -> int | None:
    """The whole number under a path, within 64 bits. Booleans are none; a float without a fraction is one.

    >>> whole({"founded": True}, "founded") is None
    True
    """
    found = dig(node, *path)
    if isinstance(found, bool):
        return None
    if isinstance(found, int):
        return found if abs(found) < 2**63 else None
    if isinstance(found, float) and found.is_integer() and abs(found) < 2**53:
        return int(found)
    return None


def number(node: Any, *path: str) -> float | None:
    """The finite number under a path; booleans are none."""
    found = dig(node, *path)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    try:
        result = float(found)
    except OverflowError:
        return None
    return result if result - result == 0 else None
