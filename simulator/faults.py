"""Faults on demand: which request gets which one, by rule, by header, by rate or by scenario file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from random import Random
from typing import Any, Final

#: What each kind does. ``before`` happens instead of the provider's work (nothing is billed unless asked);
#: ``after`` spoils a reply that was worked out and billed.
BEFORE: Final = frozenset(
    {"429", "429-bare", "5xx", "500", "502", "503", "504", "529", "timeout", "reset", "quota", "bad_key"}
)
AFTER: Final = frozenset(
    {
        "hang",
        "cut",
        "truncated",
        "wrong_json",
        "wrong_types",
        "empty",
        "drip",
        "lost",
        "duplicate_webhook",
        "no_webhook",
    }
)
KINDS: Final = BEFORE | AFTER

#: The mix drawn from when only a rate is given: what an ordinary bad day looks like, without half-hour hangs.
ORDINARY: Final = ("429", "429-bare", "500", "503", "reset", "cut", "truncated", "wrong_json", "wrong_types", "lost")


@dataclass(slots=True)
class Fault:
    """One rule. Patterns are shell globs; an empty pattern matches everything.

    ``after`` requests pass first, then ``times`` (None: for ever) are hit, each with probability ``rate``.
    ``retry_after`` is in seconds, for 429; ``seconds`` is how long a hang, or the pause between dripped pieces, lasts.
    ``host`` is for sites; ``match`` must occur in path, query or body.
    """

    kind: str
    provider: str = ""
    operation: str = ""
    account: str = ""
    host: str = ""
    match: str = ""
    rate: float = 1.0
    after: int = 0
    times: int | None = None
    retry_after: float = 1.0
    seconds: float = 3600.0
    status: int = 503

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(sorted(KINDS))}")

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Fault":
        """Read a rule. Raises ValueError for an unknown name or kind."""
        known = {item.name for item in fields(cls)}
        if unknown := set(data) - known:
            raise ValueError(f"unknown in a fault: {', '.join(sorted(unknown))}")
        return cls(**data)

    @classmethod
    def from_header(cls, text: str) -> "Fault":
        """Read ``429; retry_after=2``, the value of the header ``X-Sim-Fault``.

        >>> Fault.from_header("429; retry_after=2").retry_after
        2.0
        """
        kind, *pairs = (part.strip() for part in text.split(";"))
        values: dict[str, Any] = {"kind": kind}
        for pair in filter(None, pairs):
            name, _, value = pair.partition("=")
            values[name.strip()] = int(value) if name.strip() == "status" else float(value)
        return cls.from_json(values)

    def fits(self, where: Mapping[str, str]) -> bool:
        """Whether the rule speaks of a request with these provider, operation, account, host and text."""
        return all(
            not pattern or fnmatchcase(where.get(name, ""), pattern)
            for name, pattern in (
                ("provider", self.provider),
                ("operation", self.operation),
                ("account", self.account),
                ("host", self.host),
            )
        ) and (not self.match or self.match in where.get("text", ""))

    @property
    def spoils(self) -> bool:
        """Whether the provider does its work, and bills it, before this goes wrong."""
        return self.kind in AFTER


class FaultPlan:
    """The rules in force, and the dice."""

    def __init__(self, rules: Sequence[Fault] = (), rate: float = 0.0, kinds: Sequence[str] = ORDINARY, seed: int = 1):
        self.rules = list(rules)
        self.rate = rate
        self.kinds = tuple(kinds)
        if unknown := set(kinds) - KINDS:
            raise ValueError(f"unknown faults: {', '.join(sorted(unknown))}")
        self._dice = Random(seed)

    def choose(self, where: Mapping[str, str], header: str | None = None, *, by_rate: bool = True) -> Fault | None:
        """The fault for this request: its own header's, the first rule's that fits, or one by the general rate.

        Sites take no part in the general rate (``by_rate`` false); a rule with provider ``site`` reaches them.
        """
        if header:
            return Fault.from_header(header)
        for rule in self.rules:
            if not rule.fits(where) or rule.times == 0:
                continue
            if rule.after > 0:
                rule.after -= 1
                continue
            if rule.rate < 1.0 and self._dice.random() >= rule.rate:
                continue
            if rule.times is not None:
                rule.times -= 1
            return rule
        if by_rate and self.rate and self._dice.random() < self.rate:
            return Fault(self._dice.choice(self.kinds))
        return None

    def jitter(self, spread: float) -> float:
        """A seeded number in -spread..spread."""
        return self._dice.uniform(-spread, spread) if spread else 0.0

    def as_json(self) -> dict[str, Any]:
        """The plan as it stands."""
        return {
            "rate": self.rate,
            "kinds": list(self.kinds),
            "rules": [{item.name: getattr(rule, item.name) for item in fields(rule)} for rule in self.rules],
        }


def wrong_types(value: Any) -> Any:
    """The same JSON with its types turned: numbers to text, text to lists, lists to objects, objects kept.

    >>> wrong_types({"a": 1, "b": ["x"], "c": "y"})
    {'a': '1', 'b': {'0': ['x']}, 'c': ['y']}
    """
    match value:
        case dict():
            return {name: wrong_types(item) for name, item in value.items()}
        case list():
            return {str(index): wrong_types(item) for index, item in enumerate(value)}
        case str():
            return [value]
        case bool() | None:
            return 7
        case int() | float():
            return str(value)
    return value
