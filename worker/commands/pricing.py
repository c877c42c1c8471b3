"""``enrichd plan``: an App that only prices: the roster, the cache and the hit rates of the settings, and no queue."""

from collections.abc import Iterable
from pathlib import Path

from config.settings import Settings
from worker.app import App
from worker.commands.plan import plan
from worker.commands.servers import servers


class Pricing(App):
    """The tools that a worker would run these jobs with, used to say what they would cost."""

    async def price(self, lines: Iterable[str]) -> int:
        """Print the price of a batch of entries, one JSON object a line."""
        async with self.tools_only():
            return await plan(lines, self._tools, self._kinds)


async def price(settings: Settings, path: Path) -> int:
    """Price the jobs of a file; exit code 1 when no line is a job."""
    async with servers(settings) as where:
        with path.open(encoding="utf-8") as lines:
            return await Pricing(settings, where.redis_url, where.database_url).price(lines)
