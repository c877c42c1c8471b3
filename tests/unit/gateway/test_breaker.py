"""When an account is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.finding import Outcome
from worker.domain.lane import Lane
from worker.gateway.breaker import REFUSAL, BreakerPolicy, Health, Trouble, behind_s


def test_five_failures_open_and_one_does_not() -> None:
    """A run of failures is needed, then one trip is given and the count starts anew."""
    health = Health()
    trips = [health.saw(Outcome.TRANSIENT) for _ in range(6)]
    assert [trip is not None for trip in trips] == [False, False, False, False, True, False]
    assert trips[4] is not None
    assert trips[4].trouble is Trouble.FAILING


def test_a_tenth_of_failures_never_opens() -> None:
    """Provider faults at the usual rate are nothing to stop for."""
    health = Health()
    for number in range(1000):
        assert health.saw(Outcome.NONSENSE if number % 10 == 0 else Outcome.HIT) is None


def test_half_of_the_last_calls_failing_opens() -> None:
    """Old successes do not hide a provider that went down."""
    health = Health()
    for _ in range(100):
        health.saw(Outcome.MISS)
    failures = 0
    while health.saw(Outcome.TRANSIENT) is None:
        failures += 1
    assert failures < BreakerPolicy().window


def test_a_failed_probe_opens_again_at_once() -> None:
    """One call is asked to try; its word counts."""
    assert Health().saw(Outcome.TRANSIENT, probe=True) is not None
    assert Health().saw(Outcome.HIT, probe=True) is None


@pytest.mark.parametrize(
    ("outcome", "trouble", "told"),
    [
        (Outcome.BAD_CREDENTIALS, Trouble.CREDENTIALS, Outcome.BAD_CREDENTIALS),
        (Outcome.QUOTA_EXHAUSTED, Trouble.QUOTA, Outcome.QUOTA_EXHAUSTED),
        (Outcome.BLOCKED, Trouble.BLOCKED, Outcome.UNAVAILABLE),
    ],
)
def test_some_answers_open_alone(outcome: Outcome, trouble: Trouble, told: Outcome) -> None:
    """A refused key, a spent quota and a block say so once, and later calls are told the same."""
    trip = Health().saw(outcome)
    assert trip is not None
    assert trip.trouble is trouble
    assert REFUSAL[trouble] is told


def test_a_quota_is_waited_for_as_long_as_the_provider_says() -> None:
    """Its own word on when the quota comes back, within a day."""
    short, long = Health().saw(Outcome.QUOTA_EXHAUSTED, 120.0), Health().saw(Outcome.QUOTA_EXHAUSTED, 1e9)
    assert short is not None
    assert long is not None
    assert (short.lasts_s, long.lasts_s) == (120.0, BreakerPolicy().longest_quota_s)


@pytest.mark.parametrize("outcome", [Outcome.THROTTLED, Outcome.OVER_BUDGET, Outcome.UNAVAILABLE])
def test_some_answers_say_nothing(outcome: Outcome) -> None:
    """Being throttled or out of money says nothing about the provider's health."""
    health = Health()
    assert [health.saw(outcome) for _ in range(50)] == [None] * 50


@given(st.floats(0.0, 60.0), st.sampled_from(Lane), st.floats(0.0, 1.0))
def test_sleepers_come_back_after_the_probe_in_their_lanes_order(ahead_s: float, lane: Lane, chance: float) -> None:
    """Never before the probe's time is over, never later than twice that, no lane among a more urgent one."""
    behind = behind_s(ahead_s, lane, chance)
    assert ahead_s <= behind <= 2 * ahead_s + 1e-9
    if lane is not Lane.BATCH:
        assert behind <= behind_s(ahead_s, Lane(lane + 1), 0.0) + 1e-9
