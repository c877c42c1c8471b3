DELETE FROM subjects WHERE id IN (SELECT subject_id FROM subject_aliases WHERE workspace_id = $1 AND alias = ANY ($2::text[]))
