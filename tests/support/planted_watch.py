"""The pytest plugin that fails a run in which a planted key came out: in a log, row, file, metric, error or trace.

Each process of the run searches its servers before they stop; the one that reports searches the tests' folders, what
they printed and what they logged, and adds it all up.
"""

import logging
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from tests.support.planted import Search
from worker.web import metrics

WATCH = pytest.StashKey["PlantedWatch"]()
_HANDED_OVER = "planted_keys"
_PLAIN = frozenset(vars(logging.makeLogRecord({})))


class PlantedWatch(logging.Handler):
    """Collects what was searched and found. Also the handler that reads the log records of a process."""

    def __init__(self, config: pytest.Config) -> None:
        super().__init__(logging.NOTSET)
        self.search = Search()
        self._is_worker = hasattr(config, "workerinput")
        config.stash[WATCH] = self
        self._render = metrics.generate_latest  # type: ignore[attr-defined]
        metrics.generate_latest = self._rendered  # type: ignore[attr-defined, assignment]

    def _rendered(self, registry: CollectorRegistry) -> bytes:
        """The metrics of an App in this process."""
        text: bytes = self._render(registry)
        self.search.text("metrics", text.decode())
        return text

    def emit(self, record: logging.LogRecord) -> None:
        """Look through everything a handler could write of a record."""
        extras = {name: value for name, value in vars(record).items() if name not in _PLAIN}
        trace = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self.search.text(f"log record of {record.name}", f"{record.getMessage()}\n{extras!r}\n{trace}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self) -> None:
        """Stand in the root logger; tests that configure logging replace its handlers."""
        if self not in logging.getLogger().handlers:
            logging.getLogger().addHandler(self)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """What a test printed and logged, as the reporting process gets it from everyone."""
        if not self._is_worker and report.when == "teardown":
            for title, text in report.sections:
                self.search.text(f"{title} of {report.nodeid}", text)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add what a process of the run has searched."""
        counts, found, seconds = getattr(node, "workeroutput", {}).get(_HANDED_OVER, ({}, [], 0.0))
        self.search.seconds += seconds
        for what, number in counts.items():
            self.search.count(what, number)
        self.search.found.extend(found)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Search the tests' folders, and fail the run when anything was found anywhere."""
        logging.getLogger().removeHandler(self)
        if self._is_worker:
            output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
            output[_HANDED_OVER] = (self.search.counts, self.search.found, self.search.seconds)
            return
        for folder in _folders_of(session.config):
            self.search.folder(folder)
        if self.search.found and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """One line when nothing was found; every place when something was."""
        for line in summary(self.search):
            terminalreporter.write_line(line, red=bool(self.search.found), bold=bool(self.search.found))


def summary(search: Search) -> Iterable[str]:
    """The lines to print at the end of a run."""
    counts = search.counts
    looked = (
        f"{counts.get('bytes', 0) / 1e6:.0f} MB in {counts.get('files', 0)} files, {counts.get('rows', 0)} rows,"
        f" {counts.get('texts', 0)} outputs, metrics and log records, in {search.seconds:.1f} s"
    )
    if not search.found:
        return [f"planted keys: none in {looked}"]
    return [f"planted keys: FOUND in {len(search.found)} places of {looked}", *search.found]


def _folders_of(config: pytest.Config) -> list[Path]:
    """The folder of every ``tmp_path`` of the run, once there is one. pytest keeps it under this name."""
    factory = getattr(config, "_tmp_path_factory", None)
    base = getattr(factory, "_basetemp", None)
    return [base] if base is not None else []
