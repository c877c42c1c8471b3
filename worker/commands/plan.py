"""``enrichd plan JOBS.jsonl``: what jobs would cost, before anybody is paid."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import orjson
from rich.console import Console
from rich.table import Table

from worker.domain.errors import EntryError, MalformedEntry
from worker.domain.job import Delivery, Job
from worker.domain.kind import Kind
from worker.domain.lane import Lane
from worker.domain.money import cents
from worker.pipeline import Tools
from worker.pipeline.dry_run import Priced, price
from worker.queue.codec import decode, parse


@dataclass(slots=True)
class Refused:
    """Lines that are no jobs: how many, and the first few reasons."""

    count: int = 0
    reasons: list[str] = field(default_factory=list)

    def add(self, line: int, problem: str) -> None:
        """Count a line."""
        self.count += 1
        if len(self.reasons) < 5:
            self.reasons.append(f"line {line}: {problem}")


def jobs_in(lines: Iterable[str], kinds: Mapping[str, Kind], refused: Refused) -> Iterator[tuple[Job, Kind]]:
    """The jobs of a JSONL file, each line an entry's fields as a JSON object; what is none is counted."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            job = job_in(line, number, kinds)
        except EntryError as problem:
            refused.add(number, str(problem))
            continue
        yield job, kinds[job.kind]


def job_in(line: str, number: int, kinds: Mapping[str, Kind]) -> Job:
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
        flat += [name.encode(), text.encode()]
    return parse(decode(flat), Delivery("plan", Lane.BATCH, f"{number}-0", 1), kinds)


async def plan(lines: Iterable[str], tools: Tools, kinds: Mapping[str, Kind]) -> int:
    """Print the price of a batch; exit code 1 when no line is a job."""
    refused = Refused()
    priced = await price(jobs_in(lines, kinds, refused), tools)
    _print(Console(), priced, refused)
    return 0 if priced.jobs else 1


def _print(console: Console, priced: Priced, refused: Refused) -> None:
    found = priced.estimate
    asked = priced.jobs - priced.known - priced.repeated
    console.print(
        f"{priced.jobs:,} jobs: {priced.known:,} answered by what is known, {priced.repeated:,} repeat another, "
        f"{asked:,} would ask somebody",
        soft_wrap=True,
    )
    low, mean, high = (cents(micros) / 100 for micros in (found.low_micros, found.micros, found.high_micros))
    console.print(f"[bold]${mean:,.2f}[/] expected, from ${low:,.2f} to ${high:,.2f}")
    if found.calls:
        table = Table("provider", "lookups", box=None, padding=(0, 1), header_style="bold dim")
        for name, calls in sorted(found.calls.items(), key=lambda pair: -pair[1]):
            table.add_row(name, f"{calls:,.0f}")
        console.print(table)
    for reason in refused.reasons:
        console.print(f"  [yellow]refused[/] {reason}", soft_wrap=True, markup=True)
    if refused.count > len(refused.reasons):
        console.print(f"  [yellow]refused[/] {refused.count - len(refused.reasons):,} more lines")
