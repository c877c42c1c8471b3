"""Savings: many jobs on few subjects in eight processes; whoever is needed is asked once, and paid once."""

import random
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import asyncpg
import orjson

from benchmarks.chaos.accounts import Accounts
from benchmarks.chaos.ground import Ground
from benchmarks.chaos.offers import FIELDS, OFFERS, knows, needs, world
from benchmarks.chaos.scenarios import PATIENCE_S
from worker.domain.money import MICROS_PER_CENT


async def savings(ground: Ground, *, jobs: int = 1_000, subjects: int = 300, workers: int = 8) -> Accounts:
    """Calls are the distinct (provider, subject) needs, misses too; what was saved, in calls and cents."""
    dice = random.Random(11)
    entries = [
        {"id": f"job-{number}", "type": "company_website", "url": f"https://c{dice.randrange(subjects)}.example",
         "requiredFields": ",".join(sorted(dice.sample(FIELDS, dice.randint(1, 4))))}
        for number in range(jobs)
    ]  # fmt: skip
    async with world() as (url, asked):
        settings = {
            "PLUGINS": "benchmarks.chaos.offers",
            "OFFERS_URL": url,
            "PROVIDER_ORDER": ",".join(OFFERS),
            "CONCURRENCY": "4",
        }
        for _ in range(workers):
            ground.fleet.start(**settings)
        began = time.time()
        await ground.send(entries)
        seen = await ground.until_ended(jobs, PATIENCE_S * 2)
        results, charged = await _results(ground.database_url)
    wanted = [need for entry in entries for need in needs(_domain(entry), entry["requiredFields"].split(","))]
    checks, figures = judge(wanted, asked, results, charged, jobs)
    took_s = max(0.0, seen.last_at - began)
    lost, doubled = jobs - seen.ended, seen.endings - seen.ended
    name = f"{workers} workers, {subjects} subjects"
    return Accounts(
        name, jobs, lost, doubled, jobs, took_s, checks, title="Savings", counted="calls", figures=figures
    )  # fmt: skip


def judge(
    wanted: list[tuple[str, str]],
    asked: Mapping[tuple[str, str], int],
    results: list[Mapping[str, Any]],
    charged: int,
    jobs: int,
) -> tuple[tuple[tuple[str, str, bool], ...], tuple[tuple[str, int, int], ...]]:
    """What was promised, and what was saved by whom."""
    distinct = set(wanted)
    calls, bill = sum(asked.values()), sum(_cents(*need) * times for need, times in asked.items())
    checks = (
        ("calls beyond the distinct needs", str(calls - len(distinct)), calls == len(distinct)),
        ("needs that nobody was asked for", str(len(distinct - asked.keys())), distinct == set(asked)),
        ("charged beside the bill", f"{charged / MICROS_PER_CENT - bill:g} cents", charged == bill * MICROS_PER_CENT),
        ("jobs without a result", str(jobs - len(results)), len(results) == jobs),
    )
    # Without any of it, every provider is asked about every job's subject.
    domains = [result["domain"] for result in results]
    every = [(name, domain) for domain in domains for name in OFFERS]
    shared = Counter(
        (stage["provider"], result["domain"])
        for result in results
        for stage in result["stages"]
        if stage.get("reused") and stage.get("provider")
    )
    by_answers = sum(shared.values())
    by_records = len(wanted) - calls - by_answers
    cents_by_answers = sum(_cents(*need) * times for need, times in shared.items())
    cents_by_records = sum(_cents(*need) for need in wanted) - bill - cents_by_answers
    early = len(every) - len(wanted), sum(_cents(*need) for need in every) - sum(_cents(*need) for need in wanted)
    rows = (
        ("everybody asked for every job", len(every), sum(_cents(*need) for need in every)),
        ("saved by stopping early", *early),
        ("saved by records and silences", by_records, cents_by_records),
        ("saved by answers and single-flight", by_answers, cents_by_answers),
        ("asked and paid", calls, bill),
    )
    return checks, rows


def _cents(provider: str, domain: str) -> int:
    return OFFERS[provider][0] if knows(provider, domain) else 0


def _domain(entry: Mapping[str, str]) -> str:
    return entry["url"].removeprefix("https://")


async def _results(database_url: str) -> tuple[list[Mapping[str, Any]], int]:
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch("SELECT url, result FROM enrichment_jobs WHERE result IS NOT NULL")
        charged = await connection.fetchval("SELECT coalesce(sum(charged_micros), 0)::bigint FROM provider_calls")
    finally:
        await connection.close()
    return [{**orjson.loads(row["result"]), "domain": _domain(dict(row))} for row in rows], charged
