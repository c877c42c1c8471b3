"""Errors and values of settings in words: pure functions over pydantic's descriptions."""

import re
from types import UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

_PASSWORD: Final = re.compile(r"(?P<before>://[^/@\s:]*:)[^/\s]*@")
_LONGEST_SHOWN: Final = 80


def masked(text: str) -> str:
    """A URL without its password.

    >>> masked("redis://worker:hunter2@queue.example:6379/0")
    'redis://worker:***@queue.example:6379/0'
    """
    return _PASSWORD.sub(r"\g<before>***@", text)


def extra(field: FieldInfo) -> dict[str, Any]:
    """What ``config.field.setting`` noted about a field: name, also, unit, expected, example."""
    noted = field.json_schema_extra
    return noted if isinstance(noted, dict) else {}


def name_of(field: FieldInfo) -> str:
    """The setting's environment name."""
    return str(extra(field)["name"])


def is_secret(field: FieldInfo) -> bool:
    """Whether the value must never be shown."""
    return SecretStr in _members(field.annotation)


def bounds(field: FieldInfo) -> tuple[Any, Any]:
    """The smallest and largest value allowed, None where there is no bound."""
    low = high = None
    for item in field.metadata:
        low = getattr(item, "ge", low)
        high = getattr(item, "le", high)
    return low, high


def choices(field: FieldInfo) -> tuple[str, ...]:
    """The values allowed, for settings that are one of a few words."""
    return tuple(
        str(word) for member in _members(field.annotation) if get_origin(member) is Literal for word in get_args(member)
    )


def expected(field: FieldInfo) -> str:
    """What would be right, in words.

    A setting's own ``expected`` wins; otherwise it is said from its type, unit and bounds.
    """
    if said := extra(field).get("expected"):
        return str(said)
    if words := choices(field):
        return "one of " + ", ".join(words)
    members = _members(field.annotation)
    if bool in members:
        return "true or false"
    if int in members or float in members:
        kind = "a number" if float in members else "a whole number"
        return f"{kind}{_of_unit(field)}{_between(field)}"
    return "some text"


def explain(field: FieldInfo, name: str, given: Any) -> str:
    """One line for a wrong value of ``name``: what was given (never a secret) and what was expected."""
    shown = "its value (not shown)" if is_secret(field) else repr(shorten(masked(str(given))))
    return f"{name}: {shown} is not right; expected {expected(field)}"


def shorten(text: str) -> str:
    """Text cut to what fits a line."""
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"


def as_text(value: Any) -> str | None:
    """A setting's value the way it would be typed; None stays None.

    >>> as_text(("linkedin", "website"))
    'linkedin,website'
    """
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, dict):
        return ",".join(f"{name}={item}" for name, item in value.items())
    return f"{value:g}" if isinstance(value, float) else str(value)


def _members(annotation: Any) -> tuple[Any, ...]:
    """The types in an annotation, unions flattened."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(part for member in get_args(annotation) for part in _members(member))
    return (annotation,)


def _of_unit(field: FieldInfo) -> str:
    unit = extra(field).get("unit", "")
    words = {"ms": " of milliseconds (or 30s, 5m, 24h)", "bytes": " of bytes (or 64mb, 1gb)", "port": "", "0..1": ""}
    return words.get(unit, f" of {unit}" if unit and unit != "share" else "")


def _between(field: FieldInfo) -> str:
    low, high = bounds(field)
    if low is not None and high is not None:
        return f" from {as_text(low)} to {as_text(high)}"
    return f" of at least {as_text(low)}" if low is not None else ""
