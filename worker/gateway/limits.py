"""How an account's limits become a pace: pure arithmetic.

Two shapes, by what a lost bucket can be rebuilt from. Windows up to a minute get an interval and a small burst with
``burst - 1 + (window + lateness) / interval <= count``: an empty bucket is then safe to start with, whatever was sent
before Redis lost it. Longer windows are counted exactly and start from the ledger's own count.
"""

from collections.abc import Iterable, Mapping
from math import ceil, floor

import msgspec

from worker.domain.call import Limit

SHORT_WINDOW_S = 60.0
#: The share of a limit that is used; the rest pays for late sends and a small burst.
USED_SHARE = 0.975
#: Sends later than this are not worth more slack.
_ENOUGH_LATENESS_S = 1.5
_LEAST_LATENESS_S = 0.02
_MOST_MARKS = 1000


class Counted(msgspec.Struct, frozen=True, gc=False):
    """A long window: the time of every ``group``-th send is kept, at most about a thousand of them."""

    count: int
    window_s: float
    group: int


class Pace(msgspec.Struct, frozen=True, gc=False):
    """``burst`` sends at once, then one per ``interval_s``; a send may be ``lateness_s`` after its reserved time."""

    interval_s: float
    burst: int
    lateness_s: float
    counted: tuple[Counted, ...] = ()


def pace_for(limits: Iterable[Limit]) -> Pace | None:
    """The pace that keeps every limit in every sliding window, using 97.5 % of the binding one; None without limits.

    >>> pace = pace_for([Limit(100, 60.0), Limit(5, 1.0)])
    >>> round(pace.interval_s, 3), pace.burst
    (0.615, 2)
    """
    usable = [limit for limit in limits if limit.count > 0 and limit.window_s > 0]
    counted = tuple(
        Counted(limit.count, limit.window_s, ceil(limit.count / _MOST_MARKS))
        for limit in usable
        if limit.window_s > SHORT_WINDOW_S
    )
    short = [limit for limit in usable if limit.window_s <= SHORT_WINDOW_S]
    if not short:
        return Pace(0.0, 1, _ENOUGH_LATENESS_S, counted) if counted else None
    interval_s = max(limit.window_s / limit.count for limit in short) / USED_SHARE
    # the largest burst that leaves a send a third of the slack to be late by
    room = min(limit.count + 1 - (limit.window_s + _ENOUGH_LATENESS_S / 3) / interval_s for limit in short)
    burst = max(1, floor(room + 1e-9))
    return Pace(interval_s, burst, min(_lateness(short, interval_s, burst), _ENOUGH_LATENESS_S), counted)


def _lateness(limits: Iterable[Limit], interval_s: float, burst: int) -> float:
    """How late a send may be without breaking a limit; at least a scheduler's tick."""
    return max(_LEAST_LATENESS_S, min(interval_s * (limit.count - burst + 1) - limit.window_s for limit in limits))


def effective(
    documented: Iterable[Limit], learned: Mapping[float, int], operators: Iterable[Limit]
) -> tuple[Limit, ...]:
    """The limits in force: what the provider's headers say instead of what its documentation says, never above what
    the operator allows.

    >>> effective([Limit(50, 60.0)], {60.0: 1000}, [Limit(100, 60.0)])
    (Limit(count=100, window_s=60.0),)
    """
    windows = {limit.window_s: limit.count for limit in documented} | dict(learned)
    for limit in operators:
        windows[limit.window_s] = min(limit.count, windows.get(limit.window_s, limit.count))
    return tuple(Limit(count, window_s) for window_s, count in sorted(windows.items()))


def share_for(limits: Iterable[Limit], processes: int) -> float:
    """Seconds between the sends of each of several processes that cannot talk to each other; 0 without limits.

    A limit with fewer than two sends for each process lets each send once a window.

    >>> share_for([Limit(100, 60.0)], 4)
    2.5
    """
    return max(
        (limit.window_s / max(1, limit.count // processes - 1) for limit in limits if limit.count > 0), default=0.0
    )
