"""``enrichd plan``: lines in, a price out, wrong lines told."""

import orjson
import pytest

from tests.unit.pipeline.world import KINDS, World
from worker.commands.plan import plan


async def test_prices_a_file_and_names_wrong_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """Good lines are priced together; a bad line costs only itself and is named."""
    world = World()
    world.provider("pdl", {}, gives=["company_size"], cents=28)
    entry = {"url": "https://acme.example", "type": "company_website", "requiredFields": ["company_size"]}
    lines = [orjson.dumps(entry).decode(), orjson.dumps(entry | {"id": "2"}).decode(), "{", '{"type": "x"}', ""]
    assert await plan(lines, world.tools(), KINDS) == 0
    out = capsys.readouterr().out
    assert "2 jobs: 0 answered by what is known, 1 repeat another, 1 would ask somebody" in out
    assert "expected, from $0.00 to $0." in out
    assert "line 3" in out
    assert "line 4" in out
    assert world.asked == []


async def test_the_terminal_is_eighty_columns_wide(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Total, each provider's part and each field's chances fit; refused lines name their entry field."""
    monkeypatch.setenv("COLUMNS", "80")
    world = World()
    world.provider("pdl", {}, gives=["company_size", "company_name"], cents=28)
    world.provider("site", {}, gives=["company_name"])
    entry = {"url": "https://acme.example", "type": "company_website"}
    lines: list[bytes | str] = [
        orjson.dumps(entry | {"requiredFields": ["company_size", "company_name"]}),
        orjson.dumps(entry | {"requiredFields": ["company_sise"]}),
        orjson.dumps(entry | {"maxCostCents": "-5"}),
    ]
    assert await plan(lines, world.tools(), KINDS) == 0
    out = capsys.readouterr().out
    for heading in ("provider", "lookups", "expected", "field", "lacking", "found"):
        assert heading in out
    tables = [line for line in out.splitlines() if not line.lstrip().startswith("refused")]
    assert max(map(len, tables)) <= 80
    assert "line 2: requiredFields: 'company_sise' is not a field; did you mean company_size?" in out
    assert "line 3: maxCostCents: is '-5'" in out


async def test_json_has_all_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """Ranges by provider and field, and every refused line with the field that is wrong."""
    world = World()
    world.provider("pdl", {}, gives=["company_size"], cents=28)
    entry = {"url": "https://acme.example", "type": "company_website", "requiredFields": ["company_size"]}
    lines: list[bytes | str] = [orjson.dumps(entry), orjson.dumps({**entry, "type": "compny"}), "{"]
    assert await plan(lines, world.tools(), KINDS, json=True) == 0
    told = orjson.loads(capsys.readouterr().out)
    assert told["jobs"] == told["asking"] == 1
    assert 0 <= told["cents"]["low"] <= told["cents"]["expected"] <= told["cents"]["high"] <= 28.001
    assert told["providers"]["pdl"]["lookups"] == 1
    assert told["fields"]["company_size"]["lacking"] == 1
    assert [(line["line"], line["field"]) for line in told["refused"]["lines"]] == [(2, "type"), (3, "")]


async def test_a_file_without_jobs_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to price is an error of the caller's."""
    assert await plan(["[]"], World().tools(), KINDS) == 1
    assert "is not a JSON object" in capsys.readouterr().out
