DELETE FROM provider_answers WHERE workspace_id = $1 AND subject = ANY ($2::text[])
