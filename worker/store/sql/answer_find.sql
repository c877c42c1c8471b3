-- The answers to a batch of questions ($1) that are still young enough; n is the question's place in the batch.
SELECT asked.n, known.outcome, known.http_status, known.headers, known.body, known.reason, known.observed_at,
    known.expires_at, known.call_id, known.subject
FROM json_to_recordset($1::json)
    AS asked (n integer, workspace_id text, provider text, operation text, identity text, observed_after timestamptz)
JOIN provider_answers AS known ON known.workspace_id = asked.workspace_id AND known.provider = asked.provider
    AND known.operation = asked.operation AND known.identity = decode(asked.identity, 'hex')
-- True of every row, and taken for rare: the plan is to look each one up, also while the table is small and unknown.
-- Prepared once, a plan that reads the whole table would stay in use while the table grows.
WHERE asked.n % 1 = 0 AND known.expires_at > now()
    AND (asked.observed_after IS NULL OR known.observed_at >= asked.observed_after)
