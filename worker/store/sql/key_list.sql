-- Stored keys of one workspace, or of all ($1 null).
SELECT workspace_id, name, fingerprint, sealed, updated_at FROM workspace_keys
WHERE workspace_id = $1 OR $1::text IS NULL
ORDER BY workspace_id, name
