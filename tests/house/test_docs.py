"""The documentation is complete and its links lead somewhere."""

import re
from pathlib import Path
from typing import Final

import pytest
from prometheus_client import CollectorRegistry

from worker.cli import cli
from worker.queue.entry_fields import OPTIONS
from worker.telemetry import Meter

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each relative link of a page is a file of the project."""
    broken = [
        link
        for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if "://" not in link and not link.startswith("mailto:") and not (page.parent / link).exists()
    ]
    assert broken == []


def test_every_verb_is_in_the_reference() -> None:
    """Each command and group of the command line has its line."""
    text = (ROOT / "docs/reference/cli.md").read_text("utf-8")
    names = [command.name or command.callback.__name__ for command in cli.registered_commands if command.callback]
    names += [group.name for group in cli.registered_groups if group.name]
    assert [name for name in names if f"enrichd {name}" not in text] == []


def test_every_entry_option_is_in_the_reference() -> None:
    """Each option that an entry may have is explained."""
    text = (ROOT / "docs/reference/entries.md").read_text("utf-8")
    assert [name for name in OPTIONS if f"`{name}`" not in text] == []


def test_every_metric_is_in_the_reference() -> None:
    """Each family that the meter can give is explained."""
    text = (ROOT / "docs/reference/metrics.md").read_text("utf-8")
    registry = CollectorRegistry()
    registry.register(Meter())
    names = {family.name for family in registry.collect()}
    assert len(names) >= 8
    assert [name for name in names if name not in text] == []
