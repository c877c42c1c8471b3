"""The demo as the user sees it: what starts, progress while jobs end, a table, the odd ones explained, the bill."""

import asyncio
import signal
import time
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from typing import Any, Final, TypeVar

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from worker.commands.show import gap_line, going_on_line
from worker.demo.plan import Asked, first_wave, second_wave
from worker.demo.stage import QUEUE, Stage, ask, open_stage
from worker.demo.table import found, jobs_table, sources, subject, took
from worker.demo.watch import Watcher, open_watcher
from worker.domain.money import cents

T = TypeVar("T")

#: What a call to the simulated world takes; real providers are slower.
LATENCY_MS: Final = 80
SLOTS: Final = 10
LOOK_INSIDE: Final = (
    "redis-cli -u %(redis)s XINFO GROUPS enrichment-jobs",
    "redis-cli -u %(redis)s XREVRANGE enrichment-dead + - COUNT 1",
    "psql %(postgres)s -c 'SELECT status, result_status, count(*) FROM enrichment_jobs GROUP BY 1, 2'",
    "psql %(postgres)s -c 'SELECT field, value, source, confidence FROM claims LIMIT 20'",
    "curl -s %(health)s/metrics | grep ^enrichd_",
)


class Interrupted(Exception):
    """Ctrl-C, SIGTERM, or a terminal that was closed."""


def demo(*, keep: bool, jobs: int) -> int:
    """Run the demo on this terminal; exit code 0 when every job ended, 130 after Ctrl-C. Leaves nothing running."""
    console = Console(highlight=False)
    try:
        return asyncio.run(_demo(console, keep=keep, jobs=jobs))
    except Interrupted:
        with suppress(OSError):  # the terminal may be the thing that went away
            console.print("\nStopped; nothing is left running.")
        return 130


async def _demo(console: Console, *, keep: bool, jobs: int) -> int:
    """Start, show, stop. Only what is being shown is ever cancelled: the stopping runs undisturbed."""
    began = time.monotonic()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        with console.status("Starting Valkey, PostgreSQL, a simulated outside world and a worker ..."):
            opened = stack.enter_async_context(open_stage(latency_ms=LATENCY_MS, slots=SLOTS))
            stage = await _unless(stop, opened)
        console.print(f"Up in {time.monotonic() - began:.1f} s: servers, outside world, one worker of {SLOTS} slots.")
        watcher = await _unless(stop, stack.enter_async_context(open_watcher(stage)))
        complete = await _unless(stop, _show(console, stage, watcher, jobs), insist_s=0.5)
        _look_inside(console, stage, keep=keep)
        console.print(f"[dim]{time.monotonic() - began:.0f} s in all.[/]")
        if keep:
            console.print("Staying up. Ctrl-C ends it and removes everything.")
            await stop.wait()
            raise Interrupted
    return 0 if complete else 1


async def _unless(stop: asyncio.Event, steps: Coroutine[Any, Any, T], insist_s: float | None = None) -> T:
    """What the steps return. Raises Interrupted once they are over, when ``stop`` is set before.

    ``insist_s`` cancels again and again: clients in the middle of a reply may swallow it once.
    """
    doing, waiting = asyncio.ensure_future(steps), asyncio.ensure_future(stop.wait())
    await asyncio.wait({doing, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not stop.is_set():
        return await doing
    doing.cancel()
    while (await asyncio.wait({doing}, timeout=insist_s))[1]:
        doing.cancel()
    if not doing.cancelled():
        doing.exception()  # looked at: what went wrong while it was being stopped is of no interest
    raise Interrupted


async def _show(console: Console, stage: Stage, watcher: Watcher, count: int) -> bool:
    asked = first_wave(stage.world, QUEUE, count)
    console.print(f"\n[bold]1. Adding {len(asked)} jobs with plain XADD[/], the first of them:")
    console.print(f"   redis-cli {asked[0].command}\n", soft_wrap=True)
    wave = await _run_wave(console, watcher, asked)
    rows = await watcher.rows(wave)
    required = {job_id: item.required for job_id, item in wave.items()}
    console.print(jobs_table([row for row in rows if row["status"] != "dead_letter"], required, console.width))
    _explain(console, rows, wave)
    again = await _again(console, watcher, asked)
    await _bill(console, stage, [*rows, *again])
    return len(rows) == len(wave)


async def _run_wave(console: Console, watcher: Watcher, asked: Sequence[Asked]) -> dict[str, Asked]:
    """Add the entries and show a bar until all have ended."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
    )  # fmt: skip
    with Progress(*columns, console=console, expand=True) as progress:
        wave = await watcher.add(asked)
        task = progress.add_task("waiting", total=len(wave), rate="")
        began = time.monotonic()
        done = 0
        async for job_id, how in watcher.ended(wave):
            done += 1
            rate = f"{done / max(time.monotonic() - began, 0.001):.0f} jobs/s"
            text = f"{how.replace('_', ' ')} {subject(wave[job_id].fields['url'])}"[:34]
            progress.update(task, advance=1, description=f"{escape(text):<34}", rate=rate)
        progress.update(task, description=f"{'all jobs have ended':<34}")
    return wave


def _explain(console: Console, rows: Sequence[Mapping[str, Any]], wave: Mapping[str, Asked]) -> None:
    """One partial job, one failed job, and the entry that was none: why."""
    console.print("[bold]2. The odd ones, explained[/]")
    for outcome in ("partial", "failed", "dead_letter"):
        told = [row for row in rows if outcome in (row["result_status"], row["status"])]
        row = next((row for row in told if wave[row["id"]].why), told[0] if told else None)
        if row is None:
            continue
        asked = wave[row["id"]]
        tried = f", tried {row['attempts']} times" if row["attempts"] > 1 else ""
        console.print(f"   [bold]{outcome.replace('_', ' ')}[/] {escape(subject(row['url'] or asked.fields['url']))}: "
                      f"{escape(asked.why or 'asked like the others')}{tried}")  # fmt: skip
        for gap in row["result"].get("gaps", ()):
            console.print(f"     {escape(gap_line(gap))}", soft_wrap=True)
            if going_on := going_on_line(gap):
                console.print(f"       [dim]{escape(going_on)}[/]", soft_wrap=True)
        if row["error_message"]:
            console.print(f"     {escape(row['error_message'])}", soft_wrap=True)


async def _again(console: Console, watcher: Watcher, asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Ask for parts of what is known now; nobody outside is asked."""
    wave = await watcher.add(second_wave(asked))
    async for _ in watcher.ended(wave):
        pass
    rows = await watcher.rows(wave)
    got = {row["id"]: found(row["result"], wave[row["id"]].required) for row in rows}
    hits = [row for row in rows if sources(row["result"]) == ["cache"] and got[row["id"]]]
    console.print(f"\n[bold]3. The same subjects again[/]: {len(hits)} of {len(rows)} answered by the cache")
    for row in rows:
        names = ", ".join(got[row["id"]]) or "nothing"
        by = ", ".join(sources(row["result"])) or "nobody"
        line = f"   {subject(row['url'] or '')}: {names} from {by}, {cents(row['cost_micros']):g} cents, {took(row)}"
        console.print(escape(line), soft_wrap=True)
    return rows


async def _bill(console: Console, stage: Stage, rows: Sequence[Mapping[str, Any]]) -> None:
    """What enrichd says it spent, beside what the simulated providers would bill."""
    spent = sum(row["cost_micros"] for row in rows)
    billed = (await ask(stage.simulator, "bill"))["total"]["micros"]
    words = {"completed": 0, "failed": 0, "dead_letter": 0}
    for row in rows:
        words[row["status"]] = words.get(row["status"], 0) + 1
    console.print(
        f"\n[bold]4. The bill[/]: {len(rows)} jobs, "
        + ", ".join(f"{n} {w.replace('_', ' ')}" for w, n in words.items())
    )
    console.print(f"   enrichd counted {cents(spent):.2f} cents, the providers bill {cents(billed):.2f} cents")


def _look_inside(console: Console, stage: Stage, *, keep: bool) -> None:
    """The lines to look at the same with everybody's tools."""
    when = "Look inside, in another terminal" if keep else "Look inside: `make demo ARGS=--keep` stays up and prints"
    console.print(f"\n[bold]5. {when}[/]")
    health = stage.health.removesuffix("/health")
    places = (stage.redis_url, stage.database_url, health) if keep else ("$REDIS_URL", "$DATABASE_URL", "$HEALTH")
    for line in LOOK_INSIDE:
        console.print(
            "   " + escape(line % dict(zip(("redis", "postgres", "health"), places, strict=True))), soft_wrap=True
        )
