"""Sums over the last minutes, in fixed memory. Pure but for its own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Window:
    """Named sums over the last ``slices * slice_s`` seconds; times are monotonic seconds.

    >>> window = Window(slice_s=1.0, slices=2)
    >>> window.add(0.0, {"jobs": 1}); window.add(1.5, {"jobs": 2})
    >>> window.sums(1.9), window.sums(2.5), window.sums(9.0)
    ({'jobs': 3.0}, {'jobs': 2.0}, {})
    """

    slice_s: float = 5.0
    slices: int = 60
    _sums: dict[int, dict[str, float]] = field(default_factory=dict)

    @property
    def length_s(self) -> float:
        """What the window covers at most."""
        return self.slice_s * self.slices

    def add(self, now: float, values: Mapping[str, float]) -> None:
        """Add to the current slice."""
        index = int(now // self.slice_s)
        current = self._sums.get(index)
        if current is None:
            current = self._sums[index] = {}
            self._forget(index)
        for name, value in values.items():
            current[name] = current.get(name, 0.0) + value

    def sums(self, now: float) -> dict[str, float]:
        """The sums over the slices that are not too old."""
        self._forget(int(now // self.slice_s))
        total: dict[str, float] = {}
        for values in self._sums.values():
            for name, value in values.items():
                total[name] = total.get(name, 0.0) + value
        return total

    def _forget(self, index: int) -> None:
        for old in [key for key in self._sums if key <= index - self.slices]:
            del self._sums[old]
