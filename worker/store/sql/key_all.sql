-- Every sealed key, held while they are sealed anew.
SELECT workspace_id, name, sealed FROM workspace_keys ORDER BY workspace_id, name FOR UPDATE
