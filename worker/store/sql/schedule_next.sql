SELECT min(next_at) FROM enrichment_schedules WHERE NOT paused
