-- Everything claimed about the subject that one of its keys leads to.
SELECT s.key AS subject_key, c.field, c.value::text AS value, c.source, c.provider, c.confidence, c.observed_at,
       c.evidence::text AS evidence, c.inferred, c.display
FROM subject_aliases a
JOIN subjects s ON s.id = a.subject_id
LEFT JOIN claims c ON c.subject_id = s.id
WHERE a.workspace_id = $1 AND a.alias = $2
