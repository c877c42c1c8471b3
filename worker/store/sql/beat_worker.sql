INSERT INTO enrichment_workers AS w (
    id, hostname, pid, version, queue_name, concurrency, status, in_flight, jobs_processed, jobs_failed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (id) DO UPDATE SET
    status = EXCLUDED.status, in_flight = EXCLUDED.in_flight, jobs_processed = EXCLUDED.jobs_processed,
    jobs_failed = EXCLUDED.jobs_failed, last_heartbeat = now()
