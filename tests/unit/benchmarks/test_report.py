"""What the benchmarks conclude from their figures."""

from itertools import pairwise

import pytest
from rich.console import Console

from benchmarks.measure import Latency, Throughput, quantile
from benchmarks.peers.common import paces
from benchmarks.report import Cell, promises, table


def cell(key: str, *rates: float, latency: Latency | None = None) -> Cell:
    """A measured system with a throughput in each round."""
    figures = Throughput(sorted(rates)[len(rates) // 2], 15.0, 1000, 0.05, 1.0, 10.0, 5.0, 5.0, 50.0, 1000.0)
    return Cell(key, key, "rows", figures, latency, rates=rates)


@pytest.mark.parametrize(("rate", "kept"), [(8_000, True), (7_999, False)])
def test_twice_dramatiq_is_the_bound(rate: float, kept: bool) -> None:
    """The factor over dramatiq is kept from 2.0 on."""
    found = promises([cell("enrichd", rate), cell("dramatiq", 4_000)])
    assert found[0][2] is kept


@pytest.mark.parametrize(("rate", "kept"), [(10_000, True), (9_999, False)])
def test_half_of_the_bare_loop_is_the_bound(rate: float, kept: bool) -> None:
    """The share of the bare loop is kept from one half on."""
    found = promises([cell("enrichd", rate), cell("bare", 20_000)])
    assert found[0][2] is kept


def test_each_round_is_compared_with_the_cell_beside_it() -> None:
    """A host that slows down for a round slows both: the median of the ratios counts, not the ratio of the medians."""
    (found, *_) = promises([cell("enrichd", 9_000, 4_000, 12_000), cell("bare", 15_000, 7_000, 30_000)])
    assert found == ("of the bare loop", "57% (40% to 60% in 3 rounds, at least 50%)", True)


def test_a_promise_without_its_figures_is_not_judged() -> None:
    """A system that failed or was left out makes no promise kept."""
    assert promises([cell("dramatiq", 4_000)]) == []
    assert [what for what, _, _ in promises([cell("enrichd", 1_000)])] == ["Redis round trips a job"]


def test_slow_pickup_is_missed() -> None:
    """Both quantiles have a bound of their own."""
    found = promises([cell("enrichd", 1_000, latency=Latency(1000, 2.9, 15.1))])
    assert [(what, kept) for what, _, kept in found[1:]] == [("pickup p50", True), ("pickup p99", False)]


def test_quantiles_are_values_of_the_sample() -> None:
    """Nearest rank, and the ends at 0 and 1."""
    values = [float(number) for number in range(1, 101)]
    assert [quantile(values, share) for share in (0.0, 0.5, 0.99, 1.0)] == [1.0, 51.0, 99.0, 100.0]


def test_the_table_fits_into_a_hundred_columns() -> None:
    """Even with large figures nothing is cut."""
    console = Console(width=100, record=True)
    console.print(table([cell("enrichd", 123_456, latency=Latency(1000, 1234.0, 5678.0))]))
    text = console.export_text()
    assert "123,456" in text
    assert "5,678" in text
    assert "…" not in text


def test_probes_are_paced_in_real_time() -> None:
    """Pauses never add up: each is what is missing to the job's own moment."""
    pauses = list(paces(50, 0.0))
    assert pauses == [0.0] * 50
    ahead = list(paces(10, 1_000.0))
    assert all(later > earlier - 1_000.0 for earlier, later in pairwise(ahead))
    assert ahead[-1] > 8_000.0
