-- Forget answers that nobody may use any more, a bounded number at a time.
DELETE FROM provider_answers
WHERE ctid = ANY (ARRAY(SELECT ctid FROM provider_answers WHERE expires_at < now() LIMIT $1))
