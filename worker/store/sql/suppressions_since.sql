-- At or after: two rows may share a time, and seeing one twice is no harm.
SELECT workspace_id, digest, created_at FROM suppressions WHERE $1::timestamptz IS NULL OR created_at >= $1
