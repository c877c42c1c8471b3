"""Evaluation: counts that can be checked by hand, and the whole command over files."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from config.settings import load
from worker.commands.evaluate import evaluate
from worker.domain.calibration import UNCALIBRATED, Calibration, Curve, reliability
from worker.domain.claim import Claim
from worker.domain.errors import ConfigError
from worker.evaluate.cases import Case, cross_validated, fitted, samples_of, score_of
from worker.evaluate.labels import Label, LabelProblem, read_labels
from worker.evaluate.report import MARK, Errors, page, report
from worker.evaluate.score import Score
from worker.slices import calibration

NOW = datetime(2026, 11, 22, tzinfo=UTC)
NO_ERRORS = Errors(0.0, 0.0, 0.0)


def scored(label: Label, *claims: Claim, micros: int = 0) -> Score:
    """One site, scored as its claims came."""
    return score_of([Case(label, claims, {"website": micros})], UNCALIBRATED)


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


def test_samples_are_the_judged_claims_as_they_were_claimed() -> None:
    """Fields that the label does not speak of teach nothing."""
    label = Label("a", "http://a.example", gold={"company_city": ("Berlin",)})
    claims = (
        claim("company_city", "Berlin", 0.95, "pdl"),
        claim("company_city", "Bonn"),
        claim("company_size", "1-10"),
    )
    found = samples_of([Case(label, claims)])
    assert [(s.provider, s.right, s.confidence) for s in found] == [("pdl", True, 0.95), ("website", False, 0.8)]


def test_cost_per_right_value_is_printed() -> None:
    """Ten cents for one right value."""
    label = Label("a", "http://a.example", gold={"company_name": ("Acme",)})
    text = report(scored(label, claim("company_name", "Acme"), micros=100_000), NO_ERRORS)
    assert "Cost: 10.00 cents, 10.000 per right value." in text
    assert (
        "| website | 1.000     | 1.000  | 1.000 | 1     | 0     | 1       | 10.00 cents, 10.000 per right value |"
        in text
    )


def modest(number: int, *, right: bool = True) -> Case:
    """A site whose phone was claimed with .8."""
    label = Label(f"site-{number}", f"http://site-{number}.example", gold={"company_phone": ("+4930901820",)})
    return Case(label, (claim("company_phone", "+4930901820" if right else "+4930901829"),))


def test_calibration_is_measured_on_sites_it_was_not_fitted_on() -> None:
    """A half that teaches the wrong thing is seen to: each half is judged under the other one's lesson."""
    cases = [modest(number) for number in range(60)]
    raw = reliability(score_of(cases, UNCALIBRATED).judged)[1]
    crossed = cross_validated(cases)
    assert len(crossed) == 60
    assert raw == pytest.approx(0.2)
    assert reliability(crossed)[1] < 0.08
    halves = {one.label.id: one for one in cases}
    lucky = {confidence for confidence, _ in crossed}
    wrong = [Case(halves[key].label, modest(0, right=False).claims) for key in halves]
    assert max(lucky) > 0.9 > 0.6 > max(confidence for confidence, _ in cross_validated(wrong))


def test_the_website_keeps_its_place_below_data_providers() -> None:
    """However often it was right on labelled sites, which say nothing about the others."""
    learned = fitted([modest(number) for number in range(400)])
    assert 0.93 < learned.adjust("website", "company_phone", 0.8) < 0.95
    assert learned.adjust("pdl", "company_phone", 0.95) == 0.95


def test_the_page_has_every_failing_case() -> None:
    """The report on a terminal is cut, the page is not."""
    cases = [modest(number, right=False) for number in range(50)]
    score = score_of(cases, UNCALIBRATED)
    assert "... and 10 more" in report(score, NO_ERRORS)
    text = page(score, NO_ERRORS)
    assert text.startswith(MARK)
    assert "more" not in text.splitlines()[-1]
    assert all(f"| site-{number} " in text for number in range(50))


def test_the_calibration_in_use(tmp_path: Path) -> None:
    """Unset is the built-in one, a path a file, `none` none; a file that is none stops the start."""

    def using(held: str | None) -> Calibration:
        return calibration(load(()).model_copy(update={"calibration_file": held}))

    built_in = using(None)
    assert 0.85 < built_in.adjust("website", "company_name", 0.8, "text") < 0.95
    assert using("none") == UNCALIBRATED
    file = tmp_path / "mine.json"
    file.write_bytes(orjson.dumps(Calibration({"pdl": Curve(1.0, -2.0)}).as_json()))
    assert using(str(file)).adjust("pdl", "company_name", 0.9) < 0.6
    file.write_text("{}")
    with pytest.raises(ConfigError, match="CALIBRATION_FILE"):
        using(str(file))


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
    learned = Calibration.from_json(orjson.loads(fitted.read_bytes()))
    assert learned.samples > 0
    assert learned.adjust("website", "company_email", 0.8) > 0.8


async def test_a_calibration_changes_what_is_shown_and_not_what_is_learned(
    labelled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Values are shown with the calibration in use; a fit under it is the fit without it."""
    fits = [labelled.parent / name for name in ("plain.json", "under.json")]
    gloomy = Calibration({"website": Curve(1.0, -4.0)})
    assert await evaluate(labelled, {}, fit_to=fits[0]) == 0
    assert "| 0.7 to 0.8" in capsys.readouterr().out
    assert await evaluate(labelled, {}, calibration=gloomy, fit_to=fits[1]) == 0
    assert "| 0.0 to 0.1" in capsys.readouterr().out
    assert fits[0].read_bytes() == fits[1].read_bytes()


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    """Which line, and what is wrong with it."""
    file = tmp_path / "gold.jsonl"
    file.write_text('{"url": "http://a.example"}\n{"id": 1}\n')
    with pytest.raises(LabelProblem, match=r"gold\.jsonl, line 2: KeyError: 'url'"):
        read_labels(file)
