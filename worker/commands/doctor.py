"""``enrichd doctor``: looks at everything a worker needs, and says how to repair what is wrong."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.markup import escape

from config.settings import Settings
from worker.commands.diagnosis import Advice, Level, on_clock, on_postgres, on_providers, on_redis, worst
from worker.commands.servers import servers
from worker.domain.errors import ConfigError

_STYLE: Final = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "bold red"}


async def doctor(settings: Settings) -> int:
    """Print a line per finding; the exit code is 1 when something keeps workers from working."""
    console = Console(highlight=False)
    everything: list[Advice] = []

    def report(title: str, advice: Sequence[Advice]) -> None:
        everything.extend(advice)
        console.print(f"[bold]{title}[/]")
        for item in advice:
            console.print(
                f"  [{_STYLE[item.level]}]{item.level:<4}[/] {item.about}: {escape(item.seen)}", soft_wrap=True
            )
            if item.repair and item.level is not Level.OK:
                console.print(f"       [dim]→ {escape(item.repair)}[/]", soft_wrap=True)

    report("Settings", _settings(settings))
    async with servers(settings) as where:
        report("Redis (embedded)" if where.embedded else "Redis", await _redis(where.redis_url, settings))
        if settings.cache_redis_url:
            report("Cache Redis", await _redis(settings.cache_redis_url, settings))
        report(
            "PostgreSQL (embedded)" if where.embedded else "PostgreSQL", await _postgres(where.database_url, settings)
        )
    report("Providers", await _providers(settings))
    verdict = worst(everything)
    words = {
        Level.OK: "Everything is fine.",
        Level.WARN: "Workers can run; see the warnings.",
        Level.FAIL: "Workers cannot run properly.",
    }
    console.print(f"\n[{_STYLE[verdict]}]{words[verdict]}[/]")
    return 1 if verdict is Level.FAIL else 0


def _settings(settings: Settings) -> list[Advice]:
    misspelt = [Advice("name", Level.WARN, line, "correct or remove it") for line in settings.warnings]
    return misspelt or [Advice("values", Level.OK, "all readable")]


async def _redis(url: str, settings: Settings) -> list[Advice]:
    from worker.queue.client import open_client

    client: Any = open_client(url, socket_timeout_s=settings.redis_timeout_ms / 1000, name="enrichd-doctor")
    try:
        async with client:
            info = {str(name): str(value) for name, value in (await client.info()).items()}
            sent = time.time()
            seconds, micros = await client.time()
            skew_s = seconds + micros / 1e6 - (sent + time.time()) / 2
            config = await _config(client)
    except Exception as error:
        return [Advice("connection", Level.FAIL, f"{type(error).__name__}: {error}", "check REDIS_URL and the server")]
    return [Advice("connection", Level.OK, "answers"), *on_redis(info, config), on_clock("Redis", skew_s)]


async def _config(client: Any) -> Mapping[str, str]:
    """CONFIG GET, which hosted servers often refuse."""
    from redis.exceptions import ResponseError

    try:
        found = {**await client.config_get("appendfsync"), **await client.config_get("maxmemory-policy")}
    except ResponseError:
        return {}
    return {_text(name): _text(value) for name, value in found.items()}


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


async def _postgres(url: str, settings: Settings) -> list[Advice]:
    import asyncpg

    from worker.store.migrate import pending

    try:
        connection = await asyncpg.connect(url, timeout=settings.database_timeout_ms / 1000, statement_cache_size=0)
    except Exception as error:
        return [
            Advice("connection", Level.FAIL, f"{type(error).__name__}: {error}", "check DATABASE_URL and the server")
        ]
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
        version = str(await connection.fetchval("SHOW server_version"))
        most = int(await connection.fetchval("SHOW max_connections"))
        sent = time.time()
        theirs = float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())"))
        skew_s = theirs - (sent + time.time()) / 2
        missing = await pending(connection)
    finally:
        await connection.close()
    wanted = settings.database_pool_max * settings.worker_count
    judged = on_postgres(number, version.split(" ", maxsplit=1)[0], missing, most, wanted)
    return [Advice("connection", Level.OK, "answers"), *judged, on_clock("PostgreSQL", skew_s)]


async def _providers(settings: Settings) -> list[Advice]:
    from worker.providers.roster import open_roster

    try:
        roster = open_roster(settings, settings.plugins)
    except ConfigError as error:
        return [Advice("settings", Level.FAIL, str(error), "correct the setting")]
    await roster.close()
    on = [f"{provider.name} ({provider.stage})" for provider in roster.on]
    return list(on_providers(on, [(f"{off.name} ({off.stage})", off.reason) for off in roster.off]))
