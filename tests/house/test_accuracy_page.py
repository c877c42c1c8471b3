"""The accuracy page is the command's output, over the labelled set as it is."""

import re
from pathlib import Path
from typing import Final

from worker.domain.calibration import Calibration
from worker.evaluate.cases import score_of
from worker.evaluate.labels import read_labels
from worker.evaluate.report import MARK, Errors, page

ROOT: Final = Path(__file__).resolve().parents[2]
PAGE: Final = ROOT / "docs/reference/accuracy.md"
GOLD: Final = ROOT / "simulator/labelled/gold.jsonl"


def test_it_is_generated_and_in_the_form_of_today() -> None:
    """Its text and headings are what the command prints now; figures are renewed by `make docs`."""
    held = PAGE.read_text("utf-8")
    empty = page(score_of([], Calibration()), Errors(0.0, 0.0, 0.0))
    assert held.startswith(MARK)
    fixed = [line for line in empty.splitlines() if line and not re.search(r"\d\.\d{2}|judged values", line)]
    missing = [line for line in fixed if line not in held and not line.startswith("|")]
    assert missing == []


def test_it_covers_the_labelled_set() -> None:
    """All sites, and every field that a label speaks of."""
    held = PAGE.read_text("utf-8")
    labels = read_labels(GOLD)
    assert f"{len(labels)} labelled sites" in held
    fields = {name for label in labels for name in label.gold}
    assert [name for name in sorted(fields) if f"| {name} " not in held] == []


def test_it_says_what_fails_and_how_honest_confidence_is() -> None:
    """Failing cases name a site of the set; the calibration error on unseen sites is small, or the page shames us."""
    held = PAGE.read_text("utf-8")
    failing = held.partition("## Cases that fail")[2]
    ids = {label.id for label in read_labels(GOLD)}
    rows = re.findall(r"^\| (\S+) +\| ((?:company|person)_\w+)", failing, re.M)
    assert rows
    assert all(site in ids for site, _ in rows)
    assert float(re.findall(r"on unseen sites +\| (\d\.\d+)", held)[0]) < 0.1


def test_its_sites_are_fictional() -> None:
    """The labelled hosts end in names that nobody can own."""
    hosts = [path.name for path in (ROOT / "simulator/labelled/sites").iterdir()]
    assert hosts
    assert [host for host in hosts if not host.endswith((".example", ".test"))] == []
