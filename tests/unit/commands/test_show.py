"""Jobs, lanes and entries as they are shown and typed."""

import io

import pytest
from rich.console import Console

from worker.commands.enqueue import lane_named, pairs
from worker.commands.marks import NotPausable, target
from worker.commands.queue import redis_lines, rendered
from worker.commands.show import show_job
from worker.domain.errors import EntryError
from worker.domain.lane import Lane
from worker.queue.control import Depth, LaneDepth
from worker.queue.keys import Keys

JOB = {
    "id": "j[1]",
    "job_type": "company_website",
    "status": "completed",
    "result_status": "partial",
    "attempts": 1,
    "cost_micros": 28_000,
    "url": "https://acme.example",
    "result": {
        "data": {
            "company_name": {"value": "Acme [red]Inc[/red]", "confidence": 0.95, "sources": ["pdl"]},
            "company_keywords": {"value": ["a", "b"], "confidence": 0.6, "sources": ["llm"], "inferred": True},
        },
        "gaps": [
            {
                "field": "company_size",
                "why": "missing",
                "asked": {"pdl": "miss", "website": "hit", "apollo": "over_budget: the cap", "hunter": "no domain"},
                "goingOnCents": {"apollo": 10.0},
            }
        ],
        "checks": [{"field": "company_name", "value": "Acme", "verdict": "contradicted", "said": {"pdl": "Bcme[/]"}}],
        "stages": [
            {"stage": "cache", "durationMs": 1.2, "fieldsFound": []},
            {
                "stage": "linkedin",
                "provider": "pdl",
                "durationMs": 200,
                "fieldsFound": ["company_name"],
                "outcome": "hit",
            },
            {"stage": "search", "provider": "brave", "skipped": "no key"},
        ],
    },
}


def printed(width: int, what: object) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(what)
    return out.getvalue()


def test_a_job() -> None:
    """Outcome, values with proof, gaps with everybody asked, stages; outside text cannot style itself."""
    out = io.StringIO()
    show_job(Console(file=out, width=100, highlight=False), JOB)
    text = out.getvalue()
    assert "company_website j[1]: completed, partial (attempts spent 1, 2.8 cents)" in text
    assert "Acme [red]Inc[/red]" in text
    assert "a, b (inferred)" in text
    assert (
        "company_size: missing (asked pdl: miss, website: hit without it; "
        "not asked apollo: over_budget: the cap, hunter: no domain)"
    ) in text
    assert "could still be asked: apollo up to 10 cents" in text
    assert "contradicted company_name: Acme (pdl: Bcme[/])" in text
    assert "not asked: search/brave (no key)" in text


def test_the_queue_fits_a_small_terminal() -> None:
    """All figures in 80 columns; an unknown lag is not a zero."""
    lanes = (LaneDepth("enrichment-priority", 1_234_567, None, 10, 3.2), LaneDepth("enrichment-jobs", 0, 0, 0, 0.0))
    depth = Depth(lanes, 5, 12.0, 3, {"workspace:acme": 7}, ("kind:company_website",), {"host-1-abc": 10})
    text = printed(80, rendered(depth))
    assert "1,234,567" in text
    assert "?" in text
    assert "delayed 5, the next in 12 s" in text
    assert "parked 7" in text
    assert "paused: kind:company_website" in text
    assert max(map(len, text.splitlines())) <= 80


def test_recipes_use_the_queue_s_own_name() -> None:
    """What is printed can be pasted."""
    lines = [line for _, line in redis_lines(Keys("{leads}"))]
    assert "redis-cli XLEN {leads}-priority" in lines
    assert all(line.startswith("redis-cli ") for line in lines)


@pytest.mark.parametrize(("typed", "lane"), [("batch", Lane.BATCH), ("1", Lane.PRIORITY), ("JOBS", Lane.JOBS)])
def test_lanes_by_name_or_number(typed: str, lane: Lane) -> None:
    """People type either."""
    assert lane_named(typed) is lane


def test_what_cannot_be_read() -> None:
    """Mistakes are refused with what was expected."""
    with pytest.raises(EntryError, match="priority"):
        lane_named("urgent")
    with pytest.raises(EntryError, match="name=value"):
        pairs(["skipCache"])
    with pytest.raises(NotPausable):
        target("kind:")
    assert pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
