"""``python -m benchmarks``: enrichd, the bare loop and peers in one run, on servers started for it."""

import argparse
import asyncio
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import asyncpg
from redis import Redis
from rich.console import Console

from benchmarks import environments, overhead, report
from benchmarks.measure import Bench, CellFailed
from benchmarks.report import Cell
from benchmarks.systems import ALL_PEERS, OWN, USUAL_PEERS, System, own_systems, peer_systems
from worker.embedded import join
from worker.store.migrate import migrate

#: What ``--only`` calls the jobs that make provider calls.
OVERHEAD = "overhead"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    every = (*OWN, *ALL_PEERS, OVERHEAD)
    usual = every if os.environ.get("ALL") == "1" else ("enrichd", "bare", *USUAL_PEERS, OVERHEAD)
    parser.add_argument("--only", nargs="+", choices=every, help="some of the systems; overhead is a table of its own")
    parser.add_argument("--window", type=float, default=15.0, help="seconds of steady state a cell (15)")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of all cells by turns; the median counts (3)")
    parser.add_argument("--slots", type=int, default=100, help="jobs at a time, the same for all (100)")
    parser.add_argument("--samples", type=int, default=1000, help="latency samples a cell (1000), 0 for none")
    parser.add_argument("--spacing", type=float, default=0.02, help="mean seconds between samples (0.02)")
    parser.add_argument("--fsync", choices=["always", "everysec", "no"], default="everysec", help="Redis's appendfsync")
    parser.add_argument("--postgres-fsync", choices=["on", "off"], default="on")
    parser.add_argument("--redis-server", type=Path, help="another server binary than the embedded Valkey")
    parser.add_argument("--no-throughput", action="store_true")
    parser.add_argument("--json", type=Path, help="also write the figures to a file")
    parser.set_defaults(usual=usual)
    return parser.parse_args()


async def prepare(database_url: str) -> None:
    """An empty, migrated database with nothing left to be written out."""
    await migrate(database_url)
    connection = await asyncpg.connect(database_url)
    try:
        await connection.execute("TRUNCATE enrichment_jobs")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def choose(options: argparse.Namespace, redis_url: str, database_url: str) -> list[System]:
    """The systems to measure, enrichd first."""
    own = own_systems(redis_url, database_url, options.slots)
    wanted = options.only or options.usual
    return [system for system in own + peer_systems(ALL_PEERS) if system.key in wanted]


def main() -> None:
    options = arguments()
    console = Console(width=None if sys.stdout.isatty() else 100)
    status = Console(stderr=True)
    wanted = options.only or options.usual
    figures: dict[str, object] = {}
    if set(wanted) - {OVERHEAD}:
        conditions, cells = no_ops(options, console, status)
        figures |= {"conditions": conditions, "cells": [dataclasses.asdict(cell) for cell in cells]}
    if OVERHEAD in wanted:
        status.print("jobs that call providers ...")
        rounds = asyncio.run(overhead.run(options.slots))
        overhead.show(console, rounds, options.slots)
        figures["overhead"] = [dataclasses.asdict(one) for one in rounds]
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


def no_ops(options: argparse.Namespace, console: Console, status: Console) -> tuple[dict[str, str], list[Cell]]:
    """Measure and print the jobs that do nothing; gives the conditions and the cells."""
    folder = Path(tempfile.mkdtemp(prefix="enrichd-bench-"))
    logs = Path(tempfile.mkdtemp(prefix="enrichd-bench-logs-"))
    conditions = dict(report.machine())
    with (
        join(
            folder,
            durable=options.postgres_fsync == "on",
            ephemeral=True,
            redis_server=options.redis_server,
            valkey_settings={"appendfsync": options.fsync},
        ) as servers,
        Redis.from_url(servers.redis_url) as redis,
    ):
        server = redis.info("server")
        conditions |= {
            "redis": f"{server.get('server_name', 'redis')} {server.get('valkey_version', server['redis_version'])}",
            "appendfsync": options.fsync,
            "postgres fsync": options.postgres_fsync,
            "slots": str(options.slots),
            "window": f"{options.window:g} s",
        }
        bench = Bench(servers, redis, logs, options.slots)
        systems = choose(options, servers.redis_url, servers.database_url)
        rounds = [
            [
                measure(bench, system, options, servers.database_url, status, last=number == options.rounds)
                for system in systems
            ]
            for number in range(1, options.rounds + 1)
        ]
        cells = [median(of_system) for of_system in zip(*rounds, strict=True)]
    report.show(console, cells, conditions)
    if any(cell.problem for cell in cells):
        console.print(f"[dim]Logs of the workers: {logs}[/]")
    else:
        shutil.rmtree(logs)
    return conditions, cells


def median(cells: Sequence[Cell]) -> Cell:
    """The cell of the middle throughput, with the latency that one of them measured."""
    done = sorted(
        (cell for cell in cells if cell.throughput is not None),
        key=lambda cell: cell.throughput.jobs_per_s if cell.throughput else 0.0,
    )
    if not done or any(cell.problem for cell in cells):
        return next((cell for cell in cells if cell.problem), cells[-1])
    latency = next((cell.latency for cell in cells if cell.latency is not None), None)
    rates = tuple(cell.throughput.jobs_per_s for cell in cells if cell.throughput is not None)
    return dataclasses.replace(done[(len(done) - 1) // 2], latency=latency, rates=rates)


def measure(
    bench: Bench, system: System, options: argparse.Namespace, database_url: str, status: Console, *, last: bool = True
) -> Cell:
    """Both measurements of one system, latency in the ``last`` round only; a failure is a cell that says so."""
    cell = Cell(system.key, system.name, system.stores + (f" ({system.note})" if system.note else ""))
    try:
        if system.key in ALL_PEERS:
            status.print(f"{system.name}: environment ...")
            environments.ensure(system.key)
        if not options.no_throughput:
            status.print(f"{system.name}: throughput ...")
            asyncio.run(prepare(database_url))
            cell = dataclasses.replace(cell, throughput=bench.throughput(system, options.window))
        if options.samples and last:
            status.print(f"{system.name}: latency ...")
            asyncio.run(prepare(database_url))
            cell = dataclasses.replace(cell, latency=bench.latency(system, options.samples, options.spacing))
    except (CellFailed, OSError, subprocess.SubprocessError) as error:
        cell = dataclasses.replace(cell, problem=f"failed: {error}")
    return cell


if __name__ == "__main__":
    main()
