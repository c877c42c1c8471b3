-- End a batch of runs. A run never overwrites a later one, and a row that has ended takes no further verdict, not even
-- of a later generation: that ran beside the one that ended it.
-- Input is sorted by key: two writers with unsorted batches deadlock.
-- $1 is a JSON list of objects named like the columns (27 arrays cost three times the CPU to send), $2 the worker.
INSERT INTO enrichment_jobs AS j (
    workspace_id, id, job_type, status, priority, generation, run, attempts, max_attempts, url, payload, tags,
    result, result_status, error_class, error_message, error_stack, cost_micros, entry, worker_id, log,
    next_run_at, first_pickup_at, started_at, completed_at, created_at, updated_at)
SELECT
    u.workspace_id, u.id, u.job_type, u.status, u.priority, u.generation, u.run, u.attempts, u.max_attempts,
    u.url, u.payload, u.tags, u.result, u.result_status, u.error_class, u.error_message, u.error_stack,
    COALESCE(u.cost_micros, 0), u.entry, $2, u.log,
    u.next_run_at, u.first_pickup_at, u.started_at, u.completed_at, u.created_at, now()
FROM json_to_recordset($1::json) AS u (
    workspace_id text, id text, job_type text, status text, priority smallint, generation bigint, run bigint,
    attempts integer, max_attempts integer, url text, payload jsonb, tags jsonb, result jsonb, result_status text,
    error_class text, error_message text, error_stack text, cost_micros bigint, entry text, log jsonb,
    next_run_at timestamptz, first_pickup_at timestamptz, started_at timestamptz, completed_at timestamptz,
    created_at timestamptz)
ON CONFLICT (workspace_id, id) DO UPDATE SET
    job_type = EXCLUDED.job_type, status = EXCLUDED.status, priority = EXCLUDED.priority,
    generation = EXCLUDED.generation, run = EXCLUDED.run, attempts = EXCLUDED.attempts,
    max_attempts = EXCLUDED.max_attempts, url = EXCLUDED.url, payload = EXCLUDED.payload, tags = EXCLUDED.tags,
    result = EXCLUDED.result, result_status = EXCLUDED.result_status, error_class = EXCLUDED.error_class,
    error_message = EXCLUDED.error_message, error_stack = EXCLUDED.error_stack,
    -- all tries of a job cost together; a batch sent twice counts once
    cost_micros = CASE WHEN j.run = EXCLUDED.run AND j.status = EXCLUDED.status THEN j.cost_micros
        ELSE j.cost_micros + EXCLUDED.cost_micros END,
    entry = EXCLUDED.entry, worker_id = EXCLUDED.worker_id,
    log = CASE WHEN j.log IS NULL THEN EXCLUDED.log WHEN jsonb_array_length(j.log) > 200 THEN EXCLUDED.log
          ELSE j.log || EXCLUDED.log END,
    next_run_at = EXCLUDED.next_run_at, first_pickup_at = COALESCE(j.first_pickup_at, EXCLUDED.first_pickup_at),
    started_at = EXCLUDED.started_at, completed_at = EXCLUDED.completed_at, updated_at = EXCLUDED.updated_at
WHERE j.run <= EXCLUDED.run AND j.status NOT IN ('completed', 'failed', 'dead_letter', 'cancelled')
