-- Which subjects the keys of a batch lead to. Rows are locked in order of their ids against a join in between.
SELECT s.id, s.workspace_id, s.key, a.alias
FROM unnest($1::text[], $2::text[]) AS u (workspace_id, alias)
JOIN subject_aliases a ON a.workspace_id = u.workspace_id AND a.alias = u.alias
JOIN subjects s ON s.id = a.subject_id
ORDER BY s.id
FOR NO KEY UPDATE OF s
