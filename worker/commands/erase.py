"""``enrichd erase``: a person or company leaves everything; only salted hashes stay."""

from rich.console import Console
from rich.markup import escape

from config.settings import Settings
from worker.commands.servers import servers
from worker.domain.errors import EnrichdError
from worker.domain.fields import InvalidValue
from worker.services.eraser import Erased


class ErasureProblem(EnrichdError):
    """The reference names nobody."""


async def erase(settings: Settings, workspace: str, reference: str, extra: list[str], wait_s: float) -> int:
    """Erase, and print the report; exit code 1 while something is left."""
    from worker.cache.keys import RecordKeys
    from worker.cache.records import Loaded, RecordCache
    from worker.queue.client import open_client
    from worker.queue.keys import Keys
    from worker.services.eraser import Eraser, Lanes
    from worker.services.redis_sweep import RedisSweep, Scope
    from worker.store.claims import load_record
    from worker.store.pool import open_pool
    from worker.store.records import Records
    from worker.store.suppressions import Suppressions

    async with servers(settings) as where:
        pool = await open_pool(where.database_url, max_size=2, statement_cache=settings.database_statement_cache)
        timeout_s = settings.redis_timeout_ms / 1000
        queue = open_client(where.redis_url, socket_timeout_s=timeout_s)
        cache = open_client(settings.cache_redis_url or where.redis_url, socket_timeout_s=timeout_s)

        async def load(asked_workspace: str, key: str) -> Loaded:
            return Loaded(*await load_record(pool, asked_workspace, key))

        try:
            keys = Keys(settings.queue_name)
            lanes = frozenset(keys.streams)
            scope = Scope(
                (f"{settings.queue_name}-", f"{settings.queue_name}:", f"{settings.namespace}:"),
                (keys.job_prefix,),
                lanes,
                (f"{keys.parked}:",),
            )
            records = RecordCache(cache, RecordKeys(settings.namespace), load)
            sweeps = [
                RedisSweep(client, scope) for client in ((queue, cache) if settings.cache_redis_url else (queue,))
            ]
            eraser = Eraser(
                Records(pool), Suppressions(pool), Lanes(queue, sorted(lanes), keys.group), sweeps, records.forget
            )
            found = await eraser.erase(workspace, reference, extra=extra, wait_s=wait_s)
        except InvalidValue as problem:
            raise ErasureProblem(f"{reference!r} names no company and no person: {problem}") from problem
        finally:
            await queue.aclose()
            await cache.aclose()
            await pool.close()
    _print(Console(), found)
    return 0 if found.closed else 1


def _print(console: Console, found: Erased) -> None:
    console.print(f"Erasure {found.number}: {len(found.keys)} keys suppressed, only salted hashes of them stay.")
    for place, count in sorted(found.removed.items()):
        console.print(f"  removed from {escape(place)}: {count}")
    for place, count in sorted(found.left.items()):
        console.print(f"  [yellow]still in[/] {escape(place)}: {count}")
    for stream, entry in sorted(found.waiting.items()):
        console.print(
            f"  [yellow]waiting for[/] {escape(stream)} to pass {entry}: queued entries are dropped at pickup"
        )
    console.print("[green]Closed: nothing is left.[/]" if found.closed else "Open: run the command again.")
