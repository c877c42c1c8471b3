"""``enrichd status``: one job, from PostgreSQL, or from Redis while it is not there yet."""

import json
from collections.abc import Mapping
from typing import Any

from config.settings import Settings
from worker.commands.servers import Servers, servers
from worker.queue.keys import Keys


async def find(settings: Settings, where: Servers, workspace: str, job_id: str) -> dict[str, Any] | None:
    """The job as a JSON-safe object; None when neither store knows it."""
    return await _from_postgres(where, workspace, job_id) or await _from_redis(settings, where, workspace, job_id)


async def status(settings: Settings, workspace: str, job_id: str, *, as_json: bool) -> int:
    """Print the job; exit code 1 when nobody knows it."""
    async with servers(settings) as where:
        job = await find(settings, where, workspace, job_id)
    if job is None:
        print(f"No job {job_id} in workspace {workspace}. Ids look like enrichment-jobs/1700000000000-0, or as given.")
        return 1
    if as_json:
        print(json.dumps(job, indent=2, ensure_ascii=False, default=str))
    else:
        from rich.console import Console

        from worker.commands.show import show_job

        show_job(Console(highlight=False), job)
    return 0


async def _from_postgres(where: Servers, workspace: str, job_id: str) -> dict[str, Any] | None:
    import asyncpg

    from worker.store.sql import query

    connection = await asyncpg.connect(where.database_url, statement_cache_size=0)
    try:
        row = await connection.fetchrow(query("find_job"), job_id, workspace)
    except asyncpg.UndefinedTableError:
        return None
    finally:
        await connection.close()
    if row is None:
        return None
    job = {name: value for name, value in row.items() if not name.endswith("_text") and name not in ("log", "tags")}
    return {**job, **{name: json.loads(row[f"{name}_text"] or "null") for name in ("result", "payload")}}


async def _from_redis(settings: Settings, where: Servers, workspace: str, job_id: str) -> dict[str, Any] | None:
    """The job's hash, or its entry in a lane, which carries no more than that it waits."""
    from worker.queue.client import open_client

    keys = Keys(settings.queue_name)
    client: Any = open_client(where.redis_url, socket_timeout_s=settings.redis_timeout_ms / 1000)
    async with client:
        hashed = {
            name.decode(): value.decode() for name, value in (await client.hgetall(keys.job(workspace, job_id))).items()
        }
        stream, _, entry = job_id.rpartition("/")
        waiting = stream in keys.lane_of and await client.xrange(stream, entry, entry, 1)
    if hashed:
        return {"workspace_id": workspace, "id": job_id, **_plain(hashed)}
    return {"workspace_id": workspace, "id": job_id, "status": "pending"} if waiting else None


def _plain(hashed: Mapping[str, str]) -> dict[str, Any]:
    return {name: json.loads(value) if name == "result" else value for name, value in hashed.items()}
