SELECT workspace_id, name, cron, every_s, time_zone, priority, entry::text AS entry, catch_up, paused, next_at, last_at
FROM enrichment_schedules
WHERE $1::text IS NULL OR workspace_id = $1
ORDER BY next_at
