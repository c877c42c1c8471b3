-- Register jobs before they run, and tell what was known of them: one row an input row, in input order.
-- ``fresh`` rows were inserted now; the others come with what stands.
WITH input AS (
    SELECT * FROM unnest(
        $1::text[], $2::text[], $3::text[], $4::smallint[], $5::bigint[], $6::bigint[], $7::integer[], $8::text[],
        $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[]
    ) WITH ORDINALITY AS u (
        workspace_id, id, job_type, priority, generation, run, attempts, url, payload, entry, first_pickup_at,
        created_at, position)
), inserted AS (
    INSERT INTO enrichment_jobs (
        workspace_id, id, job_type, status, priority, generation, run, attempts, url, payload, entry, worker_id,
        first_pickup_at, started_at, created_at, updated_at)
    SELECT workspace_id, id, job_type, 'processing', priority, generation, run, attempts, url, payload::jsonb,
        entry, $13, first_pickup_at, now(), created_at, now()
    FROM input ORDER BY workspace_id, id
    ON CONFLICT (workspace_id, id) DO NOTHING
    RETURNING workspace_id, id
)
SELECT i.position, (n.id IS NOT NULL) AS fresh, j.status, j.generation, j.run, j.attempts, j.entry,
    j.completed_at, j.next_run_at, j.first_pickup_at, j.result::text AS result
FROM input i
LEFT JOIN inserted n USING (workspace_id, id)
LEFT JOIN enrichment_jobs j USING (workspace_id, id)
ORDER BY i.position
