"""What a worker says of itself: facts, readiness and gauges, from its first moment on. Shell."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from worker.domain.errors import QueueUnavailable, StoreUnavailable
from worker.services.engine import Engine
from worker.telemetry import Gauge
from worker.usage_watch import UsageWatch
from worker.web.health import Check


class Vitals:
    """A worker as seen from outside: a ``Health``. Until ``engine`` is there it is starting, and ``waiting_for`` says
    what it waits for; ``usage`` knows what is left with providers."""

    def __init__(self, queue: str, slots: int) -> None:
        self._queue = queue
        self._slots = slots
        self._started_at = datetime.now(UTC)
        self.waiting_for = ""
        self.engine: Engine | None = None
        self.usage: UsageWatch | None = None

    def about(self) -> Mapping[str, Any]:
        """Facts that are known without asking anybody."""
        known = {
            "version": package_version(),
            "started_at": self._started_at.isoformat(),
            "queue": self._queue,
        }
        if self.engine is None:
            return {**known, "worker_exists": False}
        return {
            **known,
            "worker_id": self.engine.worker,
            "worker_exists": True,
            "in_flight": self.engine.consumer.busy,
            "jobs_processed": self.engine.processed,
            "jobs_failed": self.engine.failed,
            "loop_lag_worst_s": round(self.engine.loop_lag.worst_s, 3),
        }

    async def checks(self) -> Sequence[Check]:
        """Whether Redis and PostgreSQL answer, and whether jobs are taken."""
        if self.engine is None:
            return [Check("start", ok=False, detail="still starting: " + (self.waiting_for or "opening"))]
        redis, postgres = await asyncio.gather(_probe(self.engine.queue.ping), _probe(self.engine.store.ping))
        intake = "stopping" if self.engine.stopping else ""
        return [
            Check("redis", ok=not redis, detail=redis),
            Check("postgres", ok=not postgres, detail=postgres),
            Check("intake", ok=not intake, detail=intake),
        ]

    async def gauges(self) -> Sequence[Gauge]:
        """Queue depths and slots, looked up at a scrape."""
        if self.engine is None:
            return []
        client, keys = self.engine.client, self.engine.queue.keys
        async with client.pipeline(transaction=False) as pipe:
            for stream in keys.streams:
                pipe.xlen(stream)
            pipe.zcard(keys.delayed)
            pipe.xlen(keys.dead)
            *lengths, delayed, dead = await pipe.execute()
        return [
            *(
                Gauge("queue_length", length, "Entries in a lane, running ones included.", {"stream": stream})
                for stream, length in zip(keys.streams, lengths, strict=True)
            ),
            Gauge("delayed", delayed, "Jobs that run later."),
            Gauge("dead_letters", dead, "Dead letters in Redis."),
            Gauge("slots_in_use", self.engine.consumer.busy, "Runs under way here."),
            Gauge("slots", self._slots, "Most runs under way here."),
            *(self.usage.gauges() if self.usage else ()),
        ]


def package_version() -> str:
    """The installed version of enrichd."""
    return version("enrichd")


async def _probe(ping: Callable[[], Awaitable[None]]) -> str:
    """'' when it answers, else what is wrong."""
    try:
        await ping()
    except (QueueUnavailable, StoreUnavailable) as error:
        return str(error)
    return ""
