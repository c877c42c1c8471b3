"""The bill: mixed jobs over every simulated provider, a tenth of the replies broken, workers killed in mid-call.

The simulated providers write a bill of their own. What enrichd booked has to agree with it: charged <= bill <=
charged + unknown, and unknown are no more than the questions in flight at the kills and those whose answer never
arrived whole. A worker is frozen before it is killed, so that what it had in flight can be counted.
"""

import asyncio
import random
import time
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from benchmarks.chaos.accounts import Accounts
from benchmarks.chaos.fleet import Worker
from benchmarks.chaos.ground import Ground
from benchmarks.chaos.scenarios import PATIENCE_S
from benchmarks.entries import GROUP, STREAM
from simulator import Simulator
from simulator.faults import Fault
from worker.domain.money import cents

_SLOTS: Final = 16
#: Replies that are worked out, and perhaps billed, and do not arrive as they should.
SPOILT: Final = ("cut", "truncated", "wrong_json", "wrong_types", "lost", "empty", "reset")
KINDS: Final = ("500", "503", *SPOILT)
#: Asked to wait now and then; Hunter says no time to wait, for which ten seconds are taken, too long for a test.
THROTTLED: Final = ("pdl", "enrich_layer", "apollo", "clearbit", "brave", "serper", "tavily", "anthropic")
#: Everything that answers, in an order that gives each of them something to do.
ORDER: Final = "search,hunter,linkedin,apollo,clearbit,email,llm"
COMPANY: Final = "company_name,company_industry,company_size,company_founded_year,company_phone,company_email"
PERSON: Final = "person_email,person_title,person_seniority,person_city,person_linkedin_url"


def entries(simulator: Simulator, jobs: int, dice: random.Random) -> list[dict[str, str]]:
    """Companies, people and addresses in turn; some subjects come again, as they do in life."""
    companies = [company for company in simulator.world.companies if company.made]
    people = list(simulator.world.people)
    made: list[dict[str, str]] = []
    for number in range(jobs):
        company, person = dice.choice(companies), dice.choice(people)
        match number % 4:
            case 0:
                made.append({"type": "company_website", "url": f"http://{company.domain}", "requiredFields": COMPANY})
            case 1:
                made.append({"type": "linkedin_profile", "url": person.linkedin_url, "requiredFields": PERSON})
            case 2:
                made.append({"type": "enrich_contact", "name": person.name, "company_domain": person.domain,
                             "requiredFields": PERSON})  # fmt: skip
            case _:
                made.append({"type": "email_validation", "email": person.email,
                             "requiredFields": "person_email_status,person_email_level"})  # fmt: skip
    return made


async def bill(
    ground: Ground, *, jobs: int = 5_000, companies: int = 1_200, processes: int = 3, kills: int = 6, seed: int = 7
) -> Accounts:
    """Run all jobs to their end under faults and kills, then compare."""
    dice = random.Random(seed)
    async with Simulator(
        companies=companies, seed=seed, fault_rate=0.1, fault_kinds=KINDS, latency_ms=5, jitter_ms=20,
        faults=[Fault("429", provider=name, rate=0.01, retry_after=0.5) for name in THROTTLED],
        coverage=dict.fromkeys(("pdl", "enrich_layer", "apollo", "hunter", "clearbit"), 0.5),
    ) as simulator:  # fmt: skip
        names = [name.removesuffix("_BASE_URL") for name in simulator.env if name.endswith("_BASE_URL")]
        simulator.house.limit_override.update({name.lower(): () for name in names} | {"anthropic": (), "openai": ()})
        settings = {
            **simulator.env,
            **simulator.keys,
            **{f"{name}_RATE_LIMIT_PER_SECOND": "1000" for name in names},
            "APOLLO_RATE_LIMIT_PER_MINUTE": "60000",
            "LINKEDIN_PROVIDER": "pdl,enrich_layer",
            "PDL_API_KEY": "sim-pdl-key-5f0c1d",
            "SEARCH_PROVIDER": "searxng,brave,serper,tavily",
            "PROVIDER_ORDER": ORDER,
            "PLUGINS": "",
            "CONCURRENCY": str(_SLOTS),
            "RETRY_BASE_DELAY": "500",
            "FETCH_HOST_DELAY": "0",
            "USAGE_INTERVAL": "0",
        }
        wanted = entries(simulator, jobs, dice)
        began = time.time()
        for _ in range(processes):
            ground.fleet.start(**settings)
        await ground.send(wanted)
        in_flight = 0
        for number in range(kills):
            await ground.until_ended(jobs * (number + 1) // (kills + 2), PATIENCE_S * 4)
            in_flight += await _killed(ground, dice.choice(ground.fleet.workers))
            ground.fleet.start(**settings)
        seen = await ground.until_ended(jobs, PATIENCE_S * 10)
        await asyncio.sleep(1.0)  # the last ledger rows of calls that nobody waited for
        books = await _books(ground.database_url)
        checks, figures = judge(simulator, books, in_flight)
    lost, doubled = jobs - seen.ended, seen.endings - seen.ended
    ended = (("lost", str(lost), lost == 0), ("ended more than once", str(doubled), doubled == 0))
    took_s = max(0.0, seen.last_at - began)
    name = f"{jobs:,} jobs, {processes} processes, {kills} kills"
    return Accounts(
        name, jobs, lost, doubled, jobs, took_s, (*ended, *checks), title="The bill agrees", counted="questions",
        figures=figures,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Books:
    """What the ledger says: rows and micros, by whether a charge is known."""

    charged: int
    charged_micros: int
    unknown: int
    unknown_micros: int


async def _killed(ground: Ground, victim: Worker) -> int:
    """Freeze a worker, count the questions it has in flight, kill it."""
    victim.freeze()
    await asyncio.sleep(0.3)  # what it had sent to PostgreSQL is committed
    pending: list[Any] = await ground.redis.xpending_range(STREAM, GROUP, "-", "+", 10_000)
    mine = [item for item in pending if f"-{victim.pid}-".encode() in item["consumer"]]
    names = [f"{STREAM}/{item['message_id'].decode()}" for item in mine]
    connection = await asyncpg.connect(ground.database_url)
    try:
        count = await connection.fetchval(
            "SELECT count(*) FROM provider_calls WHERE charge = 'reserved' AND job_id = ANY($1)", names
        )
    finally:
        await connection.close()
    await asyncio.to_thread(ground.fleet.kill, victim)
    return int(count)


async def _books(database_url: str) -> Books:
    connection = await asyncpg.connect(database_url)
    try:
        row = await connection.fetchrow(
            "SELECT count(*) FILTER (WHERE charge = 'charged') AS charged,"
            " coalesce(sum(charged_micros) FILTER (WHERE charge = 'charged'), 0)::bigint AS charged_micros,"
            " count(*) FILTER (WHERE charge IN ('unknown', 'reserved')) AS unknown,"
            " coalesce(sum(max_micros) FILTER (WHERE charge IN ('unknown', 'reserved')), 0)::bigint AS unknown_micros"
            " FROM provider_calls"
        )
    finally:
        await connection.close()
    assert row is not None
    return Books(**dict(row))


def judge(
    simulator: Simulator, books: Books, in_flight: int
) -> tuple[tuple[tuple[str, str, bool], ...], tuple[tuple[str, int, float], ...]]:
    """What was promised, and the figures behind it."""
    lines = [line for line in simulator.bill.lines() if line.micros]
    billed, billed_micros = sum(line.billed for line in lines), simulator.bill.total_micros()
    again = sum(line.rebilled for line in lines)
    again_micros = sum(line.rebilled_micros for line in lines)
    spoilt = sum(seen.questions for seen in simulator.requests if seen.fault in SPOILT)
    bound = in_flight + spoilt
    most = books.charged_micros + books.unknown_micros
    checks = (
        (
            "charged beyond the bill",
            _cents(books.charged_micros - billed_micros),
            books.charged_micros <= billed_micros,
        ),
        ("bill beyond charged + unknown", _cents(billed_micros - most), billed_micros <= most),
        (f"unknown (at most {bound:,})", f"{books.unknown:,}", books.unknown <= bound),
        (f"identical questions billed again (at most {bound:,})", f"{again:,}", again <= bound),
        ("providers that billed something", str(len({line.provider for line in lines})), billed > 0),
    )
    figures = (
        ("charged", books.charged, cents(books.charged_micros)),
        ("the providers' bill", billed, cents(billed_micros)),
        ("charged + unknown", books.charged + books.unknown, cents(most)),
        ("unknown", books.unknown, cents(books.unknown_micros)),
        ("in flight at the kills", in_flight, 0.0),
        ("answers that never arrived whole", spoilt, 0.0),
        ("identical questions billed again", again, cents(again_micros)),
    )
    return checks, figures


def _cents(micros: int) -> str:
    return f"{cents(micros):,.2f} cents"
