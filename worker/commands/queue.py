"""``enrichd queue``: how deep the lanes are and who works on what, live, with the redis-cli line for each figure."""

import asyncio
from collections.abc import Iterator
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from config.settings import Settings
from worker.commands.desk import open_desk
from worker.queue.control import Depth
from worker.queue.keys import Keys

REFRESH_S: Final = 1.0


async def show(settings: Settings, *, once: bool, recipes: bool) -> int:
    """Print the queue, or keep it on the screen until Ctrl-C."""
    console = Console(highlight=False)
    async with open_desk(settings) as desk:
        if once or recipes or not console.is_terminal:
            console.print(rendered(await desk.control.depth()))
            if recipes:
                for what, line in redis_lines(desk.control.keys):
                    console.print(f"[dim]# {escape(what)}[/]\n{escape(line)}", soft_wrap=True)
            return 0
        with Live(rendered(await desk.control.depth()), console=console, screen=False, auto_refresh=False) as live:
            while True:
                await asyncio.sleep(REFRESH_S)
                live.update(rendered(await desk.control.depth()), refresh=True)


async def clear(settings: Settings) -> int:
    """Cancel, by mark, everything that waits in the lanes now; running jobs go on."""
    async with open_desk(settings) as desk:
        count = await desk.control.clear()
    print(f"Marked: what waits in the lanes now (about {count:,} entries) will be cancelled when it is read.")
    return 0


def rendered(depth: Depth) -> RenderableType:
    """The whole queue: a table of lanes, a line of totals, a table of who works on what."""
    lanes = Table(box=SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for title in ("lane", "entries", "not read", "running", "oldest"):
        lanes.add_column(title, justify="left" if title == "lane" else "right")
    for lane in depth.lanes:
        lag = "?" if lane.lag is None else f"{lane.lag:,}"
        lanes.add_row(
            lane.stream, f"{lane.length:,}", lag, f"{lane.pending:,}", age(lane.oldest_s) if lane.length else ""
        )
    due = "" if depth.next_due_s is None else f", the next in {age(max(depth.next_due_s, 0.0))}"
    lines = [f"delayed {depth.delayed:,}{due}   dead {depth.dead:,}   parked {sum(depth.parked.values()):,}"]
    if depth.paused:
        lines.append(f"[yellow]paused: {escape(', '.join(depth.paused))}[/]")
    workers = Table(box=SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    workers.add_column("worker")
    workers.add_column("in flight", justify="right")
    for name, count in sorted(depth.consumers.items()):
        workers.add_row(escape(name), f"{count:,}")
    return Group(lanes, *lines, workers if depth.consumers else "no worker has read this queue yet")


def redis_lines(keys: Keys) -> Iterator[tuple[str, str]]:
    """(what it shows, the redis-cli line) for every figure of ``rendered``."""
    lane = keys.streams[0]
    yield "entries in a lane, running ones included", f"redis-cli XLEN {lane}"
    yield "not read yet (lag), read and running (pending)", f"redis-cli XINFO GROUPS {lane}"
    yield "the oldest entry; its id starts with its time in ms", f"redis-cli XRANGE {lane} - + COUNT 1"
    yield "in flight per worker", f"redis-cli XINFO CONSUMERS {lane} {keys.group}"
    yield "delayed jobs, and when the next is due (ms)", f"redis-cli ZRANGE {keys.delayed} 0 0 WITHSCORES"
    yield "the last dead letter, with its reason", f"redis-cli XREVRANGE {keys.dead} + - COUNT 1"
    yield "what is paused", f"redis-cli HGETALL {keys.paused}"
    yield "what is parked, by workspace or kind", f"redis-cli HGETALL {keys.parked}"
    yield "one job", f"redis-cli HGETALL {keys.job_prefix}<id>"
    yield "what just ended", f"redis-cli XREVRANGE {keys.events} + - COUNT 5"


def age(seconds: float) -> str:
    """A length of time in one unit.

    >>> age(0.2), age(75), age(7200)
    ('200 ms', '75 s', '120 min')
    """
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
