UPDATE enrichment_schedules SET paused = $3 WHERE workspace_id = $1 AND name = $2
