INSERT INTO suppressions (workspace_id, digest) SELECT $1, unnest($2::bytea[]) ON CONFLICT DO NOTHING
