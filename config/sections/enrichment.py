"""Enrichment: which providers in which order, what counts as enough, what it may cost, how long it stays fresh."""

from pydantic import BaseModel

from config.field import Bytes, Milliseconds, Names, setting


class Enrichment(BaseModel):
    """Enrichment"""

    provider_order: Names = setting(
        "PROVIDER_ORDER",
        ("linkedin", "website", "search"),
        "Stages in the order they are asked, those not named behind them, cheapest first; `auto` orders by price over "
        "hit rate. The LLM comes last, for gaps only.",
    )
    plugins: Names = setting(
        "PLUGINS",
        (),
        "Modules of your own that define providers (`open_provider`) or job kinds (`KIND`, `KINDS`).",
        example="acme_plugins.registry",
    )
    min_confidence: float = setting(
        "MIN_CONFIDENCE",
        0.60,
        "A value below it leaves its field a gap, unless the entry says otherwise.",
        unit="0..1",
        ge=0,
        le=1,
    )
    max_cost_cents: float | None = setting(
        "MAX_COST_CENTS",
        None,
        "Most a job may cost over all its tries, unless the entry says otherwise. Unset: no cap.",
        unit="cents",
        example="25",
        ge=0,
    )
    workspace_budget_day_cents: float | None = setting(
        "WORKSPACE_BUDGET_PER_DAY",
        None,
        "Most a workspace may spend in a day (UTC). Unset: no cap.",
        unit="cents",
        example="5000",
        ge=0,
    )
    workspace_budget_month_cents: float | None = setting(
        "WORKSPACE_BUDGET_PER_MONTH",
        None,
        "Most a workspace may spend in a calendar month (UTC). Unset: no cap.",
        unit="cents",
        example="100000",
        ge=0,
    )
    calibration_file: str | None = setting(
        "CALIBRATION_FILE",
        None,
        "Fitted confidences, from `enrichd evaluate --fit`. Unset: the built-in ones; `none`: as the providers claim.",
        example="calibration.json",
    )


class Cache(BaseModel):
    """Cache"""

    record_ttl_ms: Milliseconds = setting(
        "RECORD_TTL",
        2_592_000_000,
        "Longest life of a cached record; each field has its own freshness within it.",
        unit="ms",
        ge=1_000,
    )
    answer_ttl_ms: Milliseconds = setting(
        "ANSWER_TTL",
        604_800_000,
        "For this long a paid answer is used again instead of bought again.",
        unit="ms",
        ge=1_000,
    )
    miss_ttl_ms: Milliseconds = setting(
        "MISS_TTL",
        86_400_000,
        "For this long a provider that knew nothing is not asked the same again.",
        unit="ms",
        ge=1_000,
    )
    cache_budget_bytes: Bytes = setting(
        "CACHE_BUDGET", 268_435_456, "Most bytes of records and answers in Redis.", unit="bytes", ge=65_536
    )
    memory_cache_bytes: Bytes = setting(
        "MEMORY_CACHE",
        33_554_432,
        "Most bytes of records in a process's own memory; 0 switches that off.",
        unit="bytes",
        ge=0,
    )
    share_answers: bool = setting("SHARE_ANSWERS", False, "Let all workspaces use each other's provider answers.")
