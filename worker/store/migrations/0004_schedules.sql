-- Recurring jobs.

CREATE TABLE enrichment_schedules (
    workspace_id text NOT NULL DEFAULT 'default',
    name text NOT NULL,
    cron text,
    every_s double precision CHECK (every_s >= 1),
    time_zone text NOT NULL DEFAULT 'UTC',
    priority smallint NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
    entry jsonb NOT NULL,
    catch_up text NOT NULL DEFAULT 'once' CHECK (catch_up IN ('once', 'skip')),
    paused boolean NOT NULL DEFAULT false,
    next_at timestamptz NOT NULL,
    last_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, name),
    CHECK ((cron IS NULL) <> (every_s IS NULL))
);
CREATE INDEX idx_enrichment_schedules_next ON enrichment_schedules (next_at) WHERE NOT paused;
COMMENT ON COLUMN enrichment_schedules.catch_up IS 'After downtime: run once for all that was missed, or skip it.';
