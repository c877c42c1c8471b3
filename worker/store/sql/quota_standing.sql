-- Budgets and what is committed of them in the periods that hold a day ($1).
SELECT budgets.scope, budgets.period, budgets.limit_micros, coalesce(spent.committed_micros, 0) AS committed_micros
FROM budgets
LEFT JOIN budget_spending AS spent ON spent.scope = budgets.scope AND spent.period = budgets.period
    AND spent.starts_on = CASE budgets.period WHEN 'day' THEN $1::date ELSE date_trunc('month', $1::date)::date END
ORDER BY budgets.scope, budgets.period
