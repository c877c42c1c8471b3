-- Who was promised a delivery, whether or not it has come; nothing is taken.
SELECT workspace_id, operation FROM provider_deliveries WHERE token_hash = $1 AND provider = $2 AND expires_at > now()
ORDER BY workspace_id
