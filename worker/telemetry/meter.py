"""The meter: counts what runs did, cheaply, and lays it out for Prometheus when asked.

Counting is dictionary arithmetic (about a microsecond a job); names, labels and buckets are only built at a scrape.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from worker.domain.money import cents
from worker.domain.verdict import Report
from worker.telemetry.figures import Figures, asked_provider, figures, status_word, sums_of
from worker.telemetry.window import Window

#: Seconds; from a no-op to the longest run.
DURATIONS: Final = (0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Histogram:
    """Counts per bucket and a sum, by one label."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}

    def observe(self, label: str, value: float) -> None:
        """Count one value."""
        counts = self._counts.get(label)
        if counts is None:
            counts = self._counts[label] = [0] * (len(self._bounds) + 1)
            self._sums[label] = 0.0
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[label] += value

    def family(self, name: str, text: str, label: str) -> HistogramMetricFamily:
        """The shape Prometheus reads: cumulative counts per upper bound."""
        family = HistogramMetricFamily(name, text, labels=[label] if label else [])
        for value, counts in sorted(self._counts.items()):
            running, buckets = 0, []
            for bound, count in zip((*map(str, self._bounds), "+Inf"), counts, strict=True):
                running += count
                buckets.append((bound, float(running)))
            family.add_metric([value] if label else [], buckets, sum_value=self._sums[value])
        return family


class Meter(Collector):
    """What this process has done since its start. One writer (the event loop), no locks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self._window = Window()
        self._jobs: Counter[tuple[str, str]] = Counter()
        self._stages: Counter[tuple[str, str]] = Counter()
        self._reused: Counter[str] = Counter()
        self._micros: Counter[tuple[str, str]] = Counter()
        self._refused: Counter[str] = Counter()
        self._durations = Histogram(DURATIONS)
        self._stage_durations = Histogram(DURATIONS)
        self._settled = 0
        self._batches = 0

    def ended(self, kind: str, report: Report, outcome: str = "") -> None:
        """Count one run; see ``ended_together``."""
        self.ended_together([(kind, report, outcome)])

    def ended_together(self, runs: Iterable[tuple[str, Report, str]]) -> None:
        """Count runs: (kind, report, outcome) each. ``kind`` is a kind we know, so that labels stay few.

        ``outcome`` is how its job stands after settling (success, partial, failed, dead_letter, cancelled, scheduled):
        a Retry may have been the last one. Without it, the verdict alone decides.
        """
        told: list[tuple[Report, str, float]] = []
        for kind, report, outcome in runs:
            word = outcome if outcome and outcome != "scheduled" else status_word(report.verdict)
            took_s = (report.finished_at - report.started_at).total_seconds()
            told.append((report, word, took_s))
            self._jobs[kind, word] += 1
            self._durations.observe(kind, took_s)
            if report.provider_micros:
                self._micros[kind, "provider"] += report.provider_micros
            if report.llm_micros:
                self._micros[kind, "llm"] += report.llm_micros
            for stage in report.stages:
                if stage.provider and asked_provider(stage):
                    self._stages[stage.provider, stage.outcome or "done"] += 1
                    self._reused[stage.provider] += stage.reused
                    self._stage_durations.observe(stage.provider, stage.duration_ms / 1000)
        sums = sums_of(told)
        if sums:
            self._window.add(self._clock(), sums)

    def refused(self, code: str) -> None:
        """Count an entry that never became a job, by the error's code."""
        self._refused[code] += 1

    def settled(self, runs: int) -> None:
        """Count one batch of the settler: runs that share a transaction."""
        self._settled += runs
        self._batches += 1

    def figures(self) -> Figures:
        """The six figures, over the last five minutes or since the start."""
        now = self._clock()
        minutes = min(max(now - self._started, 1.0), self._window.length_s) / 60
        return figures(self._window.sums(now), minutes)

    def collect(self) -> Iterator[Metric]:
        """Everything, for Prometheus."""
        yield _counter("jobs", "Runs that ended, by kind and verdict.", ("kind", "status"), self._jobs)
        yield _counter("provider_requests", "Questions to providers.", ("provider", "outcome"), self._stages)
        yield _counter("provider_reused", "Answers that were paid for before.", ("provider",), self._reused)
        spent = {key: cents(micros) for key, micros in self._micros.items()}
        yield _counter("cost_cents", "Money spent, in cents.", ("kind", "source"), spent)
        yield _counter("entries_refused", "Entries that never became jobs.", ("reason",), self._refused)
        yield self._durations.family("enrichd_job_duration_seconds", "Duration of a run.", "kind")
        yield self._stage_durations.family("enrichd_provider_duration_seconds", "Duration of a question.", "provider")
        yield CounterMetricFamily("enrichd_runs_settled", "Runs written to PostgreSQL.", value=self._settled)
        yield CounterMetricFamily("enrichd_settle_batches", "Transactions they were written in.", value=self._batches)
        yield from _figure_families(self.figures())


def _counter(
    name: str,
    text: str,
    labels: tuple[str, ...],
    counts: "Counter[tuple[str, str]] | Counter[str] | dict[tuple[str, str], float]",
) -> CounterMetricFamily:
    family = CounterMetricFamily(f"enrichd_{name}", text, labels=labels)
    for key, value in sorted(counts.items()):
        family.add_metric([key] if isinstance(key, str) else list(key), value)
    return family


def _figure_families(now: Figures) -> Iterator[Metric]:
    """The six figures as gauges; those that nothing is known of yet are left out."""
    plain = (
        ("jobs_per_minute", "Jobs ended per minute, over the last five minutes.", now.jobs_per_minute),
        ("success_ratio", "Share of ended jobs with every required field.", now.success_ratio),
        ("job_duration_average_seconds", "Average duration of a job.", now.duration_s),
        ("cache_hit_ratio", "Share of jobs answered without asking a provider.", now.cache_hit_ratio),
        ("llm_fallback_ratio", "Share of jobs that needed the LLM.", now.llm_fallback_ratio),
        ("cents_per_job", "Average cost of a job, in cents.", now.cents_per_job),
    )
    for name, text, value in plain:
        if value is not None:
            yield GaugeMetricFamily(f"enrichd_{name}", text, value=value)
    hits = GaugeMetricFamily(
        "enrichd_provider_hit_ratio", "Share of questions that found something.", labels=["provider"]
    )
    for provider, ratio in sorted(now.provider_hit_ratio.items()):
        hits.add_metric([provider], ratio)
    yield hits
