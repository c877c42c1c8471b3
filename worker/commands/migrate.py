"""``enrichd migrate``: bring the schema up to date; safe to run from many places at once."""

from config.settings import Settings
from worker.commands.servers import servers


async def migrate(settings: Settings) -> None:
    """Apply what is missing and say so."""
    from worker.store.migrate import migrate as apply

    async with servers(settings) as where:
        applied = await apply(where.database_url)
    for name in applied:
        print(f"applied {name}")
    print(f"The schema is up to date ({len(applied)} applied now).")
