-- Open rows that should have moved on: whoever carried them may be gone. The caller asks Redis before it publishes.
SELECT workspace_id, id, job_type, status, priority, generation, attempts, payload::text AS payload, entry, url, next_run_at,
    first_pickup_at
FROM enrichment_jobs
WHERE status IN ('scheduled', 'pending', 'processing')
  -- a living worker refreshes the rows of what it runs, whatever became of Redis
  AND updated_at < now() - make_interval(secs => CASE WHEN status = 'processing' THEN $1::double precision ELSE $2::double precision END)
  AND (status <> 'scheduled' OR next_run_at < now() - make_interval(secs => $2::double precision))
  AND NOT (status = 'pending' AND entry IS NULL)
ORDER BY updated_at
LIMIT $3
