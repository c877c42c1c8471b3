"""A town for tests of the whole daemon."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.town import Town, open_town
from worker.embedded import EmbeddedServers


@pytest.fixture
async def town(embedded_servers: EmbeddedServers, redis_url: str, pg_dsn: str, tmp_path: Path) -> AsyncIterator[Town]:
    """Real servers and an outside world that answers at once; start workers with ``town.start()``."""
    async with open_town(embedded_servers, redis_url, pg_dsn, tmp_path / "workers.log") as made:
        yield made
