-- Add or refresh the subjects of a batch, sorted by key. Identifiers known first stay.
INSERT INTO subjects AS s (workspace_id, entity, key, identifiers)
SELECT u.workspace_id, u.entity, u.key, u.identifiers::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u (workspace_id, entity, key, identifiers)
ON CONFLICT (workspace_id, key) DO UPDATE SET
    identifiers = EXCLUDED.identifiers || s.identifiers, updated_at = now()
RETURNING id, workspace_id, key
