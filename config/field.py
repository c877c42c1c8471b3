"""How one setting is written down: its environment name, default, unit, bounds and a sentence for the README."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import AliasChoices, BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

_MILLISECONDS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_BYTES: Final = {"b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30}
_AMOUNT: Final = re.compile(r"(\d+)\s*([a-z]+)", re.ASCII)


def setting(
    name: str,
    default: Any,
    description: str,
    *,
    unit: str = "",
    expected: str = "",
    also: tuple[str, ...] = (),
    example: str = "",
    **bounds: Any,
) -> Any:
    """A field read from ``name`` (or, for older spellings, from one of ``also``).

    ``unit`` and ``bounds`` (pydantic's ``ge``, ``le``, ``gt``, ``pattern``, ...) make the "expected ..." of an error;
    ``expected`` replaces what would be said from them. ``example`` goes into ``.env.example`` for unset settings.
    """
    extra: dict[str, Any] = {"name": name, "also": also, "unit": unit, "expected": expected, "example": example}
    return Field(
        default,
        validation_alias=AliasChoices(name, *also),
        description=description,
        json_schema_extra=extra,
        repr=not name.endswith(("_URL", "_PROXY")),
        **bounds,
    )


def _scaled(scale: Mapping[str, int]) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        matched = _AMOUNT.fullmatch(value.strip().lower()) if isinstance(value, str) else None
        if matched is None or matched[2] not in scale:
            return value
        return int(matched[1]) * scale[matched[2]]

    return read


def _split(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(part for part in (raw.strip() for raw in value.split(",")) if part)


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    pairs = {}
    for part in _split(value):
        left, equals, right = part.partition("=")
        if not equals or not left.strip() or not right.strip():
            raise ValueError(part)
        pairs[left.strip().lower().replace("*.", ".", 1)] = right.strip()
    return pairs


#: Whole milliseconds; ``30s``, ``5m``, ``24h`` and ``7d`` are read too.
Milliseconds = Annotated[int, BeforeValidator(_scaled(_MILLISECONDS))]
#: Whole bytes; ``64kb``, ``256mb`` and ``1gb`` (powers of 1024) are read too.
Bytes = Annotated[int, BeforeValidator(_scaled(_BYTES))]
#: A comma list.
Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
#: ``name=value`` pairs in a comma list; names in lower case, ``*.example`` as ``.example``.
Pairs = Annotated[dict[str, str], NoDecode, BeforeValidator(_pairs)]
Secret = SecretStr | None
