"""The bill: what each provider would charge, by account and by request, with what was paid twice or lost on the way."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from simulator.wire import Charge


@dataclass(slots=True)
class Line:
    """All charges for one question of one account. ``cut_off`` counts those whose reply did not
    arrive whole, or arrived spoilt."""

    provider: str
    account: str
    operation: str
    identity: str
    micros: int = 0
    credits: float = 0.0
    billed: int = 0
    cut_off: int = 0
    rebilled_micros: int = 0
    cut_off_micros: int = 0

    @property
    def rebilled(self) -> int:
        """Charges after the first for the same question."""
        return max(0, self.billed - 1)

    def as_json(self) -> dict[str, Any]:
        """This line as a JSON object."""
        return {
            "provider": self.provider,
            "account": self.account,
            "operation": self.operation,
            "identity": self.identity,
            "micros": self.micros,
            "credits": round(self.credits, 6),
            "billed": self.billed,
            "rebilled": self.rebilled,
            "rebilled_micros": self.rebilled_micros,
            "cut_off": self.cut_off,
            "cut_off_micros": self.cut_off_micros,
        }


class Bill:
    """A running bill. Micros are millionths of a US dollar."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str, str], Line] = {}
        self._credits: defaultdict[tuple[str, str], float] = defaultdict(float)

    def charge(self, provider: str, account: str, operation: str, charge: Charge) -> Line:
        """Add one charge; returns its line."""
        key = (provider, account, charge.identity)  # bulk or single: the same question
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = Line(provider, account, operation, charge.identity)
        else:
            line.rebilled_micros += charge.micros
        line.micros += charge.micros
        line.credits += charge.credits
        line.billed += 1
        self._credits[provider, account] += charge.credits
        return line

    def cut_off(self, line: Line, charge: Charge) -> None:
        """Note that the reply to a charged request did not reach the client whole."""
        line.cut_off += 1
        line.cut_off_micros += charge.micros

    def credits(self, provider: str, account: str) -> float:
        """Credits that an account has spent so far."""
        return self._credits[provider, account]

    def lines(self, provider: str | None = None) -> list[Line]:
        """The lines of one provider, or of all."""
        return [line for line in self._lines.values() if provider in (None, line.provider)]

    def total_micros(self, provider: str | None = None) -> int:
        """What was charged, in micros."""
        return sum(line.micros for line in self.lines(provider))

    def clear(self) -> None:
        """Start a new bill."""
        self._lines.clear()
        self._credits.clear()

    def as_json(self, *, lines: bool = True) -> dict[str, Any]:
        """Totals, totals per provider and account, and the lines."""
        bill: dict[str, Any] = {"total": _sums(list(self._lines.values())), "providers": {}}
        groups: defaultdict[str, defaultdict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        for line in self._lines.values():
            groups[line.provider][line.account].append(line)
        for provider, accounts in sorted(groups.items()):
            every = [line for group in accounts.values() for line in group]
            bill["providers"][provider] = {
                **_sums(every),
                "accounts": {account: _sums(group) for account, group in sorted(accounts.items())},
            }
        if lines:
            bill["lines"] = [line.as_json() for line in self._lines.values()]
        return bill


def _sums(lines: list[Line]) -> dict[str, Any]:
    return {
        "micros": sum(line.micros for line in lines),
        "credits": round(sum(line.credits for line in lines), 6),
        "billed": sum(line.billed for line in lines),
        "rebilled": sum(line.rebilled for line in lines),
        "rebilled_micros": sum(line.rebilled_micros for line in lines),
        "cut_off": sum(line.cut_off for line in lines),
        "cut_off_micros": sum(line.cut_off_micros for line in lines),
    }
