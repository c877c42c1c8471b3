"""When a recurring job runs: cron in a time zone, or an interval. Pure.

Cron follows Debian's cron around daylight saving time (a time that is skipped runs right after the gap, a repeated one
runs once); the cronsim library works it out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from worker.domain.errors import ConfigError

#: A schedule that is this late was missed; less is an ordinary delay.
MISSED_AFTER_S: Final = 60.0


class CatchUp(StrEnum):
    """What to do about runs that were missed while no worker ran."""

    ONCE = "once"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Rule:
    """Either ``cron`` (five fields) in ``time_zone``, or ``every_s`` seconds."""

    cron: str | None = None
    every_s: float | None = None
    time_zone: str = "UTC"


def check(rule: Rule) -> None:
    """Raise ConfigError for a rule that cannot be followed, naming what is wrong."""
    if (rule.cron is None) == (rule.every_s is None):
        raise ConfigError("schedule: give either cron or every")
    if rule.every_s is not None and rule.every_s < 1:
        raise ConfigError(f"every: {rule.every_s} is not right; expected at least 1 second")
    try:
        zone = ZoneInfo(rule.time_zone)
    except (KeyError, ValueError, OSError):
        message = f"timezone: {rule.time_zone!r} is not known; expected a name such as Europe/Berlin"
        raise ConfigError(message) from None
    if rule.cron is not None:
        try:
            CronSim(rule.cron, datetime(2026, 1, 1, tzinfo=zone))
        except CronSimError as error:
            raise ConfigError(f"cron: {rule.cron!r} is not right ({error}); expected five fields") from None


def next_after(rule: Rule, after: datetime) -> datetime:
    """The first time later than ``after`` (aware), as UTC.

    >>> next_after(Rule(cron="30 2 * * *", time_zone="Europe/Berlin"), datetime(2026, 3, 28, 12, tzinfo=UTC))
    datetime.datetime(2026, 3, 29, 1, 0, tzinfo=datetime.timezone.utc)
    """
    if rule.every_s is not None:
        return after + timedelta(seconds=rule.every_s)
    local = after.astimezone(ZoneInfo(rule.time_zone))
    found: datetime = next(CronSim(rule.cron or "", local))
    return found.astimezone(UTC)


def due(rule: Rule, next_at: datetime, now: datetime, catch_up: CatchUp) -> tuple[datetime | None, datetime]:
    """(the time to run for now, or None; the next time after ``now``) of a schedule whose turn was ``next_at``.

    However many turns were missed, at most one run comes of them: the latest turn that has passed.
    """
    if next_at > now:
        return None, next_at
    if rule.every_s is not None:
        turns = int((now - next_at).total_seconds() // rule.every_s)
        latest = next_at + timedelta(seconds=turns * rule.every_s)
        following = latest + timedelta(seconds=rule.every_s)
    else:
        latest, following = next_at, next_after(rule, next_at)
        while following <= now:
            latest, following = following, next_after(rule, following)
    missed = (now - latest).total_seconds() > MISSED_AFTER_S
    if missed and catch_up is CatchUp.SKIP:
        return None, following
    return latest, following
