-- What is committed in some budgets, held until the transaction ends; always locked in the same order.
SELECT spent.scope, spent.period, spent.starts_on, spent.committed_micros, budgets.limit_micros
FROM unnest($1::text[], $2::text[], $3::date[]) AS asked (scope, period, starts_on)
JOIN budget_spending AS spent USING (scope, period, starts_on)
LEFT JOIN budgets ON budgets.scope = asked.scope AND budgets.period = asked.period
ORDER BY spent.scope, spent.period, spent.starts_on
FOR UPDATE OF spent
