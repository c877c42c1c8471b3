INSERT INTO enrichment_schedules (
    workspace_id, name, cron, every_s, time_zone, priority, entry, catch_up, next_at)
VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9)
ON CONFLICT (workspace_id, name) DO UPDATE SET
    cron = EXCLUDED.cron, every_s = EXCLUDED.every_s, time_zone = EXCLUDED.time_zone, priority = EXCLUDED.priority,
    entry = EXCLUDED.entry, catch_up = EXCLUDED.catch_up, next_at = EXCLUDED.next_at
