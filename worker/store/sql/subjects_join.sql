-- Two subjects turned out to be one: what is known about $2 moves to $1, and $2 ends.
WITH moved AS (
    INSERT INTO claims AS c (
        subject_id, field, value_key, source, provider, value, confidence, observed_at, first_observed_at,
        evidence, inferred, display)
    SELECT $1, field, value_key, source, provider, value, confidence, observed_at, first_observed_at,
        evidence, inferred, display
    FROM claims WHERE subject_id = $2
    ORDER BY field, value_key, source, provider
    ON CONFLICT (subject_id, field, value_key, source, provider) DO UPDATE SET
        value = EXCLUDED.value, confidence = EXCLUDED.confidence, observed_at = EXCLUDED.observed_at,
        first_observed_at = least(c.first_observed_at, EXCLUDED.first_observed_at), evidence = EXCLUDED.evidence, inferred = EXCLUDED.inferred, display = EXCLUDED.display
    WHERE c.observed_at < EXCLUDED.observed_at
), changed AS (
    UPDATE record_changes SET subject_id = $1 WHERE subject_id = $2
), pointed AS (
    UPDATE subject_aliases SET subject_id = $1 WHERE subject_id = $2
)
UPDATE subjects SET identifiers = (SELECT identifiers FROM subjects WHERE id = $2) || identifiers, updated_at = now()
WHERE id = $1
