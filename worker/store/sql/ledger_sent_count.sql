-- How many calls an account has made since a time: what a limit that Redis has forgotten starts from.
SELECT count(*) FROM provider_calls
WHERE intent_at >= $4 AND provider = $1 AND account = $2 AND bucket = $3 AND reused_from IS NULL
