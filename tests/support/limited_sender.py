"""A process with more to send than it may: ``python -m tests.support.limited_sender URL SECONDS COUNT:WINDOW,...``.

Prints the time of every send as a JSON list.
"""

import asyncio
import json
import sys
import time

from redis.asyncio import Redis

from worker.domain.call import Call, Limit
from worker.domain.lane import Lane
from worker.gateway.accounts import AccountOptions, Accounts, Permit
from worker.gateway.turn import Turns

PROCESSES = 4
JOBS = 8


async def main(url: str, seconds: float, limits: tuple[Limit, ...]) -> None:
    """Send as fast as one is let, then print."""
    asking = Call("oracle", "company", "x", account="f00d", limits=limits)
    stamps: list[float] = []
    ends_at = time.monotonic() + seconds
    async with Redis.from_url(url, socket_timeout=1.0, socket_connect_timeout=1.0) as redis:
        accounts = Accounts(redis, options=AccountOptions(processes=PROCESSES))
        turns = Turns(accounts)

        async def job(number: int) -> None:
            turn = 0
            while time.monotonic() < ends_at:
                turn += 1
                ticket = f"{sys.argv[0]}-{id(stamps)}-{number}-{turn}"
                permit = await turns.take(asking, ticket, Lane.JOBS)
                if isinstance(permit, Permit):
                    stamps.append(time.time())
                else:
                    await asyncio.sleep(min(permit.retry_after_s, max(0.0, ends_at - time.monotonic())))

        await asyncio.gather(*(job(number) for number in range(JOBS)))
    print(json.dumps(stamps), flush=True)


if __name__ == "__main__":
    parts = (part.split(":") for part in sys.argv[3].split(","))
    chosen = tuple(Limit(int(count), float(window)) for count, window in parts)
    asyncio.run(main(sys.argv[1], float(sys.argv[2]), chosen))
