"""The demo's plan and table, without servers."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console

from worker.demo.plan import first_wave, second_wave
from worker.demo.table import found, jobs_table, subject, took

START = datetime(2026, 1, 1, tzinfo=UTC)


def company(number: int, *, made: bool) -> dict[str, Any]:
    slug = f"company-{number}-with-a-rather-long-name"
    people = [{"linkedin": f"linkedin.com/in/person-{number}-{who}", "email": ""} for who in range(3)]
    return {"domain": f"{slug}.example", "linkedin": f"linkedin.com/company/{slug}", "made": made, "people": people}


WORLD = [company(number, made=number >= 12) for number in range(60)]


@pytest.mark.parametrize("jobs", [1, 30, 36, 120])
def test_the_plan(jobs: int) -> None:
    """Three kinds in equal parts over several lanes, no question twice, and one of each kind of trouble."""
    wave = first_wave(WORLD, "enrichment", jobs)
    kinds = {asked.fields["type"] for asked in wave}
    assert kinds == {"company_website", "company_linkedin", "linkedin_profile"}
    assert len({(asked.fields["url"], asked.fields["requiredFields"]) for asked in wave}) == len(wave)
    assert len([asked for asked in wave if asked.why]) == 3
    assert abs(len(wave) - 3 - max(jobs, 3)) <= 3
    assert len({asked.stream for asked in wave}) >= 3


def test_the_second_wave_asks_for_less() -> None:
    """A part of the same questions, so that the cache can answer all of it."""
    first = first_wave(WORLD, "enrichment", 36)
    known = {asked.fields["url"]: set(asked.required) for asked in first if not asked.why}
    for asked in second_wave(first):
        assert set(asked.required) < known[asked.fields["url"]]


def row(number: int, **changes: Any) -> dict[str, Any]:
    result = {
        "data": {
            "company_name": {"value": "A", "confidence": 0.95},
            "company_size": {"value": "1-10", "confidence": 0.3},
        },
        "gaps": [{"field": "company_size"}],
        "stages": [
            {"stage": "cache", "fieldsFound": ["company_name"]},
            {"stage": "website", "provider": "website", "fieldsFound": ["company_size"]},
            {"stage": "search", "provider": "searxng", "skipped": "nothing is missing"},
        ],
    }
    return {
        "id": str(number), "url": f"http://{WORLD[number]['domain']}", "job_type": "company_website",
        "status": "completed", "result_status": "partial", "cost_micros": 280_000, "started_at": START,
        "completed_at": START + timedelta(milliseconds=1234), "result": result, **changes,
    }  # fmt: skip


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_table_fits(width: int) -> None:
    """One line a job at any usual width, every figure whole."""
    rows = [row(0), row(1, result_status="failed", cost_micros=0, completed_at=START + timedelta(seconds=61))]
    required = {"0": ("company_name", "company_size"), "1": ("company_name",)}
    out = io.StringIO()
    Console(file=out, width=width).print(jobs_table(rows, required, width))
    lines = [line for line in out.getvalue().splitlines() if line.strip()]
    assert len(lines) == 4
    assert max(map(len, lines)) <= width
    assert "1/2" in lines[2]
    assert "0.95" in lines[2]
    assert "28.00" in lines[2]
    assert "1234 ms" in lines[2]
    assert "61.0 s" in lines[3]


def test_a_value_that_is_not_sure_enough_is_not_found() -> None:
    """What stands in the gaps does not count, and neither does what nobody asked for."""
    assert set(found(row(0)["result"], ("company_name", "company_size"))) == {"company_name"}
    assert found(row(0)["result"], ("company_phone",)) == {}


def test_subjects_and_times() -> None:
    """Short names for people, and nothing where nothing is known."""
    assert subject("https://www.linkedin.com/in/ada") == "ada"
    assert subject("") == ""
    assert took({"started_at": None, "completed_at": None}) == ""
