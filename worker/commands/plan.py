"""``enrichd plan JOBS.jsonl``: what jobs would cost, before anybody is paid."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson
from rich.console import Console

from worker.commands.plan_shown import as_json, show
from worker.domain.errors import EntryError, MalformedEntry
from worker.domain.job import Delivery, Job
from worker.domain.kind import Kind
from worker.domain.lane import Lane
from worker.pipeline import Tools
from worker.pipeline.dry_run import ToolsOf, price
from worker.queue.codec import decode, parse

#: Reasons that are kept; all refused lines are counted.
_MOST_REASONS: Final = 1_000


@dataclass(slots=True)
class Refused:
    """Lines that are no jobs: how many, and (line, entry field or "", what is wrong) of the first ones."""

    count: int = 0
    reasons: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, line: int, problem: EntryError) -> None:
        """Count a line."""
        self.count += 1
        if len(self.reasons) < _MOST_REASONS:
            self.reasons.append((line, problem.field, str(problem)))


def jobs_in(lines: Iterable[bytes | str], kinds: Mapping[str, Kind], refused: Refused) -> Iterator[tuple[Job, Kind]]:
    """The jobs of a JSONL file, each line an entry's fields as a JSON object; what is none is counted."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            job = job_in(line, number, kinds)
        except EntryError as problem:
            refused.add(number, problem)
            continue
        yield job, kinds[job.kind]


def job_in(line: bytes | str, number: int, kinds: Mapping[str, Kind]) -> Job:
    """One line as a job. Raises EntryError."""
    try:
        entry = orjson.loads(line)
    except orjson.JSONDecodeError as problem:
        raise MalformedEntry("", f"is not valid JSON ({problem.msg})", "a JSON object of entry fields") from problem
    if not isinstance(entry, dict):
        raise MalformedEntry("", "is not a JSON object", "a JSON object of entry fields")
    flat: list[bytes] = []
    for name, value in entry.items():
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        flat += [name.encode("utf-8", "replace"), text.encode("utf-8", "replace")]
    return parse(decode(flat), Delivery("plan", Lane.BATCH, f"{number}-0", 1), kinds)


async def plan(
    lines: Iterable[bytes | str],
    tools: Tools,
    kinds: Mapping[str, Kind],
    tools_of: ToolsOf | None = None,
    *,
    json: bool = False,
) -> int:
    """Print the price of a batch; exit code 1 when no line is a job. ``tools_of`` is as in ``price``."""
    refused = Refused()
    priced = await price(jobs_in(lines, kinds, refused), tools, tools_of)
    if json:
        sys.stdout.write(orjson.dumps(as_json(priced, refused), option=orjson.OPT_INDENT_2).decode() + "\n")
    else:
        show(Console(), priced, refused)
    return 0 if priced.jobs else 1
