DELETE FROM enrichment_jobs
WHERE (workspace_id, id) IN (
    SELECT workspace_id, id FROM enrichment_jobs
    WHERE status IN ('completed', 'failed', 'dead_letter', 'cancelled')
      AND completed_at < now() - make_interval(secs => $1)
    LIMIT $2)
