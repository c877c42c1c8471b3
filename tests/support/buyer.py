"""A process that buys numbered answers: ``python -m tests.support.buyer REDIS DSN URL QUESTIONS SLOTS``.

Prints how often each outcome came, as JSON. A question that failed for the moment is asked again.
"""

import asyncio
import json
import sys
from collections import Counter

import asyncpg
from redis.asyncio import Redis

from tests.support.hubs import call, get, open_process, read
from worker.domain.finding import Outcome
from worker.gateway.accounts import AccountOptions
from worker.gateway.breaker import BreakerPolicy
from worker.gateway.options import GatewayOptions


async def main(redis_url: str, dsn: str, url: str, questions: int, slots: int) -> None:
    """Buy them all."""
    # The breaker is not what is looked at: nine of ten calls succeed anyway.
    options = GatewayOptions(accounts=AccountOptions(hold_s=0.5, breaker=BreakerPolicy(share=1.1)))
    outcomes: Counter[str] = Counter()
    numbers = iter(range(questions))
    async with (
        Redis.from_url(redis_url) as redis,
        asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool,
        open_process(redis, pool, options) as process,
    ):

        async def slot() -> None:
            for number in numbers:
                asking = call(f"{number}", timeout_s=2.0)
                for _ in range(3):
                    job = process.job(f"job-{number}")
                    answer = await job.request(asking, get(url, q=f"{number}"), read)
                    if answer.outcome is not Outcome.TRANSIENT:
                        break
                outcomes[answer.outcome] += 1

        await asyncio.gather(*(slot() for _ in range(slots)))
    print(json.dumps(outcomes), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])))
