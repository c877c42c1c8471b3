"""What the overhead measurement makes of its rounds: benchmarks.overhead."""

import io
import subprocess
import sys

import psutil
import pytest
from rich.console import Console

from benchmarks.overhead import FLOOR, JUDGED, WORKS, Round, best_of, promise, show, tree_cpu_s

FLOOR_ROUND = Round(FLOOR, 1000, 1.0, 0.3)


def judged(cpu_s: float, jobs: int = 1000) -> Round:
    """A round of the judged system."""
    return Round(JUDGED, jobs, 2.0, cpu_s, 0.1, 0.2)


def test_cpu_is_told_per_job() -> None:
    """Seconds of a backlog become microseconds of a job."""
    assert judged(0.5, 1000).micros_per_job == pytest.approx(500)


def test_the_best_round_counts() -> None:
    """Of each system the round with least CPU per job, whatever their order and size."""
    rounds = [FLOOR_ROUND, judged(0.9), judged(0.9, 2000), Round(FLOOR, 1000, 1.0, 0.2), judged(0.8)]
    best = best_of(rounds)
    assert list(best) == [FLOOR, JUDGED]
    assert best[FLOOR].micros_per_job == pytest.approx(200)
    assert best[JUDGED].micros_per_job == pytest.approx(450)


@pytest.mark.parametrize(("cpu_s", "kept"), [(0.6, True), (0.61, False)])
def test_the_promise_is_judged_against_the_bare_loop(cpu_s: float, kept: bool) -> None:
    """Twice its CPU is kept, more is missed."""
    figure, held = promise([FLOOR_ROUND, judged(cpu_s)])
    assert held is kept
    assert figure.startswith(f"{cpu_s / 0.3:.2f}, ")


def test_rounds_are_compared_with_the_one_before_them() -> None:
    """A slow hour is slow for both; the median of the pairs counts, and all are told."""
    slow_hour = [Round(FLOOR, 1000, 1.0, 0.6), judged(1.14)]
    figure, held = promise([FLOOR_ROUND, judged(0.54), *slow_hour, FLOOR_ROUND, judged(0.9)])
    assert held
    assert figure == "1.90, 1.80 to 3.00 in 3 rounds (at most 2)"


def test_the_table_has_servers_beside() -> None:
    """Every row is printed; the bare loop has no servers."""
    console = Console(width=100, record=True, file=io.StringIO())
    show(console, [FLOOR_ROUND, judged(0.5)], 100)
    text = console.export_text()
    lines = [line.strip() for line in text.splitlines()]
    rows = {
        name: line.removeprefix(name).split() for name in (FLOOR, JUDGED) for line in lines if line.startswith(name)
    }
    assert rows[FLOOR] == ["1,000", "300", "1.00"]
    assert rows[JUDGED] == ["500", "500", "1.67", "100", "200"]
    assert "best of 1 by CPU" in text


def test_the_judged_jobs_make_three_paid_calls() -> None:
    """What is compared with the bound is what it says: three calls that cost money, all of them new."""
    works = [work for work in WORKS if work.name == JUDGED]
    assert [(work.calls, work.price > 0, work.known) for work in works] == [(3, True, False)]
    entry = works[0].entry("q")
    assert (entry["calls"], entry["question"]) == ("3", "q")
    assert len({work.name for work in WORKS}) == len(WORKS)


def test_cpu_of_a_tree_has_its_children_in_it() -> None:
    """A child's time counts while it lives and after it has ended."""
    before = tree_cpu_s(psutil.Process())
    burn = "import time\nwhile time.process_time() < 0.2: pass"
    subprocess.run([sys.executable, "-c", burn], check=True)
    assert tree_cpu_s(psutil.Process()) - before >= 0.17  # the kernel counts in hundredths, user and system apart
