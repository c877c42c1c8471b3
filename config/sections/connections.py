"""Where Redis and PostgreSQL are, and how many connections to them."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from config.field import Milliseconds, setting


class Connections(BaseModel):
    """Connections"""

    redis_url: str | None = setting(
        "REDIS_URL",
        None,
        "Redis 7.0+ or Valkey 8+ that holds the queue. Unset together with DATABASE_URL: embedded servers are started.",
        expected="redis://, rediss:// or unix:// and an address",
        example="redis://localhost:6379/0",
        pattern=r"^(rediss?|unix|valkeys?)://.+",
    )
    database_url: str | None = setting(
        "DATABASE_URL",
        None,
        "PostgreSQL 14+ that holds jobs, records and the ledger.",
        expected="postgresql:// and an address",
        example="postgresql://enrichd:change-me@localhost:5432/enrichd",
        pattern=r"^postgres(ql)?://.+",
    )
    cache_redis_url: str | None = setting(
        "CACHE_REDIS_URL",
        None,
        "Another Redis for answers, records, limits and breakers. Unset: the queue's Redis, within a byte budget.",
        expected="redis://, rediss:// or unix:// and an address",
        example="redis://localhost:6379/1",
        pattern=r"^(rediss?|unix|valkeys?)://.+",
    )
    embedded: Literal["auto", "never"] = setting(
        "EMBEDDED",
        "auto",
        "`auto` starts servers of its own when neither URL is set; `never` refuses to (use it in production).",
    )
    data_dir: Path | None = setting(
        "DATA_DIR",
        None,
        "Folder of the embedded servers' data. Unset: `~/.local/share/enrichd`, for root `/var/lib/enrichd`.",
        expected="a folder",
    )
    namespace: str = setting(
        "NAMESPACE",
        "enrichd",
        "Prefix of the Redis keys that belong to accounts and subjects; queues with the same one share them.",
        expected="1 to 64 letters, digits, '.', '_', '-', '{' or '}'",
        pattern=r"^[A-Za-z0-9._{}-]{1,64}$",
    )
    redis_pool_size: int = setting(
        "REDIS_POOL_SIZE", 16, "Most connections of a process to each Redis.", unit="connections", ge=2, le=1000
    )
    database_pool_min: int = setting(
        "DATABASE_POOL_MIN", 1, "Connections to PostgreSQL kept open.", unit="connections", ge=0, le=1000
    )
    database_pool_max: int = setting(
        "DATABASE_POOL_MAX", 8, "Most connections of a process to PostgreSQL.", unit="connections", ge=2, le=1000
    )
    database_statement_cache: int = setting(
        "DATABASE_STATEMENT_CACHE",
        256,
        "Prepared statements kept per connection; 0 behind PgBouncer's transaction mode.",
        unit="statements",
        ge=0,
        le=10_000,
    )
    database_timeout_ms: Milliseconds = setting(
        "DATABASE_TIMEOUT", 30_000, "Longest wait for one statement or a connection.", unit="ms", ge=100, le=600_000
    )
    redis_timeout_ms: Milliseconds = setting(
        "REDIS_TIMEOUT", 5_000, "Longest wait for a connection or a reply of Redis.", unit="ms", ge=100, le=60_000
    )
