"""``enrichd url``: the address of a server with its password, for redis-cli and psql, and nowhere else."""

from config.settings import Settings
from worker.domain.errors import ConfigError


def url(settings: Settings, server: str) -> str:
    """The address of ``redis`` or ``postgres``. Raises ConfigError when embedded servers are not running."""
    if settings.redis_url is not None and settings.database_url is not None:
        return settings.redis_url if server == "redis" else settings.database_url
    from worker.embedded.servers import default_folder
    from worker.embedded.state import read_state

    folder = (settings.data_dir or default_folder()).expanduser().resolve()
    state = read_state(folder)
    if not state.is_up():
        raise ConfigError(f"no embedded servers are running in {folder}; start them with: enrichd run")
    return state.redis_url if server == "redis" else state.database_url
