-- Changes whenever any workspace's key is set, replaced, sealed anew or removed.
SELECT count(*) || ' ' || coalesce(max(updated_at)::text, '') FROM workspace_keys
