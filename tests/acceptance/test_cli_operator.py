"""What operators do to a queue that is being worked on: look, pause, cancel, retry, replay, clear, correct."""

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import redis
import structlog
from typer.testing import CliRunner

from config.settings import known_names
from tests.support.planted import planted
from worker.cli import cli
from worker.commands.marks import NotPausable
from worker.domain.errors import EnrichdError

ROOT: Final = Path(__file__).resolve().parents[2]
UNREACHABLE: Final = "http://nowhere.example"

Enrichd = Callable[..., Any]


@pytest.fixture
def enrichd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_url: str, pg_dsn: str) -> Enrichd:
    """Runs a verb in this process, with the test's servers as its settings."""
    for name in known_names():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    environment = {"REDIS_URL": redis_url, "DATABASE_URL": pg_dsn, "COLUMNS": "160"}

    def run(*words: str, said: str = "") -> Any:
        return CliRunner().invoke(cli, list(words), input=said, env=environment, catch_exceptions=False)

    return run


@pytest.fixture(autouse=True)
def untouched_logging() -> Iterator[None]:
    """Verbs set up logging for a terminal; other tests have theirs back afterwards."""
    root = logging.getLogger()
    handlers, level, hooks = list(root.handlers), root.level, (sys.excepthook, threading.excepthook)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()


@pytest.fixture
def worker(tmp_path: Path, redis_url: str, pg_dsn: str) -> Iterator[subprocess.Popen[str]]:
    """A worker whose only provider reads websites, and no website is there."""
    process = subprocess.Popen(
        [sys.executable, "-m", "worker", "run"], cwd=tmp_path, stderr=subprocess.PIPE, text=True,
        env={
            "PATH": os.defpath, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "REDIS_URL": redis_url,
            "DATABASE_URL": pg_dsn, "HEALTH_CHECK_PORT": "0", "RECONCILE_INTERVAL": "300",
            "FETCH_HOSTS": "*=127.0.0.1:1", "FETCH_RETRIES": "0", "MAX_ATTEMPTS": "1",
        },
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if "Worker is ready" in line:
            break
    yield process
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=40)


def until(said: Callable[[], str], text: str, seconds: float = 20.0) -> str:
    """What a verb says once it says ``text``; fails with what it said last."""
    end = time.monotonic() + seconds
    while text not in (output := said()):
        if time.monotonic() > end:
            pytest.fail(f"{text!r} never came; last was:\n{output}")
        time.sleep(0.05)
    return output


@pytest.mark.usefixtures("worker")
def test_a_day_of_an_operator(enrichd: Enrichd, redis_url: str) -> None:
    """Dead letters are seen with their reason, ended jobs run again, a pause holds, a cancel counts, a clear clears."""
    with redis.Redis.from_url(redis_url) as producer:
        entry = producer.xadd("enrichment-jobs", {"url": "http://acme.example"}).decode()
        dead = until(lambda: enrichd("dead", "list").output, entry)
        assert "type: is missing" in dead
        letter = enrichd("dead", "show", f"enrichment-jobs/{entry}").output
        assert '"url": "http://acme.example"' in letter

        enrichd("enqueue", UNREACHABLE, "--id", "sad")
        until(lambda: enrichd("status", "sad").output, "dead_letter")
        assert "1 jobs run again" in enrichd("retry", "sad").output
        until(lambda: enrichd("status", "sad").output, "dead_letter")
        assert "1 jobs run again" in enrichd("dead", "replay", "sad").output
        until(lambda: enrichd("status", "sad").output, "dead_letter")
        assert enrichd("retry", "never-was").exit_code == 1

        assert "Paused: queue" in enrichd("pause").output
        enrichd("enqueue", UNREACHABLE, "--id", "held")
        enrichd("enqueue", UNREACHABLE, "--id", "dropped")
        shown = until(lambda: enrichd("queue", "--once").output, "paused: queue")
        assert "enrichment-jobs" in shown
        assert "1 marked" in enrichd("cancel", "dropped").output
        assert "Resumed" in enrichd("resume").output
        until(lambda: enrichd("status", "held").output, "dead_letter")
        until(lambda: enrichd("status", "dropped").output, "cancelled")
        assert enrichd("resume").exit_code == 1

        enrichd("pause")
        # A worker that was waiting for an entry at the moment of the pause still takes the one that ends its wait.
        for name in ("taken-or-cleared", "cleared"):
            enrichd("enqueue", UNREACHABLE, "--id", name)
        assert "Marked" in enrichd("queue", "clear", "--yes").output
        enrichd("resume")
        until(lambda: enrichd("status", "cleared").output, "cancelled")

        assert "dead letters deleted" in enrichd("dead", "purge", "--all").output
        assert "There are no dead letters" in enrichd("dead", "list").output


def test_recurring_jobs(enrichd: Enrichd) -> None:
    """A schedule is checked, added, listed with its next turn, paused, resumed and removed."""
    added = enrichd(
        "cron", "add", "nightly", "--cron", "30 2 * * *", "--timezone", "Europe/Berlin",
        "url=https://acme.example", "type=company_website",
    )  # fmt: skip
    assert "nightly: next at" in added.output
    assert "nightly" in enrichd("cron", "list").output
    assert "paused" in enrichd("cron", "pause", "nightly").output
    assert "paused" in enrichd("cron", "list").output
    assert "resumed" in enrichd("cron", "resume", "nightly").output
    assert "removed" in enrichd("cron", "remove", "nightly").output
    assert enrichd("cron", "remove", "nightly").exit_code == 1
    assert "no recurring jobs" in enrichd("cron", "list").output


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (("--cron", "61 2 * * *", "url=https://acme.example", "type=company_website"), "cron"),
        (("--every", "1h", "--timezone", "Mars/Base", "url=https://acme.example", "type=company_website"), "Mars/Base"),
        (("--every", "1h", "url=https://acme.example", "type=nonsense"), "type: is 'nonsense'"),
        (("url=https://acme.example", "type=company_website"), "either cron or every"),
    ],
)
def test_schedules_that_cannot_run(enrichd: Enrichd, words: tuple[str, ...], wrong: str) -> None:
    """A rule or an entry that is wrong is refused when it is added, not at its first turn in the night."""
    with pytest.raises(EnrichdError, match=wrong):
        enrichd("cron", "add", "never", *words)


def test_keys_of_workspaces(enrichd: Enrichd, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key goes in by stdin, is listed by fingerprint only, survives a turn of the ring, and goes again."""
    assert "ENCRYPTION_KEYS: missing" in _refused(enrichd, "keys", "list")
    old = enrichd("keys", "new", "old").output.strip()
    new = enrichd("keys", "new", "new").output.strip()
    monkeypatch.setenv("ENCRYPTION_KEYS", old)
    stored = enrichd("keys", "set", "APOLLO_API_KEY", "-w", "acme", said=f"{planted('apollo')}\n")
    assert "is stored" in stored.output
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{new},{old}")
    assert "1 keys are sealed anew" in enrichd("keys", "rotate").output
    listed = enrichd("keys", "list").output
    assert "APOLLO_API_KEY" in listed
    assert planted("apollo") not in stored.output + listed
    assert "is removed" in enrichd("keys", "remove", "APOLLO_API_KEY", "-w", "acme").output
    assert "No workspace" in enrichd("keys", "list").output


def test_budgets(enrichd: Enrichd, monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget is set, listed beside the common one of the settings, and taken away; nonsense is refused."""
    assert "250 cents per day" in enrichd("budget", "set", "workspace:acme", "day", "250").output
    assert "workspace:acme" in enrichd("budget", "list").output
    assert "expected day or month" in _refused(enrichd, "budget", "set", "workspace:acme", "week", "1")
    assert "expected workspace:ID" in _refused(enrichd, "budget", "set", "acme", "day", "1")
    enrichd("budget", "set", "workspace:acme", "day", "none")
    assert "There are no budgets" in enrichd("budget", "list").output
    monkeypatch.setenv("WORKSPACE_BUDGET_PER_MONTH", "1200")
    common = enrichd("budget", "list").output
    assert "every other workspace" in common
    assert "WORKSPACE_BUDGET_PER_MONTH" in common


def _refused(enrichd: Enrichd, *words: str) -> str:
    """What a verb refuses with, as `main` would print it."""
    with pytest.raises(EnrichdError) as caught:
        enrichd(*words)
    return str(caught.value)


def test_prices_before_the_first_call(enrichd: Enrichd, tmp_path: Path) -> None:
    """A batch is priced without asking anybody; a line that is no job is told of."""
    lines = [{"url": f"https://company-{n}.example", "type": "company_website"} for n in range(3)]
    (tmp_path / "jobs.jsonl").write_text("\n".join([*map(json.dumps, lines), "not json"]))
    done = enrichd("plan", "jobs.jsonl")
    assert done.exit_code == 0
    assert "3 jobs" in done.output


def test_a_workspace_is_priced_with_its_own_keys(
    enrichd: Enrichd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner of a key would ask with it, at its own price; everybody else has the common providers."""
    monkeypatch.setenv("ENCRYPTION_KEYS", enrichd("keys", "new", "a").output.strip())
    monkeypatch.setenv("LINKEDIN_API_KEY", planted("common"))
    monkeypatch.setenv("PDL_PRICE_CENTS", "10")
    enrichd("keys", "set", "PDL_PRICE_CENTS", "-w", "acme", said="100\n")
    enrichd("keys", "set", "APOLLO_API_KEY", "-w", "keyed", said=f"{planted('apollo')}\n")
    entry = {"type": "company_linkedin", "requiredFields": ["company_industry"]}
    told = {}
    for workspace in ("acme", "keyed", "other"):
        jobs = [entry | {"url": f"https://www.linkedin.com/company/c{n}", "workspaceId": workspace} for n in range(20)]
        (tmp_path / f"{workspace}.jsonl").write_text("\n".join(map(json.dumps, jobs)))
        told[workspace] = json.loads(enrichd("plan", f"{workspace}.jsonl", "--json").output)
    assert told["other"]["cents"]["high"] < 201  # 20 lookups at 10 cents
    assert told["acme"]["cents"]["high"] > 1000
    assert ["apollo" in told[name]["providers"] for name in told] == [False, True, False]
    (tmp_path / "all.jsonl").write_text("\n".join((tmp_path / f"{name}.jsonl").read_text() for name in told))
    together = json.loads(enrichd("plan", "all.jsonl", "--json").output)
    assert together["jobs"] == together["asking"] == 60
    assert together["cents"]["high"] > 1000
    assert 0 < together["providers"]["apollo"]["lookups"] <= 20


def test_every_recipe_is_true(enrichd: Enrichd, redis_url: str) -> None:
    """Each redis-cli line that `queue --recipes` prints is one that the server understands."""
    enrichd("enqueue", UNREACHABLE)
    lines = [line for line in enrichd("queue", "--recipes").output.splitlines() if line.startswith("redis-cli ")]
    assert len(lines) >= 10
    with redis.Redis.from_url(redis_url) as client:
        client.xgroup_create("enrichment-priority", "enrichment-workers", mkstream=True)
        for line in lines:
            client.execute_command(*line.split()[1:])


@pytest.mark.parametrize("words", [("dead", "replay"), ("dead", "purge"), ("retry",), ("queue", "clear")])
def test_nothing_happens_by_accident(enrichd: Enrichd, words: tuple[str, ...]) -> None:
    """Verbs that touch many jobs want it said."""
    assert enrichd(*words).exit_code != 0


def test_what_cannot_be_paused(enrichd: Enrichd) -> None:
    """A pause of something that has no mark is refused, not silently without effect."""
    with pytest.raises(NotPausable, match="expected queue, kind:NAME, workspace:ID or provider:NAME"):
        enrichd("pause", "everything")
