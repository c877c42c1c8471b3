-- Locked rows are being fired by another worker.
SELECT workspace_id, name, cron, every_s, time_zone, priority, entry::text AS entry, catch_up, paused, next_at, last_at
FROM enrichment_schedules
WHERE NOT paused AND next_at <= $1
ORDER BY next_at
LIMIT $2
FOR UPDATE SKIP LOCKED
