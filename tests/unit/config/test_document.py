"""The README's settings tables and `.env.example` are what the settings say."""

import shutil
from pathlib import Path

import pytest

from config import document
from config.settings import known_names


def test_both_files_are_current() -> None:
    """`make docs` has been run after the last change of a setting."""
    assert document.main(["--check"]) == 0


def test_every_setting_is_in_both() -> None:
    """No setting is left undocumented."""
    table, example = document.tables(), document.env_example()
    for name in known_names():
        assert f"`{name}`" in table
    assert example.count("\n# ") > len(known_names())


def test_a_stale_file_is_reported_and_rewritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` fails on a file that was edited by hand; `--write` puts it right."""
    shutil.copy(document.ROOT / "README.md", tmp_path)
    (tmp_path / ".env.example").write_text("CONCURRENCY=1\n")
    arguments = ["--root", str(tmp_path)]
    assert document.main([*arguments, "--check"]) == 1
    assert ".env.example: out of date" in capsys.readouterr().out
    assert document.main([*arguments, "--write"]) == 0
    assert document.main([*arguments, "--check"]) == 0


def test_a_readme_without_markers_is_an_error() -> None:
    """Losing the markers does not lose the table silently."""
    with pytest.raises(ValueError, match=r"README\.md has no"):
        document.readme_with("# enrichd\n")
