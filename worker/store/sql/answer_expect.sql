-- Remember whose answer a delivery will be.
INSERT INTO provider_deliveries (
    token_hash, workspace_id, provider, operation, identity, account, job_id, run, subject, llm, expires_at
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, now() + make_interval(secs => $11))
ON CONFLICT (token_hash, workspace_id) DO UPDATE
SET job_id = excluded.job_id, run = excluded.run, expires_at = excluded.expires_at
