-- Jobs that sleep because an account refused its key or had no quota left, of some workspaces ($1) or of all (null),
-- after a place in the list ($2, $3).
SELECT workspace_id, id FROM enrichment_jobs
WHERE status = 'scheduled' AND ($1::text[] IS NULL OR workspace_id = ANY($1))
    AND (workspace_id, id) > ($2::text, $3::text)
    AND (error_message LIKE '%bad_credentials%' OR error_message LIKE '%quota_exhausted%')
ORDER BY workspace_id, id
LIMIT 1000
