"""Recurring jobs: turns, daylight saving time, catching up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.errors import ConfigError
from worker.domain.recurrence import CatchUp, Rule, check, due, next_after

NIGHTLY = Rule(cron="30 2 * * *", time_zone="Europe/Berlin")


def turns(rule: Rule, start: datetime, count: int) -> list[str]:
    """The next turns, as UTC."""
    found = []
    for _ in range(count):
        start = next_after(rule, start)
        found.append(start.strftime("%d %H:%M"))
    return found


def test_a_skipped_hour_runs_right_after_the_gap() -> None:
    """02:30 does not exist on the spring night: 03:00 local, 01:00 UTC, and only once."""
    assert turns(NIGHTLY, datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == ["29 01:00", "30 00:30"]


def test_a_repeated_hour_runs_once() -> None:
    """02:30 comes twice on the autumn night."""
    assert turns(NIGHTLY, datetime(2026, 10, 24, 12, tzinfo=UTC), 2) == ["25 00:30", "26 01:30"]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (Rule(), "either"),
        (Rule(cron="* * * * *", every_s=5), "either"),
        (Rule(every_s=0.5), "every"),
        (Rule(cron="61 * * * *"), "cron"),
        (Rule(cron="* * *"), "cron"),
        (Rule(every_s=60, time_zone="Mars/Olympus"), "timezone"),
    ],
)
def test_a_wrong_rule_is_named(rule: Rule, names: str) -> None:
    """The message says which part is wrong."""
    with pytest.raises(ConfigError, match=names):
        check(rule)


def test_missed_turns_lead_to_one_run_or_none() -> None:
    """Ten hours of downtime of an hourly job: one run, or none with skip; the next turn is the next hour."""
    hourly = Rule(cron="0 * * * *")
    turn = datetime(2026, 11, 22, 0, tzinfo=UTC)
    now = turn + timedelta(hours=10, minutes=30)
    assert due(hourly, turn, now, CatchUp.ONCE) == (turn + timedelta(hours=10), turn + timedelta(hours=11))
    assert due(hourly, turn, now, CatchUp.SKIP) == (None, turn + timedelta(hours=11))


def test_a_little_late_is_not_missed() -> None:
    """A turn that is seconds late runs whatever the policy."""
    turn = datetime(2026, 11, 22, 0, tzinfo=UTC)
    at, _ = due(Rule(every_s=3600), turn, turn + timedelta(seconds=20), CatchUp.SKIP)
    assert at == turn


@given(st.floats(1, 1e6), st.floats(0, 1e8), st.sampled_from(list(CatchUp)))
def test_an_interval_never_falls_behind(every: float, late: float, catch_up: CatchUp) -> None:
    """Whatever was missed, the next turn is in the future and the run is not."""
    turn = datetime(2026, 1, 1, tzinfo=UTC)
    now = turn + timedelta(seconds=late)
    at, following = due(Rule(every_s=every), turn, now, catch_up)
    assert following > now - timedelta(milliseconds=1)
    assert at is None or at <= now
