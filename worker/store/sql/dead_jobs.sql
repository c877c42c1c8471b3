SELECT workspace_id, id, job_type, error_class, error_message, attempts, worker_id, completed_at,
    payload::text AS payload
FROM enrichment_jobs
WHERE status = 'dead_letter' AND ($1::text IS NULL OR workspace_id = $1)
ORDER BY completed_at DESC NULLS LAST
LIMIT $2
