-- Calls that have certainly ended without an outcome were cut off by a crash: say so.
UPDATE provider_calls
SET charge = CASE WHEN max_micros = 0 THEN 'free' ELSE 'unknown' END, finished_at = now(), reason = 'cut off before an answer was recorded'
WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM provider_calls WHERE charge = 'reserved' AND give_up_at < now() - interval '60 seconds'
    ORDER BY give_up_at LIMIT $1 FOR UPDATE SKIP LOCKED
)) AND charge = 'reserved'
