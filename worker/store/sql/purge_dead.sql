DELETE FROM enrichment_jobs
WHERE status = 'dead_letter'
  AND ($1::text[] IS NULL OR (workspace_id, id) IN (SELECT * FROM unnest($1::text[], $2::text[])))
  AND ($3::text IS NULL OR workspace_id = $3)
  AND ($4::timestamptz IS NULL OR completed_at < $4)
