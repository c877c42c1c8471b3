-- One batch of the ledger in one statement, so in one transaction: new rows ($1), the endings of earlier ones ($2),
-- and the answers they brought ($3, their bodies one after the other in $4). Repeating it changes nothing.
-- A row that asks first (unless_known) is not written when there is an answer that is young enough: the answer comes
-- back instead, under the row's id. Rows with ids below zero only ask.
-- JSON, because a driver takes longer to encode forty arrays than the server takes to read three texts.
WITH new AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json) AS new (
        id bigint, workspace_id text, job_key bigint, job_id text, run bigint, provider text, operation text,
        account text, bucket text, identity text, llm boolean, intent_at timestamptz, give_up_at timestamptz,
        sent_at timestamptz, finished_at timestamptz, outcome text, http_status integer, reason text,
        max_micros bigint, charged_micros bigint, charge text, reused_from bigint, unless_known boolean,
        observed_after timestamptz
    )
), known AS MATERIALIZED (
    SELECT new.id AS asked, answer.*
    FROM new JOIN provider_answers AS answer ON answer.workspace_id = new.workspace_id
        AND answer.provider = new.provider AND answer.operation = new.operation
        AND answer.identity = decode(new.identity, 'hex')
    -- The first condition is always true, and taken for rare: the plan is to look each row up, also while the tables are
    -- small and unknown. Prepared once, a plan that reads a whole table would stay in use while the table grows.
    -- The last condition is for a batch that is written again: what is there already was opened, whatever became known
    -- since.
    WHERE new.id % 1 = 0 AND new.unless_known AND answer.expires_at > now()
        AND (new.observed_after IS NULL OR answer.observed_at >= new.observed_after)
        AND NOT EXISTS (SELECT FROM provider_calls AS earlier WHERE earlier.id = new.id)
), opened AS (
    INSERT INTO provider_calls (
        id, workspace_id, job_key, job_id, run, provider, operation, account, bucket, identity, llm, intent_at,
        give_up_at, sent_at, finished_at, latency_ms, outcome, http_status, reason, max_micros, charged_micros, charge,
        reused_from
    )
    SELECT
        id, workspace_id, job_key, job_id, run, provider, operation, account, bucket, decode(identity, 'hex'), llm,
        intent_at, give_up_at, sent_at, finished_at, extract(epoch FROM finished_at - sent_at) * 1000, outcome,
        http_status, reason, max_micros, charged_micros, charge, reused_from
    FROM new
    WHERE new.id > 0 AND new.id NOT IN (SELECT asked FROM known)
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
    FROM json_to_recordset($2::json) AS ending (
        id bigint, sent_at timestamptz, finished_at timestamptz, outcome text, http_status integer, reason text,
        charged_micros bigint, charge text
    )
    -- The first condition is always true: see above.
    WHERE ending.id % 1 = 0 AND call.id = ending.id AND call.charge IN ('reserved', 'unknown')
), answered AS (
    INSERT INTO provider_answers AS earlier (
        workspace_id, provider, operation, identity, subject, outcome, http_status, headers, body, reason, observed_at,
        expires_at, call_id
    )
    SELECT
        workspace_id, provider, operation, decode(identity, 'hex'), subject, outcome, http_status, headers,
        substring($4::bytea FROM body_at FOR body_bytes), reason, observed_at, expires_at, call_id
    FROM json_to_recordset($3::json) AS answer (
        workspace_id text, provider text, operation text, identity text, subject text, outcome text,
        http_status integer, headers text, body_at integer, body_bytes integer, reason text, observed_at timestamptz,
        expires_at timestamptz, call_id bigint
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
    WHERE earlier.observed_at <= excluded.observed_at
)
SELECT asked, outcome, http_status, headers, body, reason, observed_at, expires_at, call_id, subject FROM known
