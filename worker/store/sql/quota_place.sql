-- Rows for the current periods of some budgets; places that exist stay as they are. Sorted by the caller.
INSERT INTO budget_spending (scope, period, starts_on)
SELECT * FROM unnest($1::text[], $2::text[], $3::date[])
ON CONFLICT DO NOTHING
