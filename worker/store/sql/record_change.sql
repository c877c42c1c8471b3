INSERT INTO record_changes (subject_id, field, action, value, actor, changed_at)
SELECT subject_id, $3, $4, $5::jsonb, $6, $7 FROM subject_aliases WHERE workspace_id = $1 AND alias = $2
