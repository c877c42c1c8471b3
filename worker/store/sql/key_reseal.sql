-- Put a key's new seal in place of the old one.
UPDATE workspace_keys SET sealed = $1, updated_at = now() WHERE workspace_id = $2 AND name = $3
