"""A thousand contacts of a thousand jobs at Apollo's door: few requests, and each job pays for its own."""

import asyncio
from typing import Any

import asyncpg
from redis.asyncio import Redis

from simulator import Simulator
from simulator.world import Person
from tests.support.hubs import open_process
from worker.domain.finding import Outcome
from worker.domain.provider import Ask, Provider
from worker.domain.subject import Entity, Subject
from worker.gateway.gateway import JobGateway
from worker.providers import apollo

CONTACTS = 1_000
MOST_CALLS = 110
CENTS_10 = 100_000


def contact(email: str) -> Subject:
    """Somebody known by address."""
    return Subject(Entity.PERSON, f"person:mailto:{email}", {"person_email": email})


async def test_a_thousand_contacts(redis_client: Redis, pg_pool: "asyncpg.Pool[Any]") -> None:
    """1,000 contacts, every tenth of them unknown: at most 110 requests; found ones cost their job 10 cents, others
    nothing; ledger and bill agree; asked again, nothing is sent."""
    world = Simulator(companies=1_000, coverage={"apollo": 1.0}, limits={"apollo": "0"})
    async with world as sim, open_process(redis_client, pg_pool) as process:
        provider = apollo.open_provider({**sim.env, **sim.keys, "APOLLO_RATE_LIMIT_PER_MINUTE": "100000"})
        assert isinstance(provider, Provider)
        known = _known(sim)
        emails = [f"nobody-{n}@none.example" if n % 10 == 0 else known[n].email for n in range(CONTACTS)]

        async def lookup(number: int, gateway: JobGateway) -> tuple[Outcome, int]:
            ask = Ask("default", contact(emails[number]), frozenset({"person_title"}))
            finding = await provider.lookup(ask, gateway)
            return finding.outcome, gateway.provider_micros

        jobs = [process.job(f"{n}", max_cost_micros=CENTS_10, spent_micros=0) for n in range(CONTACTS)]
        told = await asyncio.gather(*(lookup(n, job) for n, job in enumerate(jobs)))
        calls = sum(seen.provider == "apollo" for seen in sim.requests)
        print(f"{CONTACTS} contacts in {calls} calls to Apollo")
        assert calls <= MOST_CALLS
        for number, (outcome, micros) in enumerate(told):
            expected = (Outcome.MISS, 0) if number % 10 == 0 else (Outcome.HIT, CENTS_10)
            assert (outcome, micros) == expected, emails[number]
        charged = await pg_pool.fetch("SELECT job_id, charged_micros FROM provider_calls WHERE charge = 'charged'")
        assert {row["job_id"] for row in charged} == {str(n) for n in range(CONTACTS) if n % 10}
        assert sum(row["charged_micros"] for row in charged) == sim.bill.total_micros() == 900 * CENTS_10

        again = await lookup(1, process.job("again", max_cost_micros=CENTS_10, spent_micros=0))
        assert again == (Outcome.HIT, 0)
        assert sum(seen.provider == "apollo" for seen in sim.requests) == calls


def _known(sim: Simulator) -> list[Person]:
    """People with addresses of their own, of generated companies: coverage is about those."""
    made = {company.domain for company in sim.world.companies if company.made}
    asked = [person for person in sim.world.people if person.domain in made and not person.suppressed]
    return list({person.email: person for person in asked if person.email}.values())
