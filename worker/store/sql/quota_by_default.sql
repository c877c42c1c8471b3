-- What workspaces without a budget of their own have committed in the periods that hold a day ($1), biggest first.
SELECT spent.scope, spent.period, spent.committed_micros
FROM budget_spending AS spent
LEFT JOIN budgets ON budgets.scope = spent.scope AND budgets.period = spent.period
WHERE budgets.scope IS NULL AND spent.scope LIKE 'workspace:%' AND spent.period = ANY($2::text[])
    AND spent.starts_on = CASE spent.period WHEN 'day' THEN $1::date ELSE date_trunc('month', $1::date)::date END
ORDER BY spent.committed_micros DESC, spent.scope, spent.period
LIMIT 100
