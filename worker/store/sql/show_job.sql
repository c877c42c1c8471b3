-- One job as people read it. $1 workspace, $2 id.
SELECT workspace_id, id, job_type, status, priority, attempts, max_attempts, url, payload::text AS payload,
       result::text AS result, result_status, error_class, error_message, cost_micros, worker_id, next_run_at,
       first_pickup_at, started_at, completed_at, created_at, updated_at
FROM enrichment_jobs
WHERE workspace_id = $1 AND id = $2
