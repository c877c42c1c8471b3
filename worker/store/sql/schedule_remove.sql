DELETE FROM enrichment_schedules WHERE workspace_id = $1 AND name = $2
