-- Store or replace a workspace's sealed key.
INSERT INTO workspace_keys (workspace_id, name, fingerprint, sealed) VALUES ($1, $2, $3, $4)
ON CONFLICT (workspace_id, name) DO UPDATE
SET fingerprint = excluded.fingerprint, sealed = excluded.sealed, updated_at = now()
RETURNING workspace_id, name, fingerprint, sealed, updated_at
