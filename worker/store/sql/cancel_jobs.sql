-- Jobs that nobody runs now; running ones are cancelled by their worker.
UPDATE enrichment_jobs j
SET status = 'cancelled', error_class = 'Cancelled', error_message = 'cancelled', completed_at = now(),
    updated_at = now(), next_run_at = NULL
FROM unnest($1::text[], $2::text[]) AS u (workspace_id, id)
WHERE j.workspace_id = u.workspace_id AND j.id = u.id AND j.status IN ('scheduled', 'waiting', 'pending')
RETURNING j.workspace_id, j.id
