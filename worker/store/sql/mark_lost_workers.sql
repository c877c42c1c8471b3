UPDATE enrichment_workers SET status = 'lost'
WHERE status IN ('running', 'stopping') AND last_heartbeat < now() - interval '5 minutes'
