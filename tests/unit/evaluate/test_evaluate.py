"""Evaluation: counts that can be checked by hand, and the whole command over files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from worker.commands.evaluate import evaluate, read_calibration
from worker.domain.claim import Claim
from worker.domain.record import record_of
from worker.evaluate.labels import Label, LabelProblem, read_labels
from worker.evaluate.report import report
from worker.evaluate.score import Score

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def scored(label: Label, *claims: Claim, micros: int = 0) -> Score:
    """One site, scored."""
    score = Score()
    score.add(label, record_of(claims, NOW), claims, micros)
    return score


def claim(field: str, value: Any, confidence: float = 0.8, provider: str = "website") -> Claim:
    """A claim of a site's own."""
    return Claim(field, value, f"{provider}.example", provider, confidence, NOW)


def test_right_wrong_and_missing_are_counted() -> None:
    """One right, one wrong, one missing, one nobody labelled."""
    label = Label("a", "http://a.example", gold={
        "company_name": ("Acme", "Acme Inc."), "company_city": ("Berlin",), "company_phone": ("+4930901820",),
    })  # fmt: skip
    score = scored(
        label, claim("company_name", "ACME, Inc."), claim("company_city", "Bonn"), claim("company_size", "1-10")
    )
    name, city, phone = (score.fields[f"company_{part}"] for part in ("name", "city", "phone"))
    assert (name.precision, name.recall, name.f1) == (1.0, 1.0, 1.0)
    assert (city.precision, city.recall, city.f1) == (0.0, 0.0, 0.0)
    assert (phone.precision, phone.recall) == (None, 0.0)
    assert score.fields["company_size"].precision is None
    assert {(miss.field, miss.found) for miss in score.misses} == {("company_city", "Bonn"), ("company_phone", None)}


def test_values_compare_as_values_not_as_text() -> None:
    """A national number, a legal form and another spelling of a band are the same value."""
    label = Label(
        "a", "http://a.example", country="DE", gold={"company_phone": ("030 901820",), "company_size": ("11-50",)}
    )
    score = scored(label, claim("company_phone", "+4930901820"), claim("company_size", "10-49"))
    assert score.fields["company_phone"].right == 1
    assert score.fields["company_size"].right == 1


def test_everything_said_about_no_company_is_wrong() -> None:
    """A parked page has no name, whatever stands on it."""
    score = scored(Label("p", "http://p.example", outcome="parked"), claim("company_name", "Buy this domain"))
    assert (score.fields["company_name"].wrong, score.fields["company_name"].gold) == (1, 0)


def test_all_phones_on_the_pages_are_a_set() -> None:
    """Best value and alternatives together are compared with everything there is."""
    label = Label("a", "http://a.example", every={"company_phone": ("+4930901820", "+4930901821", "+4930901822")})
    score = scored(label, claim("company_phone", "+4930901820"), claim("company_phone", "+4930901821"),
                   claim("company_phone", "+4930999999"))  # fmt: skip
    tally = score.every["company_phone"]
    assert (tally.right, tally.wrong, tally.gold) == (2, 1, 3)


def test_sources_are_judged_apart() -> None:
    """The better source is seen even where the record hides the worse one's mistake."""
    label = Label("a", "http://a.example", gold={"company_city": ("Berlin",)})
    score = scored(label, claim("company_city", "Berlin", 0.95, "pdl"), claim("company_city", "Bonn"))
    assert score.sources["pdl", "company_city"].precision == 1.0
    assert score.sources["website", "company_city"].precision == 0.0
    assert score.fields["company_city"].precision == 1.0
    assert sorted((s.provider, s.right) for s in score.samples) == [("pdl", True), ("website", False)]


def test_cost_per_right_value_is_printed() -> None:
    """Ten cents for one right value."""
    label = Label("a", "http://a.example", gold={"company_name": ("Acme",)})
    assert "10.000 cents per right value" in report(scored(label, claim("company_name", "Acme"), micros=100_000))


PAGE = b"""<html><head><title>Acme Rockets</title><script type="application/ld+json">
{"@context":"https://schema.org","@type":"Organization","name":"Acme Rockets","url":"http://acme.example/",
"telephone":"+49 30 901820","email":"hello@acme.example"}</script></head>
<body><h1>Acme Rockets</h1><p>Call +49 30 901820 or write to hello@acme.example.</p></body></html>"""


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A labelled file with one site, and one line that is not served."""
    (tmp_path / "index.html").write_bytes(PAGE)
    gold = {"company_name": ["Acme Rockets"], "company_email": ["hello@acme.example"], "company_city": ["Berlin"]}
    lines = [{"id": "a", "url": "http://acme.example/", "pages": {"/": "index.html"}, "gold": gold}]
    lines.append({"id": "b", "url": "http://gone.example/", "pages": {}, "gold": {"company_name": ["Gone"]}})
    file = tmp_path / "gold.jsonl"
    file.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    return file


async def test_the_command_measures_the_website_stage(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Pages from files go through crawl, extraction, admission and record; the report names what fails."""
    fitted = labelled.parent / "calibration.json"
    assert await evaluate(labelled, {}, fit_to=fitted) == 0
    out = capsys.readouterr().out
    assert "2 labelled sites" in out
    rows = {line.split("|")[1].strip(): line for line in out.splitlines() if line.startswith("| company_")}
    assert "1.000" in rows["company_email"]
    assert "0.500" in rows["company_name"]
    assert "| a " in out
    calibration = read_calibration(fitted)
    assert calibration.samples > 0
    assert calibration.adjust("website", "company_name", 0.8) > 0.8


async def test_a_calibration_file_changes_confidence(labelled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Values are shown with the fitted confidence."""
    fitted = labelled.parent / "calibration.json"
    fitted.write_bytes(
        orjson.dumps({"version": 1, "samples": 1, "maps": {"website": {"*": [[0.5, 0.11], [0.9, 0.12]]}}})
    )
    assert await evaluate(labelled, {}, calibration=read_calibration(fitted)) == 0
    assert "| 0.1 to 0.2" in capsys.readouterr().out


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """Which line, and what is wrong with it."""
    file = tmp_path / "gold.jsonl"
    file.write_text('{"url": "http://a.example"}\n{"id": 1}\n')
    with pytest.raises(LabelProblem, match=r"gold\.jsonl, line 2: KeyError: 'url'"):
        read_labels(file)
