"""``enrichd plan``: an App that only prices: the roster, the cache and the hit rates of the settings, and no queue."""

from collections.abc import Iterable
from pathlib import Path

import asyncpg

from config.settings import Settings
from worker.app import App
from worker.commands.plan import plan
from worker.commands.servers import servers
from worker.domain.errors import ConfigError
from worker.store.migrate import migrate


class Pricing(App):
    """The tools that a worker would run these jobs with, used to say what they would cost."""

    async def price(self, lines: Iterable[bytes], *, as_json: bool) -> int:
        """Print the price of a batch of entries, one JSON object a line."""
        async with self.tools_only():
            return await plan(lines, self._tools, self._kinds, self._tools_of, json=as_json)


async def price(settings: Settings, path: Path, *, as_json: bool = False) -> int:
    """Price the jobs of a file; exit code 1 when no line is a job."""
    async with servers(settings) as where:
        if where.embedded:
            await migrate(where.database_url)
        try:
            with path.open("rb") as lines:
                pricing = Pricing(settings, where.redis_url, where.database_url)
                return await pricing.price(lines, as_json=as_json)
        except asyncpg.UndefinedTableError as error:
            raise ConfigError("the database has no tables of this version yet; `enrichd migrate` makes them") from error
