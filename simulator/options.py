"""How a simulated world is set up: by arguments in a test, by the command line, or by a scenario file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson

from simulator.faults import ORDINARY, Fault
from simulator.limits import parse_limits
from simulator.wire import Limit


@dataclass(frozen=True, slots=True)
class Options:
    """Ports are 0 for a free one. ``limits`` and ``quota`` replace a provider's own; an empty tuple is none.

    ``coverage`` is the share of generated companies that a provider knows. ``lies`` are kinds from ``lies.KINDS``.
    ``timeline`` holds ``{"at_s": seconds after the start, ...}`` with anything that ``POST /_sim/faults`` takes.
    """

    port: int = 0
    sites_port: int = 0
    dns_port: int = 0
    trap_port: int = 0
    seed: int = 1
    companies: int = 400
    latency_ms: float = 0.0
    jitter_ms: float = 0.0
    fault_rate: float = 0.0
    fault_kinds: tuple[str, ...] = ORDINARY
    faults: tuple[Fault, ...] = ()
    limits: Mapping[str, tuple[Limit, ...]] = field(default_factory=dict)
    quota: Mapping[str, float] = field(default_factory=dict)
    revoked: tuple[str, ...] = ()
    coverage: Mapping[str, float] = field(default_factory=dict)
    lies: tuple[str, ...] = ()
    lie_rate: float = 1.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    timeline: tuple[Mapping[str, Any], ...] = ()


def read_scenario(path: Path, base: Options) -> Options:
    """A scenario file (JSON with the names of Options) over what was given. Raises ValueError for unknown names."""
    return with_scenario(orjson.loads(path.read_bytes()), base)


def with_scenario(data: Mapping[str, Any], base: Options) -> Options:
    """The options with a scenario's values over them.

    >>> with_scenario({"latency_ms": 5, "limits": {"pdl": "5/1s"}}, Options()).limits["pdl"][0].count
    5
    """
    if unknown := set(data) - set(Options.__slots__):
        raise ValueError(f"unknown in a scenario: {', '.join(sorted(unknown))}")
    values: dict[str, Any] = dict(data)
    if "faults" in values:
        values["faults"] = tuple(Fault.from_json(item) for item in values["faults"])
    if "limits" in values:
        values["limits"] = {name: parse_limits(str(text)) for name, text in values["limits"].items()}
    for name in ("fault_kinds", "revoked", "lies", "timeline"):
        if name in values:
            values[name] = tuple(values[name])
    return replace(base, **values)


def pairs(items: Sequence[str]) -> dict[str, str]:
    """Read ``name=value`` arguments. Raises ValueError for others.

    >>> pairs(["pdl=5/1s"])
    {'pdl': '5/1s'}
    """
    found = {}
    for item in items:
        name, sign, value = item.partition("=")
        if not sign:
            raise ValueError(f"{item!r} is not name=value")
        found[name] = value
    return found
