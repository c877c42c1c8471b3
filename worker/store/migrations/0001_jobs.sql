-- Jobs, workers, workspaces; subjects and the claims about them.

CREATE TABLE workspaces (
    id text PRIMARY KEY,
    name text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO workspaces (id, name) VALUES ('default', 'Default');

CREATE TABLE enrichment_jobs (
    workspace_id text NOT NULL DEFAULT 'default',
    id text NOT NULL DEFAULT gen_random_uuid()::text,
    job_type text NOT NULL,
    status text NOT NULL DEFAULT 'pending' CHECK (status IN (
        'scheduled', 'waiting', 'pending', 'processing', 'completed', 'failed', 'dead_letter', 'cancelled')),
    priority smallint NOT NULL DEFAULT 3 CHECK (priority BETWEEN 1 AND 5),
    generation bigint NOT NULL DEFAULT 0,
    run bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    max_attempts integer,
    url text,
    payload jsonb,
    tags jsonb,
    result jsonb,
    result_status text,
    error_class text,
    error_message text,
    error_stack text,
    cost_micros bigint NOT NULL DEFAULT 0,
    entry text,
    worker_id text,
    log jsonb,
    next_run_at timestamptz,
    first_pickup_at timestamptz,
    started_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (workspace_id, id)
);
COMMENT ON COLUMN enrichment_jobs.run IS 'The fence: generation and delivery count of the run that wrote last.';
COMMENT ON COLUMN enrichment_jobs.entry IS 'The stream entry that carries the job now: <stream>/<entry id>.';
COMMENT ON COLUMN enrichment_jobs.payload IS 'The entry''s fields, enough to add the job again.';

CREATE INDEX idx_enrichment_jobs_workspace_status ON enrichment_jobs (workspace_id, status);
CREATE INDEX idx_enrichment_jobs_status_priority ON enrichment_jobs (status, priority);
CREATE INDEX idx_enrichment_jobs_completed_performance ON enrichment_jobs (completed_at, started_at)
    WHERE status = 'completed';
-- Open rows only: what the reconciler looks through stays small however many jobs have ended.
CREATE INDEX idx_enrichment_jobs_open ON enrichment_jobs (status, updated_at)
    WHERE status IN ('scheduled', 'waiting', 'pending', 'processing');

-- The same rows under the names of the older systems.
CREATE VIEW jobs AS
    SELECT id, workspace_id, job_type, payload, status, priority, attempts, max_attempts, result,
           error_message, error_stack, next_run_at AS scheduled_for, started_at, completed_at, created_at, updated_at
    FROM enrichment_jobs;

-- A job's log is kept in its row, one write instead of one a line; this is how it is read.
CREATE VIEW job_logs AS
    SELECT j.workspace_id, j.id AS job_id, line.ordinality AS line,
           line.value ->> 1 AS level, line.value ->> 2 AS message,
           to_timestamp((line.value ->> 0)::double precision / 1000) AS created_at
    FROM enrichment_jobs j CROSS JOIN LATERAL jsonb_array_elements(j.log) WITH ORDINALITY AS line (value, ordinality);

CREATE TABLE enrichment_workers (
    id text PRIMARY KEY,
    hostname text NOT NULL,
    pid integer NOT NULL,
    version text NOT NULL,
    queue_name text NOT NULL,
    status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'stopping', 'stopped', 'lost')),
    concurrency integer NOT NULL,
    in_flight integer NOT NULL DEFAULT 0,
    jobs_processed bigint NOT NULL DEFAULT 0,
    jobs_failed bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT now(),
    last_heartbeat timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE subjects (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    workspace_id text NOT NULL,
    entity text NOT NULL CHECK (entity IN ('company', 'person')),
    key text NOT NULL,
    identifiers jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (workspace_id, key)
);

CREATE TABLE subject_aliases (
    workspace_id text NOT NULL,
    alias text NOT NULL,
    subject_id bigint NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    PRIMARY KEY (workspace_id, alias)
);
CREATE INDEX subject_aliases_subject ON subject_aliases (subject_id);

CREATE TABLE claims (
    subject_id bigint NOT NULL REFERENCES subjects (id) ON DELETE CASCADE,
    field text NOT NULL,
    value_key text NOT NULL,
    source text NOT NULL,
    provider text NOT NULL,
    value jsonb NOT NULL,
    confidence real NOT NULL,
    observed_at timestamptz NOT NULL,
    evidence jsonb,
    inferred boolean NOT NULL DEFAULT false,
    display text,
    PRIMARY KEY (subject_id, field, value_key, source, provider)
);
