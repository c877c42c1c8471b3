UPDATE enrichment_schedules SET next_at = $3, last_at = COALESCE($4, last_at)
WHERE workspace_id = $1 AND name = $2
