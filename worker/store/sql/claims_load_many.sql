-- Everything claimed about the subjects that some keys lead to; workspaces and keys in two arrays of one length.
SELECT a.workspace_id, a.alias, s.key AS subject_key, c.field, c.value::text AS value, c.source, c.provider,
       c.confidence, c.observed_at, c.evidence::text AS evidence, c.inferred, c.display
FROM unnest($1::text[], $2::text[]) AS wanted (workspace_id, alias)
JOIN subject_aliases a ON a.workspace_id = wanted.workspace_id AND a.alias = wanted.alias
JOIN subjects s ON s.id = a.subject_id
JOIN claims c ON c.subject_id = s.id
