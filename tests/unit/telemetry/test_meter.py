"""The meter: the six figures, computed from reports."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest

from worker.domain.job import Job, ResultStatus
from worker.domain.result import Result, Stage
from worker.domain.verdict import Dead, Done, Report, Retry, Verdict
from worker.telemetry import Meter
from worker.telemetry.context import correlation_id
from worker.telemetry.window import Window

START = datetime(2026, 1, 1, tzinfo=UTC)
CACHE_HIT = (Stage("cache", fields_found=("company_name",)), Stage("website", "website", skipped="nothing missing"))
ASKED = (
    Stage("cache"),
    Stage("linkedin", "pdl", 12.0, ("company_name",), outcome="hit", cost_micros=20_000),
    Stage("search", "searxng", 5.0, outcome="miss"),
    Stage("llm", "llm", 300.0, ("company_industry",), outcome="hit"),
)


class Clock:
    """Monotonic seconds set by the test."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def done(status: ResultStatus, stages: tuple[Stage, ...]) -> Done:
    return Done(Result(status, {}, (), stages, 0, 0, START))


def report(verdict: Verdict, stages: tuple[Stage, ...] = (), micros: int = 0, seconds: float = 1.0) -> Report:
    return Report(verdict, START, START + timedelta(seconds=seconds), stages=stages, provider_micros=micros)


def text(meter: Meter) -> str:
    registry = CollectorRegistry()
    registry.register(meter)
    return generate_latest(registry).decode()


def test_six_figures() -> None:
    """Four jobs in two minutes: two right, one from the cache, one needed the LLM."""
    clock = Clock()
    meter = Meter(clock)
    meter.ended("company_website", report(done(ResultStatus.SUCCESS, CACHE_HIT), CACHE_HIT, seconds=0.1))
    meter.ended("company_website", report(done(ResultStatus.SUCCESS, ASKED), ASKED, micros=40_000, seconds=1.9))
    meter.ended("company_website", report(done(ResultStatus.PARTIAL, ()), seconds=1.0))
    meter.ended("company_website", report(Dead("poison", "crashed"), seconds=1.0))
    meter.ended("company_website", report(Retry("Transient", "later")))
    clock.now += 120
    now = meter.figures()
    assert now.jobs_per_minute == pytest.approx(2.0)
    assert now.success_ratio == pytest.approx(0.5)
    assert now.duration_s == pytest.approx(1.0)
    assert now.cache_hit_ratio == pytest.approx(0.25)
    assert now.llm_fallback_ratio == pytest.approx(0.25)
    assert now.cents_per_job == pytest.approx(1.0)
    assert now.provider_hit_ratio == {"pdl": 1.0, "searxng": 0.0, "llm": 1.0}


def test_the_last_retry_counts_as_what_it_led_to() -> None:
    """A job that dies of its last retry is no success, and one that is tried again has not ended."""
    meter = Meter(Clock())
    retry = report(Retry("Transient", "no answer"))
    meter.ended("company_website", retry, "scheduled")
    assert meter.figures().success_ratio is None
    meter.ended("company_website", retry, "dead_letter")
    assert meter.figures().success_ratio == 0.0
    lines = text(meter).splitlines()
    assert 'enrichd_jobs_total{kind="company_website",status="retry"} 1.0' in lines
    assert 'enrichd_jobs_total{kind="company_website",status="dead_letter"} 1.0' in lines


def test_nothing_ended_is_not_a_success_rate_of_zero() -> None:
    """A figure nobody knows is left out, so that no alarm rings at a start."""
    meter = Meter(Clock())
    assert meter.figures().success_ratio is None
    assert "enrichd_success_ratio" not in text(meter)
    assert "enrichd_jobs_per_minute 0.0" in text(meter)


def test_counters_for_prometheus() -> None:
    """Counters have the names, labels and buckets that dashboards use."""
    meter = Meter(Clock())
    meter.ended("company_website", report(done(ResultStatus.SUCCESS, ASKED), ASKED, micros=20_000, seconds=0.3))
    meter.refused("unknown_kind")
    meter.settled(12)
    lines = text(meter).splitlines()
    for line in (
        'enrichd_jobs_total{kind="company_website",status="success"} 1.0',
        'enrichd_provider_requests_total{outcome="hit",provider="pdl"} 1.0',
        'enrichd_cost_cents_total{kind="company_website",source="provider"} 2.0',
        'enrichd_entries_refused_total{reason="unknown_kind"} 1.0',
        'enrichd_job_duration_seconds_bucket{kind="company_website",le="0.25"} 0.0',
        'enrichd_job_duration_seconds_bucket{kind="company_website",le="0.5"} 1.0',
        'enrichd_job_duration_seconds_bucket{kind="company_website",le="+Inf"} 1.0',
        "enrichd_runs_settled_total 12.0",
        "enrichd_settle_batches_total 1.0",
        "enrichd_cents_per_job 2.0",
    ):
        assert line in lines


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(1, 5)), max_size=60))
def test_a_window_holds_what_is_young_enough(events: list[tuple[float, int]]) -> None:
    """Everything from the last full length is in the sums, nothing older than that plus one slice."""
    window = Window(slice_s=5.0, slices=60)
    events = sorted(events)
    for at, value in events:
        window.add(at, {"jobs": value})
    now = events[-1][0] if events else 0.0
    total = window.sums(now).get("jobs", 0)
    assert total >= sum(value for at, value in events if at > now - window.length_s + window.slice_s)
    assert total <= sum(value for at, value in events if at > now - window.length_s - window.slice_s)


@pytest.mark.parametrize(
    ("trace", "wanted"),
    [
        ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd8448eb211c80319c"),
        ("request-77", "request-77"),
        ("", "j1"),
    ],
)
def test_correlation_id(trace: str, wanted: str) -> None:
    """The producer's trace leads to the job's lines, its id does where there is none."""
    job = Job("default", "j1", "company_website", "https://acme.example", (), trace=trace)
    assert correlation_id(job) == wanted
