-- Add the claims of a batch to subjects that exist. Of one statement made twice the newest observation stays.
-- Input is sorted by key: two writers with unsorted batches deadlock.
INSERT INTO claims AS c (
    subject_id, field, value_key, source, provider, value, confidence, observed_at, first_observed_at, evidence,
    inferred, display)
SELECT
    u.subject_id, u.field, u.value_key, u.source, u.provider, u.value::jsonb, u.confidence, u.observed_at,
    u.observed_at, u.evidence::jsonb, u.inferred, u.display
FROM unnest(
    $1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::real[], $8::timestamptz[],
    $9::text[], $10::boolean[], $11::text[]
) AS u (
    subject_id, field, value_key, source, provider, value, confidence, observed_at, evidence, inferred, display)
ON CONFLICT (subject_id, field, value_key, source, provider) DO UPDATE SET
    value = EXCLUDED.value, confidence = EXCLUDED.confidence, observed_at = EXCLUDED.observed_at,
    first_observed_at = least(c.first_observed_at, EXCLUDED.first_observed_at),
    evidence = EXCLUDED.evidence, inferred = EXCLUDED.inferred, display = EXCLUDED.display
WHERE c.observed_at < EXCLUDED.observed_at
