"""The job kind that the measurements run: it does nothing, through the same code and rows as any kind.

Loaded by the setting ``PLUGINS=benchmarks.kinds``. An entry's field ``stamp`` holds the producer's monotonic clock in
nanoseconds; its age at the handler's entry is appended to the file ``BENCH_SAMPLES``.
"""

import os
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from worker.domain.job import Job, ResultStatus
from worker.domain.kind import Kind
from worker.domain.result import Result
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Done, Report

NAME = "bench_noop"


class _Samples:
    """The file of latency samples, opened at the first one."""

    def __init__(self) -> None:
        self._descriptor = -1

    def add(self, nanoseconds: int) -> None:
        if self._descriptor < 0:
            self._descriptor = os.open(os.environ["BENCH_SAMPLES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(self._descriptor, b"%d\n" % nanoseconds)


_samples = _Samples()


async def nothing(job: Job, _: Any) -> Report:
    """Return at once."""
    stamp = job.fields.get("stamp")
    if stamp:
        _samples.add(time.monotonic_ns() - int(stamp))
    now = datetime.now(UTC)
    return Report(Done(Result(ResultStatus.SUCCESS, {}, (), (), 0, 0, now)), now, now)


def _subject(_: Job) -> Subject:
    return Subject(Entity.COMPANY, "company:acme.example", {"company_website": "https://acme.example"})


def measuring(name: str, handler: Callable[[Job, Any], Awaitable[Report]]) -> Kind:
    """A kind whose jobs are all about one company, and need not say which."""
    return Kind(name, Entity.COMPANY, ("company_name",), _subject, handler=handler, needs_url=False)


KINDS = (measuring(NAME, nothing),)
