"""``enrichd record`` and ``enrichd erase`` as a user meets them: words on a terminal, exit codes."""

import getpass
import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from redis.asyncio import Redis

from config.settings import Settings
from worker.commands import record
from worker.commands.erase import ErasureProblem, erase
from worker.domain.claim import Claim, Evidence
from worker.domain.identity import company_at
from worker.services.record_desk import RecordProblem
from worker.store.claims import save_claims

NOW = datetime.now(UTC)


@pytest.fixture
def settings(redis_url: str, pg_dsn: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of the test's servers, on a wide terminal."""
    monkeypatch.setenv("COLUMNS", "160")
    return Settings(redis_url=redis_url, database_url=pg_dsn)


@pytest.fixture
async def known(pg_pool: asyncpg.Pool) -> None:
    """A company with a contradicted name and a stale phone."""
    proof = (Evidence("https://acme.example/about", "We are Acme Rockets", 0, 19),)
    claims = (
        Claim("company_name", "Acme Rockets", "acme.example", "website", 0.8, NOW, proof),
        Claim("company_name", "Globex", "news.example", "search", 0.7, NOW),
        Claim("company_phone", "+493023125999", "acme.example", "website", 0.8, NOW - timedelta(days=500)),
    )
    async with pg_pool.acquire() as conn, conn.transaction():
        await save_claims(conn, [("default", company_at("acme.example"), claims)])


@pytest.mark.usefixtures("known")
async def test_show_set_revert_diff(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """A record with proof, rivals and ages; a correction and its undoing, by name."""
    assert await record.show(settings, "default", "acme.example") == 0
    shown = capsys.readouterr().out
    for part in ("company:acme.example", "Acme Rockets", "or Globex", "“We are Acme Rockets”", "stale"):
        assert part in shown
    assert await record.set_value(settings, "default", "acme.example", "company_name", "ACME") == 0
    assert "company_name: ACME (1.00)" in capsys.readouterr().out
    assert await record.diff(settings, "default", "acme.example", timedelta(days=365)) == 0
    assert "added" in capsys.readouterr().out
    assert await record.revert(settings, "default", "https://acme.example/", "company_name") == 0
    assert "Acme Rockets" in capsys.readouterr().out
    assert await record.show(settings, "default", "acme.example", as_json=True) == 0
    data = json.loads(capsys.readouterr().out)
    assert [change["action"] for change in data["changes"]] == ["revert", "set"]
    assert data["changes"][0]["actor"] == getpass.getuser()
    with pytest.raises(RecordProblem, match=r"nothing is known about nobody\.example"):
        await record.show(settings, "default", "nobody.example")


@pytest.mark.usefixtures("known")
async def test_erase(settings: Settings, redis_client: Redis, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says what was removed and closes; with a queued entry it stays open and says for what."""
    assert await erase(settings, "default", "acme.example", [], 0.0) == 0
    out = capsys.readouterr().out
    assert "removed from subjects: 1" in out
    assert "Closed: nothing is left." in out
    with pytest.raises(RecordProblem):
        await record.show(settings, "default", "acme.example")
    await redis_client.xadd("enrichment-jobs", {"url": "https://acme.example"})
    assert await erase(settings, "default", "acme.example", [], 0.0) == 1
    assert "waiting for enrichment-jobs" in capsys.readouterr().out
    with pytest.raises(ErasureProblem, match="names no company"):
        await erase(settings, "default", "not a thing", [], 0.0)
