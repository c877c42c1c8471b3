-- Jobs that have been running for a while: what Redis loses can be published again from here.
INSERT INTO enrichment_jobs AS j (
    workspace_id, id, job_type, status, priority, generation, run, attempts, max_attempts, url, payload, entry,
    worker_id, first_pickup_at, started_at, created_at, updated_at)
SELECT u.workspace_id, u.id, u.job_type, 'processing', u.priority, u.generation, u.run, u.attempts, u.max_attempts,
    u.url, u.payload::jsonb, u.entry, $14, u.first_pickup_at, u.started_at, u.created_at, now()
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[], $7::integer[], $8::integer[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::timestamptz[], $15::timestamptz[]
) AS u (
    workspace_id, id, job_type, priority, generation, run, attempts, max_attempts, url, payload, entry,
    first_pickup_at, started_at, created_at)
ON CONFLICT (workspace_id, id) DO UPDATE SET
    status = 'processing', generation = EXCLUDED.generation, run = EXCLUDED.run, attempts = EXCLUDED.attempts,
    max_attempts = EXCLUDED.max_attempts, payload = EXCLUDED.payload, entry = EXCLUDED.entry,
    worker_id = EXCLUDED.worker_id, started_at = EXCLUDED.started_at, next_run_at = NULL, updated_at = now(),
    first_pickup_at = COALESCE(j.first_pickup_at, EXCLUDED.first_pickup_at), completed_at = NULL
WHERE j.run <= EXCLUDED.run AND j.status NOT IN ('completed', 'failed', 'dead_letter', 'cancelled')
