-- The answers to a batch of questions that are still young enough; n is the question's place in the batch.
SELECT asked.n, known.outcome, known.http_status, known.headers, known.body, known.reason, known.observed_at,
    known.expires_at, known.call_id, known.subject
FROM unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::timestamptz[])
    AS asked (n, workspace_id, provider, operation, identity, observed_after)
JOIN provider_answers AS known USING (workspace_id, provider, operation, identity)
WHERE known.expires_at > now() AND known.observed_at >= asked.observed_after
