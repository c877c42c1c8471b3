"""celery on Redis, run by its own command: one process of greenlets, acknowledged when the job is done, no results."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import time

from celery import Celery
from common import REDIS_URL, SLOTS, become, handled, now, orders, paces

app = Celery("peer", broker=REDIS_URL)
app.conf.update(task_acks_late=True, task_ignore_result=True, worker_hijack_root_logger=False)


@app.task(name="job")
def job(stamp: int) -> None:
    handled(stamp)


def main() -> None:
    what, count, spacing_s = orders()
    if what == "work":
        slots = ["--concurrency", str(SLOTS)] if SLOTS else []
        quiet = ["--without-gossip", "--without-mingle", "--loglevel", "ERROR"]
        become("celery", "-A", "peer", "worker", "--pool", "gevent", *slots, *quiet)
    with app.producer_pool.acquire() as producer:
        if what == "fill":
            for _ in range(count):
                job.apply_async((0,), producer=producer)
        else:
            for pause in paces(count, spacing_s):
                time.sleep(pause)
                job.apply_async((now(),), producer=producer)


if __name__ == "__main__":
    main()
