-- A subject with all its keys and claims, and when each was first made.
SELECT s.id, s.key, s.entity, s.identifiers::text AS identifiers,
       (SELECT array_agg(o.alias ORDER BY o.alias) FROM subject_aliases o WHERE o.subject_id = s.id) AS keys,
       c.field, c.value::text AS value, c.source, c.provider, c.confidence, c.observed_at, c.first_observed_at,
       c.evidence::text AS evidence, c.inferred, c.display
FROM subject_aliases a
JOIN subjects s ON s.id = a.subject_id
LEFT JOIN claims c ON c.subject_id = s.id
WHERE a.workspace_id = $1 AND a.alias = $2
