-- Keys under which the subjects of a batch may be met again, sorted. A key that leads elsewhere is left alone.
INSERT INTO subject_aliases (workspace_id, alias, subject_id)
SELECT u.workspace_id, u.alias, u.subject_id
FROM unnest($1::text[], $2::text[], $3::bigint[]) AS u (workspace_id, alias, subject_id)
ON CONFLICT (workspace_id, alias) DO NOTHING
