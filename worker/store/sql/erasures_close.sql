UPDATE erasures SET removed = $2::jsonb, closed_at = now() WHERE id = $1
