-- Add to what is committed (or take off it). Sorted by the caller.
UPDATE budget_spending AS spent
SET committed_micros = greatest(0, spent.committed_micros + change.micros)
FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) AS change (scope, period, starts_on, micros)
WHERE spent.scope = change.scope AND spent.period = change.period AND spent.starts_on = change.starts_on
