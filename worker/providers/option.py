"""Reading a provider's settings: keys, addresses, prices, choices. Wrong values raise ConfigError by name."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from worker.domain.call import Limit
from worker.domain.errors import ConfigError
from worker.domain.money import micros_from_cents
from worker.domain.provider import Options

#: Seconds of the windows that providers count calls in.
WINDOWS_S: Final = {"second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0}
#: A longer window is a quota, not a limit on the pace.
LONGEST_LIMIT_S: Final = 86_400.0

_YES = frozenset({"1", "true", "yes", "on"})
_NO = frozenset({"", "0", "false", "no", "off"})


def first(options: Options, *names: str) -> str | None:
    """The first of several settings that is set to something."""
    for name in names:
        value = (options.get(name) or "").strip()
        if value:
            return value
    return None


def words(options: Options, name: str) -> tuple[str, ...]:
    """A comma list, lower-case, in order, without repeats; empty when unset."""
    return tuple(dict.fromkeys(word for part in (options.get(name) or "").split(",") if (word := part.strip().lower())))


def flag(options: Options, name: str) -> bool:
    """A yes or no; unset is no. Raises ConfigError for anything else."""
    value = (options.get(name) or "").strip().lower()
    if value not in _YES | _NO:
        raise ConfigError(f"{name}: expected true or false")
    return value in _YES


def base_url(options: Options, name: str, default: str) -> str:
    """An operator's http(s) address without a slash at its end. Raises ConfigError when it is none."""
    value = first(options, name) or default
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        raise ConfigError(f"{name}: expected an http(s) address")
    return value.rstrip("/")


def price_micros(options: Options, name: str, default_cents: str) -> int:
    """A price in cents as micros. Raises ConfigError when it is no number of at least 0."""
    value = first(options, name) or default_cents
    try:
        price = Decimal(value)
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise ConfigError(f"{name}: expected a price in cents, at least 0")
    return micros_from_cents(price)


def whole_number(options: Options, name: str, default: int, low: int, high: int) -> int:
    """A whole number within bounds. Raises ConfigError otherwise."""
    value = first(options, name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 15 or not low <= int(value) <= high:
        raise ConfigError(f"{name}: expected a whole number from {low} to {high}")
    return int(value)


def limits(options: Options, prefix: str, documented: tuple[Limit, ...]) -> tuple[Limit, ...]:
    """An account's limits: ``<prefix>_RATE_LIMIT_PER_SECOND|MINUTE|HOUR|DAY`` where set, else the documented ones.

    The general ``RATE_LIMIT_PER_*`` are kept by the gateway, for every account without limits of its own.
    """
    return own_limits(options, prefix) or documented


def limits_are_set(options: Options, prefix: str) -> bool:
    """Has the operator set limits for this account, which then outrank those that replies tell?"""
    return bool(own_limits(options, prefix))


def own_limits(options: Options, prefix: str) -> tuple[Limit, ...]:
    """``<prefix>_RATE_LIMIT_PER_SECOND|MINUTE|HOUR|DAY``, those that are set. Raises ConfigError."""
    return tuple(
        Limit(whole_number(options, name, 0, 1, 10_000_000), window_s)
        for unit, window_s in WINDOWS_S.items()
        if first(options, name := f"{prefix}_RATE_LIMIT_PER_{unit.upper()}")
    )


@lru_cache(maxsize=1024)
def fingerprint(key: str) -> str:
    """A short name for a key that does not give it away: what limits and breakers are kept under."""
    return hashlib.sha256(b"enrichd account\0" + key.encode()).hexdigest()[:16] if key else ""


def key_for(options: Options, name: str, own: str, shared: str, keyed: Sequence[str]) -> str | None:
    """A provider's key: its own setting, else the stage's shared one when the provider is first of ``keyed``.

    ``keyed`` are the stage's chosen providers that take a key, in order: a shared key can belong to one only.
    """
    return first(options, own) or (first(options, shared) if keyed and keyed[0] == name else None)
