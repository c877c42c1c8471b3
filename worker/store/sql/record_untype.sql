-- Take back the last value of a field that a person typed; what was typed before it, or machines say, shows again.
DELETE FROM claims c
WHERE c.subject_id = $1 AND c.field = $2 AND c.source = 'human' AND c.observed_at = (
    SELECT max(observed_at) FROM claims WHERE subject_id = $1 AND field = $2 AND source = 'human')
