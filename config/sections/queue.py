"""The queue: names, slots, leases, and how long things live."""

from pydantic import BaseModel

from config.field import Bytes, Milliseconds, setting


class Queue(BaseModel):
    """Queue and worker"""

    queue_name: str = setting(
        "QUEUE_NAME",
        "enrichment",
        "Prefix of the queue's Redis keys; `'{enrichment}'` keeps them in one slot of a Redis Cluster.",
        expected="1 to 64 letters, digits, '.', ':', '_', '-', '{' or '}'",
        pattern=r"^[A-Za-z0-9._:{}-]{1,64}$",
    )
    concurrency: int = setting(
        "CONCURRENCY",
        10,
        "Jobs a process runs at the same time.",
        unit="jobs",
        also=("MAX_CONCURRENT_JOBS",),
        ge=1,
        le=10_000,
    )
    worker_count: int = setting(
        "WORKER_COUNT", 1, "Worker processes started by `enrichd run`.", unit="processes", ge=1, le=256
    )
    poll_interval_ms: Milliseconds = setting(
        "POLL_INTERVAL",
        1_000,
        "Longest blocking read of an empty queue; new entries end it at once.",
        unit="ms",
        ge=10,
        le=60_000,
    )
    lease_ms: Milliseconds = setting(
        "LEASE",
        30_000,
        "After this long without a sign of life an entry is taken over from its worker.",
        unit="ms",
        also=("VISIBILITY_TIMEOUT",),
        ge=200,
        le=3_600_000,
    )
    max_deliveries: int = setting(
        "MAX_DELIVERIES",
        3,
        "Crashes of a worker running this job alone before it is a dead letter.",
        unit="crashes",
        ge=1,
        le=100,
    )
    job_timeout_ms: Milliseconds = setting(
        "JOB_TIMEOUT", 300_000, "Longest single run of a job.", unit="ms", ge=100, le=86_400_000
    )
    deadline_ms: Milliseconds = setting(
        "DEADLINE",
        86_400_000,
        "Longest life of a job over all its runs, counted from first pickup, `runAt` or replay.",
        unit="ms",
        ge=1_000,
        le=2_592_000_000,
    )
    graceful_shutdown_timeout_ms: Milliseconds = setting(
        "GRACEFUL_SHUTDOWN_TIMEOUT",
        30_000,
        "What running jobs get after SIGTERM; those not done then run again elsewhere.",
        unit="ms",
        ge=0,
        le=3_600_000,
    )
    register_after_ms: Milliseconds = setting(
        "REGISTER_AFTER",
        250,
        "A job that runs longer is registered in PostgreSQL, so that it survives the loss of Redis.",
        unit="ms",
        ge=0,
        le=60_000,
    )
    settle_tick_ms: Milliseconds = setting(
        "SETTLE_TICK",
        5,
        "Longest time a finished run waits for others to be written with it.",
        unit="ms",
        ge=0,
        le=1_000,
    )
    settle_batch: int = setting(
        "SETTLE_BATCH", 500, "Most runs written in one transaction.", unit="runs", ge=1, le=5_000
    )
    idempotency_ttl_ms: Milliseconds = setting(
        "IDEMPOTENCY_TTL",
        86_400_000,
        "For this long after a job ended, the same id is the same job.",
        unit="ms",
        ge=0,
        le=31_536_000_000,
    )
    result_ttl_ms: Milliseconds = setting(
        "RESULT_TTL", 3_600_000, "Life of a finished job's hash in Redis.", unit="ms", ge=1_000, le=2_592_000_000
    )
    result_budget_bytes: Bytes = setting(
        "RESULT_BUDGET", 67_108_864, "Most bytes of finished jobs' hashes in Redis.", unit="bytes", ge=65_536
    )
    mark_ttl_ms: Milliseconds = setting(
        "MARK_TTL",
        86_400_000,
        "Life of a mark (cancelled, moved to another lane) for a job not seen yet.",
        unit="ms",
        ge=1_000,
        le=2_592_000_000,
    )
    dead_max: int = setting(
        "DEAD_MAX",
        10_000,
        "Dead letters kept in Redis; PostgreSQL keeps all of them.",
        unit="entries",
        ge=1,
        le=10_000_000,
    )
    events_max: int = setting(
        "EVENTS_MAX", 10_000, "Entries kept in the events stream.", unit="entries", ge=0, le=10_000_000
    )
    reconcile_interval_ms: Milliseconds = setting(
        "RECONCILE_INTERVAL",
        15_000,
        "How often rows that Redis does not know are looked for and published.",
        unit="ms",
        ge=100,
        le=3_600_000,
    )
    job_retention_ms: Milliseconds = setting(
        "JOB_RETENTION",
        2_592_000_000,
        "Finished jobs and their log lines are pruned after this long.",
        unit="ms",
        ge=60_000,
    )
    failpoints: str = setting(
        "FAILPOINTS", "", "Names of places to die at, for tests of recovery. Never set it in production."
    )


class Retries(BaseModel):
    """Retries"""

    max_attempts: int = setting(
        "MAX_ATTEMPTS",
        5,
        "Tries that cost something, unless the entry says otherwise.",
        unit="attempts",
        also=("MAX_RETRIES",),
        ge=1,
        le=100,
    )
    retry_base_delay_ms: Milliseconds = setting(
        "RETRY_BASE_DELAY", 60_000, "Wait before the second try.", unit="ms", ge=0, le=86_400_000
    )
    retry_max_delay_ms: Milliseconds = setting(
        "RETRY_MAX_DELAY", 600_000, "Longest wait between two tries.", unit="ms", ge=0, le=86_400_000
    )
    retry_backoff_multiplier: float = setting(
        "RETRY_BACKOFF_MULTIPLIER", 2.0, "Each wait is this many times the one before.", unit="times", ge=1, le=100
    )
    retry_jitter: float = setting(
        "RETRY_JITTER", 0.1, "Share of a wait that is random, up or down.", unit="share", ge=0, le=1
    )
