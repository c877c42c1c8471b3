-- A workspace's sealed keys.
SELECT name, sealed FROM workspace_keys WHERE workspace_id = $1
