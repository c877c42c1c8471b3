-- Forget a workspace's key.
DELETE FROM workspace_keys WHERE workspace_id = $1 AND name = $2 RETURNING true
