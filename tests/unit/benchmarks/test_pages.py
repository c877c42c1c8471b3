"""The measuring of saved pages counts what it says it counts."""

from pathlib import Path

import pytest

from benchmarks.pages import hidden, main

PAGE = """<html lang="en"><head><title>Acme Rope Works</title><script type="application/ld+json">
{"@type": "Organization", "name": "Acme Rope Works", "telephone": "+44 117 496 0123", "email": "info@acme.example"}
</script></head><body><h1>Acme Rope Works</h1><p>Phone +44 117 496 0123</p>%s</body></html>"""


@pytest.mark.parametrize(
    ("rest", "counts"),
    [
        ("<p>info@acme.example</p>", (1, 0, 0)),
        ("<p>sales@acme.example</p>", (0, 1, 0)),
        ("", (0, 0, 1)),
    ],
)
def test_hidden_values_agree_differ_or_are_missed(tmp_path: Path, rest: str, counts: tuple[int, int, int]) -> None:
    """An address that only JSON-LD holds is missed, another one differs, the same one agrees."""
    page = tmp_path / "page.html"
    page.write_text(PAGE % rest)
    pages, fields = hidden([page])
    assert pages == 1
    assert (fields.agrees["emails"], fields.differs["emails"], fields.missed["emails"]) == counts
    assert fields.agrees["phones"] == 1


def test_the_command_prints_every_figure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each measure, on a folder of one page."""
    (tmp_path / "page.html").write_text(PAGE % "")
    assert main([str(tmp_path), "--rounds", "1", "--in-flight", "2"]) == 0
    printed = capsys.readouterr().out
    for word in ("median", "p99", "crashes: 0", "longest stall", "found on pages", "JSON-LD hidden on 1"):
        assert word in printed
