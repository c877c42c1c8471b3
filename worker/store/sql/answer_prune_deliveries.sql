-- Forget deliveries that are past their time, a bounded number at a time.
DELETE FROM provider_deliveries
WHERE ctid = ANY (ARRAY(SELECT ctid FROM provider_deliveries WHERE expires_at < now() LIMIT $1))
