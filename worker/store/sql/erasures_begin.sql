INSERT INTO erasures (workspace_id, lanes) VALUES ($1, $2::jsonb) RETURNING id
