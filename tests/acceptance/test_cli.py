"""The command line against real servers and the simulated outside world, each verb as a process of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Final

import psutil
import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
START_S: Final = 60


class Terminal:
    """Runs ``enrichd`` with settings of the test's own, in an empty folder."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        self.environment = {
            "PATH": os.defpath, "HOME": str(folder), "PYTHONPATH": str(ROOT), "COLUMNS": "100", **settings,
        }  # fmt: skip

    def start(self, *words: str, **settings: str) -> subprocess.Popen[str]:
        """A verb that goes on running; its lines are on stderr."""
        return subprocess.Popen(
            [sys.executable, "-m", "worker", *words], cwd=self.folder, env={**self.environment, **settings},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A verb that ends."""
        return subprocess.run(
            [sys.executable, "-m", "worker", *words], cwd=self.folder, env={**self.environment, **settings},
            capture_output=True, text=True, timeout=START_S, check=False,
        )  # fmt: skip


@pytest.fixture
def terminal(tmp_path: Path, redis_url: str, pg_dsn: str) -> Terminal:
    """A terminal whose settings name the test's servers and no provider."""
    return Terminal(tmp_path, {"REDIS_URL": redis_url, "DATABASE_URL": pg_dsn, "HEALTH_CHECK_PORT": "0"})


@pytest.fixture
def simulator_settings() -> Iterator[Mapping[str, str]]:
    """The simulated outside world in a process of its own, so that blocking tests may talk to it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "--companies", "5"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["env"]
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def line_with(lines: IO[str] | None, text: str) -> str:
    """The first line that holds the text; fails with what came instead."""
    seen = []
    for line in lines or ():
        seen.append(line)
        if text in line:
            return line
    pytest.fail(f"{text!r} never came:\n" + "".join(seen))


def test_a_job_by_hand(terminal: Terminal, simulator_settings: Mapping[str, str]) -> None:
    """Enqueue waits for the result, status shows it, the same again costs nothing, SIGTERM ends the worker with 0."""
    terminal.environment.update(simulator_settings)
    worker = terminal.start("run")
    try:
        line_with(worker.stderr, "Worker is ready")
        fields = "company_name,company_industry,company_size"
        first = terminal.run("enqueue", "http://acme.example", "-f", fields, "--id", "by-hand", "--wait")
        assert first.returncode == 0, first.stderr
        assert "completed, success" in first.stdout
        assert "company_industry" in first.stdout

        shown = json.loads(terminal.run("status", "by-hand", "--json").stdout)
        assert shown["status"] == "completed"
        assert shown["result"]["data"]["company_name"]["value"]
        assert shown["cost_micros"] > 0

        again = terminal.run("enqueue", "http://acme.example", "-f", "company_name", "--lane", "priority", "--wait")
        assert "free" in again.stdout
        job_id = again.stdout.split()[2]
        assert job_id.startswith("enrichment-priority/")
        assert json.loads(terminal.run("status", job_id, "--json").stdout)["result"]["costs"]["total"] == 0
    finally:
        worker.send_signal(signal.SIGTERM)
        _, errors = worker.communicate(timeout=START_S)
    assert worker.returncode == 0
    assert "Stopped" in errors


def test_migrate_and_doctor(terminal: Terminal, simulator_settings: Mapping[str, str]) -> None:
    """The schema is brought up to date once; the doctor finds nothing that keeps workers from working."""
    assert "up to date" in terminal.run("migrate").stdout
    doctor = terminal.run("doctor", CONCURENCY="3", **simulator_settings)
    assert doctor.returncode == 0, doctor.stdout + doctor.stderr
    assert "did you mean CONCURRENCY?" in doctor.stdout
    assert "PostgreSQL" in doctor.stdout
    assert "schema: up to date" in doctor.stdout
    assert "pdl (linkedin): in use" in doctor.stdout


def test_doctor_says_what_is_broken(terminal: Terminal) -> None:
    """Servers that do not answer are named with what to do, and the exit code tells scripts."""
    broken = terminal.run("doctor", REDIS_URL="redis://127.0.0.1:1", DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert broken.returncode == 1
    assert "check REDIS_URL" in broken.stdout
    assert "check DATABASE_URL" in broken.stdout


@pytest.mark.parametrize(
    ("words", "settings", "line"),
    [
        (("run",), {"CONCURRENCY": "lots"}, "CONCURRENCY: 'lots' is not right; expected a whole number of jobs"),
        (("run",), {"DATABASE_URL": ""}, "DATABASE_URL: missing while REDIS_URL is set"),
        (("enqueue", "http://acme.example", "-f", "company_nmae"), {}, "did you mean company_name?"),
        (("enqueue", "http://acme.example", "--type", "nonsense"), {}, "type: is 'nonsense'"),
        (("enqueue", "http://acme.example", "--lane", "9"), {}, "lane: is '9'"),
    ],
)
def test_what_is_wrong_is_one_line(
    terminal: Terminal, words: tuple[str, ...], settings: Mapping[str, str], line: str
) -> None:
    """A mistake of the user's is one line on stderr and exit code 2, never a stack."""
    done = terminal.run(*words, **settings)
    assert done.returncode == 2
    assert line in done.stderr
    assert done.stderr.count("\n") == 1


def test_status_of_what_nobody_knows(terminal: Terminal) -> None:
    """An unknown job is said to be unknown; one that waits in its lane is pending."""
    unknown = terminal.run("status", "never-was")
    assert unknown.returncode == 1
    assert "No job never-was" in unknown.stdout
    added = terminal.run("enqueue", "http://acme.example")
    assert "No worker is reading this queue yet" in added.stdout
    assert "pending" in terminal.run("status", added.stdout.split()[2]).stdout


def test_stopping_while_servers_are_away(terminal: Terminal) -> None:
    """A worker that waits for PostgreSQL still ends at once, with code 0."""
    worker = terminal.start("run", DATABASE_URL="postgresql://127.0.0.1:1/none")
    line_with(worker.stderr, "PostgreSQL is away")
    worker.send_signal(signal.SIGTERM)
    _, errors = worker.communicate(timeout=START_S)
    assert worker.returncode == 0, errors


def test_several_processes(terminal: Terminal) -> None:
    """`run --processes 2` keeps two workers, replaces one that dies, and ends with them."""
    parent = terminal.start("run", "--processes", "2")
    try:
        for _ in range(2):
            line_with(parent.stderr, "Worker is ready")
        workers = psutil.Process(parent.pid).children()
        assert len(workers) == 2
        workers[0].kill()
        line_with(parent.stderr, "starting another")
        line_with(parent.stderr, "Worker is ready")
    finally:
        parent.send_signal(signal.SIGTERM)
        _, errors = parent.communicate(timeout=START_S)
    assert parent.returncode == 0
    assert errors.count("Stopped") == 2


def test_help_is_quick() -> None:
    """The command line's own module imports nothing heavy: verbs do that."""
    heavy = {"aiohttp", "asyncpg", "redis", "pydantic", "anthropic", "openai", "selectolax", "structlog", "rich.table"}
    code = f"import sys, worker.cli; sys.exit(','.join(set({sorted(heavy)!r}) & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
