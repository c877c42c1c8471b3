"""``docs/add-a-provider.md`` does what it says: its example is dropped in, found, used and checked as printed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from tests.support.json_values import json_values
from tests.support.scripted_gateway import NOW, ScriptedGateway
from worker import providers
from worker.domain.call import Reply
from worker.domain.claim import Claim
from worker.domain.job import Job, ResultStatus
from worker.domain.provider import Off
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Done
from worker.jobs import load_kinds
from worker.pipeline import Tools, enrich
from worker.providers.roster import open_roster

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "add-a-provider.md").read_text("utf-8")
ADAPTER, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The page's adapter as a file of the package."""
    path = tmp_path / "acme_register.py"
    path.write_text(ADAPTER)
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])
    yield path
    sys.modules.pop("worker.providers.acme_register", None)
    if hasattr(providers, "acme_register"):
        delattr(providers, "acme_register")


async def test_the_example_passes_its_own_test(dropped_in: Path) -> None:
    """Both code blocks run exactly as they are printed."""
    printed: dict[str, Any] = {}
    exec(compile(TEST, "docs/add-a-provider.md", "exec"), printed)  # the page is ours
    await printed["test_a_company_in_the_register"]()


async def test_the_pipeline_asks_the_example(dropped_in: Path) -> None:
    """A job gets its answer from the dropped-in file, asked once at its documented price."""

    class Purse(ScriptedGateway):
        provider_micros = llm_micros = spent_micros = 0

    async def nothing_known(*_: object) -> tuple[Claim, ...]:
        return ()

    company = b'{"company": {"name": "Acme Ltd", "website": "acme.example", "founded": 2011}}'
    gateway = Purse([Reply(200, {}, company)])
    roster = open_roster({"ACME_REGISTER_API_KEY": "planted-key-5f0c1d", "PROVIDER_ORDER": "acme_register"})
    tools = Tools(claims=nothing_known, roster=roster.on, off=roster.off, gateway=lambda _: gateway)
    job = Job("default", "job-1", "company_website", "https://acme.example", required=("company_founded_year",))
    report = await enrich(job, load_kinds()["company_website"], tools)
    assert isinstance(report.verdict, Done), report.verdict
    assert report.verdict.result.status is ResultStatus.SUCCESS
    assert report.verdict.result.data["company_founded_year"]["value"] == 2011
    assert [call.max_micros for call in gateway.calls] == [20_000]


def test_the_example_is_off_without_its_key(dropped_in: Path) -> None:
    """The reason is the one that the page shows."""
    (off,) = [off for off in open_roster({}).off if off.name == "acme_register"]
    assert off == Off("acme_register", "register", "no ACME_REGISTER_API_KEY")


def test_the_example_never_raises() -> None:
    """The page's parse keeps the rule that the page states."""
    printed: dict[str, Any] = {"__name__": "acme_register"}
    exec(compile(ADAPTER, "docs/add-a-provider.md", "exec"), printed)
    subject = Subject(Entity.COMPANY, "company:acme.example", {"company_domain": "acme.example"})

    @given(json_values(["company", "name", "website", "founded", "number"]))
    def parse_anything(body: Any) -> None:
        printed["parse"](body, subject, NOW)

    parse_anything()


def test_the_example_keeps_the_house_rules(tmp_path: Path) -> None:
    """What the page teaches passes the repository's own lint, format and types."""
    path = tmp_path / "acme_register.py"
    path.write_text(ADAPTER)
    config = ["--config", str(ROOT / "pyproject.toml"), "--quiet"]
    for command in (
        ["ruff", "check", *config, "--ignore", "INP001", str(path)],
        ["ruff", "format", "--check", *config, str(path)],
    ):
        done = subprocess.run([sys.executable, "-m", *command], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:tests|worker|simulator)/[\w/]+\.?\w*/?)`", PAGE))))
def test_the_files_that_the_page_names_exist(name: str) -> None:
    """The page points to files that are there, but for the example's own."""
    assert name == "worker/providers/acme_register.py" or (ROOT / name).exists()
