"""Job kinds for tests of the engine: no provider, only what the test wants to happen."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from worker.domain.job import Job, ResultStatus
from worker.domain.kind import Kind
from worker.domain.result import Result
from worker.domain.subject import Entity, Subject
from worker.domain.verdict import Done, Report

Execute = Callable[[Job, Kind], Awaitable[Report]]


def _subject(job: Job) -> Subject:
    return Subject(Entity.COMPANY, f"company:{job.url or job.id}")


def kind(name: str = "noop") -> Kind:
    """A kind that needs nothing."""
    return Kind(name, Entity.COMPANY, ("company_name",), _subject, needs_url=False)


def success(**data: object) -> Report:
    """The report of a run that found everything."""
    now = datetime.now(UTC)
    found = {name: {"value": value} for name, value in data.items()}
    return Report(Done(Result(ResultStatus.SUCCESS, found, (), (), 0, 0, now)), now, now)


async def at_once(_job: Job, _kind: Kind) -> Report:
    """Done, immediately."""
    return success()


class Held:
    """Runs wait until the test lets them go; ``started`` lists the ids that have begun."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self._begun = asyncio.Condition()
        self.go = asyncio.Event()

    async def __call__(self, job: Job, _kind: Kind) -> Report:
        async with self._begun:
            self.started.append(job.id)
            self._begun.notify_all()
        await self.go.wait()
        return success()

    async def begun(self, count: int) -> None:
        """Return when ``count`` runs have begun."""
        async with self._begun:
            await self._begun.wait_for(lambda: len(self.started) >= count)
