-- One batch of the ledger in one statement, so in one transaction: new rows ($1-$22), the endings of earlier
-- ones ($23-$30), and the answers they brought ($31-$43). Repeating it changes nothing.
WITH opened AS (
    INSERT INTO provider_calls (
        id, workspace_id, job_key, job_id, run, provider, operation, account, bucket, identity, llm, intent_at, give_up_at,
        sent_at, finished_at, latency_ms, outcome, http_status, reason, max_micros, charged_micros, charge, reused_from
    )
    SELECT
        id, workspace_id, job_key, job_id, run, provider, operation, account, bucket, identity, llm, intent_at, give_up_at,
        sent_at, finished_at, extract(epoch FROM finished_at - sent_at) * 1000, outcome, http_status, reason,
        max_micros, charged_micros, charge, reused_from
    FROM unnest(
        $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
        $9::text[], $10::bytea[], $11::boolean[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[],
        $16::text[], $17::integer[], $18::text[], $19::bigint[], $20::bigint[], $21::text[], $22::bigint[]
    ) AS new (
        id, workspace_id, job_key, job_id, run, provider, operation, account, bucket, identity, llm, intent_at, give_up_at,
        sent_at, finished_at, outcome, http_status, reason, max_micros, charged_micros, charge, reused_from
    )
    ON CONFLICT (id) DO NOTHING
), ended AS (
    UPDATE provider_calls AS call
    SET sent_at = ending.sent_at,
        finished_at = ending.finished_at,
        latency_ms = extract(epoch FROM ending.finished_at - ending.sent_at) * 1000,
        outcome = ending.outcome,
        http_status = ending.http_status,
        reason = ending.reason,
        charged_micros = ending.charged_micros,
        charge = ending.charge
    FROM unnest(
        $23::bigint[], $24::timestamptz[], $25::timestamptz[], $26::text[], $27::integer[], $28::text[],
        $29::bigint[], $30::text[]
    ) AS ending (id, sent_at, finished_at, outcome, http_status, reason, charged_micros, charge)
    WHERE call.id = ending.id AND call.charge IN ('reserved', 'unknown')
)
INSERT INTO provider_answers AS known (
    workspace_id, provider, operation, identity, subject, outcome, http_status, headers, body, reason, observed_at,
    expires_at, call_id
)
SELECT * FROM unnest(
    $31::text[], $32::text[], $33::text[], $34::bytea[], $35::text[], $36::text[], $37::integer[], $38::text[],
    $39::bytea[], $40::text[], $41::timestamptz[], $42::timestamptz[], $43::bigint[]
)
ON CONFLICT (workspace_id, provider, operation, identity) DO UPDATE
SET subject = excluded.subject,
    outcome = excluded.outcome,
    http_status = excluded.http_status,
    headers = excluded.headers,
    body = excluded.body,
    reason = excluded.reason,
    observed_at = excluded.observed_at,
    expires_at = excluded.expires_at,
    call_id = excluded.call_id
WHERE known.observed_at <= excluded.observed_at
