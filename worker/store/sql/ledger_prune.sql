-- Forget ledger rows older than $1, a bounded number at a time; open ones stay.
DELETE FROM provider_calls
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM provider_calls WHERE intent_at < $1 AND charge <> 'reserved' LIMIT $2
))
