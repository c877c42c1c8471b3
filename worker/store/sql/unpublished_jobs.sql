-- Rows that no entry carries: inserted by a producer, or set to run again.
SELECT workspace_id, id, job_type, status, priority, generation, attempts, payload::text AS payload, entry, url, next_run_at,
    first_pickup_at
FROM enrichment_jobs
WHERE status = 'pending' AND entry IS NULL
ORDER BY priority, created_at
LIMIT $1
