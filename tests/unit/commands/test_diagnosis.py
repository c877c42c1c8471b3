"""What the doctor makes of facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.commands.diagnosis import (
    Advice,
    Level,
    on_clock,
    on_postgres,
    on_providers,
    on_redis,
    version_of,
    worst,
)

GOOD = {"redis_version": "7.2.4", "aof_enabled": "1", "maxmemory_policy": "noeviction", "role": "master"}
CONFIG = {"appendfsync": "always", "maxmemory-policy": "noeviction"}


def levels(info: dict[str, str], config: dict[str, str] | None = None) -> dict[str, Level]:
    return {item.about: item.level for item in on_redis(info, CONFIG if config is None else config)}


def test_a_good_redis() -> None:
    """Nothing to say about a Redis that keeps everything."""
    assert set(levels(GOOD).values()) == {Level.OK}


@pytest.mark.parametrize(
    ("change", "about", "level"),
    [
        ({"redis_version": "6.2.14"}, "version", Level.FAIL),
        ({"valkey_version": "7.2.9"}, "version", Level.FAIL),
        ({"valkey_version": "8.0.1", "redis_version": "7.2.4"}, "version", Level.OK),
        ({"role": "slave"}, "role", Level.FAIL),
        ({"maxmemory_policy": "allkeys-lru", "maxmemory": "1000000"}, "eviction", Level.FAIL),
        ({"maxmemory_policy": "allkeys-lru", "maxmemory": "0"}, "eviction", Level.WARN),
        ({"aof_enabled": "0"}, "persistence", Level.WARN),
    ],
)
def test_what_is_wrong_with_a_redis(change: dict[str, str], about: str, level: Level) -> None:
    """Each trap has its level."""
    assert levels({**GOOD, **change})[about] is level


def test_a_second_of_loss_is_a_warning() -> None:
    """`everysec` is allowed, and said."""
    assert levels(GOOD, {"appendfsync": "everysec"})["persistence"] is Level.WARN


def test_hosted_servers_without_config_get() -> None:
    """Where CONFIG is forbidden, nothing is invented."""
    assert levels(GOOD, {})["persistence"] is Level.OK


def test_postgres() -> None:
    """Old servers, missing migrations and too many connections are named with their repair."""
    found = {item.about: item for item in on_postgres(130_011, "13.11", ["0002_more.sql"], 100, 64)}
    assert found["version"].level is Level.FAIL
    assert found["schema"].repair == "enrichd migrate"
    assert found["connections"].level is Level.WARN
    assert {item.level for item in on_postgres(160_000, "16.0", [], 100, 8)} == {Level.OK}


@pytest.mark.parametrize(
    ("skew_s", "level"), [(0.3, Level.OK), (-0.3, Level.OK), (5.0, Level.WARN), (-5.0, Level.WARN)]
)
def test_clocks(skew_s: float, level: Level) -> None:
    """Clocks that are seconds apart make leases and delays wrong, either way."""
    assert on_clock("Redis", skew_s).level is level


def test_no_provider_at_all() -> None:
    """A worker without any provider would fail every job."""
    assert worst(list(on_providers([], [("pdl", "no key")]))) is Level.FAIL
    assert worst(list(on_providers(["website"], [("pdl", "no key")]))) is Level.OK


@given(st.lists(st.integers(0, 999), min_size=1, max_size=4))
def test_versions_are_read_as_numbers(parts: list[int]) -> None:
    """Ten is more than nine, whatever follows."""
    text = ".".join(map(str, parts))
    assert version_of(text) == tuple(parts)
    assert version_of(f"{text}-rc1") == tuple(parts)


@given(st.lists(st.sampled_from(list(Level)), max_size=8))
def test_the_worst_decides(given_levels: list[Level]) -> None:
    """One failure is enough."""
    found = worst([Advice("x", level, "") for level in given_levels])
    assert (found is Level.FAIL) == (Level.FAIL in given_levels)
    assert (found is Level.OK) == (set(given_levels) <= {Level.OK})
