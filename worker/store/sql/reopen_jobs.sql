-- Ids whose jobs ended long enough ago: the row becomes the next job's, before that runs. Gives those that were ours to
-- take. Nothing else opens an ended job's row but a person (run_again.sql), so that every job ends once.
UPDATE enrichment_jobs AS j
SET job_type = u.job_type, status = 'processing', priority = u.priority, generation = u.generation, run = u.run,
    attempts = u.attempts, max_attempts = u.max_attempts, url = u.url, payload = u.payload::jsonb, entry = u.entry,
    worker_id = $13, cost_micros = 0, error_class = NULL, error_message = NULL, error_stack = NULL, next_run_at = NULL,
    first_pickup_at = u.first_pickup_at, started_at = now(), completed_at = NULL, updated_at = now()
FROM unnest(
    $1::text[], $2::text[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[], $7::integer[], $8::integer[],
    $9::text[], $10::text[], $11::text[], $12::timestamptz[]
) AS u (
    workspace_id, id, job_type, priority, generation, run, attempts, max_attempts, url, payload, entry, first_pickup_at)
WHERE j.workspace_id = u.workspace_id AND j.id = u.id
  AND (j.generation < u.generation AND j.status IN ('completed', 'failed', 'dead_letter', 'cancelled')
    -- the reply to a commit was lost
    OR j.run = u.run AND j.entry = u.entry AND j.status = 'processing')
RETURNING j.workspace_id, j.id
