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


async def test_a_file_without_jobs_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to price is an error of the caller's."""
    assert await plan(["[]"], World().tools(), KINDS) == 1
    assert "is not a JSON object" in capsys.readouterr().out
