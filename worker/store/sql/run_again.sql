-- Set ended jobs to run again. The generation is raised when they are published.
WITH chosen AS (
    SELECT workspace_id, id FROM enrichment_jobs
    WHERE status = ANY ($1::text[])
      AND job_type <> '(malformed)'
      AND ($2::text[] IS NULL OR (workspace_id, id) IN (SELECT * FROM unnest($2::text[], $3::text[])))
      AND ($4::text IS NULL OR workspace_id = $4)
    ORDER BY workspace_id, id
    LIMIT $5
    FOR UPDATE SKIP LOCKED
)
UPDATE enrichment_jobs j
SET status = 'pending', entry = NULL, attempts = 0, generation = j.generation + 1,
    run = (j.generation + 1) << 20, error_class = NULL, error_message = NULL, error_stack = NULL,
    next_run_at = NULL, first_pickup_at = NULL, completed_at = NULL, updated_at = now()
FROM chosen c
WHERE j.workspace_id = c.workspace_id AND j.id = c.id
RETURNING j.workspace_id, j.id
