-- Everybody who waits for a delivery; the second time it comes there is nobody.
UPDATE provider_deliveries SET delivered_at = now()
WHERE token_hash = $1 AND provider = $2 AND delivered_at IS NULL AND expires_at > now()
RETURNING workspace_id, provider, operation, identity, account, job_id, run, subject, llm
