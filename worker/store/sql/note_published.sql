UPDATE enrichment_jobs j
SET entry = u.entry, status = 'pending', generation = j.generation, next_run_at = NULL, updated_at = now()
FROM unnest($1::text[], $2::text[], $3::text[]) AS u (workspace_id, id, entry)
WHERE j.workspace_id = u.workspace_id AND j.id = u.id AND j.status IN ('scheduled', 'pending', 'processing')
