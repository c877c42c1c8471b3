"""Limits as the providers keep them: fixed or sliding windows, per account and, for some, per endpoint."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor

from simulator.wire import Limit, Usage


@dataclass(slots=True)
class _Window:
    start: float = -1.0
    used: int = 0
    stamps: deque[float] = field(default_factory=deque)


class Limits:
    """Counts the requests of every account; time is handed in, in seconds."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str, str, Limit], _Window] = {}

    def take(
        self, provider: str, account: str, operation: str, limits: Sequence[Limit], now: float
    ) -> tuple[bool, list[Usage]]:
        """Let a request in when every window has room, and count it; a refused request counts nowhere.

        Returns whether it was let in, and how full each window is.
        """
        windows = [
            (limit, self._window(provider, account, operation if limit.per_operation else "", limit, now))
            for limit in limits
        ]
        let_in = all(window.used < limit.count for limit, window in windows)
        if let_in:
            for limit, window in windows:
                window.used += 1
                if limit.sliding:
                    window.stamps.append(now)
        return let_in, [Usage(limit, window.used, _reset(limit, window, now)) for limit, window in windows]

    def clear(self) -> None:
        """Forget every count."""
        self._windows.clear()

    def _window(self, provider: str, account: str, operation: str, limit: Limit, now: float) -> _Window:
        window = self._windows.setdefault((provider, account, operation, limit), _Window())
        if limit.sliding:
            while window.stamps and window.stamps[0] <= now - limit.seconds:
                window.stamps.popleft()
            window.used = len(window.stamps)
        elif window.start != (start := floor(now / limit.seconds) * limit.seconds):
            window.start, window.used = start, 0
        return window


def _reset(limit: Limit, window: _Window, now: float) -> float:
    if not limit.sliding:
        return max(0.0, window.start + limit.seconds - now)
    return max(0.0, window.stamps[0] + limit.seconds - now) if window.stamps else 0.0


def wait_s(usages: Sequence[Usage]) -> float:
    """Seconds until the fullest refused window has room again."""
    return max((usage.reset_s for usage in usages if usage.left == 0), default=0.0)


def most_in_window(stamps: Sequence[float], seconds: float) -> int:
    """The fullest sliding window: most stamps in any half-open span of ``seconds``; stamps are in order.

    >>> most_in_window([0.0, 0.5, 1.0, 1.2], 1.0)
    3
    """
    first, most = 0, 0
    for last, stamp in enumerate(stamps):
        while stamps[first] <= stamp - seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def parse_limits(text: str) -> tuple[Limit, ...]:
    """Read ``100/60s,5/1s`` (``sliding`` after a window makes it one); ``0`` means no limit at all.

    Raises ValueError for anything else.

    >>> parse_limits("5/1s")
    (Limit(count=5, seconds=1.0, per_operation=False, sliding=False),)
    """
    if text.strip() in ("0", "off"):
        return ()
    found = []
    for part in text.split(","):
        window, _, word = part.strip().partition(" ")
        count, _, seconds = window.partition("/")
        found.append(Limit(int(count), float(seconds.removesuffix("s")), sliding=word == "sliding"))
    return tuple(found)
