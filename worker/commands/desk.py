"""What operators' verbs work with: the queue's control and PostgreSQL's upkeep, opened for the time of a command."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from config.settings import Settings
from worker.commands.servers import servers
from worker.queue.client import open_client
from worker.queue.control import Control
from worker.queue.keys import Keys
from worker.services.reconciler import Reconciler
from worker.store.pool import open_pool
from worker.store.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Desk:
    """The two sides of a queue. ``publish`` brings rows that were set to run again into their lanes at once."""

    control: Control
    upkeep: Upkeep

    async def publish(self) -> None:
        """Publish pending rows until none is left."""
        reconciler = Reconciler(self.control, self.upkeep, quiet_s=3_600)
        while await reconciler.run_once() is not None:
            pass


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """Connect to both servers. Raises QueueUnavailable or StoreUnavailable from what is done with them."""
    async with servers(settings) as where:
        client = open_client(where.redis_url, socket_timeout_s=settings.redis_timeout_ms / 1000, name="enrichd-cli")
        pool = await open_pool(
            where.database_url, min_size=0, max_size=2, statement_cache=settings.database_statement_cache
        )
        try:
            yield Desk(Control(client, Keys(settings.queue_name)), Upkeep(pool))
        finally:
            await pool.close()
            await client.aclose()
