"""dramatiq, run by its own command: one worker process, threads as slots, default middleware, no results."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import logging
import time

import dramatiq
from common import REDIS_URL, SLOTS, become, handled, now, orders, paces
from dramatiq.brokers.redis import RedisBroker

broker = RedisBroker(url=REDIS_URL)
dramatiq.set_broker(broker)


@dramatiq.actor
def job(stamp: int) -> None:
    handled(stamp)


def main() -> None:
    what, count, spacing_s = orders()
    if what == "fill":
        for _ in range(count):
            job.send(0)
    elif what == "probe":
        for pause in paces(count, spacing_s):
            time.sleep(pause)
            job.send(now())
    else:
        threads = ["--threads", str(SLOTS)] if SLOTS else []
        become("dramatiq", "peer", "--processes", "1", *threads)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    main()
