"""Settings as the slices that each part is given. Pure."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import orjson

from config.settings import Settings
from worker.domain.backoff import Backoff
from worker.domain.calibration import UNCALIBRATED, Calibration
from worker.domain.call import Limit
from worker.domain.ending import RetryPolicy
from worker.domain.errors import ConfigError
from worker.domain.money import micros_from_cents
from worker.domain.provider import Provider
from worker.gateway.accounts import AccountOptions
from worker.gateway.options import FetchOptions, GatewayOptions
from worker.pipeline import Policy
from worker.providers.option import own_limits
from worker.queue.queue import Limits
from worker.services.engine import EngineOptions


def engine_options(settings: Settings, version: str) -> EngineOptions:
    """The engine's slice."""
    return EngineOptions(
        queue_name=settings.queue_name,
        slots=settings.concurrency,
        block_ms=settings.poll_interval_ms,
        lease_s=settings.lease_ms / 1000,
        job_timeout_s=settings.job_timeout_ms / 1000,
        shutdown_s=settings.graceful_shutdown_timeout_ms / 1000,
        register_after_s=settings.register_after_ms / 1000,
        settle_tick_s=settings.settle_tick_ms / 1000,
        settle_batch=settings.settle_batch,
        heartbeat_s=settings.health_check_interval_ms / 1000,
        max_attempts=settings.max_attempts,
        max_deliveries=settings.max_deliveries,
        min_confidence=settings.min_confidence,
        max_cost_cents=settings.max_cost_cents,
        idempotency_s=settings.idempotency_ttl_ms / 1000,
        reconcile_s=settings.reconcile_interval_ms / 1000,
        retention_s=settings.job_retention_ms / 1000,
        redis_timeout_s=settings.redis_timeout_ms / 1000,
        redis_connections=settings.redis_pool_size,
        retry=RetryPolicy(
            Backoff(
                base_s=settings.retry_base_delay_ms / 1000,
                multiplier=settings.retry_backoff_multiplier,
                max_s=settings.retry_max_delay_ms / 1000,
                jitter=settings.retry_jitter,
            ),
            deadline_s=settings.deadline_ms / 1000,
        ),
        limits=Limits(
            job_hash_life_ms=settings.result_ttl_ms,
            result_bytes=settings.result_budget_bytes,
            events=settings.events_max,
            dead_letters=settings.dead_max,
            owned=settings.concurrency + 1_000,
        ),
        version=version,
    )


def account_limits(settings: Settings, providers: Iterable[Provider] = ()) -> dict[str, tuple[Limit, ...]]:
    """The operator's limits: by provider where they are set for one, ``*`` for all others.

    The general ones only tighten what a provider documents or tells; one set for a provider is what is kept for it.
    """
    windows = (
        (settings.rate_limit_per_second, 1.0),
        (settings.rate_limit_per_minute, 60.0),
        (settings.rate_limit_per_hour, 3600.0),
    )
    general = tuple(Limit(count, seconds) for count, seconds in windows if count is not None)
    chosen = {"*": general} if general else {}
    for provider in providers:
        prefix = "LLM" if provider.stage == "llm" else provider.name.upper()
        by_default = settings.defaulted(f"{prefix}_RATE_LIMIT_PER_MINUTE")
        own = own_limits(settings, prefix)
        if own and not (by_default and len(own) == 1):
            chosen[provider.name] = own
    return chosen


def gateway_options(settings: Settings, providers: Iterable[Provider] = ()) -> GatewayOptions:
    """The gateway's slice; ``providers`` are those that may have limits of their own."""
    return GatewayOptions(
        accounts=AccountOptions(limits=account_limits(settings, providers), processes=settings.worker_count),
        fetch=FetchOptions(
            hosts=settings.fetch_hosts,
            allow=settings.fetch_allow,
            proxy=settings.fetch_proxy,
            user_agent=settings.user_agent,
            largest_bytes=settings.fetch_max_bytes,
            redirects=settings.fetch_max_redirects,
            total_s=settings.fetch_timeout_ms / 1000,
            host_concurrency=settings.fetch_per_host,
            host_delay_s=settings.fetch_host_delay_ms / 1000,
        ),
        user_agent=settings.user_agent,
        hit_life_s=settings.answer_ttl_ms / 1000,
        miss_life_s=settings.miss_ttl_ms / 1000,
        share_answers=settings.share_answers,
    )


def workspace_budgets(settings: Settings) -> dict[str, int]:
    """Micros by period that a workspace without a budget of its own may spend."""
    capped = {"day": settings.workspace_budget_day_cents, "month": settings.workspace_budget_month_cents}
    return {period: micros_from_cents(str(cents)) for period, cents in capped.items() if cents is not None}


def policy(settings: Settings) -> Policy:
    """The pipeline's slice. The order is the roster's, unless the planner is to find it."""
    return Policy(order=("auto",) if settings.provider_order == ("auto",) else ())


def calibration(settings: Settings) -> Calibration:
    """The calibration in use: a file of the operator's, the built-in one, or with ``none`` none at all.

    Raises ConfigError for a file that is none.
    """
    if settings.calibration_file == "none":
        return UNCALIBRATED
    held = Path(settings.calibration_file) if settings.calibration_file else None
    try:
        text = held.read_bytes() if held else resources.files("config").joinpath("calibration.json").read_bytes()
        return Calibration.from_json(orjson.loads(text))
    except (OSError, ValueError) as error:
        raise ConfigError(f"CALIBRATION_FILE: {held} cannot be used: {error}") from error
