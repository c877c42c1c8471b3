UPDATE enrichment_jobs j SET updated_at = now()
FROM unnest($1::text[], $2::text[]) AS u (workspace_id, id)
WHERE j.workspace_id = u.workspace_id AND j.id = u.id AND j.status IN ('scheduled', 'pending', 'processing')
