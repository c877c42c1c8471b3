-- How many calls an account has made since a time: what a limit that Redis has forgotten starts from. Calls under way
-- have not been sent yet, as far as is known; what a crash cut off may have been.
SELECT count(*) FROM provider_calls
WHERE intent_at >= $4 AND provider = $1 AND account = $2 AND bucket = $3 AND reused_from IS NULL
    AND (sent_at IS NOT NULL OR (charge IN ('reserved', 'unknown') AND give_up_at < now()))
