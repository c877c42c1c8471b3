"""``enrichd dead``: dead letters as PostgreSQL keeps them: list, show, replay, purge."""

import json
from datetime import UTC, datetime, timedelta
from typing import Final

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from config.settings import Settings
from worker.commands.desk import open_desk
from worker.domain.job import DEFAULT_WORKSPACE, JobStatus

#: At most this many are set to run again by one command; say it again for more.
MOST: Final = 10_000


async def listed(settings: Settings, workspace: str | None, most: int) -> int:
    """Newest first."""
    console = Console(highlight=False)
    async with open_desk(settings) as desk:
        letters = await desk.upkeep.dead(workspace=workspace, most=most)
    if not letters:
        console.print("There are no dead letters.")
    for letter in letters:
        name = letter.id if letter.workspace == DEFAULT_WORKSPACE else f"{letter.id} ({letter.workspace})"
        when = f", {letter.completed_at:%Y-%m-%d %H:%M:%S}" if letter.completed_at else ""
        attempts = "1 attempt" if letter.attempts == 1 else f"{letter.attempts} attempts"
        # The id has to be copied whole, and the reason is a sentence: each has a line of its own.
        console.print(Text(name, style="bold").append(f"  {letter.job_type}, {attempts}{when}", style="not bold"))
        console.print(Padding(Text(f"{letter.error_class}: {letter.error_message}", style="yellow"), (0, 0, 0, 2)))
    return 0


async def shown(settings: Settings, workspace: str, job_id: str) -> int:
    """One dead letter with its original fields and stack; exit code 1 when there is none."""
    async with open_desk(settings) as desk:
        rows = [row for row in await desk.upkeep.find(job_id, workspace) if row["status"] == JobStatus.DEAD_LETTER]
    if not rows:
        print(f"No dead letter {job_id} in workspace {workspace}.")
        return 1
    row = rows[0]
    for name in ("id", "workspace_id", "job_type", "error_class", "error_message", "attempts", "worker_id"):
        print(f"{name:<14} {row[name]}")
    print("fields         " + json.dumps(json.loads(row["payload_text"] or "{}"), ensure_ascii=False, indent=2))
    if row["error_stack"]:
        print(row["error_stack"])
    return 0


async def again(settings: Settings, workspace: str | None, jobs: list[str], statuses: list[JobStatus]) -> int:
    """Run jobs again that ended badly: the same ids, attempts anew. All of a status when no job is named."""
    keys = [(workspace or DEFAULT_WORKSPACE, job_id) for job_id in jobs] or None
    async with open_desk(settings) as desk:
        chosen = await desk.upkeep.set_to_run_again(statuses, keys, workspace=workspace, most=MOST)
        marks = [desk.control.keys.job(*key).removeprefix(desk.control.keys.job_prefix) for key in chosen]
        await desk.control.unmark(marks)
        await desk.publish()
    print(f"{len(chosen):,} jobs run again." if chosen else "Nothing to run again: no such job has ended that way.")
    return 0 if chosen else 1


async def purged(settings: Settings, workspace: str | None, jobs: list[str], older_than_days: float | None) -> int:
    """Delete dead letters from PostgreSQL."""
    keys = [(workspace or DEFAULT_WORKSPACE, job_id) for job_id in jobs] or None
    before = None if older_than_days is None else datetime.now(UTC) - timedelta(days=older_than_days)
    async with open_desk(settings) as desk:
        count = await desk.upkeep.purge_dead(keys, workspace=workspace, before=before)
    print(f"{count:,} dead letters deleted.")
    return 0
