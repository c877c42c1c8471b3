SELECT DISTINCT a.alias FROM claims c JOIN subjects s ON s.id = c.subject_id JOIN subject_aliases a ON a.subject_id = s.id
WHERE s.workspace_id = $1 AND c::text ~* $2
