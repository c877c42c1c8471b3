-- End a batch of runs. A run never overwrites a later one, and a row that is terminal in a generation takes no
-- further verdict of that generation. Input is sorted by key: two writers with unsorted batches deadlock.
INSERT INTO enrichment_jobs AS j (
    workspace_id, id, job_type, status, priority, generation, run, attempts, max_attempts, url, payload, tags,
    result, result_status, error_class, error_message, error_stack, cost_micros, entry, worker_id, log,
    next_run_at, first_pickup_at, started_at, completed_at, created_at, updated_at)
SELECT
    u.workspace_id, u.id, u.job_type, u.status, u.priority, u.generation, u.run, u.attempts, u.max_attempts,
    u.url, u.payload::jsonb, u.tags::jsonb, u.result::jsonb, u.result_status, u.error_class, u.error_message,
    u.error_stack, u.cost_micros, u.entry, u.worker_id, u.log::jsonb,
    u.next_run_at, u.first_pickup_at, u.started_at, u.completed_at, u.created_at, u.updated_at
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[], $8::integer[],
    $9::integer[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[],
    $17::text[], $18::bigint[], $19::text[], $20::text[], $21::text[], $22::timestamptz[], $23::timestamptz[],
    $24::timestamptz[], $25::timestamptz[], $26::timestamptz[], $27::timestamptz[]
) AS u (
    workspace_id, id, job_type, status, priority, generation, run, attempts, max_attempts, url, payload, tags,
    result, result_status, error_class, error_message, error_stack, cost_micros, entry, worker_id, log,
    next_run_at, first_pickup_at, started_at, completed_at, created_at, updated_at)
ON CONFLICT (workspace_id, id) DO UPDATE SET
    job_type = EXCLUDED.job_type, status = EXCLUDED.status, priority = EXCLUDED.priority,
    generation = EXCLUDED.generation, run = EXCLUDED.run, attempts = EXCLUDED.attempts,
    max_attempts = EXCLUDED.max_attempts, url = EXCLUDED.url, payload = EXCLUDED.payload, tags = EXCLUDED.tags,
    result = EXCLUDED.result, result_status = EXCLUDED.result_status, error_class = EXCLUDED.error_class,
    error_message = EXCLUDED.error_message, error_stack = EXCLUDED.error_stack, cost_micros = EXCLUDED.cost_micros,
    entry = EXCLUDED.entry, worker_id = EXCLUDED.worker_id,
    log = CASE WHEN j.log IS NULL THEN EXCLUDED.log WHEN jsonb_array_length(j.log) > 200 THEN EXCLUDED.log
          ELSE j.log || EXCLUDED.log END,
    next_run_at = EXCLUDED.next_run_at, first_pickup_at = COALESCE(j.first_pickup_at, EXCLUDED.first_pickup_at),
    started_at = EXCLUDED.started_at, completed_at = EXCLUDED.completed_at, updated_at = EXCLUDED.updated_at
WHERE j.run <= EXCLUDED.run
  AND (j.generation < EXCLUDED.generation OR j.status NOT IN ('completed', 'failed', 'dead_letter', 'cancelled'))
