"""What the doctor makes of what it sees: facts in, advice out. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

#: Lua verbs and XAUTOCLAIM's deleted-entries reply came with these.
OLDEST_REDIS: Final = (7, 0)
OLDEST_VALKEY: Final = (8, 0)
OLDEST_POSTGRES: Final = 140_000
#: More than this between two clocks makes delays and leases visibly wrong.
MOST_SKEW_S: Final = 2.0


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Advice:
    """One line of the doctor's: what was looked at, what was seen, and what to do about it."""

    about: str
    level: Level
    seen: str
    repair: str = ""


def on_redis(info: Mapping[str, str], config: Mapping[str, str]) -> Iterator[Advice]:
    """From INFO and CONFIG GET (empty where the server does not allow it)."""
    is_valkey = "valkey_version" in info
    name = "Valkey" if is_valkey else "Redis"
    text = info["valkey_version"] if is_valkey else info.get("redis_version", "0")
    oldest = OLDEST_VALKEY if is_valkey else OLDEST_REDIS
    if version_of(text) < oldest:
        yield Advice("version", Level.FAIL, f"{name} {text}", f"upgrade to {name} {oldest[0]}.{oldest[1]} or newer")
    else:
        yield Advice("version", Level.OK, f"{name} {text}")
    if info.get("role", "master") != "master":
        yield Advice("role", Level.FAIL, "a replica, which takes no writes", "set REDIS_URL to the primary")
    yield _on_eviction(info, config)
    yield _on_persistence(info, config)


def _on_eviction(info: Mapping[str, str], config: Mapping[str, str]) -> Advice:
    policy = info.get("maxmemory_policy") or config.get("maxmemory-policy", "")
    limit = int(info.get("maxmemory", "0") or 0)
    if policy and policy != "noeviction":
        return Advice(
            "eviction",
            Level.FAIL if limit else Level.WARN,
            f"maxmemory-policy is {policy}: Redis may throw queued jobs away",
            "redis-cli CONFIG SET maxmemory-policy noeviction, and put it into redis.conf",
        )
    return Advice("eviction", Level.OK, "nothing is evicted")


def _on_persistence(info: Mapping[str, str], config: Mapping[str, str]) -> Advice:
    if info.get("aof_enabled", "0") != "1":
        return Advice(
            "persistence",
            Level.WARN,
            "appendonly is off: a crash of Redis loses entries that no worker had picked up",
            "redis-cli CONFIG SET appendonly yes, CONFIG SET appendfsync always, and CONFIG REWRITE",
        )
    fsync = config.get("appendfsync", "")
    if fsync and fsync != "always":
        return Advice(
            "persistence",
            Level.WARN,
            f"appendfsync is {fsync}: a power cut loses the last second of entries not picked up",
            "CONFIG SET appendfsync always, where producers cannot add them again",
        )
    return Advice("persistence", Level.OK, f"append-only file, fsync {fsync or 'unknown'}")


def on_postgres(
    version_number: int, version: str, pending: Sequence[str], most_connections: int, wanted_connections: int
) -> Iterator[Advice]:
    """From server settings, the list of migrations not applied, and what this host's workers may open."""
    if version_number < OLDEST_POSTGRES:
        yield Advice("version", Level.FAIL, f"PostgreSQL {version}", "upgrade to PostgreSQL 14 or newer")
    else:
        yield Advice("version", Level.OK, f"PostgreSQL {version}")
    if pending:
        yield Advice(
            "schema", Level.WARN, f"{len(pending)} migrations are missing: {', '.join(pending)}", "enrichd migrate"
        )
    else:
        yield Advice("schema", Level.OK, "up to date")
    if wanted_connections > most_connections // 2:
        yield Advice(
            "connections",
            Level.WARN,
            f"workers here may open {wanted_connections} of {most_connections}",
            "lower DATABASE_POOL_MAX, raise max_connections, or put PgBouncer between",
        )
    else:
        yield Advice("connections", Level.OK, f"at most {wanted_connections} of {most_connections}")


def on_clock(about: str, skew_s: float) -> Advice:
    """From the difference between a server's clock and ours, half the round trip taken off."""
    if abs(skew_s) > MOST_SKEW_S:
        ahead = "ahead of" if skew_s > 0 else "behind"
        return Advice(
            "clock", Level.WARN, f"{about} is {abs(skew_s):.1f} s {ahead} this host", "run chrony or systemd-timesyncd"
        )
    return Advice("clock", Level.OK, f"within {max(abs(skew_s), 0.001):.3f} s of this host's")


def on_providers(on: Sequence[str], off: Sequence[tuple[str, str]]) -> Iterator[Advice]:
    """From the roster: those in use, and (name, why) of those that are not."""
    if not on:
        yield Advice("in use", Level.FAIL, "no provider at all: every job will fail", "set a key, or PROVIDER_ORDER")
    for name in on:
        yield Advice(name, Level.OK, "in use")
    for name, reason in off:
        yield Advice(name, Level.OK, f"off: {reason}")


def version_of(text: str) -> tuple[int, ...]:
    """The leading numbers of a version.

    >>> version_of("7.2.4-rc1")
    (7, 2, 4)
    """
    numbers = []
    for part in text.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


def worst(advice: Sequence[Advice]) -> Level:
    """The worst level of all."""
    order = list(Level)
    return max((item.level for item in advice), key=order.index, default=Level.OK)
