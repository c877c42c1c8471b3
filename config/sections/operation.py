"""Operation: health server, logs, and the secrets that guard our own doors."""

from typing import Literal

from pydantic import BaseModel

from config.field import Milliseconds, Secret, setting


class Operation(BaseModel):
    """Health, logs and access"""

    health_check_host: str = setting(
        "HEALTH_CHECK_HOST",
        "127.0.0.1",
        "Address the health server listens on; `0.0.0.0` where an orchestrator asks from outside.",
    )
    health_check_port: int = setting(
        "HEALTH_CHECK_PORT",
        3001,
        "Port of `/health`, `/readyz` and `/metrics`. Taken: a free one is used and logged; 0: always a free one.",
        unit="port",
        ge=0,
        le=65_535,
    )
    health_check_interval_ms: Milliseconds = setting(
        "HEALTH_CHECK_INTERVAL", 30_000, "How often a worker writes its heartbeat.", unit="ms", ge=100, le=3_600_000
    )
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "LOG_LEVEL", "info", "The least important line that is written."
    )
    log_format: Literal["console", "json"] = setting(
        "LOG_FORMAT", "console", "`console` for people, `json` for machines."
    )
    worker_secret_token: Secret = setting(
        "WORKER_SECRET_TOKEN", None, "Bearer token for `/api/enrichment/process` and `/api/jobs/worker`. Unset: closed."
    )
    cron_secret: Secret = setting(
        "CRON_SECRET", None, "Bearer token of schedulers, for `/api/enrichment/process` only."
    )
    encryption_keys: Secret = setting(
        "ENCRYPTION_KEYS",
        None,
        "Ring for workspaces' own provider keys: `id:base64,...`, newest first; made by `enrichd keys new`.",
    )
    public_url: str | None = setting(
        "PUBLIC_URL",
        None,
        "Address under which providers reach this server for their webhooks.",
        expected="https:// and an address",
        example="https://enrichd.acme.example",
        pattern=r"^https?://.+",
    )
